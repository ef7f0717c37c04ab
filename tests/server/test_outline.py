"""Opening from an outline: faster than reading a snapshot piece by piece, and never with another result."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from pycrdt import Doc, Text

from algorave_server.holdings import Holdings
from algorave_server.lib0 import Malformed
from algorave_server.outline import VERSION, Outline, Outlined, sealed, unsealed
from algorave_server.piece import Piece
from algorave_server.rights import Role
from algorave_server.texts import Snapshot, Texts
from algorave_server.update_gate import Admitted, UpdateGate
from algorave_server.yjs_update import parse_state_vector, parse_update

from .hostile_updates import ROOTS, episode
from .room_table import member

SEEDS = range(60)
BEFORE, MEANWHILE, AFTER = 80, 12, 60
"""Cases of an episode: in the snapshot; passed by the gate and not kept yet; after the session was opened anew."""

Spoil = Callable[[list[Outlined]], list[Outlined]]


def any_layer(admitted: Admitted) -> None:
    """The rule that one writes into layers."""
    if not admitted.roots <= set(ROOTS):
        raise PermissionError(admitted.roots)


def verdict(gate: UpdateGate, update: bytes) -> Admitted | str:
    """What a gate says of an update."""
    try:
        return gate.admit(update, any_layer)
    except (Malformed, PermissionError) as refused:
        return str(refused)


@dataclass
class Kept:
    """A snapshot, its outline as it comes back from the database, and what strangers send afterwards."""

    state: bytes
    outline: Outline
    later: list[bytes]

    @classmethod
    def of_episode(cls, seed: int) -> Kept:
        """A gate that runs ahead of what is kept, as it does while a batch is being committed."""
        gate, doc = UpdateGate(), Doc[Text]()
        updates = [update for update, _ in episode(seed, BEFORE + MEANWHILE + AFTER)]
        for number, update in enumerate(updates[: BEFORE + MEANWHILE]):
            if not isinstance(verdict(gate, update), str) and number < BEFORE:
                doc.apply_update(update)
        state = doc.get_update(b"\x00")
        outline = json.loads(json.dumps(sealed(gate.holdings.outlined(), state)))
        # Opened anew, a session is sent again what was not kept.
        return cls(state, outline, updates[BEFORE:])

    def opened_slowly(self) -> UpdateGate:
        """Piece by piece."""
        gate = UpdateGate()
        gate.admit(self.state, any_layer)
        return gate

    def opened_quickly(self, spoil: Spoil = lambda stretches: stretches) -> UpdateGate:
        """From the outline."""
        doc = Doc[Text]()
        doc.apply_update(self.state)
        state_vector = doc.get_state()
        deletions = parse_update(doc.get_update(state_vector)).deletions
        ends = parse_state_vector(state_vector)
        stretches = unsealed(self.outline, self.state, ends)
        assert stretches is not None
        return UpdateGate(Holdings.restored(spoil(stretches), ends, deletions))

    def verdicts(self, gate: UpdateGate) -> list[Admitted | str]:
        """What a gate says of everything that comes later."""
        return [verdict(gate, update) for update in self.later]


def noted(gate: UpdateGate) -> object:
    """All that a gate knows."""
    holdings = gate.holdings
    ends = holdings.state_vector()
    alive = {client: holdings.alive(client, 0, end) for client, end in ends.items()}
    return sorted(holdings.outlined()), ends, alive


@pytest.mark.parametrize("seed", SEEDS)
def test_both_ways_of_opening_are_the_same(seed: int) -> None:
    """UPD-8: a gate opened from an outline knows and decides what one does that read the snapshot."""
    kept = Kept.of_episode(seed)
    slow, quick = kept.opened_slowly(), kept.opened_quickly()
    assert noted(quick) == noted(slow)
    assert kept.verdicts(quick) == kept.verdicts(slow)
    assert noted(quick) == noted(slow)


def without_pairs(stretches: list[Outlined]) -> list[Outlined]:
    """As if nobody had ever typed an emoji."""
    return [it._replace(pairs=[]) for it in stretches]


def in_one_root(stretches: list[Outlined]) -> list[Outlined]:
    """As if all stood in the layer where it began."""
    return [it._replace(starts=it.starts[:1], roots=it.roots[:1]) for it in stretches]


@pytest.mark.parametrize("spoil", [without_pairs, in_one_root])
def test_a_spoilt_outline_would_be_seen(spoil: Spoil) -> None:
    """UPD-8, the control: an outline that leaves something out leads to other decisions."""
    differing = 0
    for seed in SEEDS:
        kept = Kept.of_episode(seed)
        slow, quick = kept.opened_slowly(), kept.opened_quickly(spoil)
        differing += kept.verdicts(quick) != kept.verdicts(slow)
    assert differing > 0


def test_what_was_not_kept_is_cut_off() -> None:
    """UPD-8: the outlines of these tests know of more than their snapshots, and so must the rooms'."""
    ahead = 0
    for seed in SEEDS:
        kept = Kept.of_episode(seed)
        clients = {it[0] for it in kept.outline["clients"]}
        ahead += clients != set(kept.opened_slowly().holdings.state_vector())
    assert ahead > 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"version": VERSION + 1}, id="another version"),
        pytest.param({"state_sha256": "0" * 64}, id="another snapshot's"),
        pytest.param({"clients": []}, id="without its clients"),
        pytest.param(None, id="none at all"),
    ],
)
def test_what_is_no_good_is_not_used(change: Outline | None) -> None:
    """UPD-9: without an outline of this snapshot and version the snapshot is read piece by piece."""
    kept = Kept.of_episode(1)
    clients = kept.opened_slowly().holdings.state_vector()
    outline = None if change is None else kept.outline | change
    assert unsealed(kept.outline, kept.state, clients) is not None
    assert unsealed(outline, kept.state, clients) is None
    texts, doc = Texts(Snapshot(kept.state, outline), [], {}, 2**20), Doc[Text]()
    doc.apply_update(kept.state)
    assert [texts.text(root) for root in ROOTS] == [str(doc.get(root, type=Text)) for root in ROOTS]
    assert texts.write(member("ana", Role.HOST), Piece.new("A jam", 0), kept.state) is None  # no news
