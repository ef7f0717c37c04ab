"""Which server has a session open: one at a time, whichever servers share the database.

Claims are locks of the system, so those of a process that is killed are gone with it. On SQLite they stand
in a file beside the database; PostgreSQL keeps them itself, for as long as the connection lives.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from typing import Protocol

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from .database import Database
from .failures import StoreFailure, translated

_BACKEND = text("SELECT pg_backend_pid()")
_LIVES = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = :backend")
_LOCK, _UNLOCK = text("SELECT pg_try_advisory_lock(:number)"), text("SELECT pg_advisory_unlock(:number)")


class Claims(Protocol):
    """The sessions that this server has open. Blocks, and may be used from any thread."""

    def claim(self, session_id: str) -> bool:
        """Have a session for this server, if no other has it. What is claimed twice is released twice."""
        ...

    def release(self, session_id: str) -> None:
        """Let others have it."""
        ...

    def check(self, connection: Connection, session_ids: Collection[str]) -> None:
        """Called in each transaction that writes for rooms: raises `StoreFailure` when claims were lost."""
        ...

    def close(self) -> None:
        """Let all go."""
        ...


class FileClaims:
    """Locked bytes of a file, one for each session."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        self._held: Counter[str] = Counter()
        self._turn = threading.Lock()

    def claim(self, session_id: str) -> bool:
        """Lock its byte."""
        with self._turn:
            if not self._held[session_id]:
                try:
                    fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _number(session_id))
                except OSError:
                    return False
            self._held[session_id] += 1
            return True

    def release(self, session_id: str) -> None:
        """Unlock its byte."""
        with self._turn:
            if _is_last(self._held, session_id):
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, _number(session_id))

    def check(self, connection: Connection, session_ids: Collection[str]) -> None:
        """A lock of this process is lost only with the process."""

    def close(self) -> None:
        """Closing the file unlocks all of it."""
        with self._turn:
            self._held.clear()
            os.close(self._descriptor)


class AdvisoryClaims:
    """Advisory locks of PostgreSQL, on a connection that has nothing else to do."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._backend = 0
        """The process of PostgreSQL behind the connection."""
        self._locked: set[str] = set()
        """Those that are locked on this connection."""
        self._held: Counter[str] = Counter()
        self._turn = threading.Lock()

    def claim(self, session_id: str) -> bool:
        """Take its lock."""
        with self._turn:
            if session_id not in self._locked:
                if not self._ask(_LOCK, session_id):
                    return False
                self._locked.add(session_id)
            self._held[session_id] += 1
            return True

    def release(self, session_id: str) -> None:
        """Give its lock back."""
        with self._turn:
            if _is_last(self._held, session_id) and session_id in self._locked:
                with suppress(StoreFailure):  # PostgreSQL is gone, and with it the lock
                    self._ask(_UNLOCK, session_id)
                self._locked.discard(session_id)

    def check(self, connection: Connection, session_ids: Collection[str]) -> None:
        """Whether the connection with the locks lives, and has these; else rooms have to be opened anew.

        Others may have had a session meanwhile: nothing is written that builds on what was read before.
        """
        with self._turn:
            if self._connection is None or not connection.scalar(_LIVES, {"backend": self._backend}):
                self._forget()
                raise StoreFailure("unavailable", "its claims on sessions are lost")
            if not self._locked.issuperset(session_ids):
                raise StoreFailure("conflict", "its claim on a session was lost")

    def close(self) -> None:
        """Closing the connection gives all locks back."""
        with self._turn:
            self._forget()

    def _ask(self, question: TextClause, session_id: str) -> bool:
        """Ask PostgreSQL. When the connection is gone so are all claims: raises StoreFailure."""
        with translated():
            try:
                if self._connection is None:
                    engine = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
                    self._connection = engine.connect()
                    self._connection.detach()
                    self._backend = self._connection.scalar(_BACKEND)
                return bool(self._connection.scalar(question, {"number": _number(session_id)}))
            except SQLAlchemyError:
                self._forget()
                raise

    def _forget(self) -> None:
        self._locked.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def claims_of(database: Database) -> Claims:
    """Claims as the database can have them. Raises `StoreFailure` when they cannot be kept."""
    if not database.is_sqlite:
        return AdvisoryClaims(database)
    try:
        return FileClaims(f"{database.url.database}-claims")
    except OSError as error:
        raise StoreFailure("unavailable", type(error).__name__) from error


def _is_last(held: Counter[str], session_id: str) -> bool:
    """Take one claim off; whether it was the last. One that is gone already is no mistake."""
    held[session_id] -= 1
    if held[session_id] > 0:
        return False
    return held.pop(session_id) == 0


def _number(session_id: str) -> int:
    """A session as a number of 62 bits. That two have the same is as good as impossible, and harmless."""
    return int.from_bytes(sha256(session_id.encode()).digest()[:8]) >> 2
