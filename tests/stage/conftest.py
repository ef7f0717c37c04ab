"""A browser per module, a fresh page with a fresh stage per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from stage.player import StagePage
from stage.site import build_page, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address, ending with `/`, of the pages for the stage."""
    folder: Path = tmp_path_factory.mktemp("site")
    build_page(folder)
    with serving(folder) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def stage(browser: Browser, site: str) -> Iterator[StagePage]:
    """A page with a stage that is ready to sound."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site)
    yield StagePage(page, {"stageUrl": f"{site}stage.html", "xenUrl": f"{site}xen.js"})
    context.close()
