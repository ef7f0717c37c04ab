"""Links for agents, and whose an agent is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The invites there are were made for people. Whether AI is on stands in the arrangement."""
    with op.batch_alter_table("invite_tokens") as table:
        table.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="person"))
        table.create_check_constraint(op.f("ck_invite_tokens_kind"), "kind IN ('person', 'agent')")
    with op.batch_alter_table("session_participants") as table:
        table.add_column(sa.Column("agent_of", sa.String(64), nullable=True))
    with op.batch_alter_table("sessions") as table:
        table.drop_column("ai_enabled")
    # Given to the rows that were there; the program says it of new ones.
    with op.batch_alter_table("invite_tokens") as table:
        table.alter_column("kind", server_default=None)


def downgrade() -> None:
    """Agents are put out, and their links revoked: older programs would take them for co-authors."""
    now = sa.func.current_timestamp()
    people = sa.table("session_participants", sa.column("kind"), sa.column("removed_at"))
    agents = sa.and_(people.c.kind == "agent", people.c.removed_at.is_(None))
    op.execute(people.update().where(agents).values(removed_at=now))
    links = sa.table("invite_tokens", sa.column("kind"), sa.column("revoked_at"))
    for_agents = sa.and_(links.c.kind == "agent", links.c.revoked_at.is_(None))
    op.execute(links.update().where(for_agents).values(revoked_at=now))
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("ai_enabled", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("sessions") as table:
        table.alter_column("ai_enabled", server_default=None)
    with op.batch_alter_table("session_participants") as table:
        table.drop_column("agent_of")
    with op.batch_alter_table("invite_tokens") as table:
        table.drop_constraint(op.f("ck_invite_tokens_kind"), type_="check")
        table.drop_column("kind")
