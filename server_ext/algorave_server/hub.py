"""Which rooms are open, who is connected to them, and what rooms want done: frames sent, connections closed.

What is kept of a room, and when others see it, is the ledger's business.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import Any

from algorave_server.asking import Asking
from algorave_server.close import Close
from algorave_server.effects import Disconnect, Effect
from algorave_server.errors import Refusal
from algorave_server.ledger import Keeper, Ledger
from algorave_server.live import Live, Wire
from algorave_server.protocol import Request
from algorave_server.rights import Role
from algorave_server.room import Room
from algorave_server.roster import Member
from algorave_server.session_budget import SessionBudget, SessionRates
from algorave_server.store import StoreFailure

OPENING_S = 30.0
"""How long a room waits for the first of those who asked for it: upgrading a connection takes a while."""


class Hub:
    """Must be made and used on one event loop."""

    def __init__(  # noqa: PLR0913 - settings, by name
        self,
        keeper: Keeper,
        log: logging.Logger,
        *,
        presence_interval_s: float = 0.1,
        commit_interval_s: float = 0.0,
        edits_wait_s: float = 0.0,
        room_linger_s: float = 60.0,
        max_waiting_bytes: int = 1_048_576,
        session_rates: SessionRates | None = None,
    ) -> None:
        self._keeper = keeper
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._presence_interval_s = presence_interval_s
        self._room_linger_s = room_linger_s
        self._max_waiting_bytes = max_waiting_bytes
        self._session_rates = session_rates
        self._live: dict[str, Live] = {}
        self._opening: dict[str, asyncio.Task[Live]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._next_connection = 0
        self._is_stopping = False
        self._presence_is_due: set[str] = set()
        self._ledger = Ledger(
            keeper,
            log,
            perform=self._perform,
            announce=self._announce,
            lose=self._lose,
            turned=self._wake_presence,
            commit_interval_s=commit_interval_s,
            edits_wait_s=edits_wait_s,
        )

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
        room, rates = await self._keeper.open_room(session_id), self._session_rates
        live = Live(room, SessionBudget(rates, time.monotonic()) if rates and rates.is_limited else None)
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
        self._close(self._keeper.close_room(live.room))

    async def close_room(self, session_id: str) -> None:
        """Close all connections of a session that is about to be deleted, and wait for what is being kept."""
        live = self._live.pop(session_id, None)
        if live is not None:
            for connection in list(live.wires):
                self._drop(live, connection, Close.ENDED, "the session was deleted")
            self._ledger.commit()
            live.is_lost = True
            await self._release(live)

    async def _release(self, live: Live) -> None:
        await live.kept.wait()
        await self._keeper.release_room(live.room)

    def _close(self, closing: Coroutine[Any, Any, None]) -> None:
        """Have it done; `stop` waits for it."""
        task = self._loop.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

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

    def receive(self, live: Live, connection: int, frame: bytes | str, stands_for: int = 1) -> None:
        """A frame came in; it may stand for several edits."""
        try:
            effects = live.room.receive(connection, frame, stands_for)
        except Exception:  # noqa: BLE001 - a fault is logged, and the session opened anew from what is kept
            self._log.exception("fault while a frame was taken in: session=%s", live.room.id)
            # A frame that failed half way may have left the room other than what is kept of it.
            self._lose(live)
            return
        if effects:
            self._perform(live, effects)
        self._wake(live)

    def disconnect(self, live: Live, connection: int) -> None:
        """The WebSocket is closed."""
        live.wires.pop(connection, None)
        live.room.leave(connection)
        self._wake(live)
        if not live.wires:
            self._linger(live, self._room_linger_s)

    async def expel(self, session_id: str, member_ids: Iterable[str], code: Close, reason: str) -> None:
        """Members whose place was taken away elsewhere: close their connections and forget them."""
        live = await self._live_or_opening(session_id)
        if live is None:
            return
        for member_id in member_ids:
            for connection in live.room.roster.connections_of(member_id):
                self._drop(live, connection.id, code, reason)
            live.room.forget(member_id)
        self._wake(live)

    async def admit(self, session_id: str, member: Member, since_ms: float) -> Member | None:
        """A member came in by an invite; see `Room.take_in`. Gives what it is now; None when it is out."""
        live = await self._live_or_opening(session_id)
        if live is None:
            return member
        self._perform(live, live.room.take_in(member, since_ms))
        self._wake(live)
        return live.room.roster.members.get(member.id)

    async def _live_or_opening(self, session_id: str) -> Live | None:
        """A room that is being read already may not have seen what the database has by now."""
        if session_id in self._opening:
            with suppress(Refusal, StoreFailure):
                return await self.open(session_id)
        return self._live.get(session_id)

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
            frame, wires, limit = effect.frame, live.wires, self._max_waiting_bytes
            for connection in effect.connections:
                wire = wires.get(connection)
                if wire is not None and wire.send(frame) > limit:
                    self._drop(live, connection, Close.TOO_SLOW, "you do not read fast enough; join again")

    def _announce(self, live: Live, effects: Sequence[Effect]) -> None:
        """What came of requests: it may be news for the roster."""
        self._perform(live, effects)
        self._wake(live)

    def _drop(self, live: Live, connection: int, code: Close, reason: str) -> None:
        wire = live.wires.pop(connection, None)
        live.room.leave(connection)
        self._wake(live)
        if wire is not None:
            self._log.info("connection closed: session=%s code=%d reason=%s", live.room.id, code, reason)
            wire.close(code, reason)
            if not live.wires:
                self._linger(live, self._room_linger_s)

    # -- what is due ------------------------------------------------------------------------------

    def _wake(self, live: Live) -> None:
        """Something may have to be kept or shown."""
        if not live.is_lost:
            self._ledger.wake(live)

    def _wake_presence(self, live: Live) -> None:
        """Something may have happened that the roster or the cursors tell."""
        session_id = live.room.id
        if session_id not in self._presence_is_due and live.room.has_presence_news and not live.is_lost:
            self._presence_is_due.add(session_id)
            self._loop.call_later(self._presence_interval_s, self._flush_presence, session_id)

    def _flush_presence(self, session_id: str) -> None:
        self._presence_is_due.discard(session_id)
        live = self._live.get(session_id)
        if live is not None:
            self._perform(live, live.room.flush_presence())
            # Long drafts may have to wait for their turn.
            self._wake_presence(live)

    def _lose(self, live: Live) -> None:
        """Memory is ahead of what is kept: everybody joins anew and sends again what was not saved."""
        if self._live.get(live.room.id) is live:
            del self._live[live.room.id]
        live.is_lost = True
        for connection in list(live.wires):
            self._drop(live, connection, Close.FAULT, "could not save; join again")
        self._ledger.abandon(live)
        self._close(self._release(live))

    async def stop(self) -> None:
        """Close all connections and wait for what is being kept."""
        self._is_stopping = True
        rooms = list(self._live.values())
        for live in rooms:
            for connection in list(live.wires):
                self._drop(live, connection, Close.FAULT, "the server stops; join again")
        self._ledger.commit()
        for live in rooms:
            await live.kept.wait()
            self._forget_if_empty(live)
        for failure in await asyncio.gather(*self._closing, return_exceptions=True):
            if failure is not None:
                # The next room, and what is being kept, must not suffer for it.
                self._log.error("a session was not closed well: %s", type(failure).__name__)
