"""Which rooms are open, and everything they want done: frames sent, rows committed, timers.

One group of batches is being committed at any time. What arrives meanwhile, in all rooms, waits in the
rooms and makes up the next group, so that one commit carries more the busier it gets, and an idle room
waits for nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from algorave_server.journal import Row
from algorave_server.protocol import Close
from algorave_server.room import Batch, Disconnect, Effect, Room

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
    """Where rows go. Both are called on the event loop; `done` may be called from any thread."""

    def submit(self, rows: Sequence[Row], done: Done) -> None:
        """Commit rows in one transaction, after all that were submitted before."""
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


class Hub:
    """Must be made and used on one event loop."""

    def __init__(
        self,
        keeper: Keeper,
        log: logging.Logger,
        *,
        presence_interval_s: float = 0.1,
        room_linger_s: float = 60.0,
        max_waiting_bytes: int = 1_048_576,
    ) -> None:
        self._keeper = keeper
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._presence_interval_s = presence_interval_s
        self._room_linger_s = room_linger_s
        self._max_waiting_bytes = max_waiting_bytes
        self._live: dict[str, Live] = {}
        self._opening: dict[str, asyncio.Task[Live]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._next_connection = 0
        self._changed: set[str] = set()
        self._is_committing = False
        self._commit_is_due = False
        self._quiet = asyncio.Event()
        self._quiet.set()
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
        self._linger(live)
        return live

    def _linger(self, live: Live) -> None:
        if live.linger is not None:
            live.linger.cancel()
        live.linger = self._loop.call_later(self._room_linger_s, self._forget_if_empty, live)

    def _forget_if_empty(self, live: Live) -> None:
        if live.wires or self._live.get(live.room.id) is not live:
            return
        if self._is_committing or live.room.id in self._changed:
            self._linger(live)
            return
        del self._live[live.room.id]
        task = self._loop.create_task(self._keeper.close_room(live.room))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # -- connections ------------------------------------------------------------------------------

    def connect(self, live: Live, member_id: str, wire: Wire) -> int:
        """A member opened a WebSocket; returns the connection's id."""
        self._next_connection += 1
        connection = self._next_connection
        live.wires[connection] = wire
        self._perform(live, live.room.join(connection, member_id))
        self._wake(live)
        return connection

    def receive(self, live: Live, connection: int, frame: bytes | str) -> None:
        """A frame came in."""
        try:
            effects = live.room.receive(connection, frame)
        except Exception:  # noqa: BLE001 - a fault of one frame ends one connection, never the room
            self._log.exception("fault while a frame was taken in: session=%s", live.room.id)
            effects = [Disconnect(connection, Close.FAULT, "a fault of the server")]
        self._perform(live, effects)
        self._wake(live)

    def disconnect(self, live: Live, connection: int) -> None:
        """The WebSocket is closed."""
        live.wires.pop(connection, None)
        live.room.leave(connection)
        self._wake(live)
        if not live.wires:
            self._linger(live)

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
                self._linger(live)

    # -- what is due ------------------------------------------------------------------------------

    def _wake(self, live: Live) -> None:
        """Something may have to be kept or shown; once a loop turn and once an interval is enough."""
        session_id = live.room.id
        self._changed.add(session_id)
        self._commit_soon()
        if session_id not in self._presence_is_due:
            self._presence_is_due.add(session_id)
            self._loop.call_later(self._presence_interval_s, self._flush_presence, session_id)

    def _commit_soon(self) -> None:
        if not (self._is_committing or self._commit_is_due):
            self._commit_is_due = True
            self._quiet.clear()
            self._loop.call_soon(self._commit)

    def _flush_presence(self, session_id: str) -> None:
        self._presence_is_due.discard(session_id)
        live = self._live.get(session_id)
        if live is not None:
            self._perform(live, live.room.flush_presence())

    def _commit(self) -> None:
        self._commit_is_due = False
        changed, self._changed = self._changed, set()
        group: list[tuple[Live, Batch]] = []
        rows: list[Row] = []
        for session_id in changed:
            live = self._live.get(session_id)
            batch = live.room.take_batch() if live is not None else None
            if live is not None and batch is not None:
                group.append((live, batch))
                rows += batch.rows
        if not rows:
            self._committed(group)
            self._quiet.set()
            return
        self._is_committing = True
        self._keeper.submit(
            rows, lambda error: self._loop.call_soon_threadsafe(self._commit_ended, group, error)
        )

    def _commit_ended(self, group: list[tuple[Live, Batch]], error: BaseException | None) -> None:
        self._is_committing = False
        if error is None:
            self._committed(group)
        else:
            self._log.error("could not save, rooms are closed: %s", type(error).__name__)
            for live, _ in group:
                self._lose(live)
        self._quiet.set()
        if self._changed:
            self._commit_soon()

    def _committed(self, group: list[tuple[Live, Batch]]) -> None:
        for live, batch in group:
            self._perform(live, live.room.committed(batch))

    def _lose(self, live: Live) -> None:
        """Memory is ahead of what is kept: everybody joins anew and sends again what was not saved."""
        self._live.pop(live.room.id, None)
        for connection in list(live.wires):
            self._drop(live, connection, Close.FAULT, "could not save; join again")

    async def stop(self) -> None:
        """Close all connections and wait for what is being kept."""
        for live in list(self._live.values()):
            for connection in list(live.wires):
                self._drop(live, connection, Close.FAULT, "the server stops; join again")
        await self._quiet.wait()
        for live in list(self._live.values()):
            self._forget_if_empty(live)
        if self._closing:
            await asyncio.gather(*self._closing)
