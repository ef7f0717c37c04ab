"""A session in a real JupyterLab with shared notebooks: two people, a late one, a guest, and no kernel in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from widget.ear import hear, pitch_hz, silence_level
from widget.lab import (
    PATIENCE_MS,
    input_of,
    open_notebook,
    run_cell,
    view_of,
    write_notebook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from live_server import LiveServer

pytestmark = pytest.mark.browser

TONE = 'note("a4").s("sine")'
OCTAVE = 'note("a5").s("sine")'
CELLS = ["%load_ext algorave_kernel", "%algorave open Friday jam", f"%%strudel tone --no-play\n{TONE}"]
LOAD, OPEN, CELL = range(3)
SILENCE = 1e-4


@dataclass
class Person:
    """Somebody with a browser of their own, who is logged in to the server."""

    context: BrowserContext
    server: LiveServer

    def page(self) -> Page:
        """A new page, where it can be seen whether anything was heard before the first click."""
        return self.context.new_page()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Ask the server as this person."""
        answer = self.context.request.post(
            f"{self.server.url}algorave/api/{path}", data=body, headers=self.server.headers
        )
        assert answer.ok, answer.text()
        return answer.json()


@pytest.fixture(scope="module")
def people(browser: Browser, lab: LiveServer) -> Iterator[tuple[Person, Person, Person]]:
    """Three people: two JupyterLab users, and one who will come by a link."""
    contexts = [browser.new_context(viewport={"width": 1100, "height": 900}) for _ in range(3)]
    for context in contexts[:2]:
        # The cookie that says who one is.
        context.request.get(f"{lab.url}algorave/api/version?token={lab.token}")
    yield tuple(Person(context, lab) for context in contexts)  # type: ignore[misc]  # there are three
    for context in contexts:
        context.close()


def code_in(page: Page) -> Locator:
    """The live code of the layer."""
    return view_of(page, "tone").locator(".cm-line").first


def type_live(page: Page, code: str) -> None:
    """Replace the live code by keys."""
    view_of(page, "tone").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


@pytest.fixture(scope="module")
def jam(people: tuple[Person, Person, Person], lab: LiveServer) -> tuple[Page, Page]:
    """Two pages on one notebook; the first one has opened a session and run the layer's cell."""
    write_notebook(lab.root, "jam.ipynb", CELLS)
    first, second = people[0].page(), people[1].page()
    open_notebook(first, lab, "jam.ipynb")
    open_notebook(second, lab, "jam.ipynb")
    for cell in (LOAD, OPEN, CELL):
        run_cell(first, cell)
    expect(code_in(first)).to_have_text(TONE, timeout=PATIENCE_MS)
    return first, second


def test_the_other_page_has_the_live_layer(jam: tuple[Page, Page]) -> None:
    """INLAB-5, INLAB-6: a page that ran nothing shows the live layer, writes in it, and hears it after a click."""
    first, second = jam
    expect(code_in(second)).to_have_text(TONE, timeout=PATIENCE_MS)
    type_live(second, OCTAVE)
    expect(code_in(first)).to_have_text(OCTAVE, timeout=PATIENCE_MS)
    view_of(first, "tone").locator(".cm-content").click()
    first.keyboard.press("Control+Enter")
    assert abs(pitch_hz(*hear(first)) - 880) < 1
    assert silence_level(second) < SILENCE
    view_of(second, "tone").get_by_role("button", name="Listen").click()
    assert abs(pitch_hz(*hear(second)) - 880) < 1


def test_the_live_text_goes_back_into_the_cell(jam: tuple[Page, Page]) -> None:
    """BACK-2, BACK-3: one click writes the live text into the cell on every page; the notebook's undo takes it back."""
    first, second = jam
    write = view_of(first, "tone").get_by_role("button", name="Write into the cell")
    write.click()
    for page in jam:
        expect(input_of(page, CELL)).to_have_text(f"%%strudel tone --no-play{OCTAVE}", timeout=PATIENCE_MS)
    expect(write).to_be_hidden()
    expect(view_of(second, "tone").get_by_role("button", name="Write into the cell")).to_be_hidden()
    input_of(first, CELL).click()
    first.keyboard.press("Control+z")
    for page in jam:
        expect(input_of(page, CELL)).to_have_text(f"%%strudel tone --no-play{TONE}", timeout=PATIENCE_MS)
    expect(write).to_be_visible()
