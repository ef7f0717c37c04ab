"""A real JupyterLab with our extensions from the checkout, its notebooks, and the steps of a person in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect

from live_server import LiveServer, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[2]
LABEXTENSION = ROOT / "widgets" / "algorave_widgets" / "labextension"
CHROMIUM = os.environ.get("ALGORAVE_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MIME = "application/vnd.algorave.session+json"
PATIENCE_MS = 60_000


@contextmanager
def running_lab(folder: Path) -> Iterator[LiveServer]:
    """Start JupyterLab below `folder` with both our extensions."""
    extensions, config = folder / "labextensions", folder / "config" / "labconfig"
    extensions.mkdir()
    config.mkdir(parents=True)
    (extensions / "algorave").symlink_to(LABEXTENSION)
    # It asks whether it may ask the network, over whatever a test wants to click.
    disabled = {"@jupyterlab/apputils-extension:announcements": True}
    (config / "page_config.json").write_text(json.dumps({"disabledExtensions": disabled}))
    arguments = [f"--LabApp.extra_labextensions_path={extensions}"]
    with running_server(folder, app="jupyterlab", arguments=arguments) as server:
        yield server


def write_notebook(folder: Path, name: str, cells: Sequence[str | dict[str, Any]]) -> str:
    """Write a notebook; a dict is a cell with an algorave output that is stored already."""
    made = []
    for cell in cells:
        if isinstance(cell, str):
            made.append(new_code_cell(cell))
            continue
        output = new_output("display_data", {MIME: cell, "text/plain": cell["code"]})
        made.append(new_code_cell(f"%%strudel {cell['layer']}\n{cell['code']}", outputs=[output]))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), folder / name)
    return name


def open_notebook(page: Page, server: LiveServer, name: str, *, kernel: bool = True) -> None:
    """Open a notebook in a workspace of its own and wait until it can be used."""
    page.goto(f"{server.url}lab/workspaces/auto-{Path(name).stem}/tree/{name}?reset&token={server.token}")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=PATIENCE_MS)
    if kernel:
        page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=PATIENCE_MS)


def run_cell(page: Page, index: int = 0) -> None:
    """Run a cell by its keys, and once more when nothing happened, as a person does.

    JupyterLab runs nothing, and says nothing, while it is still getting hold of the kernel.
    """
    prompt = page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-InputPrompt")
    before = prompt.text_content() or ""
    for patience_ms in (PATIENCE_MS // 4, PATIENCE_MS):
        input_of(page, index).click()
        page.keyboard.press("Control+Enter")
        with contextlib.suppress(AssertionError):
            expect(prompt).not_to_have_text(before, timeout=patience_ms)
            return
    raise AssertionError(f"cell {index} did not run")


def input_of(page: Page, index: int) -> Locator:
    """The text of a cell, line breaks left out."""
    return page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-InputArea-editor .cm-content")


def view_of(page: Page, layer: str) -> Locator:
    """The view of a layer."""
    return page.locator(f".alg[aria-label='Layer {layer}']")


def wait_for_status(page: Page, layer: str, words: str) -> None:
    """Wait until a layer says what it does in these words."""
    expect(view_of(page, layer).locator(".alg-status")).to_have_text(words, timeout=PATIENCE_MS)


def hush(page: Page) -> None:
    """Silence the page, so that the next test hears only itself."""
    page.evaluate("globalThis[Symbol.for('algorave.page')].hush()")
