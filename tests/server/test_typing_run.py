"""Edits that came together, as fewer edits."""

from __future__ import annotations

import random

import pytest
from pycrdt import Doc, Text

from algorave_server.lib0 import Malformed, read_bytes, write_bytes
from algorave_server.sync_frame import STEP_2, UPDATE, sync_frame
from algorave_server.typing_run import EDIT, MAX_STROKES, fewer
from algorave_server.update_gate import Admitted, UpdateGate
from algorave_server.yjs_update import parse_update

from .hostile_updates import episode

ROOT = "layer:l1"
SEEDS = range(60)


def any_root(_: Admitted) -> None:
    """Whoever asks may write anything."""


class Typist:
    """Somebody whose edits are frames."""

    def __init__(self, before: str = "") -> None:
        self.doc: Doc[Text] = Doc()
        self.text = self.doc.get(ROOT, type=Text)
        self.text += before
        self.begun = self.doc.get_update()
        self.frames: list[bytes] = []
        self._subscription = self.doc.observe(
            lambda event: self.frames.append(sync_frame(UPDATE, event.update))
        )

    def type(self, at: int, text: str, *, instead_of: int = 0) -> None:
        """Type at a place, counted in bytes of UTF-8, and delete so much of what follows."""
        with self.doc.transaction():
            if text:
                self.text.insert(at, text)
            if instead_of:
                end = at + len(text.encode())
                del self.text[end : end + instead_of]

    def at_random(self, dice: random.Random, strokes: int) -> None:
        """Mostly typing on; sometimes elsewhere, in other alphabets, or in place of what is there."""
        at = 0
        for _ in range(strokes):
            letters = dice.choice(["a", "b", "xy", "é", "🎛", "long enough to be pasted " * 8])
            places = [len(str(self.text)[:length].encode()) for length in range(len(str(self.text)) + 1)]
            if dice.random() < 0.2 or at not in places:
                at = dice.choice(places)
            behind = places[places.index(at) + 1 :]
            gone = dice.choice(behind[:3]) - at if behind and dice.random() < 0.3 else 0
            self.type(at, "" if gone and dice.random() < 0.3 else letters, instead_of=gone)
            at += len(letters.encode())


def updates(frames: list[bytes]) -> list[bytes]:
    """What is in the frames."""
    return [read_bytes(frame, len(EDIT))[0] for frame in frames]


def seen(begun: bytes, frames: list[bytes]) -> tuple[str, bytes]:
    """The text, and all a document holds, that took the frames through the gate."""
    gate, doc = UpdateGate(), Doc[Text]()
    for update in [begun, *updates(frames)]:
        gate.admit(update, any_root)
        doc.apply_update(update)
    return str(doc.get(ROOT, type=Text)), doc.get_update()


def test_letters_typed_on_are_one_edit() -> None:
    """RUN-1: what is typed on and on comes as one edit that stands for all of it."""
    typist = Typist("()")
    for at, letter in enumerate("abcdef"):
        typist.type(1 + at, letter)
    [(frame, stands_for)] = fewer(typist.frames)
    assert stands_for == 6
    [[struct]] = parse_update(updates([frame])[0]).structs.values()
    assert struct.text == "abcdef"


def test_a_letter_in_place_of_another_goes_on() -> None:
    """RUN-1: letters that take the place of others belong to the run, with all that they delete."""
    typist = Typist("(a)")
    for letter in "bcd":
        with typist.doc.transaction():
            typist.text.insert(2, letter)
            del typist.text[1:2]
    [(frame, stands_for)] = fewer(typist.frames)
    assert stands_for == 3
    assert seen(typist.begun, [frame])[0] == "(d)"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_text_is_the_same(seed: int) -> None:
    """RUN-2: whatever was typed, fewer edits make the same text of it, to the last deletion, and none is forgotten."""
    dice, typist = random.Random(seed), Typist("begun ")
    typist.at_random(dice, dice.randrange(1, 60))
    found = list(fewer(typist.frames))
    assert sum(stands_for for _, stands_for in found) == len(typist.frames)
    assert seen(typist.begun, [frame for frame, _ in found]) == seen(typist.begun, typist.frames)


def test_it_is_fewer() -> None:
    """RUN-2, the control: of what the test above types, many edits do come as one."""
    typist = Typist("begun ")
    typist.at_random(random.Random(1), 60)
    assert len(list(fewer(typist.frames))) < 45


def test_two_clients_are_two_runs() -> None:
    """RUN-3: edits of different Yjs clients are never one, and their order stays."""
    one, two = Typist("a"), Typist("b")
    for at in range(3):
        one.type(1 + at, "x")
        two.type(1 + at, "y")
    mixed = [frame for pair in zip(one.frames, two.frames, strict=True) for frame in pair]
    assert list(fewer(mixed)) == [(frame, 1) for frame in mixed]


def test_a_run_ends() -> None:
    """RUN-3: so many edits are one at most."""
    typist = Typist("()")
    for at in range(2 * MAX_STROKES):
        typist.type(1 + at, "x")
    assert [stands_for for _, stands_for in fewer(typist.frames)] == [MAX_STROKES, MAX_STROKES]


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda update: EDIT + write_bytes(update) + b"\x00", id="more behind it"),
        pytest.param(lambda update: EDIT + write_bytes(update)[:-1], id="cut off"),
        pytest.param(lambda update: sync_frame(STEP_2, update), id="no edit"),
        pytest.param(lambda update: EDIT + b"\xff" * 12, id="a length that is none"),
        pytest.param(lambda update: sync_frame(UPDATE, update[:-1] + b"\x01\x01\x01\x01\x00"), id="empty deletion"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_left_as_it_is(spoilt: object) -> None:
    """RUN-4: what is not such an edit ends the run and is brought as it came, to be refused as always."""
    typist = Typist("()")
    for at in range(3):
        typist.type(1 + at, "x")
    first, second, third = typist.frames
    assert callable(spoilt)
    bad = spoilt(updates([second])[0])
    assert list(fewer([first, bad, third])) == [(first, 1), (bad, 1), (third, 1)]


@pytest.mark.parametrize("seed", range(20))
def test_hostile_edits_are_decided_alike(seed: int) -> None:
    """RUN-4: of updates made to break engines, what comes as fewer edits passes the gate exactly where all would."""
    sent = [sync_frame(UPDATE, update) for update, _ in episode(seed, 100)]
    for begin in range(0, len(sent), 4):
        together = sent[begin : begin + 4]
        found = list(fewer(together))
        assert sum(stands_for for _, stands_for in found) == len(together)
        for frame, stands_for in found:
            if stands_for == 1:
                assert frame in together
            else:
                parse_update(updates([frame])[0])


def test_a_run_of_nonsense_is_refused() -> None:
    """RUN-4: a run that deletes what is not there is refused as each of its edits is."""
    typist = Typist("()")
    for at in range(2):
        typist.type(1 + at, "x")
    bent = [update[:-1] + b"\x01\x07\x01\x00\x01" for update in updates(typist.frames)]
    [(frame, stands_for)] = fewer([sync_frame(UPDATE, update) for update in bent])
    assert stands_for == 2
    gate = UpdateGate()
    gate.admit(typist.begun, any_root)
    for update in (*updates([frame]), *bent):
        with pytest.raises(Malformed):
            gate.admit(update, any_root)
