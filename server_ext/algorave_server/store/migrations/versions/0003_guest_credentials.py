"""Credentials of guests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Say of each guest by which credential it is known, and until when."""
    with op.batch_alter_table("session_participants") as table:
        table.add_column(sa.Column("credential_sha256", sa.String(64), nullable=True))
        table.add_column(sa.Column("credential_expires_at", UTC, nullable=True))
        table.create_index(op.f("ix_session_participants_credential_sha256"), ["credential_sha256"])


def downgrade() -> None:
    """Forget the credentials; guests have to come by their invite again."""
    with op.batch_alter_table("session_participants") as table:
        table.drop_index(op.f("ix_session_participants_credential_sha256"))
        table.drop_column("credential_expires_at")
        table.drop_column("credential_sha256")
