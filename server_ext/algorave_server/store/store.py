"""The store: all verbs on one database."""

from __future__ import annotations

from algorave_server.clock import Clock, SystemClock

from . import migration
from .agents import AgentVerbs
from .database import Database
from .guests import GuestVerbs
from .history import HistoryVerbs
from .members import MemberVerbs
from .redemption import InviteVerbs
from .sessions import SessionVerbs


class Store(SessionVerbs, MemberVerbs, InviteVerbs, GuestVerbs, AgentVerbs, HistoryVerbs):
    """Everything durable, by `sqlite:////path/to/file` or `postgresql://user@host/name`.

    Verbs block, and may be called from any thread. They raise `StoreFailure` when the database does not do
    its part, and `errors.Refusal` when what is asked for is not there. Call `upgrade` before any other.
    """

    def __init__(self, url: str, *, clock: Clock | None = None, busy_timeout_s: float = 10.0) -> None:
        super().__init__(Database(url, busy_timeout_s=busy_timeout_s), clock or SystemClock())

    def upgrade(self) -> None:
        """Bring the database to the schema of this version; servers that start together take turns."""
        migration.upgrade(self.database)

    def is_ready(self) -> bool:
        """Whether the database has this version's schema. Raises `StoreFailure` when it does not answer."""
        return migration.is_current(self.database)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
