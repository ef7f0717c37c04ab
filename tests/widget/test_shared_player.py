"""Layers of a session on pages of several people: one text, one sound, each one's own undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.ear import hear, level, pitch_hz, silence_level
from widget.lab import ROOT
from widget.shared_page import PATIENCE_MS, Player

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.browser

AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async () => (await axe.run("main", { resultTypes: ["violations"] })).violations
  .map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200) + node.failureSummary)])"""
CONTROLS = ".alg-head button, .alg-head input, .alg-strip button, .alg-conflict button"
NO_WHEEL = 2.0


def test_two_pages_share_text_cursors_and_sound_and_undo_apart(come: Callable[..., Player]) -> None:
    """SHARE-1, HEAR-2, UNDO-1, CURS-1: they type, one plays, both hear it; undo takes back one's own words."""
    ana, bo = come(), come()
    for role, name in (("slider", "Level of main"), ("textbox", "Code of main")):
        expect(ana.view.get_by_role(role, name=name)).to_be_visible()
    ana.type('note("a4").s("sine")')
    bo.expect_text('note("a4").s("sine")')
    bo.type("\n// 🎵 bo")
    ana.expect_text('note("a4").s("sine")\n// 🎵 bo')
    expect(ana.view.locator(".alg-caret-name")).to_have_text(bo.name, timeout=PATIENCE_MS)
    expect(bo.view.locator(".alg-caret-name")).to_have_text(ana.name, timeout=PATIENCE_MS)

    ana.page.keyboard.press("Control+Enter")
    ana.expect_status("playing")
    bo.expect_status("plays, not heard here")
    assert bo.page.evaluate("mounted.engine.playing") is False
    bo.view.get_by_role("button", name="Listen").click()
    bo.expect_status("playing")
    for player in (ana, bo):
        samples, rate = hear(player.page)
        assert level(samples) > 0.02
        assert abs(pitch_hz(samples, rate) - 440) < NO_WHEEL

    bo.page.keyboard.press("Control+z")
    bo.code.click()
    bo.page.keyboard.press("Control+z")
    ana.expect_text('note("a4").s("sine")')
    bo.page.keyboard.press("Control+z")
    ana.code.click()
    ana.page.keyboard.press("Control+z")
    bo.expect_text("")


def test_what_is_wrong_stays_on_its_authors_page(come: Callable[..., Player]) -> None:
    """HEAR-3, HEAR-1, EDIT-7: a mistake is marked where it was made, and everybody hears the last good version."""
    bo, ana = come(), come()
    ana.type('note("a4").s("sine")')
    ana.page.keyboard.press("Control+Enter")
    ana.expect_status("playing")
    bo.view.get_by_role("button", name="Listen").click()
    bo.expect_status("playing")
    ana.type(".lpff(3)")
    expect(ana.view.locator(".cm-lintRange-error")).to_have_text("lpff", timeout=PATIENCE_MS)
    ana.expect_status("edited")
    expect(ana.view.locator(".alg-problem")).to_have_count(0)
    ana.page.keyboard.press("Control+Enter")
    ana.expect_status("last good version plays on")
    expect(ana.view.locator(".alg-problem")).to_contain_text("lpff")
    bo.expect_status("edited")
    assert level(hear(bo.page, 0.4)[0]) > 0.02
    ana.view.locator(".alg-where").click()
    expect(ana.code).to_be_focused()

    ana.page.keyboard.press("Control+.")
    expect(ana.view.locator(".alg-strip")).to_contain_text("Hushed on this page only")
    assert silence_level(ana.page) < 1e-4
    assert level(hear(bo.page, 0.4)[0]) > 0.02


def test_a_conflict_is_shown_and_a_person_chooses(come: Callable[..., Player]) -> None:
    """CONF-2: the cell's text replaces the live one in one step that undo takes back; the other way it is written."""
    ana = come()
    ana.type('s("bd")\n// live')
    options = {"conflict": {"cell": 's("bd*2")\n// cell'}, "cell": True}
    bo, cy = come(options=options), come(options=options)
    question = bo.view.get_by_role("group", name="Conflict between the cell and the live text")
    expect(question).to_contain_text("live: // live")
    question.get_by_role("button", name="Use the cell's text").click()
    ana.expect_text('s("bd*2")\n// cell')
    expect(question).to_be_hidden()
    bo.code.click()
    bo.page.keyboard.press("Control+z")
    ana.expect_text('s("bd")\n// live')

    cy.view.get_by_role("button", name="Keep the live text").click()
    assert cy.page.evaluate("cell.text") == 's("bd")\n// live'
    ana.type(" more")
    cy.view.get_by_role("button", name="Write into the cell").click()
    assert cy.page.evaluate("cell.text") == 's("bd")\n// live more'
    expect(cy.view.get_by_role("button", name="Write into the cell")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_viewer_reads_listens_and_is_told_why_not_more(come: Callable[..., Player], scheme: str) -> None:
    """HEAR-9, HEAR-11, LOOK-1, LOOK-2: narrow, all can be reached, axe is silent, and what is barred says why."""
    ana = come()
    ana.type('s("bd*4")  // for all to hear')
    allowed = ["clipboard-read", "clipboard-write"]
    bo = come(color_scheme=scheme, viewport={"width": 320, "height": 640}, permissions=allowed)
    ana.give_role(bo, "viewer")
    ana.page.keyboard.press("Control+Enter")
    bo.expect_status("plays, not heard here")
    expect(bo.code).to_have_attribute("aria-readonly", "true")
    play = bo.view.get_by_role("button", name="Stop main")
    expect(play).to_be_disabled()
    expect(play).to_have_attribute("title", "You are here to listen. A host can make you a co-author.")
    bo.page.evaluate("(layer) => mounted.session.rebound.emit(new Map([[layer, 'my words']]))", bo.layer)
    expect(bo.view.locator(".alg-strip-lost")).to_contain_text("could not be saved")
    bo.view.get_by_role("button", name="Copy them").click()
    bo.view.evaluate("(view) => { document.body.style.background = getComputedStyle(view).backgroundColor; }")
    bo.page.add_script_tag(path=AXE)
    assert bo.page.evaluate(CHECK) == []
    assert bo.page.evaluate("navigator.clipboard.readText()") == "my words"
    for control in bo.view.locator(CONTROLS).all():
        box = control.bounding_box()
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= 320)


def test_one_goes_along_with_somebody_until_one_types(come: Callable[..., Player]) -> None:
    """CURS-3: whom one follows is brought into view, also with cursors hidden; one's own key ends it."""
    ana, bo = come(), come()
    ana.type("\n" * 60 + "here")
    bo.expect_text("\n" * 60 + "here")
    bo.page.evaluate("mounted.session.presence.hidden = true")
    bo.page.evaluate(f"mounted.session.follow('{ana.you}')")
    expect(bo.code.get_by_text("here")).to_be_in_viewport(timeout=PATIENCE_MS)
    expect(bo.view).to_have_attribute("data-followed", "")
    expect(bo.view.locator(".alg-caret")).to_have_count(0)
    bo.type("x")
    expect(bo.view).not_to_have_attribute("data-followed", "")
