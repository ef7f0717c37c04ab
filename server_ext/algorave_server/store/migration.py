"""Bringing a database to the schema of this version, and asking whether it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, func, select

from .database import Database
from .failures import StoreFailure

ADVISORY_LOCK = 0x616C_676F_7261_7665
"""Any number, the same in all servers: whoever holds it migrates."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a database up to a revision. Servers that start at once take turns; a killed one leaves no trace.

    Raises `StoreFailure`, also when a newer version of algorave wrote the database.
    """
    with database.migrating() as connection:
        _lock(connection)
        try:
            command.upgrade(configuration(connection), revision)
        except CommandError as error:
            raise StoreFailure("broken", "it was written by another version of algorave") from error
        _check_references(connection)


def downgrade(database: Database, revision: str) -> None:
    """Bring a database down to a revision; what older versions have no place for is lost."""
    with database.migrating() as connection:
        _lock(connection)
        command.downgrade(configuration(connection), revision)
        _check_references(connection)


def is_current(database: Database) -> bool:
    """Whether the database is at this version's schema. Raises `StoreFailure` when it does not answer."""
    with database.reading() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        return revision == newest_revision()


@cache
def newest_revision() -> str | None:
    """The revision that this version's schema is; read from the files once."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration: where the migrations are, and the connection to run them on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _lock(connection: Connection) -> None:
    """PostgreSQL: wait for the other migrator. SQLite has done so already, when the transaction began."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def _check_references(connection: Connection) -> None:
    """SQLite does not look at foreign keys while tables are rebuilt, so look afterwards."""
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StoreFailure("broken", "a migration would leave rows that refer to nothing")
