"""Code that spins, explodes or breaks later: what sounded goes on, and the error is said at its line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from stage.player import StagePage
from stage.steady import assert_on_grid, in_time

pytestmark = pytest.mark.browser

Record = Callable[[str, object], None]

# Name → code, the kind and the line of the problem that is reported.
REFUSED = {
    "endless loop": ('s("bd*4")\nwhile (true) {}\ns("cp")', "time", 2),
    "endless loop in a function of the pattern": (
        's("bd*4").fmap((value) => {\n  for (;;) {}\n})',
        "time",
        2,
    ),
    "endless loop after the code": ("Promise.resolve().then(() => {\n for (;;) {}\n})\ns('bd')", "time", 2),
    "many arrays": ('const all = []\nfor (;;) all.push(new Array(1e6).fill(1.5))\ns("bd")', "time", 2),
    "many buffers": ('const all = []\nfor (;;) all.push(new ArrayBuffer(1e9))\ns("bd")', "memory", 2),
    "a million haps a cycle": ('s("bd*1000000")', "density", 1),
    "unknown function": ('s("bd")\n  .fasst(2)', "reference", 2),
    "broken mini-notation": ('s("bd [sd")', "mini", 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_code_is_not_heard(stage: StagePage, name: str, record_property: Record) -> None:
    """STAGE-30: code that the gate refuses changes nothing: what sounds goes on with every onset in time."""
    code, kind, line = REFUSED[name]

    def measure() -> NDArray[np.float64]:
        stage.evaluate('s("hh*8")')
        stage.wait_cycle(0.2)
        stage.longest_gap_ms()
        stage.start_listening()
        reply = stage.evaluate(code, plays=False)
        record_property("longest_timer_gap_ms", round(stage.longest_gap_ms()))
        assert (reply["problems"][0]["kind"], reply["problems"][0]["line"]) == (kind, line), reply
        return stage.heard(2.5).onsets_s()

    assert_on_grid(in_time(stage, measure), 0.25, 8)


LATER = {"for (;;) {}": "time", "throw new Error('broken')": "query"}


@pytest.mark.parametrize("failure", LATER)
def test_code_that_fails_later_gives_way(stage: StagePage, failure: str, record_property: Record) -> None:
    """STAGE-31: code that fails in its first cycles gives way to what played before, without a gap."""

    def measure() -> NDArray[np.float64]:
        stage.evaluate('setcps(4)\ns("hh")')
        stage.wait_cycle(6)
        stage.start_listening()
        stage.longest_gap_ms()
        stage.evaluate(
            f's("sd").withHap((hap) => {{\n  if (hap.whole.begin >= 20) {failure}\n  return hap\n}})'
        )
        failed = stage.wait_said("failed")
        problem = failed["problem"]
        assert (problem["kind"], problem["line"], failed["silent"]) == (LATER[failure], 2, False)
        stage.wait_cycle(26)
        record_property("longest_timer_gap_ms", round(stage.longest_gap_ms()))
        return stage.heard().onsets_s()

    assert_on_grid(in_time(stage, measure), 0.25, 16)


def hats_beside(stage: StagePage, other: str | None) -> tuple[list[tuple[object, ...]], NDArray[np.float64]]:
    """Haps of the hats' first sixteen cycles, and their onsets, beside another layer."""
    stage.start_listening()
    stage.evaluate('setcps(4)\ns("hh*2")', "hats")
    if other is not None:
        stage.evaluate(other, "other")
    stage.wait_cycle(16)
    haps: list[tuple[object, ...]] = [
        (hap["begin"], hap["end"], hap["sound"], hap["spans"])
        for news in stage.said("haps")
        if news["layer"] == "hats"
        for hap in news["haps"]
        if hap["begin"] < 16
    ]
    return haps, stage.heard().onsets_s()


@pytest.mark.parametrize("failure", ["throw new Error('broken')", "for (;;) {}"])
def test_one_layer_fails_alone(stage: StagePage, failure: str) -> None:
    """STAGE-32: a layer that fails is silent alone: the others' haps and onsets are as without it."""
    code = f's("cp*2").gain(0).withHap((hap) => {{\n  if (hap.whole.begin >= 10) {failure}\n  return hap\n}})'
    haps, onsets = in_time(stage, lambda: hats_beside(stage, code))
    failed = stage.wait_said("failed")
    assert (failed["layer"], failed["silent"], failed["problem"]["line"]) == ("other", True, 2)
    stage.anew()
    haps_alone, onsets_alone = in_time(stage, lambda: hats_beside(stage, None))
    assert haps == haps_alone
    assert len(haps) == 32
    for found in (onsets, onsets_alone):
        assert_on_grid(found, 1 / 8, 30)


def test_code_in_the_audio_thread_that_spins_loses_its_layer_only(stage: StagePage) -> None:
    """STAGE-33: code that stops the audio thread is silenced, and everything else sounds again by itself."""
    stage.evaluate('s("hh*8")', "hats")
    stage.evaluate("s('bytebeat').bbexpr('(()=>{for(;;){}})()')", "bad")
    failed = stage.wait_said("failed")
    assert (failed["layer"], failed["silent"]) == ("bad", True)
    stage.wait_said("evaluated", "news.layer === 'hats'", after=1)
    assert len(stage.listen(2.0).onsets_s()) >= 7


def test_a_stage_that_dies_is_made_anew(stage: StagePage) -> None:
    """STAGE-33: a stage that says nothing any more is made anew and plays what played."""
    stage.evaluate('s("hh*8")')
    frame = next(frame for frame in stage.page.frames if "stage" in frame.url)
    frame.evaluate("() => { setTimeout(() => { for (;;) {} }, 10); }")
    stage.wait_said("ready", after=1)
    stage.wait_said("evaluated", after=1)
    assert len(stage.listen(2.0).onsets_s()) >= 7
