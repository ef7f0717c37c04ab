"""What the store raises when the database does not do its part, in words of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

FailureKind = Literal["unavailable", "full", "conflict", "broken"]

_WORDS: dict[FailureKind, str] = {
    "unavailable": "the database does not answer; nothing was saved",
    "full": "the disk of the database is full; nothing was saved",
    "conflict": "the database holds something else already; nothing was saved",
    "broken": "the database refused; nothing was saved",
}
_SQLITE_KINDS: dict[str, FailureKind] = {
    "SQLITE_FULL": "full",
    "SQLITE_BUSY": "unavailable",
    "SQLITE_LOCKED": "unavailable",
    "SQLITE_CANTOPEN": "unavailable",
    "SQLITE_IOERR": "unavailable",
    "SQLITE_READONLY": "unavailable",
}
_SQLSTATE_KINDS: dict[str, FailureKind] = {"08": "unavailable", "53": "full", "57": "unavailable"}


class StoreFailure(Exception):
    """The database did not do what it was asked, and holds what it held before."""

    def __init__(self, kind: FailureKind, detail: str = "") -> None:
        super().__init__(f"{_WORDS[kind]} ({detail})" if detail else _WORDS[kind])
        self.kind: FailureKind = kind


class StoreConflict(StoreFailure):
    """A constraint of the schema was in the way: somebody else was first, or a row refers to what is gone."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("conflict", detail)


@contextmanager
def translated() -> Generator[None]:
    """Let no exception of SQLAlchemy out of the store."""
    try:
        yield
    except IntegrityError as error:
        raise StoreConflict(_name_of(error)) from error
    except SQLAlchemyError as error:
        raise StoreFailure(_kind_of(error), _name_of(error)) from error


def _kind_of(error: SQLAlchemyError) -> FailureKind:
    if not isinstance(error, DBAPIError):
        return "unavailable" if isinstance(error, TimeoutError) else "broken"
    if isinstance(error.orig, sqlite3.Error):
        name = getattr(error.orig, "sqlite_errorname", "")
        for prefix, kind in _SQLITE_KINDS.items():
            if name.startswith(prefix):
                return kind
        return "broken"
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is None:
        return "unavailable"
    if sqlstate == "53300":
        return "unavailable"  # too many connections is class 53 as well
    return _SQLSTATE_KINDS.get(sqlstate[:2], "broken")


def _name_of(error: SQLAlchemyError) -> str:
    """The kind of error without its text, which may quote values."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return str(
        getattr(original, "sqlite_errorname", None)
        or getattr(original, "sqlstate", None)
        or type(original).__name__
    )
