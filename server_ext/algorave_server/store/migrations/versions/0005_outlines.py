"""What the gate takes note of, beside each snapshot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older snapshots have no outline, and are read piece by piece."""
    with op.batch_alter_table("snapshots") as table:
        table.add_column(sa.Column("outline", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Nothing is lost: outlines are made of what the snapshots hold."""
    with op.batch_alter_table("snapshots") as table:
        table.drop_column("outline")
