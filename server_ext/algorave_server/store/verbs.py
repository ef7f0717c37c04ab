"""What the groups of verbs share: the database, the clock, and rows that become records."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Row, Select, Table, select

from algorave_server.clock import Clock
from algorave_server.errors import Refusal

from .database import Database
from .records import SessionRecord
from .schema import Model, Session

Record = TypeVar("Record")


class Verbs:
    """Verbs are called from threads: they block until the database has answered."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock


def new_id() -> str:
    """An id nobody can guess, as 32 hexadecimal digits."""
    return uuid.uuid4().hex


def as_record(kind: type[Record], row: Row[Any]) -> Record:
    """A record whose fields are called like the row's columns."""
    return kind(**row._asdict())  # pyright: ignore[reportPrivateUsage] -- public in spite of its name


def all_columns(model: type[Model], *except_for: str) -> Select[*tuple[Any, ...]]:
    """SELECT of a table's columns under their own names."""
    table = cast(Table, model.__table__)
    columns: list[Any] = [column for column in table.columns if column.name not in except_for]
    return select(*columns)


def session_in(connection: Connection, session_id: str) -> SessionRecord:
    """The session, or a `not_found` refusal."""
    row = connection.execute(all_columns(Session).where(Session.id == session_id)).one_or_none()
    if row is None:
        raise Refusal("not_found", "there is no such session")
    return as_record(SessionRecord, row)
