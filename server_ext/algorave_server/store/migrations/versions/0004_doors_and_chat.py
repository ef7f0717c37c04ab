"""Waiting rooms, who may chat, and layers that are counted instead of listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JOURNAL_INDEX = "ix_session_events_session_id_kind_id"


def upgrade() -> None:
    """Every session has a door, which is open, and everybody is in and may chat."""
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("door", sa.String(16), nullable=False, server_default="open"))
        table.create_check_constraint(op.f("ck_sessions_door"), "door IN ('open', 'ask')")
    with op.batch_alter_table("session_participants") as table:
        table.add_column(sa.Column("may_chat", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Given to the rows that were there; the program says it of new ones.
    with op.batch_alter_table("sessions") as table:
        table.alter_column("door", server_default=None)
    with op.batch_alter_table("session_participants") as table:
        table.alter_column("may_chat", server_default=None)
        table.alter_column("waiting", server_default=None)
    op.create_index(op.f(JOURNAL_INDEX), "session_events", ["session_id", "kind", "id"])
    _rewrite(_counted)


def downgrade() -> None:
    """Who waits is put out, rather than let in by a schema that knows of no waiting."""
    _rewrite(_listed)
    people = sa.table("session_participants", sa.column("waiting"), sa.column("removed_at"))
    waits = sa.and_(people.c.waiting, people.c.removed_at.is_(None))
    op.execute(people.update().where(waits).values(removed_at=sa.func.current_timestamp()))
    op.drop_index(op.f(JOURNAL_INDEX), "session_events")
    with op.batch_alter_table("session_participants") as table:
        table.drop_column("waiting")
        table.drop_column("may_chat")
    with op.batch_alter_table("sessions") as table:
        table.drop_constraint(op.f("ck_sessions_door"), type_="check")
        table.drop_column("door")


def _rewrite(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write down the arrangement of every session in another way."""
    sessions = sa.table("sessions", sa.column("id", sa.String), sa.column("arrangement", sa.JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(sessions)).all():
        connection.execute(
            sessions.update().where(sessions.c.id == row.id).values(arrangement=change(row.arrangement))
        )


def _counted(arrangement: dict[str, Any]) -> dict[str, Any]:
    """How many layers there ever were, for the list of those that are gone."""
    if "removed" not in arrangement:
        return arrangement
    kept = {name: value for name, value in arrangement.items() if name != "removed"}
    return {**kept, "made": len(arrangement["layers"]) + len(arrangement["removed"])}


def _listed(arrangement: dict[str, Any]) -> dict[str, Any]:
    if "made" not in arrangement:
        return arrangement
    there = {layer["id"] for layer in arrangement["layers"]}
    removed = [f"l{number}" for number in range(1, arrangement["made"] + 1) if f"l{number}" not in there]
    kept = {name: value for name, value in arrangement.items() if name != "made"}
    return {**kept, "removed": removed}
