"""The database itself: how it is opened, and what is said when it fails."""

from __future__ import annotations

import itertools
import stat
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

from algorave_server.errors import Refusal
from algorave_server.journal import NewEntry, NewUpdate
from algorave_server.store import Membership, Newcomer, Store, StoreConflict, StoreFailure
from algorave_server.store.database import parse_url

from .cluster import Cluster
from .conftest import FolderMaker, SetClock

CANARY = "canary-7f3a"


def update(jam: Membership, data: bytes) -> NewUpdate:
    return NewUpdate(jam.session.id, jam.participant.id, SetClock().now, data, (1,))


@pytest.fixture
def file(make_folder: FolderMaker) -> Path:
    return make_folder() / "deep" / "algorave.sqlite"


@pytest.fixture
def on_file(file: Path) -> Iterator[Store]:
    """A store on a new file."""
    store = Store(f"sqlite:///{file}", busy_timeout_s=0.05)
    store.upgrade()
    yield store
    store.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "cannot be read"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "name a file"),
        ("mysql://u:hunter2@host/db", "use sqlite or postgresql"),
        ("postgresql+asyncpg://u:hunter2@host/db", "use sqlite or postgresql"),
        ("postgresql://u:hunter2@host:port/db", "cannot be read"),
    ],
)
def test_a_useless_url_is_refused(url: str, words: str) -> None:
    """STORE-40: a database URL that cannot be used is refused in words, without its password."""
    with pytest.raises(ValueError, match=words) as refused:
        parse_url(url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgres://h/db", "postgresql://h/db", "postgresql+psycopg://h/db"])
def test_all_names_of_postgresql(url: str) -> None:
    """STORE-40: PostgreSQL is reached by psycopg, however its URL begins."""
    assert parse_url(url).drivername == "postgresql+psycopg"


def test_sqlite_is_careful(on_file: Store, file: Path) -> None:
    """STORE-41: SQLite writes ahead, waits for the disk, keeps references, and its files are their owner's alone."""
    on_file.create_session("Jam", Newcomer("Ana", "#aa0000"))
    with on_file.database.reading() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 50}
    modes = {it.name: stat.S_IMODE(it.stat().st_mode) for it in file.parent.iterdir()}
    assert modes == {file.name: 0o600, f"{file.name}-wal": 0o600, f"{file.name}-shm": 0o600}


def test_readers_do_not_wait_for_a_writer(store: Store, jam: Membership) -> None:
    """STORE-42: what is committed can be read while somebody writes, and what is not committed cannot."""
    with store.database.writing() as connection:
        connection.execute(text("UPDATE sessions SET title = 'half done'"))
        assert store.get_session(jam.session.id).title == "Jam"
    assert store.get_session(jam.session.id).title == "half done"


def test_whatever_leaves_a_transaction_undoes_it(store: Store, jam: Membership) -> None:
    """STORE-42: an exception that leaves a writing transaction undoes it, and comes out as it is."""

    def half() -> None:
        with store.database.writing() as connection:
            connection.execute(text("UPDATE sessions SET title = 'half done'"))
            raise Refusal("conflict", "not now")

    with pytest.raises(Refusal, match="not now"):
        half()
    assert store.get_session(jam.session.id).title == "Jam"


def test_a_writer_elsewhere_is_waited_for_and_then_reported(on_file: Store, file: Path) -> None:
    """STORE-43: another process that writes for too long makes the database unavailable, not broken."""
    jam = on_file.create_session("Jam", Newcomer("Ana", "#aa0000"))
    other = Store(f"sqlite:///{file}")
    with other.database.writing():
        with pytest.raises(StoreFailure) as failure:
            on_file.append([update(jam, b"x")])
        assert failure.value.kind == "unavailable"
    other.close()
    on_file.append([update(jam, b"x")])


def test_a_full_disk_is_said_so(on_file: Store) -> None:
    """STORE-44: when the disk is full nothing acknowledged is lost, it is said so, and it goes on when there is room."""
    jam = on_file.create_session("Jam", Newcomer("Ana", "#aa0000"))
    with on_file.database.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    limit = [pages + 20]

    def begun(connection: object) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit[0]}")

    event.listen(on_file.database.engine, "begin", begun)
    acknowledged: list[bytes] = []

    def fill() -> None:
        for number in itertools.count():
            on_file.append([update(jam, b"%d" % number * 500)])
            acknowledged.append(b"%d" % number * 500)

    with pytest.raises(StoreFailure) as failure:
        fill()
    assert failure.value.kind == "full"
    assert "disk" in str(failure.value)
    assert acknowledged
    assert [it.update for it in on_file.updates_page(jam.session.id)] == acknowledged
    limit[0] = 1_000_000
    on_file.append([update(jam, b"room again")])
    assert len(on_file.updates_page(jam.session.id)) == len(acknowledged) + 1


def test_postgresql_may_restart(cluster: Cluster) -> None:
    """STORE-45: while PostgreSQL is away the database is unavailable; when it is back the store goes on by itself."""
    store = Store(cluster.url(cluster.create()))
    store.upgrade()
    jam = store.create_session("Jam", Newcomer("Ana", "#aa0000"))
    store.append([update(jam, b"before")])
    cluster.kill()
    try:
        for ask in (lambda: store.append([update(jam, b"lost")]), store.is_ready):
            with pytest.raises(StoreFailure) as failure:
                ask()
            assert failure.value.kind == "unavailable"
    finally:
        cluster.start()
    store.append([update(jam, b"after")])
    assert [it.update for it in store.updates_page(jam.session.id)] == [b"before", b"after"]
    store.close()


def test_failures_quote_nothing(store: Store, jam: Membership) -> None:
    """STORE-46: people's code and words are in no failure and in no traceback of one; the control shows them."""
    row = NewEntry("gone", None, SetClock().now, "said", {"text": CANARY})
    with pytest.raises(StoreConflict) as failure:
        store.append([row])
    assert CANARY not in "".join(traceback.format_exception(failure.value))

    talkative = create_engine(store.database.url)

    def twice() -> None:
        columns = "(id, title, state, created_at, arrangement, door)"
        values = "('twice', :title, 'open', '2027-01-01', '{}', 'open')"
        with talkative.begin() as connection:
            for title in (CANARY, CANARY):
                connection.execute(text(f"INSERT INTO sessions {columns} VALUES {values}"), {"title": title})

    with pytest.raises(IntegrityError, match=CANARY):
        twice()
    talkative.dispose()
