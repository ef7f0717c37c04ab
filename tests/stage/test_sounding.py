"""What the stage sounds like, measured on its master output."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stage.player import StagePage
from stage.steady import assert_on_grid, in_time

pytestmark = pytest.mark.browser

# Capturing may begin while the fade of a few milliseconds still runs.
FADE_S = 0.1


def test_a4_is_440_hz(stage: StagePage) -> None:
    """STAGE-1: a note sounds at its pitch."""
    stage.evaluate('note("a4").s("sine").clip(1)')
    stage.wait_cycle(0.2)
    assert abs(stage.listen(1.5).pitch_hz() - 440) < 1


def test_onsets_lie_on_the_grid(stage: StagePage) -> None:
    """STAGE-2: onsets lie within 5 ms of the grid."""

    def measure() -> NDArray[np.float64]:
        stage.start_listening()
        stage.evaluate('s("bd*8")')
        stage.wait_cycle(1.6)
        return stage.heard().onsets_s()

    assert_on_grid(in_time(stage, measure), 0.25, 12)


def test_a_swap_leaves_no_gap(stage: StagePage) -> None:
    """STAGE-3: new code takes over at a cycle boundary: no onset is lost, none sounds twice."""

    def measure() -> NDArray[np.float64]:
        stage.start_listening()
        stage.evaluate('s("bd*8")')
        stage.wait_cycle(0.3)
        stage.evaluate('s("sd*8")')
        swapped = stage.evaluate('s("rim*8")')["playing"]["from_cycle"]
        stage.wait_cycle(swapped + 1)
        return stage.heard().onsets_s()

    assert_on_grid(in_time(stage, measure), 0.25, 15)


def test_hush_silences_everything_at_once(stage: StagePage) -> None:
    """STAGE-4: hush ends ringing voices and echoes too, and what is played next sounds."""
    stage.evaluate('note("c2 g2").s("sawtooth").release(4).room(1).size(8).delay(.8).delayfeedback(.9)')
    stage.wait_cycle(0.6)
    assert stage.listen(0.3).peak() > 0.05
    stage.do("hush()")
    stage.wait_said("stopped")
    assert stage.listen(1.0).later(FADE_S).peak() < 1e-4
    stage.start_listening()
    stage.evaluate('s("bd*4")')
    assert stage.heard(1.0).peak() > 0.1


def test_a_stopped_layer_ends_and_others_go_on(stage: StagePage) -> None:
    """STAGE-5: stopping a layer ends its sound; the others keep theirs."""
    stage.evaluate('note("a5").s("sine").release(4)', "high")
    stage.evaluate('note("a3").s("sine").clip(1)', "low")
    stage.wait_cycle(1.3)
    stage.do('stop("high")')
    stage.wait_said("stopped")
    sound = stage.listen(1.0)
    assert abs(sound.pitch_hz() - 220) < 1
    spectrum = np.abs(np.fft.rfft(sound.left * np.hanning(len(sound.left))))
    assert spectrum[round(880 * len(sound.left) / sound.rate)] < spectrum.max() * 1e-3


def test_faders_mutes_and_solos_are_each_layers_own(stage: StagePage) -> None:
    """STAGE-8: fader, mute and solo of one layer leave the others as they are, reverb included."""
    stage.evaluate('note("a4").s("sine").clip(1).room(.5)', "high")
    stage.evaluate('note("a3").s("sine").clip(1).room(.5)', "low")
    stage.wait_cycle(1.3)
    stage.do('mix("high", {gain: 1, mute: true, solo: false})')
    stage.wait_said("levels", "news.layers.high < 1e-3 && news.layers.low > 0.05")
    assert abs(stage.listen(1.0).pitch_hz() - 220) < 1
    stage.do('mix("high", {gain: 1, mute: false, solo: true})')
    stage.wait_said("levels", "news.layers.low < 1e-3 && news.layers.high > 0.05")
    assert abs(stage.listen(1.0).pitch_hz() - 440) < 1


def test_nothing_leaves_too_loud(stage: StagePage) -> None:
    """STAGE-12: however much is played at once, no sample leaves beyond 0.98."""
    stage.evaluate('s("sawtooth!12").note(irand(24).add(36)).stack(s("bd*16").gain(4)).gain(3)')
    stage.wait_cycle(0.2)
    peak = stage.listen(2.0).peak()
    assert 0.9 < peak <= 0.9801


@pytest.mark.parametrize(
    "code", ['s("bd").bank("RolandTR909")', 's("tr808_sd:2")', 'note("c4").s("gm_acoustic_bass")']
)
def test_sounds_that_need_a_download_sound_without_one(stage: StagePage, code: str) -> None:
    """STAGE-13: with no network the kit stands in for a sound from a pack, and that is said in words."""
    stage.evaluate(code)
    notice = stage.wait_said("notice")
    assert "playing" in notice["text"]
    stage.wait_cycle(1.5)
    stage.start_listening()
    assert stage.heard(2.5).peak() > 0.05


def test_unreachable_samples_are_said_in_words(stage: StagePage) -> None:
    """STAGE-13: samples that cannot be loaded are said in words, and the rest of the code sounds."""
    stage.evaluate("samples('github:nobody/nothing')\n$: s(\"bd*8\")")
    assert "raw.githubusercontent.com is unreachable" in stage.wait_said("notice")["text"]
    assert len(stage.listen(2.0).onsets_s()) >= 7


def test_the_tuning_bundle_comes_when_it_is_needed(stage: StagePage) -> None:
    """STAGE-14: code with tunings loads their bundle by itself and plays."""
    stage.evaluate('"0 8 18".xen("31edo").withValue((freq) => ({freq})).s("sine").clip(1)')
    stage.wait_cycle(0.1)
    assert stage.listen(0.5).peak() > 0.05


def test_thirty_two_layers_play_together(stage: StagePage) -> None:
    """STAGE-9: thirty-two layers sound on one page, each with its haps and its meter."""
    names = [f"layer {number}" for number in range(32)]
    for number, name in enumerate(names):
        stage.evaluate(f'note({number + 48}).s("triangle").gain(.2)', name)
    stage.wait_cycle(4)
    stage.wait_said("levels", "Object.values(news.layers).filter((peak) => peak > 0.001).length === 32")
    assert {news["layer"] for news in stage.said("haps")} == set(names)
    stage.do("hush()")
    stage.wait("said.filter((news) => news.kind === 'stopped').length === 32")
    assert stage.listen(0.5).later(FADE_S).peak() < 1e-4


def test_the_stage_works_from_a_text_too(stage: StagePage, site: str) -> None:
    """STAGE-40: the page is complete in itself: it works from its text with no server behind it."""
    text = stage.page.evaluate("async () => (await fetch('stage.html')).text()")
    stage.page.goto(site)
    from_text = StagePage(stage.page, {"stageHtml": text})
    from_text.evaluate('note("a4").s("supersaw").clip(1).lpf(3000).crush(8)')
    from_text.wait_cycle(0.1)
    assert from_text.listen(0.5).peak() > 0.05
