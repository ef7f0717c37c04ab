"""Sessions, who is in them, their updates, snapshots and journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
ROLE = sa.Enum(
    "host", "co_author", "viewer", native_enum=False, length=16, name="role", create_constraint=True
)


def upgrade() -> None:
    """Create the tables."""
    _create_sessions_and_people()
    _create_history()


def _create_sessions_and_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("ai_enabled", sa.Boolean(), nullable=False),
        sa.Column("arrangement", sa.JSON(), nullable=False),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_sessions_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_table(
        "session_participants",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(7), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("role", ROLE, nullable=False),
        sa.Column("joined_at", UTC, nullable=False),
        sa.Column("last_seen_at", UTC, nullable=False),
        sa.Column("removed_at", UTC, nullable=True),
        _belongs_to_session("session_participants"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_session_participants_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_participants")),
        sa.UniqueConstraint("session_id", "user_id", name=op.f("uq_session_participants_session_id_user_id")),
    )
    op.create_index(op.f("ix_session_participants_user_id"), "session_participants", ["user_id"])


def _create_history() -> None:
    op.create_table(
        "session_updates",
        sa.Column("id", COUNTED, nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("update", sa.LargeBinary(), nullable=False),
        sa.Column("clients", sa.JSON(), nullable=False),
        _belongs_to_session("session_updates"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_updates")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_session_updates_session_id_id"), "session_updates", ["session_id", "id"])
    op.create_table(
        "yjs_clients",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        _belongs_to_session("yjs_clients"),
        sa.PrimaryKeyConstraint("session_id", "client_id", name=op.f("pk_yjs_clients")),
    )
    op.create_table(
        "snapshots",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("upto_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        _belongs_to_session("snapshots"),
        sa.PrimaryKeyConstraint("session_id", "upto_id", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "session_events",
        sa.Column("id", COUNTED, nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        _belongs_to_session("session_events"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_session_events_session_id_id"), "session_events", ["session_id", "id"])


def _belongs_to_session(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_session_id_sessions")
    return sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "session_events",
        "snapshots",
        "yjs_clients",
        "session_updates",
        "session_participants",
        "sessions",
        "users",
    ):
        op.drop_table(table)
