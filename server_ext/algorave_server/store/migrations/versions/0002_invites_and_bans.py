"""Invites, who came by which, and bans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
ROLE = sa.Enum(
    "host", "co_author", "viewer", native_enum=False, length=16, name="role", create_constraint=True
)


def upgrade() -> None:
    """Create the tables, and say of each participant which invite its role comes from."""
    _create_invites()
    with op.batch_alter_table("session_participants") as table:
        table.add_column(sa.Column("invite_id", sa.String(64), nullable=True))
        table.create_foreign_key(
            op.f("fk_session_participants_invite_id_invite_tokens"),
            "invite_tokens",
            ["invite_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index(op.f("ix_session_participants_invite_id"), ["invite_id"])
    _create_redemptions()
    _create_bans()


def _create_invites() -> None:
    op.create_table(
        "invite_tokens",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("role", ROLE, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_at", UTC, nullable=True),
        sa.Column("refused_because", sa.String(16), nullable=True),
        sa.CheckConstraint(
            "uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name=op.f("ck_invite_tokens_uses")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_invite_tokens_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite_tokens")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invite_tokens_token_sha256")),
    )
    op.create_index(op.f("ix_invite_tokens_session_id"), "invite_tokens", ["session_id"])


def _create_redemptions() -> None:
    op.create_table(
        "invite_redemptions",
        sa.Column("invite_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["invite_id"],
            ["invite_tokens.id"],
            name=op.f("fk_invite_redemptions_invite_id_invite_tokens"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["session_participants.id"],
            name=op.f("fk_invite_redemptions_participant_id_session_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invite_id", "participant_id", name=op.f("pk_invite_redemptions")),
    )
    op.create_index(op.f("ix_invite_redemptions_participant_id"), "invite_redemptions", ["participant_id"])


def _create_bans() -> None:
    op.create_table(
        "bans",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=True),
        sa.Column("participant_id", sa.String(64), nullable=True),
        sa.Column("cidr", sa.String(64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("until_at", UTC, nullable=True),
        sa.CheckConstraint("(participant_id IS NULL) <> (cidr IS NULL)", name=op.f("ck_bans_whom")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_bans_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["session_participants.id"],
            name=op.f("fk_bans_participant_id_session_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
    )
    op.create_index(op.f("ix_bans_session_id"), "bans", ["session_id"])
    op.create_index(op.f("ix_bans_participant_id"), "bans", ["participant_id"])


def downgrade() -> None:
    """Drop the tables; everybody who came by an invite stays a participant."""
    op.drop_table("bans")
    op.drop_table("invite_redemptions")
    with op.batch_alter_table("session_participants") as table:
        table.drop_index(op.f("ix_session_participants_invite_id"))
        table.drop_constraint(op.f("fk_session_participants_invite_id_invite_tokens"), type_="foreignkey")
        table.drop_column("invite_id")
    op.drop_table("invite_tokens")
