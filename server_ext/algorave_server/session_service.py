"""The sessions of one server: store, writer and hub, made when the first session is asked for."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from algorave_server.budget import Rates
from algorave_server.clock import Clock, SystemClock
from algorave_server.guest_rules import GuestSettings
from algorave_server.hub import Hub
from algorave_server.keeper import UPDATES_BETWEEN_SNAPSHOTS, SessionKeeper
from algorave_server.limits import Limits
from algorave_server.osc import OscOutlet, OscSettings
from algorave_server.room import Room
from algorave_server.store import Store, Writer
from algorave_server.turnstile import CrowdLimits, Turnstile

COMMIT_INTERVAL_S = 0.003
"""Between two commits, so that a busy server writes many rows at once; after a pause nothing waits."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What an operator can set about sessions."""

    database_url: str
    """SQLAlchemy URL of the database that keeps sessions."""
    room_linger_s: float
    """How long a room stays in memory after its last connection."""
    limits: Limits
    rates: Rates = field(default_factory=Rates)
    crowd: CrowdLimits = field(default_factory=CrowdLimits)
    guests: GuestSettings = field(default_factory=GuestSettings)
    osc: OscSettings = field(default_factory=OscSettings)
    updates_between_snapshots: int = UPDATES_BETWEEN_SNAPSHOTS
    hello_within_s: float = 10.0
    """How long a connection may say nothing before it is closed."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """What handlers work with."""

    keeper: SessionKeeper
    hub: Hub
    store: Store
    """For what does not touch rooms. It blocks: ask it in threads."""
    clock: Clock


class SessionService:
    """Starts on demand, so that somebody who only plays alone has no database."""

    def __init__(self, settings: SessionSettings, log: logging.Logger) -> None:
        self.settings = settings
        self.turnstile = Turnstile(settings.crowd)
        self.osc = OscOutlet(settings.osc)
        self._log = log
        self._starting: asyncio.Task[Sessions] | None = None
        self._store: Store | None = None
        self._hub: Hub | None = None
        self._writer: Writer | None = None

    async def sessions(self) -> Sessions:
        """Keeper and hub; raises `StoreFailure` when the database cannot be used."""
        if self._starting is None or (self._starting.done() and self._starting.exception() is not None):
            self._starting = asyncio.create_task(self._start())
        return await asyncio.shield(self._starting)

    def rooms(self) -> list[Room]:
        """The sessions in memory; none before the first was asked for."""
        return [] if self._hub is None else self._hub.rooms()

    def waiting_batches(self) -> int:
        """How many batches the writer has not begun yet."""
        return 0 if self._writer is None else self._writer.waiting

    def waiting_bytes(self) -> int:
        """What is written to sockets and was not taken yet."""
        return 0 if self._hub is None else self._hub.waiting_bytes()

    async def _start(self) -> Sessions:
        self._store = Store(self.settings.database_url)
        await asyncio.to_thread(self._store.upgrade)
        self._writer = Writer(self._store)
        clock = SystemClock()
        keeper = SessionKeeper(
            self._store,
            self._writer,
            clock,
            self.settings.limits,
            updates_between_snapshots=self.settings.updates_between_snapshots,
        )
        hub = self._hub = Hub(
            keeper,
            self._log,
            commit_interval_s=COMMIT_INTERVAL_S,
            room_linger_s=self.settings.room_linger_s,
        )
        self._log.info("algorave: sessions are kept in %s", self._store.database.url.render_as_string())
        return Sessions(keeper, hub, self._store, clock)

    async def stop(self) -> None:
        """Close connections, write what waits, close the database."""
        self.osc.close()
        if self._starting is None or self._store is None or self._writer is None:
            return
        sessions = await self._starting
        await sessions.hub.stop()
        await asyncio.to_thread(self._writer.close)
        self._store.close()
