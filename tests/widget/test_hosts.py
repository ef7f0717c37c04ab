"""Where a layer is shown without a kernel, without our lab extension, and without our server extension."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from widget.ear import hear, pitch_hz
from widget.lab import PATIENCE_MS, open_notebook, run_cell, wait_for_status, write_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from live_server import LiveServer

pytestmark = pytest.mark.browser

TONE = 'note("a4").s("sine")'
SHOW_WIDGET = f"""
from algorave_widgets import Player
import time
player = Player(layer="tone", code='{TONE}', play=PLAY, run_id="PLAY", issued_at_ms=time.time() * 1000)
player
"""


# Looks by itself: what Playwright evaluates in a page counts as a gesture there.
REPORT = """
if (window.top === window) setInterval(() => {
  const overlay = document.querySelector(".alg-overlay");
  if (!overlay) return;
  const { x, y, width, height } = overlay.getBoundingClientRect();
  console.log("overlay", overlay.checkVisibility({ visibilityProperty: true }), Math.round(x + width / 2), Math.round(y + height / 2));
}, 100);
"""


def stored(**changes: Any) -> dict[str, Any]:
    """The data of an output as it lies in a saved notebook."""
    payload = {"version": 1, "session": None, "layer": "tone", "code": TONE, "cps": None, "play": True}
    issued_at_ms = time.time() * 1000 - 3_600_000
    return payload | {"run_id": "old", "issued_at_ms": issued_at_ms, "problems": []} | changes


def play(page: Page, layer: str) -> None:
    page.get_by_role("button", name=f"Play {layer}").click()
    wait_for_status(page, layer, "playing")
    assert abs(pitch_hz(*hear(page)) - 440) < 1


def without_lab_extension(page: Page) -> None:
    """This page's JupyterLab does not get our lab extension."""
    page.route("**/lab/extensions/algorave/**", lambda route: route.abort())


def test_stored_outputs_need_no_kernel_and_no_trust(context: BrowserContext, lab: LiveServer) -> None:
    """MIME-1, MIME-2, MIME-3: a fresh run plays by itself once, an old one at a click, a foreign one not at all."""
    fresh = stored(layer="fresh", run_id="new", issued_at_ms=time.time() * 1000 + 10_000)
    write_notebook(lab.root, "stored.ipynb", [stored(), fresh, stored(layer="future", version=2)])
    page = context.new_page()
    open_notebook(page, lab, "stored.ipynb", kernel=False)
    expect(page.locator(".alg-status")).to_have_text(["silent", "playing"], timeout=PATIENCE_MS)
    expect(page.locator(".algorave-output").last).to_contain_text("newer version")
    page.reload()
    expect(page.locator(".alg-status")).to_have_text(["silent", "silent"], timeout=PATIENCE_MS)
    play(page, "tone")
    page.close()


def test_a_page_nobody_touched_asks_for_a_click(browser: Browser, lab: LiveServer) -> None:
    """PAGE-5: where the browser keeps a page silent until it is touched, a fresh run asks for one click."""
    fresh = stored(run_id="untouched", issued_at_ms=time.time() * 1000 + 20_000)
    write_notebook(lab.root, "untouched.ipynb", [fresh])
    # A profile of its own: a browser lets pages play that were listened to before.
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.add_init_script(REPORT)
    url = f"{lab.url}lab/workspaces/auto-untouched/tree/untouched.ipynb?reset&token={lab.token}"
    with page.expect_console_message(
        lambda said: said.text.startswith("overlay true"), timeout=PATIENCE_MS
    ) as seen:
        page.goto(url)
    _, _, x, y = seen.value.text.split()
    with page.expect_console_message(lambda said: said.text.startswith("overlay false"), timeout=PATIENCE_MS):
        page.mouse.click(int(x), int(y))
    assert abs(pitch_hz(*hear(page)) - 440) < 1
    context.close()


def test_one_tab_of_a_browser_is_heard(context: BrowserContext, lab: LiveServer) -> None:
    """PAGE-1: starting in one tab hushes the others, which say why."""
    first, second = context.new_page(), context.new_page()
    for page, name in ((first, "one.ipynb"), (second, "two.ipynb")):
        write_notebook(lab.root, name, [stored()])
        open_notebook(page, lab, name, kernel=False)
        play(page, "tone")
    wait_for_status(first, "tone", "silent")
    expect(first.locator(".alg-problems")).to_contain_text("Another tab")
    wait_for_status(second, "tone", "playing")
    first.close()
    second.close()


def test_the_widget_plays_where_our_lab_extension_is_not(context: BrowserContext, lab: LiveServer) -> None:
    """WIDGET-1: in a host that knows only widgets the same view is shown and plays by itself."""
    page = context.new_page()
    without_lab_extension(page)
    write_notebook(lab.root, "widget.ipynb", [SHOW_WIDGET.replace("PLAY", "True")])
    open_notebook(page, lab, "widget.ipynb")
    run_cell(page)
    wait_for_status(page, "tone", "playing")
    assert abs(pitch_hz(*hear(page)) - 440) < 1
    page.close()


def test_a_cell_of_a_session_says_where_it_is(context: BrowserContext, lab: LiveServer) -> None:
    """WIDGET-3: where only widgets are known, a session's cell has its title and a link to it, and plays alone."""
    page = context.new_page()
    without_lab_extension(page)
    url = f"{lab.url}algorave/#s={'0' * 32}"
    of_session = f'player.session = {{"title": "Friday <b>jam</b>", "url": "{url}"}}\nplayer'
    code = SHOW_WIDGET.replace("PLAY", "True").replace("\nplayer\n", f"\n{of_session}\n")
    write_notebook(lab.root, "session_widget.ipynb", [code])
    open_notebook(page, lab, "session_widget.ipynb")
    run_cell(page)
    note = page.get_by_role("note")
    expect(note).to_contain_text("the live session “Friday <b>jam</b>”", timeout=PATIENCE_MS)
    expect(note.get_by_role("link")).to_have_attribute("href", url)
    wait_for_status(page, "tone", "silent")
    play(page, "tone")
    page.close()


def test_the_player_comes_over_the_comm_where_there_is_no_server(
    context: BrowserContext, lab: LiveServer
) -> None:
    """WIDGET-2: when our server extension does not answer, the kernel sends the player; closing it ends it."""
    page = context.new_page()
    without_lab_extension(page)
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    for path in ("static/*.js*", "stage"):
        page.route(f"{lab.url}algorave/{path}", refuse)
    write_notebook(lab.root, "comm.ipynb", [SHOW_WIDGET.replace("PLAY", "False"), "player.close()"])
    open_notebook(page, lab, "comm.ipynb")
    run_cell(page)
    wait_for_status(page, "tone", "silent")
    play(page, "tone")
    # It asked the server once, and nothing else was needed from it.
    assert refused[-1].endswith("/algorave/static/manifest.json")
    run_cell(page, 1)
    page.wait_for_function("globalThis[Symbol.for('algorave.page')].keys.length === 0")
    page.close()
