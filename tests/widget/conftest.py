"""One JupyterLab for all tests of the widget; for each file of them a browser, a page, and a server for jams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from live_server import running_server
from widget.jam import Host, Person, jam_server
from widget.lab import CHROMIUM, CHROMIUM_ARGS, running_lab
from widget.shared_page import Player, open_player

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from live_server import LiveServer


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with running_lab(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1100, "height": 900})
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Without notebooks; files whose people are in JupyterLab have another one."""
    with jam_server(tmp_path_factory.mktemp("jam")) as live:
        yield live


@pytest.fixture(scope="module")
def host(browser: Browser, server: LiveServer) -> Iterator[Host]:
    made = Host(browser, server)
    yield made
    made.context.close()


@pytest.fixture
def guest(browser: Browser) -> Iterator[Person]:
    made = Person(browser, phone=True)
    yield made
    made.context.close()


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Where `come` brings people: a Jupyter server without JupyterLab's pages."""
    with running_server(tmp_path_factory.mktemp("shared")) as live:
        yield live


@pytest.fixture
def come(browser: Browser, jupyter: LiveServer) -> Iterator[Callable[..., Player]]:
    """Somebody new comes to one session, with a page of their own; the first one is its host."""
    players: list[Player] = []

    def comes(**look: Any) -> Player:
        session = players[0].session if players else None
        players.append(open_player(browser, jupyter, session, **look))
        return players[-1]

    yield comes
    for player in players:
        player.context.close()
