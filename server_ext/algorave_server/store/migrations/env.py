"""Alembic's entry: runs the migrations in the transaction of whoever asked for them."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from algorave_server.store.schema import Model


def run() -> None:
    """Run what `command.upgrade` or `command.downgrade` asked for."""
    connection = context.config.attributes["connection"]
    assert isinstance(connection, Connection)
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=True,
        transactional_ddl=True,  # also on SQLite, where each transaction is begun explicitly
    )
    context.run_migrations()


run()
