"""A store on each database. Every test has a database of its own, copied from one that was migrated once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from algorave_server.store import Membership, Newcomer, Store

from .cluster import Cluster, why_none

UrlMaker = Callable[[], str]
FolderMaker = Callable[[], Path]
DATABASES = ["sqlite", "postgresql"]


class SetClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)

    def now_at(self) -> datetime:
        return self.now

    def server_ms(self) -> float:
        return self.now.timestamp() * 1000

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, where there is one."""
    if reason := why_none():
        pytest.skip(reason)
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session", params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; all of them run on both."""
    return request.param


@pytest.fixture(scope="session")
def make_folder() -> Iterator[FolderMaker]:
    """Makes folders in memory where that is possible: what a power cut would do is not tested."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="algorave-", dir=memory if memory.is_dir() else None) as folder:
        yield lambda: Path(tempfile.mkdtemp(dir=folder))


@pytest.fixture(scope="session")
def make_empty(kind: str, request: pytest.FixtureRequest, make_folder: FolderMaker) -> UrlMaker:
    """Makes databases with nothing in them."""
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        return lambda: cluster.url(cluster.create())
    return lambda: f"sqlite:///{make_folder() / 'algorave.sqlite'}"


@pytest.fixture(scope="session")
def make_migrated(kind: str, request: pytest.FixtureRequest, make_folder: FolderMaker) -> UrlMaker:
    """Makes databases with the present schema and no rows."""
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        template = cluster.create()
        _migrate(cluster.url(template))
        return lambda: cluster.url(cluster.create(template))
    file = make_folder() / "algorave.sqlite"
    _migrate(f"sqlite:///{file}")
    return lambda: f"sqlite:///{shutil.copy(file, make_folder())}"


def _migrate(url: str) -> None:
    store = Store(url)
    store.upgrade()
    store.close()


@pytest.fixture
def empty_url(make_empty: UrlMaker) -> str:
    return make_empty()


@pytest.fixture
def url(make_migrated: UrlMaker) -> str:
    return make_migrated()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(url: str, clock: SetClock) -> Iterator[Store]:
    store = Store(url, clock=clock)
    yield store
    store.close()


@pytest.fixture
def jam(store: Store) -> Membership:
    """A session and its host Ana, a user."""
    return store.create_session("Jam", Newcomer("Ana", "#aa0000", user_id="ana"), {"layers": []})


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """For what only SQLite does."""
    store = Store(f"sqlite:///{tmp_path / 'algorave.sqlite'}")
    store.upgrade()
    yield store
    store.close()
