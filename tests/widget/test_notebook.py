"""Cells in a real JupyterLab: shown, played, edited, run again, and silent when they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.ear import hear, level, pitch_hz, silence_level
from widget.lab import PATIENCE_MS, hush, open_notebook, run_cell, view_of, wait_for_status, write_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from live_server import LiveServer

pytestmark = pytest.mark.browser

TONE = 'note("a4").s("sine")'
SILENCE = 1e-4
CELLS = [
    "%load_ext algorave_kernel",
    f"%%strudel clicked --no-play\n{TONE}",
    f"%%strudel tone\n{TONE}",
    f"%%strudel gone\n{TONE}",
    '%%strudel stays\nnote("a5").s("sine")',
    "%algorave ask -m band remove the tone",
]
LOAD, CLICKED, TONE_CELL, GONE, STAYS, REMOVE = range(6)


@pytest.fixture(scope="module")
def notebook(page: Page, lab: LiveServer) -> Page:
    """A notebook with a cell for each test, extension loaded."""
    open_notebook(page, lab, write_notebook(lab.root, "cells.ipynb", CELLS))
    run_cell(page, LOAD)
    return page


def test_one_click_plays_and_the_code_lights_up(notebook: Page) -> None:
    """CELL-1: a cell run with --no-play is silent until one click, then sounds as written and lights up."""
    run_cell(notebook, CLICKED)
    wait_for_status(notebook, "clicked", "silent")
    notebook.get_by_role("button", name="Play clicked").click()
    wait_for_status(notebook, "clicked", "playing")
    expect(view_of(notebook, "clicked").locator(".alg-lit").first).to_be_visible(timeout=PATIENCE_MS)
    assert abs(pitch_hz(*hear(notebook)) - 440) < 1
    notebook.get_by_role("button", name="Stop clicked").click()
    wait_for_status(notebook, "clicked", "silent")
    assert silence_level(notebook) < SILENCE


def test_a_run_cell_plays_by_itself_and_hushes_by_key(notebook: Page) -> None:
    """CELL-2: running a cell plays it at once; Ctrl+. in its editor hushes."""
    run_cell(notebook, TONE_CELL)
    wait_for_status(notebook, "tone", "playing")
    assert level(hear(notebook)[0]) > 0.01
    view_of(notebook, "tone").locator(".cm-content").click()
    notebook.keyboard.press("Control+.")
    wait_for_status(notebook, "tone", "silent")
    assert silence_level(notebook) < SILENCE


def test_a_mistake_is_marked_and_the_last_good_version_plays_on(notebook: Page) -> None:
    """CELL-3: an evaluation that fails marks its word, says so in words, and leaves the sound as it was."""
    run_cell(notebook, TONE_CELL)
    wait_for_status(notebook, "tone", "playing")
    view = view_of(notebook, "tone")
    view.locator(".cm-content").click()
    notebook.keyboard.press("Control+End")
    notebook.keyboard.type(".lpff(300)")
    notebook.keyboard.press("Control+Enter")
    wait_for_status(notebook, "tone", "last good version plays on")
    expect(view.locator(".cm-lintRange-error")).to_have_text("lpff")
    expect(view.locator(".alg-problems")).to_contain_text("line 1:")
    expect(view.locator(".alg-problems")).to_contain_text("The last good version keeps playing.")
    assert abs(pitch_hz(*hear(notebook)) - 440) < 1
    hush(notebook)


def test_a_mistake_is_marked_while_it_is_typed(notebook: Page) -> None:
    """EDIT-7: after a pause in typing a mistake is marked and mended again; what plays goes on, unasked."""
    run_cell(notebook, TONE_CELL)
    wait_for_status(notebook, "tone", "playing")
    view = view_of(notebook, "tone")
    view.locator(".cm-content").click()
    notebook.keyboard.press("Control+End")
    notebook.keyboard.type(".lpff(300)")
    expect(view.locator(".cm-lintRange-error")).to_have_text("lpff")
    expect(view.locator(".alg-status")).to_have_text("edited")
    assert abs(pitch_hz(*hear(notebook)) - 440) < 1
    for _ in ".lpff(300)":
        notebook.keyboard.press("Backspace")
    expect(view.locator(".cm-lintRange-error")).to_have_count(0)
    hush(notebook)


def test_running_again_is_the_same_layer(notebook: Page) -> None:
    """CELL-4: re-running a cell swaps the sound: one view, one stage, one voice, never two."""
    run_cell(notebook, TONE_CELL)
    wait_for_status(notebook, "tone", "playing")
    before = level(hear(notebook, 2)[0])
    for _ in range(3):
        old = view_of(notebook, "tone").element_handle()
        run_cell(notebook, TONE_CELL)
        notebook.wait_for_function("(view) => !view.isConnected", arg=old)
        wait_for_status(notebook, "tone", "playing")
    after = level(hear(notebook, 2)[0])
    assert view_of(notebook, "tone").count() == 1
    assert notebook.locator("iframe[title='algorave stage']").count() == 1
    assert 0.8 < after / before < 1.2
    hush(notebook)


def test_a_restarted_kernel_ends_the_sound(notebook: Page) -> None:
    """CELL-5: restarting the kernel ends the sound of the notebook's layers."""
    run_cell(notebook, TONE_CELL)
    wait_for_status(notebook, "tone", "playing")
    notebook.get_by_text("Kernel", exact=True).first.click()
    notebook.get_by_text("Restart Kernel…", exact=True).click()
    notebook.locator(".jp-Dialog .jp-mod-accept").click()
    wait_for_status(notebook, "tone", "silent")
    assert silence_level(notebook) < SILENCE
    run_cell(notebook, LOAD)


def test_a_layer_that_the_agent_took_away_is_no_player(notebook: Page) -> None:
    """OUT-4: the agent's output says that the layer is no more, and its sound ends while another goes on."""
    run_cell(notebook, STAYS)
    run_cell(notebook, TONE_CELL)
    for layer in ("stays", "tone"):
        wait_for_status(notebook, layer, "playing")
    players = notebook.locator(".alg").count()
    run_cell(notebook, REMOVE)
    told = notebook.locator(".algorave-output", has_text="tone is no more.")
    expect(told).to_be_visible(timeout=PATIENCE_MS)
    wait_for_status(notebook, "tone", "silent")
    wait_for_status(notebook, "stays", "playing")
    assert notebook.locator(".alg").count() == players
    hush(notebook)


def test_a_deleted_cell_falls_silent_and_another_plays_on(notebook: Page) -> None:
    """CELL-6: deleting a cell ends its sound; the other cell's tone stays."""
    run_cell(notebook, STAYS)
    run_cell(notebook, GONE)
    for layer in ("stays", "gone"):
        wait_for_status(notebook, layer, "playing")
    notebook.locator(".jp-Notebook .jp-Cell").nth(GONE).locator(".jp-InputPrompt").click()
    notebook.keyboard.press("d")
    notebook.keyboard.press("d")
    expect(view_of(notebook, "gone")).to_have_count(0)
    notebook.wait_for_function(
        "!globalThis[Symbol.for('algorave.page')].keys.some((key) => key.endsWith('/gone'))"
    )
    # What the deleted cell played fades before we listen.
    silence_level(notebook)
    assert abs(pitch_hz(*hear(notebook)) - 880) < 1
    hush(notebook)


def test_keys_typed_in_a_layer_stay_there(notebook: Page) -> None:
    """CELL-7: keys pressed in the editor or on a control do nothing to the notebook; Esc leaves the editor."""
    run_cell(notebook, CLICKED)
    wait_for_status(notebook, "clicked", "silent")
    view = view_of(notebook, "clicked")
    cells = notebook.locator(".jp-Notebook .jp-Cell").count()
    view.locator(".cm-content").click()
    notebook.keyboard.press("Control+Home")
    notebook.keyboard.type("dd")
    expect(view.locator(".cm-line").first).to_have_text(f"dd{TONE}")
    # The first closes the completion, if there is one by then.
    notebook.keyboard.press("Escape")
    notebook.keyboard.press("Escape")
    assert notebook.evaluate("document.activeElement.closest('.cm-editor')") is None
    mute = view.get_by_role("button", name="Mute clicked")
    mute.focus()
    notebook.keyboard.press("d")
    notebook.keyboard.press("d")
    notebook.keyboard.press("Enter")
    expect(mute).to_have_attribute("aria-pressed", "true")
    assert notebook.locator(".jp-Notebook .jp-Cell").count() == cells
