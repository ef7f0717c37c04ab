"""The texts of a session: what may be written into them, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from algorave_server.close import Close
from algorave_server.errors import Expulsion
from algorave_server.holdings import Holdings
from algorave_server.lib0 import Malformed
from algorave_server.outline import Outline, sealed, unsealed
from algorave_server.piece import Piece
from algorave_server.protocol import LAYER_ROOT_PREFIX
from algorave_server.replica import Replica
from algorave_server.rights import Action
from algorave_server.roster import Member
from algorave_server.update_gate import Admitted, Unfounded, UpdateGate
from algorave_server.yjs_update import parse_state_vector


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document as one update, and what the gate would else have to read piece by piece."""

    state: bytes
    outline: Outline | None


class Written(NamedTuple):
    """An update that was let in."""

    clients: tuple[int, ...]
    """Yjs clients that the new units belong to."""
    new_clients: tuple[int, ...]
    """Those among them that nobody had used before."""
    layers: frozenset[str]
    """Ids of the layers that it writes into."""


class Texts:
    """The gate, the document, and whose Yjs client is whose."""

    def __init__(
        self, snapshot: Snapshot | None, updates: list[bytes], owners: dict[int, str], max_layer_bytes: int
    ) -> None:
        self._owners = owners
        self._max_layer_bytes = max_layer_bytes
        self._bounds_bytes: dict[str, int] = {}
        """By root: the layer is not longer than this."""
        self._document = Replica([] if snapshot is None else [snapshot.state])
        self._gate = UpdateGate() if snapshot is None else _gate_before(snapshot, self._document)
        for update in updates:
            self._gate.admit(update, _trust)
        self._document.take(updates)
        self.kept_updates = len(updates)
        """Rows that opening it again would have to read."""

    def text(self, root: str) -> str:
        """The newest text of a root."""
        return self._document.text(root)

    def state_vector(self) -> bytes:
        """What there is, as a state vector."""
        return self._document.state_vector()

    def update_since(self, state_vector: bytes) -> bytes:
        """What a client with this state vector lacks."""
        return self._document.update_since(state_vector)

    def take_snapshot(self) -> Snapshot:
        """All of it. Opening again has to read only what comes after it."""
        self.kept_updates = 0
        state = self._document.update_since(b"\x00")
        return Snapshot(state, sealed(self._gate.holdings.outlined(), state))

    def write(
        self,
        member: Member,
        piece: Piece,
        update: bytes,
        within: frozenset[str] | None = None,
        *,
        is_early: bool = False,
    ) -> Written | None:
        """Let an update in, or raise `Expulsion`; None when it says nothing new.

        `within` are the ids of the layers that may be written; None: all of them. `is_early`: it comes before
        what it may build on, and then it is left out, for that will hold it as well.
        """
        if not member.may(Action.EDIT):
            raise Expulsion(Close.RESET, "your role does not allow to edit")
        try:
            admitted = self._gate.admit(update, lambda admitted: self._check(member, piece, admitted, within))
        except Malformed as malformed:
            if is_early and isinstance(malformed, Unfounded):
                return None
            raise Expulsion(Close.RESET, str(malformed)) from None
        if not admitted.roots:
            return None
        self._document.take((update,))
        authors, owners = admitted.authors, self._owners
        new_clients = tuple(sorted([author for author in authors if author not in owners]))
        owners.update(dict.fromkeys(new_clients, member.id))
        clients = tuple(authors) if len(authors) == 1 else tuple(sorted(authors))
        return Written(clients, new_clients, _layers_of(admitted.roots))

    def _check(self, member: Member, piece: Piece, admitted: Admitted, within: frozenset[str] | None) -> None:
        """Whether a member may do what an update does: own clients; layers there, not locked, not full."""
        if piece.ended:
            raise Expulsion(Close.ENDED, "the session has ended")
        for client in admitted.authors:
            if self._owners.get(client, member.id) != member.id:
                raise Expulsion(Close.RESET, "that Yjs client belongs to somebody else")
        for root in admitted.roots:
            if within is not None and root.removeprefix(LAYER_ROOT_PREFIX) not in within:
                raise Expulsion(Close.RESET, "an agent writes only what it is changing for somebody")
            layer = piece.layers.by_root(root)
            if layer is None:
                if not piece.layers.was_removed(root.removeprefix(LAYER_ROOT_PREFIX)):
                    raise Expulsion(Close.RESET, "there is no such layer")
            elif layer.locked and not member.may(Action.LOCK):
                raise Expulsion(Close.RESET, "the layer is locked")
            if admitted.inserted_units > 0 and self._would_fill(root, admitted.inserted_units):
                raise Expulsion(Close.RESET, "the layer is full")

    def _would_fill(self, root: str, units: int) -> bool:
        """Whether a layer would grow past its limit.

        A UTF-16 unit takes at most three bytes. The exact length, for which the document has to catch up, is
        asked for only when this bound passes the limit.
        """
        bound_bytes = self._bounds_bytes.get(root)
        if bound_bytes is None or bound_bytes + 3 * units > self._max_layer_bytes:
            bound_bytes = self._document.length_bytes(root)
        self._bounds_bytes[root] = bound_bytes + 3 * units
        return bound_bytes + units > self._max_layer_bytes


@lru_cache(maxsize=1024)
def _layers_of(roots: frozenset[str]) -> frozenset[str]:
    return frozenset(root.removeprefix(LAYER_ROOT_PREFIX) for root in roots)


def _gate_before(snapshot: Snapshot, document: Replica) -> UpdateGate:
    """The gate before a document that holds a snapshot, made from its outline if that is any good."""
    ends = parse_state_vector(document.state_vector())
    stretches = unsealed(snapshot.outline, snapshot.state, ends)
    if stretches is not None:
        return UpdateGate(Holdings.restored(stretches, ends, document.deletions()))
    gate = UpdateGate()
    gate.admit(snapshot.state, _trust)
    return gate


def _trust(_: Admitted) -> None:
    """What the store kept was judged when it came in."""
