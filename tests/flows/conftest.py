"""One real server for all flows. Everybody comes from an address of their own, so that limits do not meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from live_server import LiveServer, running_server

from .people import Member, Visitor

BEHIND_A_PROXY = "--AlgoraveApp.trusted_proxies=127.0.0.1"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A Jupyter server with all its parts, below `/base/`, strict about unmarked routes."""
    folder = tmp_path_factory.mktemp("flows")
    arguments = [
        "--ServerApp.base_url=/base/",
        "--ServerApp.allow_unauthenticated_access=False",
        BEHIND_A_PROXY,
    ]
    with running_server(folder, arguments=arguments) as live:
        yield live


@pytest.fixture
def host(server: LiveServer) -> Iterator[Member]:
    """Somebody who is logged in and in no session yet."""
    member = Member(server)
    yield member
    member.http.close()


@pytest.fixture
def visitor(server: LiveServer) -> Iterator[Visitor]:
    """Somebody with a browser and nothing else."""
    guest = Visitor(server)
    yield guest
    guest.http.close()


@pytest.fixture
def session(host: Member) -> str:
    """A session of the host's."""
    return host.create()
