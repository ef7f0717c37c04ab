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
    wait_for_status,
    write_notebook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from live_server import LiveServer

# JupyterLab three times, and a guest: on a busy machine that takes minutes.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

TONE = 'note("a4").s("sine")'
OCTAVE = 'note("a5").s("sine")'
CELLS = ["%load_ext algorave_kernel", "%algorave open Friday jam", f"%%strudel tone --cps 0.5\n{TONE}"]
LOAD, OPEN, CELL = range(3)
SILENCE = 1e-4
PHASE = """() => {
  const { clock } = globalThis[Symbol.for("algorave.page")];
  const now_ms = performance.timeOrigin + performance.now();
  return clock.cycleAt(now_ms) - (now_ms / 1000) * clock.cps;
}"""


@dataclass
class Person:
    """Somebody with a browser of their own."""

    context: BrowserContext
    server: LiveServer

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the server as who the browser's cookie says, or who is new."""
        request = self.context.request
        url = f"{self.server.url}{path}"
        answer = request.fetch(url, method=method, data=body, headers=self.server.headers)
        assert answer.ok, answer.text()
        return answer.json() if answer.text() else None


@pytest.fixture(scope="module")
def people(browser: Browser, lab: LiveServer) -> Iterator[list[Person]]:
    """Two people with JupyterLab, and one who will come by a link."""
    contexts = [browser.new_context(viewport={"width": 1100, "height": 900}) for _ in range(3)]
    yield [Person(context, lab) for context in contexts]
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


def wait_for_pitch(page: Page, hz: float) -> None:
    """Listen until what sounds is this tone: a change is heard at the next cycle."""
    for _ in range(10):
        if abs(pitch_hz(*hear(page, 0.5)) - hz) < 2:
            return
    raise AssertionError(f"not {hz} Hz")


def phase(page: Page) -> float:
    """Which cycle the page is in, less what passed since the epoch at the present tempo: alike on pages in phase."""
    return float(page.evaluate(PHASE))


@pytest.fixture(scope="module")
def jam(people: list[Person], lab: LiveServer) -> tuple[Page, Page]:
    """Two pages on one notebook; the first one has opened a session and run the layer's cell."""
    write_notebook(lab.root, "jam.ipynb", CELLS)
    first, second = (person.context.new_page() for person in people[:2])
    open_notebook(first, lab, "jam.ipynb")
    open_notebook(second, lab, "jam.ipynb")
    for cell in (LOAD, OPEN, CELL):
        run_cell(first, cell)
    expect(code_in(first)).to_contain_text(TONE, timeout=PATIENCE_MS)
    return first, second


def test_the_other_page_has_the_live_layer(jam: tuple[Page, Page]) -> None:
    """INLAB-5, INLAB-6: a page that ran nothing shows the live layer, writes in it, and hears it after a click."""
    first, second = jam
    assert abs(pitch_hz(*hear(first)) - 440) < 1
    wait_for_status(second, "tone", "plays, not heard here")
    assert silence_level(second) < SILENCE
    # Only a text that has arrived can be written in.
    expect(code_in(second)).to_contain_text(TONE, timeout=PATIENCE_MS)
    type_live(second, OCTAVE)
    expect(code_in(first)).to_contain_text(OCTAVE, timeout=PATIENCE_MS)
    view_of(first, "tone").locator(".cm-content").click()
    first.keyboard.press("Control+Enter")
    view_of(second, "tone").get_by_role("button", name="Listen").click()
    wait_for_status(second, "tone", "playing")
    for page in jam:
        wait_for_pitch(page, 880)


def test_the_live_text_goes_back_into_the_cell(jam: tuple[Page, Page]) -> None:
    """BACK-2, BACK-3: one click writes the live text into the cell on every page; the notebook's undo takes it back."""
    first, second = jam
    write = view_of(first, "tone").get_by_role("button", name="Write into the cell")
    write.click()
    for page in jam:
        expect(input_of(page, CELL)).to_have_text(f"%%strudel tone --cps 0.5{OCTAVE}", timeout=PATIENCE_MS)
    expect(write).to_be_hidden()
    expect(view_of(second, "tone").get_by_role("button", name="Write into the cell")).to_be_hidden()
    input_of(first, CELL).click()
    first.keyboard.press("Control+z")
    for page in jam:
        expect(input_of(page, CELL)).to_have_text(f"%%strudel tone --cps 0.5{TONE}", timeout=PATIENCE_MS)
    expect(write).to_be_visible()


def test_no_kernel_a_reload_a_late_page_and_a_guest(
    jam: tuple[Page, Page], people: list[Person], lab: LiveServer
) -> None:
    """INLAB-5, INLAB-6: without kernel a reloaded page, a late one and a guest's converge, and hear the same in phase."""
    first, second = jam
    host, other, guest = people
    running = host.ask("GET", "api/sessions")
    [kernel] = [each["kernel"]["id"] for each in running if each["path"].endswith("jam.ipynb")]
    host.ask("DELETE", f"api/kernels/{kernel}")
    wait_for_pitch(first, 880)
    second.close()
    late = other.context.new_page()
    open_notebook(late, lab, "jam.ipynb", kernel=False)
    first.reload()
    for page in (first, late):
        wait_for_status(page, "tone", "plays, not heard here")
        assert silence_level(page) < SILENCE
        view_of(page, "tone").get_by_role("button", name="Listen").click()
    [session] = host.ask("GET", "algorave/api/sessions")
    invite = host.ask("POST", f"algorave/api/sessions/{session['id']}/invites", {"role": "co_author"})
    come = guest.context.new_page()
    come.goto(invite["link"])
    come.get_by_role("textbox", name="Your name").fill("Ada")
    come.get_by_role("button", name="Join").click()
    expect(code_in(come)).to_contain_text(OCTAVE, timeout=PATIENCE_MS)
    come.get_by_role("button", name="listen").click()
    pages = (first, late, come)
    for page in pages:
        wait_for_pitch(page, 880)
    assert max(map(phase, pages)) - min(map(phase, pages)) < 0.05
    type_live(come, TONE)
    for page in pages:
        expect(code_in(page)).to_contain_text(TONE, timeout=PATIENCE_MS)


def test_a_session_that_is_gone_leaves_code_that_plays(people: list[Person], lab: LiveServer) -> None:
    """INLAB-3: the output of a session that is not there says so, and its code plays alone at a click."""
    gone = {"id": "0" * 32, "layer": "l1", "title": "Last summer"}
    stored = {"version": 1, "session": gone, "layer": "gone", "code": TONE, "play": True, "problems": []}
    write_notebook(lab.root, "gone.ipynb", [stored])
    page = people[1].context.new_page()
    open_notebook(page, lab, "gone.ipynb", kernel=False)
    note = page.get_by_role("status").filter(has_text="no session “Last summer”")
    expect(note).to_be_visible(timeout=PATIENCE_MS)
    wait_for_status(page, "gone", "silent")
    page.get_by_role("button", name="Play gone").click()
    assert abs(pitch_hz(*hear(page)) - 440) < 1
    page.close()


def test_the_side_panel_lists_starts_and_invites(people: list[Person], lab: LiveServer) -> None:
    """INLAB-7: the panel lists sessions and who is in them, starts one in a tab of its own, and copies links."""
    context = people[1].context
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{lab.url}lab/workspaces/auto-panel?reset&token={lab.token}")
    page.get_by_role("tab", name="Live sessions").click(timeout=PATIENCE_MS)
    panel = page.get_by_role("region", name="Live sessions")
    panel.get_by_role("button", name="Start a session").click()
    panel.get_by_role("textbox", name="Title").fill("Sunday brunch")
    with context.expect_page() as opened:
        page.keyboard.press("Enter")
    session = people[1].ask("GET", "algorave/api/sessions")[0]
    assert session["title"] == "Sunday brunch"
    assert opened.value.url.endswith(f"/algorave/#s={session['id']}")
    row = panel.get_by_role("listitem").filter(has_text="Sunday brunch")
    expect(row).to_contain_text("host")
    me = people[1].ask("GET", f"algorave/api/sessions/{session['id']}/participants")["participants"][0]
    panel.get_by_role("button", name="Look again").click()
    expect(row).to_contain_text(me["name"], timeout=PATIENCE_MS)
    row.get_by_role("button", name="Copy link to listen").click()
    expect(row.get_by_role("status")).to_contain_text("Copied")
    assert "/algorave/guest/#i=" in page.evaluate("navigator.clipboard.readText()")
    opened.value.close()
    page.close()


def test_a_strudel_file_is_javascript_to_the_editor(people: list[Person], lab: LiveServer) -> None:
    """INLAB-8: a `.strudel` file opens in the editor, coloured as JavaScript."""
    (lab.root / "bass.strudel").write_text(f"// a bass\n$: {TONE}\n", encoding="utf-8")
    page = people[1].context.new_page()
    page.goto(f"{lab.url}lab/workspaces/auto-file/tree/bass.strudel?reset&token={lab.token}")
    code = page.locator(".jp-FileEditor .cm-content[data-language='javascript']")
    expect(code).to_contain_text(TONE, timeout=PATIENCE_MS)
    page.close()
