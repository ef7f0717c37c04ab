"""The update gate: what may reach the CRDT, and what never does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text

from algorave_server.holdings import Spans
from algorave_server.lib0 import Malformed, write_uint
from algorave_server.update_gate import Admitted, UpdateGate
from algorave_server.yjs_update import (
    Deletion,
    Struct,
    Update,
    parse_state_vector,
    parse_stroke,
    parse_update,
    utf16_length,
)

from .hostile_updates import ROOTS, encode_update, episode

READER = Path(__file__).parents[2] / "widgets" / "test" / "yjs_reader.mjs"
CASES = int(os.environ.get("ALGORAVE_FUZZ_CASES", "20000"))
FIRST_SEED = int(os.environ.get("ALGORAVE_FUZZ_FIRST_SEED", "0"))
CASES_PER_EPISODE = 100
EPISODES_PER_PIECE = 200
END_SEED = FIRST_SEED + CASES // CASES_PER_EPISODE
PIECES = [
    range(seed, min(seed + EPISODES_PER_PIECE, END_SEED))
    for seed in range(FIRST_SEED, END_SEED, EPISODES_PER_PIECE)
]
"""Each is a test of its own, so that a million cases are many short tests."""


def any_root(admitted: Admitted) -> None:
    """Whoever asks may write anything."""


def insertion(text: str, **changes: object) -> bytes:
    """An update that inserts `text` as client 1's first words in the first root."""
    struct = Struct(1, 0, len(text), None, None, ROOTS[0], text)._replace(**changes)
    return encode_update(Update({struct.client: [struct]}, []))


def deletion(clock: int, length: int) -> bytes:
    """An update that only deletes from client 1's stretch."""
    return encode_update(Update({}, [Deletion(1, clock, length)]))


@pytest.fixture
def gate() -> UpdateGate:
    """A gate before a document in which client 1 wrote `a😀b` into the first root."""
    gate = UpdateGate()
    gate.admit(insertion("a😀b"), any_root)
    return gate


def test_an_admitted_update_is_summed_up() -> None:
    """UPD-1: an update that passes is described by its new units, their clients and the roots it touches."""
    admitted = UpdateGate().admit(insertion("a😀b"), any_root)
    assert (admitted.inserted_units, admitted.authors, admitted.roots) == (4, {1}, {ROOTS[0]})


def test_sending_twice_changes_nothing(gate: UpdateGate) -> None:
    """UPD-2: what is held already passes and counts as nothing new, so clients may send again."""
    again = gate.admit(insertion("a😀b"), any_root)
    assert (again.inserted_units, again.authors, again.roots) == (0, set(), set())


def test_an_overlap_counts_only_what_is_new(gate: UpdateGate) -> None:
    """UPD-2: an update that begins with what is held brings only its rest."""
    assert gate.admit(insertion("a😀bcd"), any_root).inserted_units == 2


def test_known_deletions_are_no_news(gate: UpdateGate) -> None:
    """UPD-2: deletions that are known count as nothing new; of an overlap only the rest touches its root."""
    assert gate.admit(deletion(0, 1), any_root).roots == {ROOTS[0]}
    assert gate.admit(deletion(0, 1), any_root).roots == set()
    assert gate.admit(deletion(0, 4), any_root).roots == {ROOTS[0]}
    assert gate.admit(deletion(1, 3), any_root).roots == set()


def test_a_refused_deletion_is_not_remembered(gate: UpdateGate) -> None:
    """UPD-4: a deletion that was refused by right is news when it comes again."""

    def locked(admitted: Admitted) -> None:
        raise PermissionError(admitted.roots)

    with pytest.raises(PermissionError):
        gate.admit(deletion(0, 1), locked)
    assert gate.admit(deletion(0, 1), any_root).roots == {ROOTS[0]}


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=12),
    st.integers(0, 30),
    st.integers(1, 8),
)
def test_spans_are_a_set_of_clocks(added: list[tuple[int, int]], begin: int, length: int) -> None:
    """UPD-2: ranges of clocks behave as the set of their clocks does."""
    spans, clocks = Spans(), set[int]()
    for at, size in added:
        spans.add(at, at + size)
        clocks.update(range(at, at + size))
    missing = [clock for gap in spans.missing(begin, begin + length) for clock in range(*gap)]
    assert missing == sorted(set(range(begin, begin + length)) - clocks)
    spans.cut_back(begin)
    assert spans.missing(begin, begin + 40) == [(begin, begin + 40)]


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        pytest.param(insertion("x", clock=5), "leaves a gap", id="gap"),
        pytest.param(
            insertion("x", client=2, origin=(1, 9)), "refers to what is not there", id="unknown origin"
        ),
        pytest.param(insertion("x", client=2, origin=(2, 5)), "refers to what is not there", id="own future"),
        pytest.param(insertion("x", client=2, origin=(1, 1)), "cuts a surrogate pair", id="origin in a pair"),
        pytest.param(
            insertion("x", client=2, right_origin=(1, 2)), "cuts a surrogate pair", id="right in a pair"
        ),
        pytest.param(deletion(3, 5), "deletes what is not there", id="deletes beyond the end"),
        pytest.param(deletion(2, 1), "cuts a surrogate pair", id="deletes half a pair"),
        pytest.param(insertion(""), "empty struct", id="empty struct"),
        pytest.param(insertion("x", root=ROOTS[1]), "in another root than before", id="known unit moves"),
        pytest.param(b"", "cut off in a number", id="nothing"),
        pytest.param(insertion("x", client=2) + b"\x00", "bytes after the update", id="trailing bytes"),
    ],
)
def test_what_does_not_fit_is_refused(gate: UpdateGate, update: bytes, reason: str) -> None:
    """UPD-3: an update that a document could not take in whole, or that engines read differently, is refused."""
    before = gate.holdings.state_vector()
    with pytest.raises(Malformed, match=reason):
        gate.admit(update, any_root)
    assert gate.holdings.state_vector() == before


def test_a_text_between_two_roots_is_refused(gate: UpdateGate) -> None:
    """UPD-3: an origin in one root and a right origin in another do not make a place."""
    gate.admit(insertion("y", client=2, root=ROOTS[1]), any_root)
    with pytest.raises(Malformed, match="between two roots"):
        gate.admit(insertion("x", client=3, origin=(1, 0), right_origin=(2, 0)), any_root)


def test_stretches_that_hang_on_each_other_pass() -> None:
    """UPD-7: in one update of two clients, each may have typed next to what the other typed before."""
    ones = [Struct(1, 0, 1, None, None, ROOTS[0], "a"), Struct(1, 1, 1, (2, 0), None, None, "c")]
    twos = [Struct(2, 0, 1, (1, 0), None, None, "b"), Struct(2, 1, 1, (1, 1), None, None, "d")]
    for runs in ({1: ones, 2: twos}, {2: twos, 1: ones}):
        assert UpdateGate().admit(encode_update(Update(runs, [])), any_root).inserted_units == 4


def test_what_is_new_does_not_stand_beside_another_root(gate: UpdateGate) -> None:
    """UPD-3: a struct that is held in part is looked at as a whole: its rest would stand beside another root."""
    gate.admit(insertion("y", clock=4, root=ROOTS[1]), any_root)
    with pytest.raises(Malformed, match="in another root than before"):
        gate.admit(insertion("a😀byz"), any_root)


def test_a_place_that_ends_before_it_begins_is_refused(gate: UpdateGate) -> None:
    """UPD-3: between the end of what was typed in one go and its begin is no place."""
    with pytest.raises(Malformed, match="ends before it begins"):
        gate.admit(insertion("x", client=2, origin=(1, 3), right_origin=(1, 0)), any_root)
    with pytest.raises(
        Malformed, match="ends before it begins"
    ):  # what is new of it would stand behind its "b"
        gate.admit(insertion("a😀bc", root=None, right_origin=(1, 0)), any_root)
    gate.admit(insertion("c", clock=4, origin=None, right_origin=(1, 0)), any_root)
    # Client 1 went back to the begin, so its newer text stands before the older one.
    assert (
        gate.admit(insertion("x", client=2, origin=(1, 4), right_origin=(1, 0)), any_root).inserted_units == 1
    )


def test_circular_origins_are_refused() -> None:
    """UPD-3: two clients whose texts wait for each other are refused, not waited for."""
    ring = {client: [Struct(client, 0, 1, (3 - client, 0), None, None, "x")] for client in (1, 2)}
    with pytest.raises(Malformed, match="refers to what is not there"):
        UpdateGate().admit(encode_update(Update(ring, [])), any_root)


IDS = st.tuples(st.integers(0, 2**53 - 1), st.integers(0, 2**31))


@st.composite
def strokes(draw: st.DrawFn) -> bytes:
    """One piece of text behind something, perhaps in front of something; one stretch deleted; or both."""
    (client, clock), text = draw(IDS), draw(st.text(min_size=1, max_size=40))
    struct = Struct(client, clock, len(text), draw(IDS), draw(st.none() | IDS), None, text)
    gone = draw(st.none() | st.builds(lambda unit, length: Deletion(*unit, length), IDS, st.integers(0, 9)))
    typed = {client: [struct]} if gone is None or draw(st.booleans()) else {}
    return encode_update(Update(typed, [] if gone is None else [gone]))


@given(
    strokes(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=2), st.binary(max_size=2)
)
def test_the_short_way_to_read_says_what_the_long_way_says(
    update: bytes, spoilt: list[tuple[int, int]], more: bytes
) -> None:
    """UPD-10 The usual update is read in a short way, which says of it exactly what the long way says."""
    data = bytearray(update)
    for place, byte in spoilt:
        data[place % len(data)] = byte
    data += more
    try:
        short = parse_stroke(bytes(data))
    except Malformed:
        with pytest.raises(Malformed):
            parse_update(bytes(data))
        return
    if short is not None:
        typed = {} if short.struct is None else {short.struct.client: [short.struct]}
        gone = [] if short.deletion is None else [short.deletion]
        assert parse_update(bytes(data)) == Update(typed, gone)


def decision(gate: UpdateGate, update: bytes) -> tuple[object, dict[int, int]]:
    """What a gate says of an update, and what it holds afterwards."""
    try:
        said: object = gate.admit(update, any_root)
    except Malformed as malformed:
        said = type(malformed)
    return said, gate.holdings.state_vector()


@pytest.mark.parametrize("seed", range(40))
def test_the_short_way_decides_as_the_long_way(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """UPD-10 Honest and bent updates are admitted and refused alike by a gate that knows no short way."""
    short, long = UpdateGate(), UpdateGate()
    for update, _ in episode(seed, CASES_PER_EPISODE):
        said = decision(short, update)
        with monkeypatch.context() as without:
            without.setattr("algorave_server.update_gate.parse_stroke", lambda _: None)
            assert decision(long, update) == said


@given(st.text("ab🎵", min_size=1, max_size=5), st.integers(0, 14), st.integers(1, 9), st.booleans())
def test_a_stroke_may_delete_of_what_it_types(text: str, clock: int, length: int, is_same: bool) -> None:
    """UPD-10 So does a stroke that deletes of its own text, of what was there, or of both."""
    first = Struct(1, 0, 6, None, None, ROOTS[0], "abc🎵d")
    stroke = Struct(1 if is_same else 2, 6 if is_same else 0, utf16_length(text), (1, 5), None, None, text)
    update = encode_update(Update({stroke.client: [stroke]}, [Deletion(1, clock, length)]))
    found: list[object] = []
    for read in (parse_stroke, lambda _: None):
        gate = UpdateGate()
        gate.admit(encode_update(Update({1: [first]}, [])), any_root)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("algorave_server.update_gate.parse_stroke", read)
            said = decision(gate, update)
        found.append((said, gate.holdings.alive(1, 0, gate.holdings.end(1)), gate.holdings.outlined()))
    assert found[0] == found[1]


def test_a_stroke_is_read_in_the_short_way() -> None:
    """UPD-10 What an editor sends for a letter, a deletion, or a letter in place of another is the usual update."""
    doc: Doc[Text] = Doc()
    text = doc.get(ROOTS[0], type=Text)
    text += "a🎵c"
    for at in (len(str(text).encode()), 1):
        before = doc.get_state()
        text.insert(at, "b")
        assert parse_stroke(doc.get_update(before)) is not None
    for letter in ("", "x"):
        before = doc.get_state()
        with doc.transaction():
            del text[1:2]
            if letter:
                text.insert(2, letter)
        assert parse_stroke(doc.get_update(before)) is not None


def test_a_refusal_by_right_leaves_no_trace(gate: UpdateGate) -> None:
    """UPD-4: when the asked right is refused nothing is recorded, and the same update may pass later."""

    def locked(admitted: Admitted) -> None:
        raise PermissionError(admitted.roots)

    with pytest.raises(PermissionError):
        gate.admit(insertion("x", client=2), locked)
    assert gate.holdings.end(2) == 0
    assert gate.admit(insertion("x", client=2), any_root).inserted_units == 1


def nested_arrays(depth: int) -> bytes:
    """One `ContentAny` struct that holds arrays in arrays."""
    return b"\x01\x01\x01\x00\x08\x01\x01a\x01" + b"\x75\x01" * depth + b"\x7e\x00"


KILLERS = {
    "nested arrays, 52 kB": nested_arrays(26_250),
    "zero-length block": b"\x01\x01\x01\x00\x01\x01\x01a\x00\x00",
    "2^27 clients": write_uint(2**27) + b"\x00\x00\x00",
    "300 kB varint": b"\xff" * 300_000,
    "2^28 structs of one client": b"\x01" + write_uint(2**28) + b"\x01\x00",
}


@pytest.mark.parametrize("killer", KILLERS.values(), ids=KILLERS.keys())
def test_killers_are_refused(killer: bytes) -> None:
    """UPD-5: the inputs known to crash, poison, freeze or blow up CRDT servers never get past the gate."""
    with pytest.raises(Malformed):
        UpdateGate().admit(killer, any_root)


def test_a_killer_kills_without_the_gate() -> None:
    """UPD-5, negative control: the nested arrays end the process of whoever applies them unchecked."""
    code = f"from pycrdt import Doc; Doc().apply_update(bytes.fromhex('{nested_arrays(40_000).hex()}'))"
    done = subprocess.run([sys.executable, "-"], input=code, text=True, capture_output=True, check=False)
    assert done.returncode < 0


def test_a_huge_state_vector_is_refused() -> None:
    """UPD-6: a state vector that promises more clients than its bytes can hold is refused before any allocation."""
    with pytest.raises(Malformed, match="more promised than sent"):
        parse_state_vector(write_uint(2**28) + b"\x01")


@pytest.fixture
def yjs() -> Iterator[subprocess.Popen[str]]:
    """Yjs in Node, which reads episodes and answers with texts."""
    with subprocess.Popen(
        ["node", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def texts_in_yjs(yjs: subprocess.Popen[str], updates: list[bytes]) -> dict[str, Any]:
    """What Yjs makes of updates: `texts`, `pending` and its `state` in hexadecimal."""
    assert yjs.stdin is not None and yjs.stdout is not None
    said = {"updates": [update.hex() for update in updates], "roots": ROOTS}
    yjs.stdin.write(json.dumps(said) + "\n")
    yjs.stdin.flush()
    return json.loads(yjs.stdout.readline())


def test_engines_differ_about_a_place_that_ends_before_it_begins(yjs: subprocess.Popen[str]) -> None:
    """UPD-3, the control: two such places, and two engines read two texts."""
    updates = [
        insertion("abc"),
        insertion("x", client=2, origin=(1, 1), right_origin=(1, 0)),
        insertion("y", client=3, origin=(1, 2), right_origin=(1, 1)),
    ]
    doc = Doc[Text]()
    for update in updates:
        doc.apply_update(update)
    assert texts_in_yjs(yjs, updates)["texts"][0] != str(doc.get(ROOTS[0], type=Text))


def admitted_at_once(whole: bytes) -> dict[int, int]:
    """What a gate holds that knew nothing before it was sent a whole document."""
    gate = UpdateGate()
    gate.admit(whole, any_root)
    return gate.holdings.state_vector()


class Owned:
    """The rule that a bent update brings new units of the hostile clients only."""

    def __init__(self) -> None:
        self.honest = True

    def __call__(self, admitted: Admitted) -> None:
        if not admitted.roots <= set(ROOTS) or not (self.honest or admitted.authors <= {4, 5}):
            raise PermissionError


@pytest.mark.parametrize("seeds", PIECES, ids=lambda seeds: f"seeds {seeds.start} to {seeds.stop - 1}")
def test_engines_agree_on_everything_that_passes(yjs: subprocess.Popen[str], seeds: range) -> None:
    """UPD-7: of honest and bent updates every honest one passes, and yrs and Yjs read what passed alike.

    So do whole documents, as snapshots and clients who come back send them: there, stretches hang on each other.
    """
    bent_passed = 0
    for seed in seeds:
        gate, doc, owned, passed = UpdateGate(), Doc(), Owned(), []
        texts = [doc.get(root, type=Text) for root in ROOTS]
        for update, owned.honest in episode(seed, CASES_PER_EPISODE):
            try:
                gate.admit(update, owned)
            except (Malformed, PermissionError):
                assert not owned.honest, f"seed {seed}: an honest update was refused: {update.hex()}"
                continue
            doc.apply_update(update)
            passed.append(update)
            bent_passed += not owned.honest
        assert gate.holdings.state_vector() == parse_state_vector(doc.get_state()), f"seed {seed}"
        read = texts_in_yjs(yjs, passed)
        assert (read["texts"], read["pending"]) == ([str(text) for text in texts], False), f"seed {seed}"
        for whole in (doc.get_update(b"\x00"), bytes.fromhex(read["state"])):
            assert admitted_at_once(whole) == gate.holdings.state_vector(), f"seed {seed}"
    assert bent_passed > len(seeds) * CASES_PER_EPISODE // 50, (
        "the bent updates must reach the engines often enough to mean something"
    )
