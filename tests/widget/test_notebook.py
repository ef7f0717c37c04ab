"""A cell in a real JupyterLab: shown, played, edited, run again, and silent when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.ear import hear, level, pitch_hz, silence_level
from widget.lab import PATIENCE_MS, open_notebook, run_cell, write_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from live_server import LiveServer

pytestmark = pytest.mark.browser

LOAD = "%load_ext algorave_kernel"
TONE = 'note("a4").s("sine")'
SILENCE = 1e-4


def start(page: Page, lab: LiveServer, name: str, *cells: str) -> None:
    """Open a notebook with these cells, extension loaded, and run them all."""
    open_notebook(page, lab, write_notebook(lab.root, name, [LOAD, *cells]))
    for index in range(len(cells) + 1):
        run_cell(page, index)
    if cells:
        expect(page.locator(".alg .cm-content")).to_have_count(len(cells), timeout=PATIENCE_MS)


def wait_for_status(page: Page, words: str) -> None:
    expect(page.locator(".alg-status").first).to_have_text(words, timeout=PATIENCE_MS)


def test_one_click_plays_and_the_code_lights_up(page: Page, lab: LiveServer) -> None:
    """CELL-1: a cell run with --no-play is silent until one click, then sounds as written and lights up."""
    start(page, lab, "click.ipynb", f"%%strudel tone --no-play\n{TONE}")
    wait_for_status(page, "silent")
    page.get_by_role("button", name="Play tone").click()
    wait_for_status(page, "playing")
    expect(page.locator(".alg-lit").first).to_be_visible(timeout=PATIENCE_MS)
    assert abs(pitch_hz(*hear(page)) - 440) < 1
    page.get_by_role("button", name="Stop tone").click()
    wait_for_status(page, "silent")
    assert silence_level(page) < SILENCE


def test_a_run_cell_plays_by_itself_and_hushes_by_key(page: Page, lab: LiveServer) -> None:
    """CELL-2: running a cell plays it at once; Ctrl+. in its editor hushes."""
    start(page, lab, "run.ipynb", f"%%strudel tone\n{TONE}")
    wait_for_status(page, "playing")
    assert level(hear(page)[0]) > 0.01
    page.locator(".alg .cm-content").click()
    page.keyboard.press("Control+.")
    wait_for_status(page, "silent")
    assert silence_level(page) < SILENCE


def test_a_mistake_is_marked_and_the_last_good_version_plays_on(page: Page, lab: LiveServer) -> None:
    """CELL-3: an evaluation that fails marks its word, says so in words, and leaves the sound as it was."""
    start(page, lab, "mistake.ipynb", f"%%strudel tone\n{TONE}")
    wait_for_status(page, "playing")
    page.locator(".alg .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(".lpff(300)")
    page.keyboard.press("Control+Enter")
    wait_for_status(page, "last good version plays on")
    expect(page.locator(".alg .cm-lintRange-error")).to_have_text("lpff")
    expect(page.locator(".alg-problems")).to_contain_text("line 1:")
    expect(page.locator(".alg-problems")).to_contain_text("The last good version keeps playing.")
    assert abs(pitch_hz(*hear(page)) - 440) < 1


def test_running_again_is_the_same_layer(page: Page, lab: LiveServer) -> None:
    """CELL-4: re-running a cell swaps the sound: one view, one stage, one voice, never two."""
    start(page, lab, "again.ipynb", f"%%strudel tone\n{TONE}")
    wait_for_status(page, "playing")
    before = level(hear(page, 2)[0])
    for _ in range(5):
        run_cell(page, 1)
        page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        wait_for_status(page, "playing")
    after = level(hear(page, 2)[0])
    assert page.locator(".alg").count() == 1
    assert page.locator("iframe[title='algorave stage']").count() == 1
    assert 0.8 < after / before < 1.2


def test_a_restarted_kernel_ends_the_sound(page: Page, lab: LiveServer) -> None:
    """CELL-5: restarting the kernel ends the sound of the notebook's layers."""
    start(page, lab, "restart.ipynb", f"%%strudel tone\n{TONE}")
    wait_for_status(page, "playing")
    page.get_by_text("Kernel", exact=True).first.click()
    page.get_by_text("Restart Kernel…", exact=True).click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    wait_for_status(page, "silent")
    assert silence_level(page) < SILENCE


def test_a_deleted_cell_falls_silent_and_another_plays_on(page: Page, lab: LiveServer) -> None:
    """CELL-6: deleting a cell ends its sound; the other cell's tone stays."""
    start(page, lab, "delete.ipynb", f"%%strudel gone\n{TONE}", '%%strudel stays\nnote("a5").s("sine")')
    expect(page.locator(".alg-status")).to_have_text(["playing", "playing"], timeout=PATIENCE_MS)
    page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-InputPrompt").click()
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(page.locator(".alg")).to_have_count(1)
    page.wait_for_function("globalThis[Symbol.for('algorave.page')].keys.length === 1")
    # What the deleted cell played fades before we listen.
    silence_level(page)
    assert abs(pitch_hz(*hear(page)) - 880) < 1


def test_keys_typed_in_a_layer_stay_there(page: Page, lab: LiveServer) -> None:
    """CELL-7: keys pressed in the editor or on a control do nothing to the notebook; Esc leaves the editor."""
    start(page, lab, "keys.ipynb", "%%strudel tone --no-play\nnote('a')")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.locator(".alg .cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("dd")
    expect(page.locator(".alg .cm-line").first).to_have_text("ddnote('a')")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('.cm-editor')") is None
    page.get_by_role("button", name="Mute tone").focus()
    page.keyboard.press("d")
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mute tone")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
