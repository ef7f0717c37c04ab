"""What rooms want kept, written in one transaction. The hot path: one statement for each kind of row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, func, insert, select, update

from algorave_server.journal import (
    NewArrangement,
    NewClientOwner,
    NewEntry,
    NewMemberValues,
    NewRemoval,
    NewRole,
    NewSessionState,
    NewUpdate,
    Row,
)
from algorave_server.rights import Role

from .database import insert_into
from .failures import StoreConflict
from .members import in_force, insert_ban
from .records import BanRecord, NewSnapshot
from .schema import Ban, Entry, Participant, Session, Snapshot, Update, YjsClient
from .verbs import new_id

Appended = Row | NewSnapshot
"""All that can be appended."""

_ARRANGE = (
    update(Session).where(Session.id == bindparam("the_id")).values(arrangement=bindparam("the_arrangement"))
)
_RETITLE = (
    update(Session)
    .where(Session.id == bindparam("the_id"))
    .values(
        title=bindparam("the_title"),
        door=bindparam("the_door"),
        state=bindparam("the_state"),
        ended_at=bindparam("the_ended_at"),
    )
)

_UPDATE_COLUMNS = ("session_id", "participant_id", "at", "update", "clients")
_ROWS_A_STATEMENT = (64, 8, 1)


def write_rows(connection: Connection, rows: Iterable[Appended], now: datetime) -> None:
    """Write rows in their order within each kind. Raises when one of them refers to what is gone.

    A snapshot is written after the rows before it and before the rows behind it: it holds those, not these.
    """
    by_kind: dict[type, list[Any]] = {}
    for row in rows:
        if isinstance(row, NewSnapshot):
            _write_kinds(connection, by_kind, now)
            by_kind = {}
            _write_snapshot_of_all(connection, row)
        else:
            by_kind.setdefault(type(row), []).append(row)
    _write_kinds(connection, by_kind, now)


def _write_kinds(connection: Connection, by_kind: dict[type, list[Any]], now: datetime) -> None:
    for kind, write in _WRITERS.items():
        if kind in by_kind:
            write(connection, by_kind[kind], now)


def _write_owners(connection: Connection, rows: Sequence[NewClientOwner], _now: datetime) -> None:
    # The first owner stays: rooms say it again when a client id is seen again after a restart.
    connection.execute(
        insert_into(connection, YjsClient).on_conflict_do_nothing(),
        [
            {"session_id": row.session_id, "client_id": row.client_id, "participant_id": row.participant_id}
            for row in rows
        ],
    )


def _write_updates(connection: Connection, rows: Sequence[NewUpdate], _now: datetime) -> None:
    """The only kind that comes by the thousand: its statements are made once, and we bind the values."""
    statement, bind = _update_insert(connection.dialect)
    bound = [bind(row) for row in rows]
    if not connection.dialect.positional:
        parameters = [dict(zip(_UPDATE_COLUMNS, values, strict=True)) for values in bound]
        connection.exec_driver_sql(statement, parameters)
        return
    # SQLite's driver lets go of the interpreter for every statement, and has to get it back from the event
    # loop: so one statement writes many rows.
    done = 0
    for count in _ROWS_A_STATEMENT:
        while len(bound) - done >= count:
            parameters = tuple(chain.from_iterable(bound[done : done + count]))
            connection.exec_driver_sql(_of_rows(statement, count), parameters)
            done += count


@cache
def _of_rows(statement: str, count: int) -> str:
    """An INSERT of one row, for so many."""
    head, values, row = statement.partition(" VALUES ")
    return head + values + ", ".join([row] * count)


@cache
def _update_insert(dialect: Dialect) -> tuple[str, Callable[[NewUpdate], tuple[Any, ...]]]:
    """An INSERT in the driver's own words, and what makes its parameters of a row, in `_UPDATE_COLUMNS`."""
    table = cast(Table, Update.__table__)
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=_UPDATE_COLUMNS)
    of_time, of_update = _binder(table, "at", dialect), _binder(table, "update", dialect)
    # The same few clients write again and again.
    of_clients = lru_cache(maxsize=1024)(_binder(table, "clients", dialect))

    def in_order(row: NewUpdate) -> tuple[Any, ...]:
        session_id, participant_id, at, yjs_update, clients = row
        return session_id, participant_id, of_time(at), of_update(yjs_update), of_clients(clients)

    return str(compiled), in_order


def _binder(table: Table, column: str, dialect: Dialect) -> Callable[[Any], Any]:
    """What a column's type does to a value before the driver gets it."""
    return table.c[column].type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)


def _write_entries(connection: Connection, rows: Sequence[NewEntry], _now: datetime) -> None:
    connection.execute(
        insert(Entry),
        [
            {
                "session_id": row.session_id,
                "participant_id": row.participant_id,
                "at": row.at,
                "kind": row.kind,
                "body": row.body,
            }
            for row in rows
        ],
    )


def _write_arrangements(connection: Connection, rows: Sequence[NewArrangement], _now: datetime) -> None:
    last = {row.session_id: row.arrangement for row in rows}
    _change(connection, _ARRANGE, [{"the_id": key, "the_arrangement": value} for key, value in last.items()])


def _write_states(connection: Connection, rows: Sequence[NewSessionState], _now: datetime) -> None:
    last = {row.session_id: row for row in rows}
    _change(
        connection,
        _RETITLE,
        [
            {
                "the_id": row.session_id,
                "the_title": row.title,
                "the_door": row.door,
                "the_state": "open" if row.ended_at is None else "ended",
                "the_ended_at": row.ended_at,
            }
            for row in last.values()
        ],
    )


def _write_roles(connection: Connection, rows: Sequence[NewRole], _now: datetime) -> None:
    for row in rows:
        is_it = (Participant.id == row.participant_id, Participant.session_id == row.session_id)
        before = connection.execute(select(Participant.role).where(*is_it)).scalar_one_or_none()
        if before is None:
            raise StoreConflict("no such participant")
        if before != Role(row.role):
            connection.execute(update(Participant).where(*is_it).values(role=Role(row.role), invite_id=None))


def _write_removals(connection: Connection, rows: Sequence[NewRemoval], now: datetime) -> None:
    """A guest's credential opens the session no more. Who is logged in stays known, and may come back."""
    for row in rows:
        is_it = (Participant.id == row.participant_id, Participant.session_id == row.session_id)
        if connection.execute(select(Participant.id).where(*is_it)).first() is None:
            raise StoreConflict("no such participant")
        is_guest = (Participant.user_id.is_(None), Participant.removed_at.is_(None))
        connection.execute(update(Participant).where(*is_it, *is_guest).values(removed_at=row.at))
        _ban_if_asked(connection, row, now)


def _ban_if_asked(connection: Connection, row: NewRemoval, now: datetime) -> None:
    bans = (Ban.participant_id == row.participant_id, in_force(now))
    if row.banned and connection.execute(select(Ban.id).where(*bans).limit(1)).first() is None:
        insert_ban(
            connection, BanRecord(new_id(), row.session_id, row.participant_id, None, "", None, now, None)
        )


def _write_member_values(connection: Connection, rows: Sequence[NewMemberValues], _now: datetime) -> None:
    for row in rows:
        values = {"name": row.name, "colour": row.colour, "may_chat": row.may_chat, "waiting": row.waiting}
        changed = connection.execute(
            update(Participant)
            .where(Participant.id == row.participant_id, Participant.session_id == row.session_id)
            .values({name: value for name, value in values.items() if value is not None})
        )
        if changed.rowcount != 1:
            raise StoreConflict("no such participant")


def _write_snapshot_of_all(connection: Connection, row: NewSnapshot) -> None:
    """A snapshot that holds all updates there are; a later one of the same updates takes its place."""
    upto_id = select(func.coalesce(func.max(Update.id), 0)).where(Update.session_id == row.session_id)
    statement = insert_into(connection, Snapshot).values(
        session_id=row.session_id,
        upto_id=upto_id.scalar_subquery(),
        state=row.state,
        at=row.at,
        outline=row.outline,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id", "upto_id"],
            set_={name: statement.excluded[name] for name in ("state", "at", "outline")},
        )
    )


def _change(connection: Connection, statement: Executable, values: list[dict[str, Any]]) -> None:
    if connection.execute(statement, values).rowcount != len(values):
        raise StoreConflict("no such session")


_WRITERS: dict[type, Callable[[Connection, Sequence[Any], datetime], None]] = {
    NewClientOwner: _write_owners,
    NewUpdate: _write_updates,
    NewEntry: _write_entries,
    NewArrangement: _write_arrangements,
    NewRole: _write_roles,
    NewRemoval: _write_removals,
    NewMemberValues: _write_member_values,
    NewSessionState: _write_states,
}
