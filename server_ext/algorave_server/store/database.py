"""One database, SQLite or PostgreSQL, and the two ways into it: reading and writing.

SQLite has one writer at a time. A writer says so at its start (BEGIN IMMEDIATE): one that reads first and
writes later cannot be let in when another has written meanwhile. A lock makes the writers of this process
take turns without polling; those of other processes wait up to `busy_timeout_s`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

from .failures import translated
from .schema import Model

CONNECT_TIMEOUT_S = 5
"""How long a PostgreSQL server may take to answer before it counts as not there."""
POOL_SIZE = 15
CHECKPOINT_PAGES = 4_000
"""SQLite copies so many pages of 4 kB at once into the database, and the commit that sets it off waits."""


class Database:
    """Connections to one database. Safe to use from many threads."""

    def __init__(self, url: str, *, busy_timeout_s: float = 10.0) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.busy_timeout_s = busy_timeout_s
        if self.is_sqlite:
            _create_private_file(Path(self.url.database or ""))
        self.engine = self._create_engine()
        self._writing = self.engine.execution_options(writing=True)
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A transaction that changes nothing. Raises `StoreFailure`."""
        with translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that is committed at the end, or changes nothing when an exception leaves the block.

        Raises `StoreFailure`, or `StoreConflict` when a constraint was in the way.
        """
        with self._turn, translated(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Generator[Connection]:
        """A writing transaction that no other migration can be in at the same time."""
        engine = self._create_engine(for_migration=True)
        try:
            with self._turn, translated(), engine.execution_options(writing=True).begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()

    def _create_engine(self, *, for_migration: bool = False) -> Engine:
        options: dict[str, Any] = {
            # Parameters hold people's code and would end up in the text of exceptions, and so in logs.
            "hide_parameters": True,
            # In ASCII, because PostgreSQL takes neither lone surrogates nor U+0000 as text.
            "json_serializer": json.JSONEncoder(separators=(",", ":")).encode,
        }
        if for_migration:
            options["poolclass"] = NullPool
        else:
            options |= {"pool_size": POOL_SIZE, "max_overflow": 0, "pool_pre_ping": not self.is_sqlite}
        if not self.is_sqlite:
            options["connect_args"] = {"connect_timeout": CONNECT_TIMEOUT_S, "options": "-c timezone=UTC"}
        engine = create_engine(self.url, **options)
        if self.is_sqlite:
            self._prepare_sqlite(engine, foreign_keys=not for_migration)
        return engine

    def _prepare_sqlite(self, engine: Engine, *, foreign_keys: bool) -> None:
        def connected(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # the driver must not begin transactions of its own
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {round(self.busy_timeout_s * 1000)}")
            _enter_wal(cursor, self.busy_timeout_s)
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            # Off while tables are rebuilt; it cannot be switched inside the migration's transaction.
            cursor.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
            cursor.close()

        def begun(connection: Connection) -> None:
            writing = connection.get_execution_options().get("writing", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

        event.listen(engine, "connect", connected)
        event.listen(engine, "begin", begun)


def _enter_wal(cursor: Any, timeout_s: float) -> None:
    """Switch to WAL. Where others do so at the same moment SQLite says "locked" at once, without waiting."""
    end_s = time.monotonic() + timeout_s
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.01)
        else:
            return


def parse_url(url: str) -> URL:
    """The URL of a database on disk or of a PostgreSQL server; raises ValueError that says what is wrong."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text is not quoted: it may hold a password.
        raise ValueError("the database URL cannot be read; it looks like sqlite:////path/to/file") from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ValueError(f"{parsed.drivername} is no database algorave can use; use sqlite or postgresql")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise ValueError("sessions must outlive the server: name a file, as in sqlite:////path/to/file")
    return parsed


def spool_folder(url: str, data_folder: Path) -> Path:
    """Where edits wait for this database: beside a file, else in the data folder, and apart by database."""
    try:
        parsed = parse_url(url)
    except ValueError:  # said when the database is opened
        return data_folder / "spool"
    if parsed.get_backend_name() == "sqlite":
        return Path(f"{parsed.database}-spool")
    place = parsed.set(password=None).render_as_string()
    return data_folder / "spool" / sha256(place.encode()).hexdigest()[:16]


def insert_into(connection: Connection, model: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do on a conflict; both databases can, each in its own class."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(model)


def _create_private_file(path: Path) -> None:
    """Make the file for its owner alone; SQLite gives its side files the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
