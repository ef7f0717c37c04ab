"""A session in memory, and the one door to it.

Whatever anybody does to a session comes in through `receive` as a frame of a connection. The room decides
by role, changes its state and collects in a batch what is to be kept; it does no I/O. The hub takes the
batch, has it committed and tells the room, which only then lets the others see it and tells the sender
that it is saved. When a batch cannot be committed, memory is ahead of what is kept: the room is lost and
has to be opened anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from pycrdt import merge_updates
from pydantic import ValidationError

from algorave_server.budget import Bucket
from algorave_server.clock import Clock
from algorave_server.close import Close
from algorave_server.effects import Batch, Disconnect, Effect, Send
from algorave_server.errors import Expulsion, Refusal
from algorave_server.journal import NewClientOwner, NewUpdate
from algorave_server.lib0 import Malformed, read_bytes, read_uint, write_bytes
from algorave_server.piece import Piece
from algorave_server.presence import AWARENESS_MESSAGE, Presence
from algorave_server.protocol import (
    LAYER_ROOT_PREFIX,
    PROTOCOL_VERSION,
    Done,
    Hello,
    Message,
    Ping,
    Pong,
    Refused,
    Request,
    Saved,
    Say,
    Welcome,
    from_client,
)
from algorave_server.protocol import Roster as RosterNotice
from algorave_server.replica import Replica
from algorave_server.requests import Outcome, Scene, carry_out
from algorave_server.rights import Action
from algorave_server.roster import Connection, Member, Roster
from algorave_server.update_gate import Admitted, UpdateGate
from algorave_server.yjs_update import parse_state_vector

_SYNC, _QUERY_AWARENESS = 0, 3
_STEP_1, _STEP_2, _UPDATE = 0, 1, 2
_EMPTY_UPDATE = b"\x00\x00"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one frame may carry and one layer may hold."""

    max_update_bytes: int = 262_144
    max_viewer_bytes: int = 4_096
    max_json_bytes: int = 65_536
    max_layer_bytes: int = 200_000
    chat_per_s: float = 1.0
    """Lines of chat of one connection; 0 is no limit."""
    chat_burst: int = 5


@dataclass(slots=True)
class Opened:
    """A session as it was kept."""

    session_id: str
    piece: Piece
    roster: Roster
    updates: list[bytes]
    """A snapshot, then what came after it, in order."""
    owners: dict[int, str]
    """Yjs client id → the participant it belongs to."""


class Room:
    """A live session. Everything is synchronous; times come from the clock."""

    def __init__(self, opened: Opened, clock: Clock, limits: Limits | None = None) -> None:
        self.id = opened.session_id
        self.piece = opened.piece
        self.roster = opened.roster
        self._owners = opened.owners
        self._clock = clock
        self._limits = limits or Limits()
        self._presence = Presence()
        self._roster_changed = False
        self._bounds_bytes: dict[str, int] = {}
        """By root: the layer is not longer than this."""
        self._batch = Batch()
        self._gate = UpdateGate()
        for update in opened.updates:
            self._gate.admit(update, _trust)
        self.kept_updates = len(opened.updates)
        """Rows that opening it again would have to read."""
        self._latest = Replica(opened.updates)
        self._kept = Replica(opened.updates)

    # -- coming and going -------------------------------------------------------------------------

    def join(self, connection_id: int, member_id: str) -> list[Effect]:
        """A member opened a connection."""
        self.roster.find(member_id)
        self.roster.connections[connection_id] = Connection(connection_id, member_id)
        self._roster_changed = True
        effects: list[Effect] = []
        if self.roster.member_of(connection_id).may(Action.EDIT):
            step_1 = bytes([_SYNC, _STEP_1]) + write_bytes(self._kept.state_vector())
            effects.append(Send((connection_id,), step_1))
        states = self._presence.everything()
        if states is not None:
            effects.append(Send((connection_id,), states))
        return effects

    def leave(self, connection_id: int) -> None:
        """A connection is closed."""
        if self.roster.connections.pop(connection_id, None) is not None:
            self._presence.drop(connection_id)
            self._roster_changed = True

    # -- the door ---------------------------------------------------------------------------------

    def receive(self, connection_id: int, frame: bytes | str) -> list[Effect]:
        """Take one frame of a connection."""
        connection = self.roster.connections.get(connection_id)
        if connection is None or connection.member_id not in self.roster.members:
            # Gone, or a host has removed the member and the connection is about to be closed.
            return []
        try:
            if isinstance(frame, str):
                return self._receive_text(connection, frame)
            return self._receive_binary(connection, frame)
        except Expulsion as expulsion:
            return [Disconnect(connection_id, expulsion.code, expulsion.reason)]
        except Malformed as malformed:
            return [Disconnect(connection_id, Close.MALFORMED, str(malformed))]

    def _receive_binary(self, connection: Connection, frame: bytes) -> list[Effect]:
        member = self.roster.members[connection.member_id]
        may_edit = member.may(Action.EDIT)
        if len(frame) > self._limits.max_update_bytes:
            raise Malformed("frame too large")
        kind, at = read_uint(frame, 0)
        if kind == _SYNC:
            step, at = read_uint(frame, at)
            if step != _STEP_1 and not may_edit and len(frame) > self._limits.max_viewer_bytes:
                raise Malformed("frame too large")
            payload = _last_bytes(frame, at)
            if step == _STEP_1:
                return self._answer_step_1(connection, payload)
            if step in (_STEP_2, _UPDATE):
                self._edit(connection, member, payload)
                return []
        elif kind == AWARENESS_MESSAGE:
            if may_edit:
                identity = {"id": member.id, "name": member.name, "color": member.colour}
                self._presence.update(connection.id, member.id, _last_bytes(frame, at), identity)
            return []
        elif kind == _QUERY_AWARENESS:
            states = self._presence.everything()
            return [] if states is None else [Send((connection.id,), states)]
        raise Malformed("unknown message")

    def _answer_step_1(self, connection: Connection, state_vector: bytes) -> list[Effect]:
        parse_state_vector(state_vector)
        connection.is_synced = True
        return [Send((connection.id,), _sync_frame(_STEP_2, self._kept.update_since(state_vector)))]

    def _edit(self, connection: Connection, member: Member, update: bytes) -> None:
        connection.edits += 1
        if update != _EMPTY_UPDATE:
            self._admit(connection, member, update)
        self._batch.edit_counts[connection.id] = connection.edits

    def _admit(self, connection: Connection, member: Member, update: bytes) -> None:
        if not member.may(Action.EDIT):
            raise Expulsion(Close.RESET, "your role does not allow to edit")
        try:
            admitted = self._gate.admit(update, lambda admitted: self._check(member, admitted))
        except Malformed as malformed:
            raise Expulsion(Close.RESET, str(malformed)) from None
        if not admitted.roots:
            return
        self._latest.take([update])
        new_clients = [client for client in admitted.authors if client not in self._owners]
        for client in new_clients:
            self._owners[client] = member.id
            self._batch.rows.append(NewClientOwner(self.id, client, member.id))
        clients = tuple(sorted(admitted.authors))
        self._batch.rows.append(NewUpdate(self.id, member.id, self._clock.now_at(), update, clients))
        self._batch.edits.append((connection.id, update))

    def _check(self, member: Member, admitted: Admitted) -> None:
        """Whether a member may do what an update does: own clients; layers there, not locked, not full."""
        if self.piece.ended:
            raise Expulsion(Close.ENDED, "the session has ended")
        for client in admitted.authors:
            if self._owners.get(client, member.id) != member.id:
                raise Expulsion(Close.RESET, "that Yjs client belongs to somebody else")
        for root in admitted.roots:
            layer = self.piece.layers.by_root(root)
            if layer is None:
                if root.removeprefix(LAYER_ROOT_PREFIX) not in self.piece.layers.removed:
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
        if bound_bytes is None or bound_bytes + 3 * units > self._limits.max_layer_bytes:
            bound_bytes = self._latest.length_bytes(root)
        self._bounds_bytes[root] = bound_bytes + 3 * units
        return bound_bytes + units > self._limits.max_layer_bytes

    # -- JSON -------------------------------------------------------------------------------------

    def _receive_text(self, connection: Connection, text: str) -> list[Effect]:
        if len(text) > self._limits.max_json_bytes:
            raise Malformed("message too large")
        try:
            message = from_client.validate_json(text)
        except ValidationError as error:
            return [
                self._reply(connection, Refused(request_id=None, reason="malformed", detail=_words(error)))
            ]
        if isinstance(message, Ping):
            server_ms = self._clock.server_ms()
            return [self._reply(connection, Pong(client_ms=message.client_ms, server_ms=server_ms))]
        if isinstance(message, Hello):
            return [self._reply(connection, self._welcome(connection, message))]
        try:
            self._carry_out(connection, message)
        except Refusal as refusal:
            refused = Refused(request_id=message.request_id, reason=refusal.reason, detail=refusal.detail)
            return [self._reply(connection, refused)]
        return []

    def _welcome(self, connection: Connection, hello: Hello) -> Message:
        if hello.protocol_version != PROTOCOL_VERSION:
            detail = f"this server speaks version {PROTOCOL_VERSION}; reload the page"
            return Refused(request_id=None, reason="too_old", detail=detail)
        connection.wants_json = True
        member = self.roster.members[connection.member_id]
        return Welcome(
            protocol_version=PROTOCOL_VERSION,
            session=self.id,
            title=self.piece.title,
            you=member.id,
            role=member.role,
            layers=list(self.piece.layers),
            playing=list(self.piece.playing.values()),
            tempo=self.piece.tempo.anchors,
            roster=list(self.roster.present()),
            listening=self.roster.listening(),
            door="open",
            may_chat=True,
            chat=[],
            server_ms=self._clock.server_ms(),
        )

    def _carry_out(self, connection: Connection, request: Request) -> None:
        if self.piece.ended:
            raise Refusal("ended", "the session has ended; it can still be read and replayed")
        if isinstance(request, Say):
            self._count_line(connection)
        member = self.roster.members[connection.member_id]
        scene = Scene(
            self.id,
            self.piece,
            self.roster,
            self._latest.text,
            self._clock.now_at(),
            self._clock.server_ms(),
        )
        outcome = carry_out(request, member, scene)
        self._batch.rows.extend(outcome.rows)
        self._batch.outcomes.append((connection.id, request.request_id, outcome))

    def _count_line(self, connection: Connection) -> None:
        now_s = self._clock.server_ms() / 1000
        if connection.chat is None:
            connection.chat = Bucket(self._limits.chat_per_s, self._limits.chat_burst, now_s)
        if not connection.chat.take(now_s):
            raise Refusal("too_fast", "that is a lot of chat at once; wait a moment")

    def _reply(self, connection: Connection, message: Message) -> Send:
        return Send((connection.id,), message.model_dump_json())

    # -- what is kept, and what is seen -----------------------------------------------------------

    def take_batch(self) -> Batch | None:
        """What there is to commit; None when there is nothing. Batches must be committed in order."""
        batch = self._batch
        if not (batch.rows or batch.edit_counts or batch.outcomes):
            return None
        self._batch = Batch()
        return batch

    def committed(self, batch: Batch) -> list[Effect]:
        """The batch is in the database: let the others see it, and tell its senders."""
        effects: list[Effect] = []
        if batch.edits:
            self.kept_updates += len(batch.edits)
            self._kept.take(update for _, update in batch.edits)
            effects.append(self._broadcast(batch.edits))
        # Before anybody is disconnected: a client that hears nothing takes its words for lost.
        for connection_id, edits in batch.edit_counts.items():
            connection = self.roster.connections.get(connection_id)
            if connection is not None and connection.wants_json:
                effects.append(self._reply(connection, Saved(edits=edits)))
        for connection_id, request_id, outcome in batch.outcomes:
            effects += self._announce(connection_id, request_id, outcome)
        return effects

    @property
    def has_presence_news(self) -> bool:
        """Whether `flush_presence` has anything to say."""
        return self._roster_changed or self._presence.has_news

    def flush_presence(self) -> list[Effect]:
        """Cursors and the roster, as far as they changed; the hub calls this a few times a second."""
        effects: list[Effect] = []
        frame = self._presence.flush()
        if frame is not None:
            effects.append(Send(tuple(self.roster.connections), frame))
        if self._roster_changed:
            self._roster_changed = False
            notice = RosterNotice(participants=list(self.roster.present()), listening=self.roster.listening())
            effects.append(self._to_all(notice))
        return effects

    def snapshot(self) -> bytes:
        """The whole kept document as one update."""
        return self._kept.update_since(b"\x00")

    def _broadcast(self, edits: list[tuple[int, bytes]]) -> Send:
        """All edits of a batch as one frame; a lone author does not hear itself."""
        authors = {author for author, _ in edits}
        skip = authors if len(authors) == 1 else set[int]()
        updates = [update for _, update in edits]
        update = updates[0] if len(updates) == 1 else merge_updates(*updates)
        listeners = tuple(c.id for c in self.roster.connections.values() if c.is_synced and c.id not in skip)
        return Send(listeners, _sync_frame(_UPDATE, update))

    def _announce(self, connection_id: int, request_id: int, outcome: Outcome) -> list[Effect]:
        effects: list[Effect] = [self._to_all(notice) for notice in outcome.notices]
        effects.append(Send((connection_id,), Done(request_id=request_id).model_dump_json()))
        if outcome.lowered is not None:
            self._roster_changed = True
            effects += self._drop_all_of(outcome.lowered, Close.RESET, "your role has changed; join again")
        if outcome.removed is not None:
            effects += self._drop_all_of(outcome.removed, Close.REMOVED, "a host removed you")
        if outcome.ends_session:
            effects += [Disconnect(c, Close.ENDED, "the session has ended") for c in self.roster.connections]
        return effects

    def _drop_all_of(self, member_id: str, code: Close, reason: str) -> list[Effect]:
        return [Disconnect(each.id, code, reason) for each in self.roster.connections_of(member_id)]

    def _to_all(self, notice: Message) -> Send:
        listeners = tuple(c.id for c in self.roster.connections.values() if c.wants_json)
        return Send(listeners, notice.model_dump_json())


def _trust(_: Admitted) -> None:
    """What the store kept was judged when it came in."""


def _sync_frame(step: int, update: bytes) -> bytes:
    return bytes([_SYNC, step]) + write_bytes(update)


def _last_bytes(frame: bytes, at: int) -> bytes:
    payload, at = read_bytes(frame, at)
    if at != len(frame):
        raise Malformed("bytes after the message")
    return payload


def _words(error: ValidationError) -> str:
    """The first thing wrong with a message, without repeating what was sent."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
