"""Several stages on one machine that follow one session: do they sound together?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from stage.player import LIMIT_MS
from stage.recorded import heard_ms
from stage.site import HERE, build_page, serving

pytestmark = pytest.mark.browser

# A loaded machine is late now and then, all of its pages at about the same time.
TOGETHER_MS = 8.0
APART_MS = 40.0
ATTEMPTS = 6


@pytest.fixture(scope="module")
def together_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address, ending with `/`, of the page with several stages."""
    folder = tmp_path_factory.mktemp("together")
    build_page(folder, "together_page.ts")
    with serving(folder) as url:
        yield url


@pytest.fixture
def page(browser: Browser, together_site: str) -> Iterator[Page]:
    """A page that can make engines."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(together_site)
    page.add_script_tag(path=HERE / "recorder.js")
    page.evaluate("(url) => { window.options = { stageUrl: `${url}stage.html` }; }", together_site)
    yield page
    context.close()


def apart_ms(page: Page, seconds: float) -> NDArray[np.float64]:
    """How far each onset of the second stage is from the nearest of the first, while both sound."""
    page.evaluate("() => { for (const each of recorders) each.start(); }")
    page.wait_for_function(
        "(s) => recorders.every((each) => each.seconds() > s)", arg=seconds, timeout=LIMIT_MS
    )
    takes = page.evaluate("() => recorders.map((each) => each.stop())")
    one, other = (heard_ms(take) for take in takes)
    both = other[(other > one[0] - APART_MS) & (other < one[-1] + APART_MS)]
    assert len(both) >= seconds / 2
    return np.array([np.abs(one - onset).min() for onset in both])


def start(page: Page, code: str, *, follows: bool) -> None:
    """Two engines that play the same, the second one made and started later."""
    page.evaluate(
        """async ([code, follows]) => {
            window.session = new Session();
            window.engines = [];
            for (let count = 0; count < 2; count++) {
                const engine = await makeEngine(options);
                if (follows) engine.follow(session);
                await play(engine, code);
                engines.push(engine);
            }
            window.recorders = engines.map((engine) => record(engine.stage));
        }""",
        [code, follows],
    )


def assert_together(page: Page) -> None:
    """The stages sound together in one of several stretches: a starved audio thread falls behind now and then."""
    medians: list[float] = []
    for _ in range(ATTEMPTS):
        medians.append(float(np.median(apart_ms(page, 2))))
        if medians[-1] < TOGETHER_MS:
            return
    pytest.fail(f"apart by {medians} ms")


def test_stages_that_follow_one_session_sound_together(page: Page) -> None:
    """STAGE-54: onsets of two pages in one session lie together within milliseconds, the later one's too."""
    start(page, 's("rim*8")', follows=True)
    assert_together(page)
    page.evaluate("() => session.setTempo(0.8)")
    page.wait_for_function("() => engines.every((engine) => engine.clock.cps === 0.8)", timeout=LIMIT_MS)
    assert_together(page)


def test_stages_stay_together_on_a_ramp(page: Page) -> None:
    """STAGE-54: also while the tempo goes from one to another little by little."""
    start(page, 's("rim*8")', follows=True)
    page.evaluate("() => session.ramp(1.5, 120)")
    page.wait_for_function("() => engines.every((engine) => engine.clock.cps > 0.55)", timeout=LIMIT_MS)
    assert_together(page)
    assert page.evaluate("() => Math.max(...engines.map((engine) => engine.clock.cps))") < 1.5


def test_stages_that_follow_nothing_do_not(page: Page) -> None:
    """STAGE-54: the control: alone, two pages are as far apart as they happened to start."""
    start(page, 's("rim*2")', follows=False)
    for _ in range(ATTEMPTS):
        if np.median(apart_ms(page, 4.5)) > APART_MS:
            return
        page.evaluate("() => { engines[1].hush(); return play(engines[1], 's(\"rim*2\")'); }")
    pytest.fail("two stages were together by chance again and again")
