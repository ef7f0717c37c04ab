"""Which rooms are open, and everything they want done: frames sent, rows committed, timers.

A room has at most one batch being committed. What arrives meanwhile waits in the room and makes up the next
batch, so that one commit and one frame carry more the busier a room gets, and an idle room waits for nobody.
What several rooms want kept goes to the keeper together, and no sooner than a moment after what went before:
a commit costs as much as many rows.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from algorave_server.asking import Asking
from algorave_server.close import Close
from algorave_server.counts import COUNTS
from algorave_server.errors import Refusal
from algorave_server.journal import Row
from algorave_server.protocol import Request
from algorave_server.rights import Role
from algorave_server.room import Batch, Disconnect, Effect, Room
from algorave_server.roster import Member

OPENING_S = 30.0
"""How long a room waits for the first of those who asked for it: upgrading a connection takes a while."""

Done = Callable[[BaseException | None], None]


class Wire(Protocol):
    """One open WebSocket, as the hub sees it."""

    def send(self, frame: bytes | str) -> None:
        """Give a frame to the socket without waiting."""
        ...

    def close(self, code: Close, reason: str) -> None:
        """Close with a code; `on_close` of the transport comes later."""
        ...

    def waiting_bytes(self) -> int:
        """What the peer has not taken yet."""
        ...


class Keeper(Protocol):
    """Where rows go. Called on the event loop; `done` may be called from any thread."""

    def submit(self, rows: Sequence[Row], done: Done) -> None:
        """Commit rows of one session in one transaction, after all of it that were submitted before."""
        ...

    def kept(self, room: Room) -> None:
        """All that was submitted of a room is committed: a moment for a snapshot."""
        ...

    async def open_room(self, session_id: str) -> Room:
        """Read a session; raises a `Refusal` when there is none."""
        ...

    async def close_room(self, room: Room) -> None:
        """The room is about to be forgotten: a good moment for a snapshot."""
        ...


@dataclass(slots=True)
class Live:
    """A room with its wires."""

    room: Room
    wires: dict[int, Wire] = field(default_factory=dict)
    linger: asyncio.TimerHandle | None = None
    kept: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while no batch of it is being committed."""
    waiting_since_s: float | None = None
    """When, by the loop's clock, something happened that was not submitted yet."""

    def __post_init__(self) -> None:
        self.kept.set()


@dataclass(frozen=True, slots=True)
class Submitted:
    """A batch on its way to the database."""

    live: Live
    batch: Batch
    since_s: float
    """When, by the loop's clock, the first of it happened."""


class Hub:
    """Must be made and used on one event loop."""

    def __init__(  # noqa: PLR0913 - settings, by name
        self,
        keeper: Keeper,
        log: logging.Logger,
        *,
        presence_interval_s: float = 0.1,
        commit_interval_s: float = 0.0,
        room_linger_s: float = 60.0,
        max_waiting_bytes: int = 1_048_576,
    ) -> None:
        self._keeper = keeper
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._presence_interval_s = presence_interval_s
        self._commit_interval_s = commit_interval_s
        self._room_linger_s = room_linger_s
        self._max_waiting_bytes = max_waiting_bytes
        self._live: dict[str, Live] = {}
        self._opening: dict[str, asyncio.Task[Live]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._next_connection = 0
        self._due: set[str] = set()
        self._submit_is_due = False
        self._submitted_at_s = 0.0
        """When, by the loop's clock, something last went to the keeper."""
        self._answers: deque[tuple[Submitted, BaseException | None]] = deque()
        self._answers_are_due = False
        self._is_stopping = False
        self._presence_is_due: set[str] = set()

    # -- rooms ------------------------------------------------------------------------------------

    async def open(self, session_id: str) -> Live:
        """The live room of a session; many may ask at once, it is read once."""
        if session_id in self._live:
            return self._live[session_id]
        if session_id not in self._opening:
            task = self._loop.create_task(self._open(session_id))
            self._opening[session_id] = task
            task.add_done_callback(lambda _: self._opening.pop(session_id, None))
        return await asyncio.shield(self._opening[session_id])

    async def _open(self, session_id: str) -> Live:
        live = Live(await self._keeper.open_room(session_id))
        self._live[session_id] = live
        self._linger(live, max(self._room_linger_s, OPENING_S))
        return live

    def _linger(self, live: Live, seconds: float) -> None:
        if live.linger is not None:
            live.linger.cancel()
        live.linger = self._loop.call_later(seconds, self._forget_if_empty, live)

    def _forget_if_empty(self, live: Live) -> None:
        if live.wires or self._live.get(live.room.id) is not live:
            return
        if not live.kept.is_set():
            self._linger(live, self._room_linger_s)
            return
        del self._live[live.room.id]
        task = self._loop.create_task(self._keeper.close_room(live.room))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close_room(self, session_id: str) -> None:
        """Close all connections of a session that is about to be deleted, and wait for what is being kept."""
        live = self._live.pop(session_id, None)
        if live is not None:
            for connection in list(live.wires):
                self._drop(live, connection, Close.ENDED, "the session was deleted")
            await live.kept.wait()

    # -- connections ------------------------------------------------------------------------------

    def connect(self, live: Live, member_id: str, wire: Wire) -> int:
        """A member opened a WebSocket; returns the connection's id.

        While the socket was being opened the room may have been forgotten or lost: what is typed into such a
        room is kept by nobody, so the wire is closed and comes back to the one that counts.
        """
        self._next_connection += 1
        connection = self._next_connection
        if self._is_stopping or self._live.get(live.room.id) is not live:
            wire.close(Close.FAULT, "the session was opened anew; join again")
            return connection
        live.wires[connection] = wire
        self._perform(live, live.room.join(connection, member_id))
        self._wake(live)
        return connection

    def receive(self, live: Live, connection: int, frame: bytes | str) -> None:
        """A frame came in."""
        try:
            effects = live.room.receive(connection, frame)
        except Exception:  # noqa: BLE001 - a fault is logged, and the session opened anew from what is kept
            self._log.exception("fault while a frame was taken in: session=%s", live.room.id)
            # A frame that failed half way may have left the room other than what is kept of it.
            self._lose(live)
            return
        self._perform(live, effects)
        self._wake(live)

    def disconnect(self, live: Live, connection: int) -> None:
        """The WebSocket is closed."""
        live.wires.pop(connection, None)
        live.room.leave(connection)
        self._wake(live)
        if not live.wires:
            self._linger(live, self._room_linger_s)

    def expel(self, session_id: str, member_ids: Iterable[str], code: Close, reason: str) -> None:
        """Members whose place was taken away elsewhere: close their connections and forget them."""
        live = self._live.get(session_id)
        if live is None:
            return
        for member_id in member_ids:
            for connection in live.room.roster.connections_of(member_id):
                self._drop(live, connection.id, code, reason)
            live.room.forget(member_id)
        self._wake(live)

    def admit(self, session_id: str, member: Member) -> None:
        """A member came in by an invite. One that was here in another role has to start anew."""
        live = self._live.get(session_id)
        if live is not None:
            self._perform(live, live.room.take_in(member))
            self._wake(live)

    async def ask(self, session_id: str, member_id: str, request: Request) -> None:
        """Carry out a member's request that came over HTTP; raises the refusal when there is one."""
        live = await self.open(session_id)
        if self._is_stopping or self._live.get(session_id) is not live:
            raise Refusal("not_saved", "the session was opened anew; try again")
        asking = Asking()
        self._next_connection += 1
        connection = self._next_connection
        live.wires[connection] = asking
        try:
            self._perform(live, live.room.ask(connection, member_id, request))
            self._wake(live)
            await asking.answered
        finally:
            live.wires.pop(connection, None)
            if not live.wires:
                self._linger(live, self._room_linger_s)

    def drop_where(
        self, is_meant: Callable[[Wire], bool], code: Close, reason: str, *, session_id: str | None = None
    ) -> None:
        """Close the wires that are meant, of one session or of all."""
        for live in list(self._live.values()):
            if session_id in (None, live.room.id):
                for connection in [each for each, wire in live.wires.items() if is_meant(wire)]:
                    self._drop(live, connection, code, reason)
                self._wake(live)

    def role_of(self, session_id: str, member_id: str) -> Role | None:
        """What a member is, as the room says, whose word counts; None while the session is not in memory."""
        live = self._live.get(session_id)
        member = None if live is None else live.room.roster.members.get(member_id)
        return None if member is None else member.role

    def presence(self, session_id: str) -> dict[str, int]:
        """How many connections each member of a session has right now."""
        live = self._live.get(session_id)
        connections = [] if live is None else live.room.roster.connections.values()
        return dict(Counter(connection.member_id for connection in connections))

    def drop_oldest(self, live: Live, member_id: str, spare: int, code: Close, reason: str) -> None:
        """Close connections of a member, the oldest first, until only so many are left."""
        connections = sorted(each.id for each in live.room.roster.connections_of(member_id))
        for connection in connections[: max(0, len(connections) - spare)]:
            self._drop(live, connection, code, reason)

    def rooms(self) -> list[Room]:
        """The rooms in memory."""
        return [live.room for live in self._live.values()]

    def waiting_bytes(self) -> int:
        """What all peers together have not taken yet."""
        return sum(wire.waiting_bytes() for live in self._live.values() for wire in live.wires.values())

    def _perform(self, live: Live, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Disconnect):
                self._drop(live, effect.connection, effect.code, effect.reason)
                continue
            for connection in effect.connections:
                wire = live.wires.get(connection)
                if wire is None:
                    continue
                if wire.waiting_bytes() > self._max_waiting_bytes:
                    self._drop(live, connection, Close.TOO_SLOW, "you do not read fast enough; join again")
                else:
                    wire.send(effect.frame)

    def _drop(self, live: Live, connection: int, code: Close, reason: str) -> None:
        wire = live.wires.pop(connection, None)
        live.room.leave(connection)
        if wire is not None:
            self._log.info("connection closed: session=%s code=%d reason=%s", live.room.id, code, reason)
            wire.close(code, reason)
            if not live.wires:
                self._linger(live, self._room_linger_s)

    # -- what is due ------------------------------------------------------------------------------

    def _wake(self, live: Live) -> None:
        """Something may have to be kept or shown; once an interval is enough."""
        session_id, now_s = live.room.id, self._loop.time()
        self._due.add(session_id)
        if live.waiting_since_s is None:
            live.waiting_since_s = now_s
        if not self._submit_is_due:
            self._submit_is_due = True
            wait_s = self._submitted_at_s + self._commit_interval_s - now_s
            if wait_s > 0:
                self._loop.call_later(wait_s, self._submit_due)
            else:
                self._loop.call_soon(self._submit_due)
        self._wake_presence(live)

    def _wake_presence(self, live: Live) -> None:
        session_id = live.room.id
        if live.room.has_presence_news and session_id not in self._presence_is_due:
            self._presence_is_due.add(session_id)
            self._loop.call_later(self._presence_interval_s, self._flush_presence, session_id)

    def _flush_presence(self, session_id: str) -> None:
        self._presence_is_due.discard(session_id)
        live = self._live.get(session_id)
        if live is not None:
            self._perform(live, live.room.flush_presence())
            # Long drafts may have to wait for their turn.
            self._wake_presence(live)

    def _submit_due(self) -> None:
        self._submit_is_due = False
        due, self._due = self._due, set()
        for session_id in due:
            live = self._live.get(session_id)
            if live is not None and live.kept.is_set():
                self._submit(live)

    def _submit(self, live: Live) -> None:
        batch, since_s = live.room.take_batch(), live.waiting_since_s
        live.waiting_since_s = None
        if batch is None:
            return
        if not batch.rows:
            self._perform(live, live.room.committed(batch))
            return
        live.kept.clear()
        self._submitted_at_s = self._loop.time()
        sent = Submitted(live, batch, self._submitted_at_s if since_s is None else since_s)
        self._keeper.submit(batch.rows, lambda error: self._answer(sent, error))

    def _answer(self, sent: Submitted, error: BaseException | None) -> None:
        """In the writer's thread: what became of a batch. One wake-up of the loop does for many answers."""
        self._answers.append((sent, error))
        if not self._answers_are_due:
            self._answers_are_due = True
            self._loop.call_soon_threadsafe(self._take_answers)

    def _take_answers(self) -> None:
        self._answers_are_due = False
        while self._answers:
            sent, error = self._answers.popleft()
            live = sent.live
            live.kept.set()
            if error is None:
                COUNTS.acknowledgements.note(self._loop.time() - sent.since_s)
                self._perform(live, live.room.committed(sent.batch))
                self._keeper.kept(live.room)
                self._wake(live)
            else:
                self._log.error("could not save: session=%s reason=%s", live.room.id, type(error).__name__)
                self._lose(live)

    def _lose(self, live: Live) -> None:
        """Memory is ahead of what is kept: everybody joins anew and sends again what was not saved."""
        self._live.pop(live.room.id, None)
        for connection in list(live.wires):
            self._drop(live, connection, Close.FAULT, "could not save; join again")

    async def stop(self) -> None:
        """Close all connections and wait for what is being kept."""
        self._is_stopping = True
        rooms = list(self._live.values())
        for live in rooms:
            for connection in list(live.wires):
                self._drop(live, connection, Close.FAULT, "the server stops; join again")
        for live in rooms:
            await self._keep_all(live)
            self._forget_if_empty(live)
        if self._closing:
            await asyncio.gather(*self._closing)

    async def _keep_all(self, live: Live) -> None:
        """Have everything kept that has happened in a room, without waiting for its turn."""
        await live.kept.wait()
        self._submit(live)
        await live.kept.wait()
