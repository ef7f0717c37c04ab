"""Whether the server lives, and whether it can do its work. For balancers and supervisors; no secrets."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any, ClassVar

from jupyter_server.auth.decorator import allow_unauthenticated

from algorave_server.api_models import Health, Readiness, Says
from algorave_server.guest_http import GuestHandler
from algorave_server.loop_lag import LoopLag
from algorave_server.session_service import SessionService
from algorave_server.store import Store, StoreFailure

DATABASE_LIMIT_S = 1.0
LAG_LIMIT_S = 0.25
FREE_DISK_LIMIT = 0.05
"""Of the disk that the database is on."""
KEPT_S = 1.0
"""How long an answer counts, so that asking often costs nothing."""
OK = "ok"


class Readied:
    """Looks into database, disk and event loop, at most once a second."""

    def __init__(self, service: SessionService, lag: LoopLag) -> None:
        self._service = service
        self._lag = lag
        self._at_s = float("-inf")
        self._kept: dict[str, str] = {}

    async def look(self) -> dict[str, str]:
        """Each check by name: `ok`, or in words what is wrong."""
        if time.monotonic() - self._at_s > KEPT_S:
            self._kept = {
                "database": await self._database(),
                "disk": await self._disk(),
                "event_loop": OK if self._lag.worst_s < LAG_LIMIT_S else "it is late; too much to do here",
            }
            self._at_s = time.monotonic()
        return self._kept

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(DATABASE_LIMIT_S):
                sessions = await self._service.sessions()
                is_current = await asyncio.to_thread(sessions.store.is_ready)
        except TimeoutError:
            return f"it does not answer within {DATABASE_LIMIT_S:g} s"
        except StoreFailure as failure:
            return str(failure)
        except (OSError, ValueError):
            return "it cannot be opened; the log says why"
        return OK if is_current else "its schema is not this version's"

    async def _disk(self) -> str:
        try:
            sessions = await self._service.sessions()
            free = await asyncio.to_thread(free_disk, sessions.store)
        except (OSError, ValueError, StoreFailure):
            return "it cannot be looked at"
        return OK if free is None or free > FREE_DISK_LIMIT else f"{free:.0%} of it is free"


def free_disk(store: Store) -> float | None:
    """The free part of the disk with the database; None when the database is elsewhere."""
    if not store.database.is_sqlite:
        return None
    usage = shutil.disk_usage(Path(store.database.url.database or ".").parent)
    return usage.free / usage.total


class HealthzHandler(GuestHandler):
    """`algorave/healthz`."""

    says: ClassVar[dict[str, Says]] = {"get": Says(Health)}

    @allow_unauthenticated
    async def get(self) -> None:
        """Whether the server answers at all. Looks at nothing else."""
        self.reply(Health())


class ReadyzHandler(GuestHandler):
    """`algorave/readyz`."""

    says: ClassVar[dict[str, Says]] = {"get": Says(Readiness)}

    def initialize(self, service: SessionService, readied: Readied) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] -- the route gives more
        """Take what the app made."""
        super().initialize(service)
        self.readied = readied

    @allow_unauthenticated
    async def get(self) -> None:
        """Whether the server can do its work; 503 when not, with what is wrong."""
        checks = await self.readied.look()
        is_ready = all(words == OK for words in checks.values())
        self.reply(Readiness(ok=is_ready, checks=checks), 200 if is_ready else 503)


def health_routes(service: SessionService, lag: LoopLag) -> list[tuple[str, Any, dict[str, Any]]]:
    """Routes as templates, without the base URL."""
    readied = Readied(service, lag)
    return [
        ("algorave/healthz", HealthzHandler, {"service": service}),
        ("algorave/readyz", ReadyzHandler, {"service": service, "readied": readied}),
    ]
