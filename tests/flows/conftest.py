"""One real server for all flows. Everybody comes from an address of their own, so that limits do not meet."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from algorave_kernel import environment
from algorave_kernel import session as kernel_session
from live_server import LiveServer, running_server

from .jupyter_process import JupyterProcess
from .people import Member, Visitor

BEHIND_A_PROXY = "--AlgoraveApp.trusted_proxies=127.0.0.1"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A Jupyter server with all its parts, below `/base/`, strict about unmarked routes.

    ALGORAVE_FLOWS_APP=algorave_server.serve asks the same of `algorave serve`, where a flow needs no more.
    """
    folder = tmp_path_factory.mktemp("flows")
    arguments = [
        "--ServerApp.base_url=/base/",
        "--ServerApp.allow_unauthenticated_access=False",
        BEHIND_A_PROXY,
    ]
    app = os.environ.get("ALGORAVE_FLOWS_APP", "jupyter_server")
    if app == "algorave_server.serve":
        arguments.append("--ServerApp.identity_provider_class=jupyter_server.auth.identity.IdentityProvider")
    with running_server(folder, app=app, arguments=arguments) as live:
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


@pytest.fixture
def elsewhere(server: LiveServer | JupyterProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process is a kernel that is pointed at the server by its environment."""
    monkeypatch.setenv("ALGORAVE_URL", server.url)
    monkeypatch.setenv("ALGORAVE_TOKEN", server.token)
    monkeypatch.delenv("ALGORAVE_PASS", raising=False)
    monkeypatch.delenv("ALGORAVE_PAGE_URL", raising=False)
    monkeypatch.setattr(environment, "_secrets", {})
    yield
    for opened in list(kernel_session._opened.values()):
        opened.leave()
