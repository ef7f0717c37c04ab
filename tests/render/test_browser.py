"""Renders against the same haps through superdough in a real browser."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from algorave_kernel.render import render

from .sound import channels_of, rms_of, strongest_hz

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

pytestmark = pytest.mark.browser

RATE = 44100
WIDGETS = Path(__file__).parents[2] / "widgets"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Code, and how far the levels may be apart. Noise and random phases differ by nature.
PATTERNS: dict[str, tuple[str, float]] = {
    "sine": ('note("c4 e4 g4 c5").s("sine")', 0.003),
    "sawtooth": ('note("c2 c3 c5 g7").s("sawtooth")', 0.003),
    "square": ('note("c3 e4").s("square")', 0.003),
    "triangle": ('note("c3 e5").s("triangle")', 0.003),
    "user": ('note("c3 e3").s("user").partials([1, .5, .3, .2])', 0.003),
    "filter envelope": ('note("c2 e2").s("sawtooth").lpf(400).lpenv(4).lpq(8)', 0.003),
    "ladder": ('note("c2 e2").s("sawtooth").lpf(600).lpq(10).ftype("ladder")', 0.003),
    "pitch envelope": ('note("c3 c4").s("sine").penv(12).pattack(.1)', 0.003),
    "fm": ('note("c3 e3").s("sine").fm(4).fmh(1.5)', 0.003),
    "pulse": ('note("c3 e3").s("pulse").pw(.3)', 0.003),
    "compressor": ('note("c3 e3").s("sawtooth").compressor("-20:20:10:.002:.02")', 0.01),
    "compressed drums": ('s("bd hh sd hh").compressor("-30:8:10:.005:.05")', 0.01),
    "delay": ('note("c4 ~ ~ ~").s("sine").delay(.5).delaytime(.2).delayfeedback(.6)', 0.003),
    "crush": ('note("c3").s("sine").crush(4).distort("2:.5")', 0.003),
    "pan": ('note("c3 e3").s("sawtooth").pan("0 .7")', 0.003),
    "phaser": ('note("c3 e3").s("sawtooth").phaser(4).vowel("a e")', 0.01),
    "drums": ('s("bd hh sd [oh cp]")', 0.01),
    "drum machine": ('s("bd hh sd cp").bank("RolandTR808")', 0.01),
    "piano": ('note("c3 e3 g3 c4").s("piano")', 0.01),
    "speed": ('s("bd sd").speed("1.5 .7")', 0.01),
    "duck": ('$: s("bd*4").duck(2)\n$: note("c3").s("sawtooth").orbit(2)', 0.02),
    # Its voices start at phases that nobody can seed, and beat against each other: only the order of size is the same.
    "supersaw": ('note("c3*8").s("supersaw")', 0.4),
    "white noise": ('s("white*4").decay(.1).sustain(0)', 0.03),
    "room": ('note("c4 e4").s("sawtooth").lpf(1000).room(.5).roomsize(4)', 0.03),
    "K": ('note("c3 e3").K(saw(sFreq).mul(sGate.adsr(0, .1, .5, .1)).mul(.5).out())', 0.01),
}
#: Sounds whose phases are drawn in another thread of the browser, so that waveforms cannot be compared.
RANDOM = {"supersaw", "white noise", "K"}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Bundle the renderer's code for a page."""
    node = shutil.which("node")
    assert node is not None
    target = tmp_path_factory.mktemp("bundle") / "render_in_browser.js"
    subprocess.run([node, "test/render_in_browser.mjs", str(target)], cwd=WIDGETS, check=True)
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Open one Chromium for all patterns."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


def in_browser(browser: Any, bundle: str, code: str, cycles: float) -> NDArray[np.float64]:
    """Render in a fresh page: superdough keeps nodes of a context that is over."""
    page = browser.new_page()
    try:
        # Worklets want a secure origin: localhost is one, and no request leaves the browser.
        page.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto("http://localhost:9/")
        page.add_script_tag(content=bundle)
        request = {"code": code, "cycles": cycles, "sample_rate": RATE, "seed": 0}
        answer = page.evaluate("request => renderInBrowser(request)", request)
    finally:
        page.close()
    samples = np.frombuffer(base64.b64decode(answer["base64"]), np.float32)
    return samples.reshape(-1, 2).T.astype(np.float64)


@pytest.mark.parametrize("name", PATTERNS)
def test_as_in_a_browser(name: str, browser: Any, bundle: str) -> None:
    """REN-2, REN-15: renders have a browser's level within 3 % and its strongest frequency."""
    code, tolerance = PATTERNS[name]
    theirs = in_browser(browser, bundle, code, 1)
    ours = channels_of(render(code, 1))
    assert ours.shape == theirs.shape
    assert rms_of(theirs) > 0.01
    for channel in (0, 1):
        if rms_of(theirs[channel]) > 0.001:
            assert rms_of(ours[channel]) == pytest.approx(rms_of(theirs[channel]), rel=tolerance)
    if code.startswith("note") and name != "supersaw":
        assert strongest_hz(ours[0], RATE) == pytest.approx(strongest_hz(theirs[0], RATE), abs=0.6)
    if name not in RANDOM:
        assert np.corrcoef(ours[0], theirs[0])[0, 1] > 0.97


def test_comparison_notices_a_difference(browser: Any, bundle: str) -> None:
    """REN-15, negative control: another level or note is outside what the comparison allows."""
    theirs = in_browser(browser, bundle, 'note("c4").s("sine").gain(.8)', 1)
    louder = channels_of(render('note("c4").s("sine").gain(.85)', 1))
    higher = channels_of(render('note("cs4").s("sine").gain(.8)', 1))
    assert rms_of(louder) != pytest.approx(rms_of(theirs), rel=0.03)
    assert strongest_hz(higher[0], RATE) != pytest.approx(strongest_hz(theirs[0], RATE), abs=0.6)
