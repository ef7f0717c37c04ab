"""The sessions of one server: store, writer and hub, made when the first session is asked for."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from algorave_server import invites
from algorave_server.budget import Rates
from algorave_server.clock import Clock, SystemClock
from algorave_server.guest_rules import GuestSettings
from algorave_server.hub import Hub
from algorave_server.keeper import UPDATES_BETWEEN_SNAPSHOTS, Places, SessionKeeper, as_member
from algorave_server.leftovers import Leftovers
from algorave_server.limits import Limits
from algorave_server.osc import OscOutlet, OscSettings
from algorave_server.room import Room
from algorave_server.session_budget import SessionRates
from algorave_server.spool import Spool
from algorave_server.store import ParticipantRecord, Store, StoreFailure, Writer, claims_of
from algorave_server.turnstile import CrowdLimits, Turnstile

COMMIT_INTERVAL_S = 0.003
"""Between two commits, so that many requests at once are written together; after a pause none waits."""
EDITS_WAIT_S = 0.2
"""So long edits, which are seen already, wait for company before they are committed."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What an operator can set about sessions."""

    database_url: str
    """SQLAlchemy URL of the database that keeps sessions."""
    spool_dir: Path
    """Folder in which edits wait for the database."""
    room_linger_s: float
    """How long a room stays in memory after its last connection."""
    limits: Limits
    rates: Rates = field(default_factory=Rates)
    session_rates: SessionRates = field(default_factory=SessionRates)
    crowd: CrowdLimits = field(default_factory=CrowdLimits)
    guests: GuestSettings = field(default_factory=GuestSettings)
    osc: OscSettings = field(default_factory=OscSettings)
    updates_between_snapshots: int = UPDATES_BETWEEN_SNAPSHOTS
    hello_within_s: float = 10.0
    """How long a connection may say nothing before it is closed."""
    ping_interval_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Sessions:
    """What handlers work with."""

    keeper: SessionKeeper
    hub: Hub
    store: Store
    """For what does not touch rooms. It blocks: ask it in threads."""

    clock: Clock

    async def admit(self, redeemed: ParticipantRecord, since_ms: float) -> ParticipantRecord:
        """Let the room know of somebody who redeemed an invite at `since_ms` or later, by the rooms' time.

        Gives what they are by now, or raises the refusal of a dead invite when they were put out meanwhile.
        """
        member = await self.hub.admit(redeemed.session_id, as_member(redeemed), since_ms)
        if member is None:
            raise invites.refused()
        return replace(redeemed, role=member.role, may_chat=member.may_chat, waiting=member.waiting)


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
        self._places: Places | None = None

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
        return 0 if self._places is None else self._places.writer.waiting

    def waiting_bytes(self) -> int:
        """What is written to sockets and was not taken yet."""
        return 0 if self._hub is None else self._hub.waiting_bytes()

    async def _start(self) -> Sessions:
        self._store = Store(self.settings.database_url)
        await asyncio.to_thread(self._store.upgrade)
        self._places = await asyncio.to_thread(_places, self._store, self.settings.spool_dir)
        clock = SystemClock()
        keeper = SessionKeeper(
            self._places,
            clock,
            self.settings.limits,
            updates_between_snapshots=self.settings.updates_between_snapshots,
        )
        hub = self._hub = Hub(
            keeper,
            self._log,
            commit_interval_s=COMMIT_INTERVAL_S,
            edits_wait_s=EDITS_WAIT_S,
            room_linger_s=self.settings.room_linger_s,
            session_rates=self.settings.session_rates,
        )
        self._log.info("algorave: sessions are kept in %s", self._store.database.url.render_as_string())
        return Sessions(keeper, hub, self._store, clock)

    async def stop(self) -> None:
        """Close connections, write what waits, close the database."""
        self.osc.close()
        if self._starting is None or self._store is None or self._places is None:
            return
        sessions = await self._starting
        await sessions.hub.stop()
        await asyncio.to_thread(self._places.close)
        self._store.close()


def _places(store: Store, spool_dir: Path) -> Places:
    """All that keeps sessions; what a server before this one could not commit any more is kept by then."""
    try:
        claims = claims_of(store.database)
        leftovers = Leftovers(spool_dir, store, claims)
        spool = Spool(spool_dir)
        leftovers.restore_all()
    except OSError as error:
        raise StoreFailure("unavailable", f"the spool: {type(error).__name__}") from error
    return Places(store, Writer(store, claims), spool, claims, leftovers)
