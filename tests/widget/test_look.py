"""What a layer looks like to people and to screen readers, in light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from widget.lab import ROOT, hush, open_notebook, run_cell, view_of, wait_for_status, write_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from live_server import LiveServer

pytestmark = pytest.mark.browser

AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
GROOVE = """%%strudel groove
$: s("bd*2, [~ sd]*2, hh*8")  // the kit
$: note("<c2 eb2 g2 bb1>*4").s("sawtooth").lpf(slider(800, 200, 4000))._pianoroll()
"""
MISTAKE = '%%strudel mistake\ns("bd").lpff(3)'
CHECK = """async () => {
  const { violations } = await axe.run(".jp-NotebookPanel .alg", { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200) + node.failureSummary)]);
}"""


@pytest.fixture(scope="module")
def notebook(page: Page, lab: LiveServer) -> Page:
    """A layer that plays and one with a mistake."""
    write_notebook(lab.root, "look.ipynb", ["%load_ext algorave_kernel", GROOVE, MISTAKE])
    open_notebook(page, lab, "look.ipynb")
    for index in range(3):
        run_cell(page, index)
    wait_for_status(page, "mistake", "silent")
    page.add_script_tag(path=AXE)
    return page


def choose_theme(page: Page, name: str) -> None:
    page.get_by_text("Settings", exact=True).first.click()
    page.get_by_text("Theme", exact=True).hover()
    page.get_by_text(name, exact=True).click()


def axe_violations(page: Page) -> Any:
    return page.evaluate(CHECK)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_in_any_state(notebook: Page, theme: str) -> None:
    """LOOK-1, VIEW-7: the view follows a change of theme; playing or with a mistake, axe has nothing to say."""
    wait_for_status(notebook, "groove", "playing")
    choose_theme(notebook, f"JupyterLab {theme.title()}")
    for layer in ("groove", "mistake"):
        expect(view_of(notebook, layer)).to_have_attribute("data-theme", theme)
    assert axe_violations(notebook) == []


def test_axe_would_find_a_button_without_a_name(notebook: Page) -> None:
    """LOOK-1: the control of the test above: what is wrong is found."""
    take = "const b = document.querySelector('.alg-hush'); b.title = ''; b.removeAttribute('aria-label')"
    notebook.evaluate(f"() => {{ {take} }}")
    assert [name for name, _ in axe_violations(notebook)] == ["button-name"]


def test_a_slider_rewrites_the_text_while_it_plays(notebook: Page) -> None:
    """EDIT-3: moving a slider rewrites its number; what plays hears it without a new evaluation."""
    wait_for_status(notebook, "groove", "playing")
    code = view_of(notebook, "groove").locator(".cm-content")
    view_of(notebook, "groove").get_by_role("slider", name="slider in the code").focus()
    notebook.keyboard.press("End")
    expect(code).to_contain_text("slider(4000, 200, 4000)")
    notebook.keyboard.press("Home")
    expect(code).to_contain_text("slider(200, 200, 4000)")
    wait_for_status(notebook, "groove", "playing")


def test_it_fits_a_phone(notebook: Page) -> None:
    """LOOK-2: in a narrow output nothing is cut off and every control can be reached."""
    view = view_of(notebook, "groove")
    view.evaluate("(view) => { view.style.width = '300px'; }")
    frame = view.bounding_box()
    assert frame
    for control in view.locator(".alg-head button:visible, .alg-head input:visible").all():
        box = control.bounding_box()
        assert box
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    hush(notebook)
