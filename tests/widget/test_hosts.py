"""Where a layer is shown without a kernel, without our lab extension, and without our server extension."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from widget.ear import hear, pitch_hz
from widget.lab import PATIENCE_MS, open_notebook, run_cell, running_lab, write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from live_server import LiveServer

pytestmark = pytest.mark.browser

TONE = 'note("a4").s("sine")'
SHOW_WIDGET = f"""
from algorave_widgets import Player
import time
player = Player(layer="tone", code='{TONE}', play=PLAY, run_id="r1", issued_at_ms=time.time() * 1000)
player
"""


def stored(**changes: Any) -> dict[str, Any]:
    """The data of an output as it lies in a saved notebook."""
    payload = {"version": 1, "session": None, "layer": "tone", "code": TONE, "cps": None, "play": True}
    return (
        payload | {"run_id": "old", "issued_at_ms": time.time() * 1000 - 3_600_000, "problems": []} | changes
    )


@pytest.fixture(scope="module")
def plain_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """JupyterLab with our server extension, where our lab extension is switched off."""
    with running_lab(tmp_path_factory.mktemp("plain"), with_labextension=False) as server:
        yield server


def status(page: Page) -> Any:
    return expect(page.locator(".alg-status").first)


def heard_pitch_hz(page: Page) -> float:
    return pitch_hz(*hear(page))


def test_a_saved_notebook_plays_without_kernel_and_trust(page: Page, lab: LiveServer) -> None:
    """MIME-3: a stored output is shown untrusted and without a kernel, silent at first, and plays at a click."""
    write_notebook(lab.root, "saved.ipynb", [stored()])
    open_notebook(page, lab, "saved.ipynb", kernel=False)
    status(page).to_have_text("silent", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Play tone").click()
    status(page).to_have_text("playing", timeout=PATIENCE_MS)
    assert abs(heard_pitch_hz(page) - 440) < 1


def test_a_fresh_output_plays_and_a_stored_one_does_not(page: Page, lab: LiveServer) -> None:
    """MIME-1: only a fresh run plays by itself; beside it an old one stays silent."""
    fresh = stored(layer="fresh", run_id="new", issued_at_ms=time.time() * 1000 + 5_000)
    write_notebook(lab.root, "fresh.ipynb", [stored(), fresh])
    open_notebook(page, lab, "fresh.ipynb", kernel=False)
    expect(page.locator(".alg-status")).to_have_text(["silent", "playing"], timeout=PATIENCE_MS)
    page.reload()
    expect(page.locator(".alg-status")).to_have_text(["silent", "silent"], timeout=PATIENCE_MS)


def test_an_output_from_the_future_says_so(page: Page, lab: LiveServer) -> None:
    """MIME-2: data of a version we do not know is not guessed at."""
    write_notebook(lab.root, "future.ipynb", [stored(version=2)])
    open_notebook(page, lab, "future.ipynb", kernel=False)
    expect(page.locator(".algorave-output")).to_contain_text("newer version", timeout=PATIENCE_MS)


def test_the_widget_plays_where_our_lab_extension_is_not(page: Page, plain_lab: LiveServer) -> None:
    """WIDGET-1: in a host that knows only widgets the same view is shown and plays."""
    write_notebook(plain_lab.root, "widget.ipynb", [SHOW_WIDGET.replace("PLAY", "True")])
    open_notebook(page, plain_lab, "widget.ipynb")
    run_cell(page)
    status(page).to_have_text("playing", timeout=PATIENCE_MS)
    assert abs(heard_pitch_hz(page) - 440) < 1


def test_the_player_comes_over_the_comm_where_there_is_no_server(page: Page, plain_lab: LiveServer) -> None:
    """WIDGET-2: when our server extension does not answer, the kernel sends the player."""
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("**/algorave/**", refuse)
    write_notebook(plain_lab.root, "comm.ipynb", [SHOW_WIDGET.replace("PLAY", "False"), "player.close()"])
    open_notebook(page, plain_lab, "comm.ipynb")
    run_cell(page)
    status(page).to_have_text("silent", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Play tone").click()
    status(page).to_have_text("playing", timeout=PATIENCE_MS)
    assert abs(heard_pitch_hz(page) - 440) < 1
    assert [url for url in asked if "manifest.json" in url]
    run_cell(page, 1)
    page.wait_for_function("globalThis[Symbol.for('algorave.page')].keys.length === 0")


def test_one_tab_of_a_browser_is_heard(context: BrowserContext, lab: LiveServer) -> None:
    """PAGE-1: starting in one tab hushes the others, which say why."""
    write_notebook(lab.root, "one.ipynb", [stored()])
    write_notebook(lab.root, "two.ipynb", [stored()])
    first, second = context.new_page(), context.new_page()
    for page, name in ((first, "one.ipynb"), (second, "two.ipynb")):
        open_notebook(page, lab, name, kernel=False)
        page.get_by_role("button", name="Play tone").click()
        status(page).to_have_text("playing", timeout=PATIENCE_MS)
    status(first).to_have_text("silent", timeout=PATIENCE_MS)
    expect(first.locator(".alg-problems")).to_contain_text("Another tab")
    status(second).to_have_text("playing")
