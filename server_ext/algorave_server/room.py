"""A session in memory, and the one door to it.

Whatever anybody does to a session comes in through `receive` as a frame of a connection. The room decides
by role, changes its state and collects what is to be kept; it does no I/O. What came in is noted first, so
that it outlives the process, and edits are shown then; what was shown or asked for goes into a batch, and
once that is committed its senders are told and the outcomes announced. When something cannot be noted or
committed, memory is ahead of what is kept: the room is lost and has to be opened anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError

from algorave_server.activity import Activity
from algorave_server.admission import as_decided, correction
from algorave_server.announcing import Announcing
from algorave_server.asks import Asks
from algorave_server.chat import Chat
from algorave_server.chat_budget import ChatBudget
from algorave_server.clock import Clock
from algorave_server.close import Close
from algorave_server.effects import Batch, Disconnect, Effect, Send, Unseen
from algorave_server.errors import Expulsion, Refusal
from algorave_server.journal import NewClientOwner, NewUpdate
from algorave_server.lib0 import Malformed, read_uint
from algorave_server.limits import Limits
from algorave_server.piece import Piece
from algorave_server.presence import AWARENESS_MESSAGE, Presence
from algorave_server.protocol import (
    PROTOCOL_VERSION,
    Draft,
    Hello,
    Message,
    Ping,
    Pong,
    Refused,
    ReportTiming,
    Request,
    Say,
    Waiting,
    Welcome,
    from_client,
)
from algorave_server.replies import identity, refused, reply, saved, words
from algorave_server.requests import carry_out
from algorave_server.rights import Action
from algorave_server.roster import Connection, Member, Roster
from algorave_server.roster_news import RosterNews
from algorave_server.scene import Scene
from algorave_server.sharing import share
from algorave_server.sync_frame import (
    EMPTY_UPDATE,
    QUERY_AWARENESS,
    STEP_1,
    STEP_2,
    SYNC,
    UPDATE,
    last_bytes,
)
from algorave_server.texts import Snapshot, Texts
from algorave_server.timings import Timings
from algorave_server.yjs_update import parse_state_vector


@dataclass(slots=True)
class Opened:
    """A session as it was kept."""

    session_id: str
    piece: Piece
    roster: Roster
    snapshot: Snapshot | None
    updates: list[bytes]
    """What came after the snapshot, in order."""
    owners: dict[int, str]
    """Yjs client id → the participant it belongs to."""
    chat: Chat = field(default_factory=Chat)


class Room:
    """A live session. Everything is synchronous; times come from the clock."""

    def __init__(self, opened: Opened, clock: Clock, limits: Limits | None = None) -> None:
        self.id = opened.session_id
        self.piece = opened.piece
        self.roster = opened.roster
        self.chat = opened.chat
        self._clock = clock
        self._limits = limits or Limits()
        self._texts = Texts(opened.snapshot, opened.updates, opened.owners, self._limits.max_layer_bytes)
        self._chat_budget = ChatBudget(self._limits.chat, clock.server_ms() / 1000)
        self._presence = Presence(first_clock=round(clock.server_ms()))
        self._activity = Activity()
        self._timings = Timings()
        self._roster_news = RosterNews(self.roster, self._activity, self._timings)
        self.asks = Asks(self.id, self.piece, self.roster, clock)
        self._announcing = Announcing(
            self.roster, self._texts, self._presence, self._roster_news, self.asks.news
        )
        self._unseen = Unseen()
        self._batch = Batch()

    # -- coming and going -------------------------------------------------------------------------

    def join(self, connection_id: int, member_id: str) -> list[Effect]:
        """A member opened a connection."""
        member = self.roster.find(member_id)
        connection = self.roster.connections[connection_id] = Connection(connection_id, member_id)
        self._note(member_id)
        self._roster_news.is_due = True
        self._settle()
        return [] if member.waiting else self._announcing.greet(connection, member)

    def take_in(self, redeemed: Member, since_ms: float) -> list[Effect]:
        """Somebody came by an invite, read at `since_ms` or later; see `as_decided`."""
        before = self.roster.members.get(redeemed.id)
        member = as_decided(redeemed, self.roster, since_ms)
        self._batch.rows += correction(self.id, redeemed, member, self._clock.now_at())
        if member is None:
            return []
        self.roster.members[member.id] = member
        self._settle()
        return self._announcing.come_again(before, member)

    def leave(self, connection_id: int) -> None:
        """A connection is closed."""
        connection = self.roster.connections.pop(connection_id, None)
        if connection is None:
            return
        self._presence.drop(connection_id)
        self._timings.forget(connection_id)
        self._roster_news.is_due = True
        if not self.roster.connections_of(connection.member_id):
            self._activity.forget(connection.member_id)
            self._settle()

    def forget(self, member_id: str) -> None:
        """A member's place was taken away elsewhere."""
        self.roster.members.pop(member_id, None)
        self.roster.rule(member_id, self._clock.server_ms())
        self._settle()

    def _settle(self) -> None:
        """Somebody came, went or may something else: what was asked for, or answered, by them may be over."""
        self._batch.rows += self.asks.settle()

    def ask(self, connection_id: int, member_id: str, request: Request) -> list[Effect]:
        """A member's request that came another way than through a connection of the room's."""
        try:
            self._carry_out(connection_id, member_id, request)
        except Refusal as refusal:
            return [reply(connection_id, refused(request, refusal))]
        return []

    @property
    def kept_updates(self) -> int:
        """Rows that opening it again would have to read."""
        return self._texts.kept_updates

    def _note(self, member_id: str) -> None:
        """A member did something just now."""
        if self._activity.note(member_id, self._clock.server_ms()):
            self._roster_news.is_due = True

    # -- the door ---------------------------------------------------------------------------------

    def receive(self, connection_id: int, frame: bytes | str, stands_for: int = 1) -> list[Effect]:
        """Take one frame of a connection. What came as several edits may be brought as one."""
        connection = self.roster.connections.get(connection_id)
        if connection is None or connection.member_id not in self.roster.members:
            # Gone, or a host has removed the member and the connection is about to be closed.
            return []
        try:
            if isinstance(frame, str):
                return self._receive_text(connection, frame)
            return self._receive_binary(connection, frame, stands_for)
        except Expulsion as expulsion:
            return [Disconnect(connection_id, expulsion.code, expulsion.reason)]
        except Malformed as malformed:
            return [Disconnect(connection_id, Close.MALFORMED, str(malformed))]

    def _receive_binary(self, connection: Connection, frame: bytes, stands_for: int) -> list[Effect]:
        member = self.roster.members[connection.member_id]
        if member.waiting:
            return []
        may_edit = member.may(Action.EDIT)
        if len(frame) > self._limits.max_update_bytes:
            raise Malformed("frame too large")
        kind, at = read_uint(frame, 0)
        if kind == SYNC:
            step, at = read_uint(frame, at)
            if not may_edit and step != STEP_1 and len(frame) > self._limits.max_viewer_bytes:
                raise Malformed("frame too large")
            payload = last_bytes(frame, at)
            if step == STEP_1:
                parse_state_vector(payload)
                connection.asked = True
                self._unseen.joining.append((connection.id, payload))
                return []
            if step in (STEP_2, UPDATE):
                connection.has_answered |= step == STEP_2
                connection.edits += stands_for
                self._edit(connection, member, payload)
                return []
        elif kind == AWARENESS_MESSAGE:
            if may_edit and self._presence.update(
                connection.id, member.id, last_bytes(frame, at), identity(member)
            ):
                self._note(member.id)
            return []
        elif kind == QUERY_AWARENESS:
            states = self._presence.everything(connection.id)
            return [] if states is None else [Send((connection.id,), states)]
        raise Malformed("unknown message")

    def _edit(self, connection: Connection, member: Member, update: bytes) -> None:
        if update != EMPTY_UPDATE:
            self._write(connection, member, update)
        self._unseen.edit_counts[connection.id] = connection.edits

    def _write(self, connection: Connection, member: Member, update: bytes) -> None:
        is_agent = member.kind == "agent"
        within = self.asks.within(member) if is_agent else None
        written = self._texts.write(member, self.piece, update, within, is_early=connection.is_early)
        if written is None:
            return
        if is_agent:
            self.asks.written(member, written.layers)
        self._note(member.id)
        for client in written.new_clients:
            self._unseen.owners.append(NewClientOwner(self.id, client, member.id))
        edit = NewUpdate(self.id, member.id, self._clock.now_at(), update, written.clients)
        self._unseen.edits.append((connection.id, edit))

    # -- JSON -------------------------------------------------------------------------------------

    def _receive_text(self, connection: Connection, text: str) -> list[Effect]:
        if len(text) > self._max_json(connection):
            raise Malformed("message too large")
        try:
            message = from_client.validate_json(text)
        except ValidationError as error:
            return [reply(connection.id, Refused(request_id=None, reason="malformed", detail=words(error)))]
        if isinstance(message, Ping):
            server_ms = self._clock.server_ms()
            return [reply(connection.id, Pong(client_ms=message.client_ms, server_ms=server_ms))]
        if isinstance(message, ReportTiming):
            if not self.roster.members[connection.member_id].waiting:
                self._timings.take(connection.id, connection.member_id, message.timing)
            return []
        if isinstance(message, Hello):
            return [reply(connection.id, self._welcome(connection, message))]
        if isinstance(message, Draft):
            self.asks.draft(message, self.roster.members[connection.member_id])
            return []
        try:
            if isinstance(message, Say):
                self._count_line(self.roster.members[connection.member_id])
            self._carry_out(connection.id, connection.member_id, message)
        except Refusal as refusal:
            return [reply(connection.id, refused(message, refusal))]
        return []

    def _max_json(self, connection: Connection) -> int:
        """Who may evaluate sends the code that it has checked."""
        may_evaluate = self.roster.members[connection.member_id].may(Action.EVALUATE)
        return self._limits.max_update_bytes if may_evaluate else self._limits.max_json_bytes

    def _welcome(self, connection: Connection, hello: Hello) -> Message:
        if hello.protocol_version != PROTOCOL_VERSION:
            detail = f"this server speaks version {PROTOCOL_VERSION}; reload the page"
            return Refused(request_id=None, reason="too_old", detail=detail)
        member = self.roster.members[connection.member_id]
        if member.waiting:
            connection.waits = True
            return Waiting(session_title=self.piece.title)
        connection.wants_json = True
        roster, listening = self._roster_news.first_look(waiting_too=member.may(Action.MEMBERS))
        return Welcome(
            protocol_version=PROTOCOL_VERSION,
            session=self.id,
            title=self.piece.title,
            you=member.id,
            role=member.role,
            layers=list(self.piece.layers),
            playing=list(self.piece.playing.values()),
            faults=list(self.piece.faults.values()),
            tempo=self.piece.tempo.anchors,
            roster=roster,
            listening=listening,
            door=self.piece.door,
            may_chat=member.may_chat,
            chat=self.chat.lines(),
            ai=self.piece.ai,
            ai_review=self.piece.ai_review,
            agents=list(self.asks.proposals.serving.values()),
            proposals=[asked.said for asked in self.asks.proposals],
            server_ms=self._clock.server_ms(),
        )

    def _carry_out(self, connection_id: int, member_id: str, request: Request) -> None:
        if self.piece.ended:
            raise Refusal("ended", "the session has ended; it can still be read and replayed")
        scene = Scene(
            self.id,
            self.piece,
            self.roster,
            self.chat,
            self._limits.seats,
            self._texts.text,
            self.asks.proposals,
            self._clock.now_at(),
            self._clock.server_ms(),
        )
        outcome = carry_out(request, self.roster.find(member_id), scene)
        self._note(member_id)
        self._batch.rows.extend(outcome.rows)
        self._settle()
        self._batch.outcomes.append((connection_id, request.request_id, outcome))

    def _count_line(self, member: Member) -> None:
        """Who may not speak is refused anyway, and must not use up what everybody may say together."""
        if member.waiting or not member.may_chat:
            return
        now_s = self._clock.server_ms() / 1000
        self._chat_budget.take(member.id, now_s, is_host=member.may(Action.MEMBERS))

    # -- what is kept, and what is seen -----------------------------------------------------------

    def take_unseen(self) -> Unseen | None:
        """What came in and has to be noted before it is shown; None when there is nothing."""
        unseen = self._unseen
        if not (unseen.edit_counts or unseen.joining):
            return None
        self._unseen = Unseen()
        return unseen

    def show(self, unseen: Unseen) -> list[Effect]:
        """All that came in is noted: let others see it, and have it committed. Nothing comes in between."""
        batch = self._batch
        batch.rows += unseen.owners
        edits = [edit for _, edit in unseen.edits]
        batch.rows += edits
        batch.edits += edits
        batch.edit_counts.update(unseen.edit_counts)
        self._texts.kept_updates += len(edits)
        return share(unseen, self.roster, self._texts)

    @property
    def has_batch(self) -> bool:
        """Whether there is anything to commit."""
        batch = self._batch
        return bool(batch.rows or batch.edit_counts or batch.outcomes)

    @property
    def is_urgent(self) -> bool:
        """Whether somebody sees something only once it is committed."""
        return bool(self._batch.outcomes)

    def take_batch(self) -> Batch | None:
        """What there is to commit; None when there is nothing. Batches must be committed in order."""
        if not self.has_batch:
            return None
        batch, self._batch = self._batch, Batch()
        return batch

    def committed(self, batch: Batch) -> list[Effect]:
        """The batch is in the database: tell its senders, and everybody what came of requests."""
        effects: list[Effect] = []
        # Before anybody is disconnected: a client that hears nothing takes its words for lost.
        for connection_id, edits in batch.edit_counts.items():
            connection = self.roster.connections.get(connection_id)
            if connection is not None and connection.wants_json:
                effects.append(saved(connection.id, edits))
        for connection_id, request_id, outcome in batch.outcomes:
            effects += self._announcing.announce(connection_id, request_id, outcome)
        return effects

    @property
    def has_presence_news(self) -> bool:
        """Whether `flush_presence` has anything to say."""
        now_ms = self._clock.server_ms()
        if self._activity.settle(now_ms) | self._timings.settle(now_ms):
            self._roster_news.is_due = True
        return self._roster_news.is_due or self.asks.has_news or self._presence.has_news

    def flush_presence(self) -> list[Effect]:
        """Cursors and the roster, as far as they changed; the hub calls this a few times a second."""
        frames = self._presence.flush(self.roster.inside()) if self._presence.has_news else []
        effects: list[Effect] = [Send(connections, frame) for connections, frame in frames]
        if self._roster_news.is_due:
            effects += self._roster_news.take()
        effects += self.asks.flush()
        return effects

    def take_snapshot(self) -> Snapshot:
        """The whole document, to be kept. Only when all that came in was noted and is being committed."""
        return self._texts.take_snapshot()
