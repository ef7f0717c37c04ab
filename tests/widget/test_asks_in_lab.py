"""Asking the agent from a session's cell in a real JupyterLab, by keys that the notebook around must not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.lab import PATIENCE_MS, open_notebook, run_cell, view_of, write_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from live_server import LiveServer

pytestmark = pytest.mark.browser

CELLS = ["%load_ext algorave_kernel", "%algorave open Asked", '%%strudel bass\nnote("c2").s("sawtooth")']


def test_a_cell_asks_by_key(page: Page, lab: LiveServer) -> None:
    """PROP-7, PROP-9: in a layer of a notebook the key opens the box below the code; what is pressed there stays there."""
    write_notebook(lab.root, "asked.ipynb", CELLS)
    open_notebook(page, lab, "asked.ipynb")
    for cell in range(3):
        run_cell(page, cell)
    layer = view_of(page, "bass")
    code = layer.locator(".alg-code .cm-content")
    expect(code).to_be_editable(timeout=PATIENCE_MS)
    code.click()
    page.keyboard.press("Control+Shift+A")
    box = layer.get_by_role("region", name="Ask the agent")
    expect(box).to_contain_text("AI is off in this session")
    box.get_by_label("AI is on").check()
    expect(box).to_contain_text("algorave agent LINK")
    # In a notebook these would delete cells, add some, and restart the kernel.
    for key in ("d", "d", "b", "0", "0"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(code).to_be_focused()
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    layer.get_by_role("button", name="Ask").click()
    expect(box).to_be_visible()
