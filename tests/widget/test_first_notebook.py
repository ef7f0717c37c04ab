"""The first lesson, run and played in a browser as a newcomer does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.ear import hear, level, silence_level
from widget.lab import PATIENCE_MS, ROOT, open_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from live_server import LiveServer

pytestmark = pytest.mark.browser

LESSON = "01_first_pattern.ipynb"


@pytest.fixture(scope="module")
def lesson(page: Page, lab: LiveServer) -> Page:
    """The lesson with all its cells run; its last one hushes."""
    shutil.copy(ROOT / "notebooks" / LESSON, lab.root / LESSON)
    # Tall enough that no cell is left out of the page.
    page.set_viewport_size({"width": 1100, "height": 9000})
    open_notebook(page, lab, LESSON)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    expect(page.locator(".algorave-output").last).to_have_text("hushed", timeout=PATIENCE_MS)
    return page


def test_the_lesson_runs_and_ends_in_silence(lesson: Page) -> None:
    """LESSON-1: every cell of the first notebook runs, and after its last nothing sounds."""
    assert lesson.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    statuses = lesson.locator(".alg-status").all_inner_texts()
    assert len(statuses) >= 8
    assert set(statuses) <= {"silent"}
    assert silence_level(lesson) < 1e-4


def test_only_the_mistake_is_marked(lesson: Page) -> None:
    """LESSON-1, PAGE-4: of the views of one layer only the one with the mistake is marked."""
    expect(lesson.locator(".cm-lintRange-error")).to_have_text(["lpff"])


def test_the_last_groove_plays_and_lights_up(lesson: Page) -> None:
    """LESSON-1: the groove at the end plays at a click, offline, and its words light up."""
    lesson.get_by_role("button", name="Play groove").click()
    groove = lesson.locator(".alg[aria-label='Layer groove']")
    expect(groove.locator(".alg-lit").first).to_be_visible(timeout=PATIENCE_MS)
    assert level(hear(lesson, 2)[0]) > 0.01
    lesson.get_by_role("button", name="Stop groove").click()


def test_two_views_of_one_layer_know_which_one_plays(lesson: Page) -> None:
    """PAGE-4: playing one view of a layer plays it alone; the other says so, is not lit, and can take over."""
    views = lesson.locator(".alg[aria-label='Layer drums']")
    first, second = views.nth(0), views.nth(1)
    first.get_by_role("button", name="Play drums").click()
    expect(first.locator(".alg-status")).to_have_text("playing", timeout=PATIENCE_MS)
    expect(second.locator(".alg-status")).to_have_text("another cell plays")
    expect(first.locator(".alg-lit").first).to_be_visible(timeout=PATIENCE_MS)
    expect(second.locator(".alg-lit")).to_have_count(0)
    second.get_by_role("button", name="Play this version of drums").click()
    expect(second.locator(".alg-status")).to_have_text("playing", timeout=PATIENCE_MS)
    expect(first.locator(".alg-status")).to_have_text("another cell plays")
    expect(second.locator(".alg-lit").first).to_be_visible(timeout=PATIENCE_MS)
    expect(first.locator(".alg-lit")).to_have_count(0)
