"""What one page hears of its layers: drafts in place of what others hear, and nobody's flood in the way."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stage.player import Sound, StagePage
from stage.steady import assert_on_grid, in_time

pytestmark = pytest.mark.browser

HIGH, LOW = 440.0, 220.0
# The gate lets it through at a slow tempo.
FLOOD = 's("hh*300").gain(0)'


def loudness(sound: Sound, frequency_hz: float) -> float:
    """How loud one sine is in a sound, 0 to 1."""
    time_s = np.arange(len(sound.left)) / sound.rate
    return float(np.abs(np.mean(sound.left * np.exp(-2j * np.pi * frequency_hz * time_s))) * 2)


def test_a_draft_takes_the_place_of_a_layer_on_this_page(stage: StagePage) -> None:
    """MON-2: a layer that is never heard is silent whatever the mix, one that is always heard sounds through solos."""
    stage.evaluate('note("a4").s("sine").clip(1)', "draft")
    stage.evaluate('note("a3").s("sine").clip(1)', "live")
    stage.wait_cycle(1.3)
    stage.do('mix("live", {gain: 1, mute: false, solo: true})')
    stage.do('hear("live", "never")')
    stage.do('hear("draft", "always")')
    stage.wait_said("levels", "news.layers.live < 1e-3 && news.layers.draft > 0.05")
    sound = stage.listen(0.6)
    assert loudness(sound, LOW) < 0.01 * loudness(sound, HIGH)
    stage.do('hear("live", "mixed")')
    stage.do('hear("draft", "mixed")')
    stage.wait_said("levels", "news.layers.live > 0.05 && news.layers.draft < 1e-3")
    sound = stage.listen(0.6)
    assert loudness(sound, HIGH) < 0.01 * loudness(sound, LOW)
    stage.do('hear("live", "off")')
    stage.wait_said("levels", "news.layers.live < 1e-3")
    assert stage.listen(0.5).later(0.1).peak() < 1e-3
    stage.do('hear("live", "mixed")')
    stage.wait_said("levels", "news.layers.live > 0.05", after=1)


def test_a_flood_takes_nothing_from_the_others(stage: StagePage) -> None:
    """STAGE-17: beside a layer of 1200 haps a second the hats sound in time, and the flood is told of."""

    def measure() -> NDArray[np.float64]:
        stage.evaluate('setcps(4)\ns("rim")', "hats")
        stage.evaluate(FLOOD, "flood")
        stage.wait_said("thinned")
        stage.start_listening()
        return stage.heard(4.0).onsets_s()

    assert_on_grid(in_time(stage, measure), 0.25, 14)
    # A second in which the machine stood still is made up for in the next one, so not every report will do.
    thinned = stage.wait_said("thinned", "news.haps_per_s?.asked > 1100 && news.haps_per_s.played < 700")
    assert thinned["layer"] == "flood"
