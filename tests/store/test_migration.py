"""Migrations: up, down, at once, interrupted; and that they make what the models say."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from algorave_server.invites import mint, terms, terms_for_agent
from algorave_server.journal import NewClientOwner, NewMemberValues, NewUpdate
from algorave_server.rights import Role
from algorave_server.store import Membership, Newcomer, NewSnapshot, Store, StoreFailure, migration
from algorave_server.store.schema import Model

from .conftest import SetClock
from .processes import PROCESSES, upgrade_and_die, upgrade_with_others

SCRIPTS = ScriptDirectory.from_config(migration.configuration())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
"""Oldest first."""
SERVERS = 4
FORGOTTEN: dict[str, Any] = {"ai_enabled": False}
"""Columns that went away, which nothing was ever kept in, and what they are when they come back."""


def differences(store: Store) -> list[Any]:
    """What stands between the database and the models."""
    with store.database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, Model.metadata)


def details(connection: Connection) -> dict[str, Any]:
    """What Alembic does not compare."""
    it = inspect(connection)
    return {
        table: (
            sorted((check["name"] or "", check["sqltext"]) for check in it.get_check_constraints(table)),
            sorted((key["name"] or "", str(key["options"])) for key in it.get_foreign_keys(table)),
            sorted(str(index["name"]) for index in it.get_indexes(table)),
            it.get_pk_constraint(table)["name"],
        )
        for table in Model.metadata.tables
    }


def all_rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    with store.database.reading() as connection:
        tables = set(inspect(connection).get_table_names())
        return {
            name: [dict(row) for row in connection.execute(_in_order(name)).mappings()]
            for name in Model.metadata.tables
            if name in tables
        }


def _in_order(table: str) -> Any:
    keys = ", ".join(column.name for column in Model.metadata.tables[table].primary_key)
    return text(f"SELECT * FROM {table} ORDER BY {keys}")


def fill(store: Store) -> Membership:
    """At least one row in every table."""
    now = store.clock.now_at()
    jam = store.create_session("Jam 🎵", Newcomer("Ana", "#aa0000", user_id="ana"), {"layers": ["bass"]})
    minted = mint()
    store.create_invite(jam.session.id, minted.sha256, terms(Role.VIEWER, now), by=jam.participant.id)
    guest = store.redeem(minted.sha256, Newcomer("Bo", "#00bb00"))
    store.ban_participant(guest.id, reason="noise", by=jam.participant.id)
    store.append(
        [
            NewClientOwner(jam.session.id, 2**32 - 1, guest.id),
            NewUpdate(jam.session.id, guest.id, now, bytes(range(256)), (2**32 - 1,)),
            NewSnapshot(jam.session.id, now, b"\x00\xff", {"version": 1}),
        ]
    )
    assert all(all_rows(store).values())
    return jam


@pytest.fixture
def empty(empty_url: str) -> Any:
    store = Store(empty_url, clock=SetClock())
    yield store
    store.close()


def test_there_is_one_head(empty: Store) -> None:
    """STORE-30: there is one newest revision, and a database is ready exactly when it is there."""
    assert SCRIPTS.get_heads() == [REVISIONS[-1]]
    assert not empty.is_ready()
    empty.upgrade()
    assert empty.is_ready()
    empty.upgrade()
    assert empty.is_ready()


def test_the_migrations_make_what_the_models_say(empty: Store, make_empty: Any) -> None:
    """STORE-31: a migrated database has the tables, columns, keys, checks and indexes of the models."""
    empty.upgrade()
    assert differences(empty) == []
    fresh = Store(make_empty())
    with fresh.database.writing() as connection:
        Model.metadata.create_all(connection)
    with empty.database.reading() as migrated, fresh.database.reading() as made:
        assert details(migrated) == details(made)
    fresh.close()


def test_a_difference_would_be_seen(store: Store) -> None:
    """STORE-31, the control: one column more, and the comparison says so."""
    with store.database.writing() as connection:
        connection.execute(text("ALTER TABLE bans ADD COLUMN mood TEXT"))
    assert differences(store) != []


@pytest.mark.parametrize("older", REVISIONS[:-1])
def test_down_and_up_keep_the_data(store: Store, older: str) -> None:
    """STORE-32: going down to an older schema and up again keeps every value that the older one has a place for."""
    jam = fill(store)
    before = all_rows(store)
    migration.downgrade(store.database, older)
    assert not store.is_ready()
    down = all_rows(store)
    assert down == only_what_is_in(down, before)
    assert len(down["session_participants"]) == 2
    store.upgrade()
    assert differences(store) == []
    assert only_what_is_in(down, all_rows(store)) == down
    assert [it.update for it in store.updates_page(jam.session.id)] == [bytes(range(256))]
    store.delete_session(jam.session.id)  # references still hold
    assert {table: len(rows) for table, rows in all_rows(store).items() if rows} == {"users": 1}


def test_layers_that_are_gone_are_counted(store: Store) -> None:
    """STORE-32: the list of removed layers becomes a number and back, and who waits is not let in on the way down."""
    layers = [{"id": "l1"}, {"id": "l4"}]
    jam = store.create_session("Jam", Newcomer("Ana", "#aa0000"), {"layers": layers, "made": 5, "tempo": [1]})
    store.append([NewMemberValues(jam.session.id, jam.participant.id, waiting=True)])
    migration.downgrade(store.database, "0003")
    with store.database.reading() as connection:
        kept = json.loads(
            connection.execute(text("SELECT CAST(arrangement AS TEXT) FROM sessions")).scalar_one()
        )
        removed = connection.execute(text("SELECT removed_at FROM session_participants")).scalar_one()
    assert kept == {"layers": layers, "removed": ["l2", "l3", "l5"], "tempo": [1]}
    assert removed is not None
    store.upgrade()
    assert store.get_session(jam.session.id).arrangement == {"layers": layers, "made": 5, "tempo": [1]}
    assert not store.get_participant(jam.participant.id).may_enter


def test_agents_are_put_out_on_the_way_down(store: Store) -> None:
    """STORE-32: a schema that does not tell agents' links from people's lets in neither the agents nor new ones."""
    jam = store.create_session("Jam", Newcomer("Ana", "#aa0000", user_id="ana"))
    minted = mint()
    store.create_invite(
        jam.session.id, minted.sha256, terms_for_agent(store.clock.now_at()), by=jam.participant.id
    )
    agent = store.redeem(minted.sha256, Newcomer("Bot", "#00bb00", "agent"))
    migration.downgrade(store.database, "0005")
    with store.database.reading() as connection:
        kinds = connection.execute(text("SELECT kind, removed_at IS NULL FROM session_participants")).all()
        revoked = connection.execute(text("SELECT revoked_at FROM invite_tokens")).scalar_one()
    assert {(kind, bool(is_in)) for kind, is_in in kinds} == {("person", True), ("agent", False)}
    assert revoked is not None
    store.upgrade()
    assert not store.get_participant(agent.id).may_enter


def only_what_is_in(older: dict[str, list[dict[str, Any]]], newer: dict[str, list[dict[str, Any]]]) -> Any:
    """The newer tables without what the older ones have no column for."""
    return {
        table: [
            {column: row.get(column, FORGOTTEN.get(column)) for column in rows[0]} for row in newer[table]
        ]
        for table, rows in older.items()
        if rows
    }


def test_all_the_way_down_and_up(store: Store) -> None:
    """STORE-32: every revision can be left downwards, down to nothing, and reached again."""
    fill(store)
    migration.downgrade(store.database, "base")
    assert all_rows(store) == {}
    for revision in REVISIONS:
        migration.upgrade(store.database, revision)
    assert store.is_ready()
    fill(store)


def test_servers_that_start_together(empty_url: str) -> None:
    """STORE-33: servers that migrate the same database at once take turns, and all of them start."""
    start = PROCESSES.Barrier(SERVERS)
    started = [PROCESSES.Process(target=upgrade_with_others, args=(empty_url, start)) for _ in range(SERVERS)]
    for server in started:
        server.start()
    for server in started:
        server.join()
    assert [server.exitcode for server in started] == [0] * SERVERS
    store = Store(empty_url)
    assert store.is_ready()
    store.close()


@pytest.mark.parametrize("statements", [4, 8, 12, 16])
def test_a_killed_migration_leaves_no_trace(empty: Store, empty_url: str, statements: int) -> None:
    """STORE-33: a server killed in the middle of a migration leaves the database as it was, and the next one migrates."""
    migration.upgrade(empty.database, "0001")
    killed = PROCESSES.Process(target=upgrade_and_die, args=(empty_url, statements))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    with empty.database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["0001"]
        assert "invite_tokens" not in inspect(connection).get_table_names()
    empty.upgrade()
    assert differences(empty) == []


def test_a_database_of_a_newer_version_is_left_alone(store: Store) -> None:
    """STORE-34: a database that a newer version wrote is refused in words and not touched."""
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not store.is_ready()
    with pytest.raises(StoreFailure, match="another version of algorave"):
        store.upgrade()
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_rows_that_refer_to_nothing_stop_a_migration(store: Store, kind: str) -> None:
    """STORE-35: a migration that would leave rows referring to nothing is undone (SQLite looks at the end only)."""
    if kind == "postgresql":
        pytest.skip("PostgreSQL looks at every statement")
    engine = create_engine(store.database.url)  # without foreign keys
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO snapshots VALUES ('gone', 1, x'00', '2027-01-01', NULL)"))
    engine.dispose()
    with pytest.raises(StoreFailure, match="refer to nothing"):
        migration.downgrade(store.database, "0001")
    assert store.is_ready()
