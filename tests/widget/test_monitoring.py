"""What each page hears of a session: its own choice, drafts, a hush at once, and the same mark for code that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from widget.ear import PACK, hear, level, pitch_hz, silence_level, unpacked
from widget.shared_page import PATIENCE_MS, Player

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


pytestmark = pytest.mark.browser

LIVE, DRAFT, PAD = 440.0, 659.26, 220.0
CLOSE_HZ = 2.0
TONE = 'note("a4").s("sine").clip(1)'
# From one moment on everything that the page sounds, until there was half a second of silence.
UNTIL_SILENT = """() => {
  const { stage } = mounted.engine;
  const blocks = [];
  let frames = 0;
  let silent = 0;
  const sounding = new Promise((resolve) => {
    globalThis.heardToTheEnd = new Promise((ended) => {
      const end = stage.on("captured", ({ left, sample_rate }) => {
        blocks.push(left.slice());
        frames += left.length;
        silent = left.some((sample) => Math.abs(sample) > 1e-3) ? 0 : silent + left.length;
        if (frames > sample_rate / 2) resolve();
        if (silent < sample_rate / 2) return;
        end();
        stage.send({ kind: "capture", on: false });
        ended([PACK(blocks, frames), sample_rate]);
      });
    });
  });
  stage.send({ kind: "capture", on: true });
  return sounding;
}""".replace("PACK", PACK)
ADD_PAD = """async () => {
  const { client } = mounted.session;
  await client.ask({ kind: "add_layer", name: "pad" });
  const { id } = client.state.layers.at(-1);
  mounted.session.binding(id).text.insert(0, 'note("a3").s("sine").clip(1)');
  while (!mounted.session.state.playing.has(id)) await mounted.session.play(id);
}"""
# Fails so many cycles after a page began with it: elsewhere later than where it was played first.
FAILING = f"""let first = null
{TONE}.withHap((hap) => {{
  first ??= hap.whole.begin
  if (hap.whole.begin > first + 24) throw new Error('broken')
  return hap
}})"""
# On a machine that is too busy for the gate it is asked for again.
PLAY = """async ([layer, text]) => {
  mounted.session.binding(layer).text.insert(0, text);
  while (!mounted.session.state.playing.has(layer)) await mounted.session.play(layer);
}"""
# The cycle that it is now, in the session.
CYCLE = "mounted.engine.clock.cycleAt(performance.timeOrigin + performance.now())"

BEGINS = "mounted.session.state.playing.get(layer).from_cycle"


def listen(player: Player) -> None:
    """Hear the session on this page."""
    player.view.get_by_role("button", name="Listen").click()
    player.expect_status("playing")


def hears_hz(player: Player) -> float:
    """The pitch that a page sounds now."""
    return pitch_hz(*hear(player.page, 0.5))


def set_mode(player: Player, mode: str) -> None:
    """Hear `all`, `own` or `none`."""
    player.page.evaluate("(mode) => { mounted.session.monitor.mode = mode; }", mode)


def test_a_draft_is_heard_by_its_author_alone(come: Callable[..., Player]) -> None:
    """MON-2, MON-1: while one listens to a draft the others hear what plays, and afterwards so does one, at once."""
    ana, bo = come(), come()
    ana.type(TONE)
    ana.page.keyboard.press("Control+Enter")
    ana.expect_status("playing")
    listen(bo)
    bo.code.click()
    bo.page.keyboard.press("Control+A")
    bo.page.keyboard.type(TONE.replace("a4", "e5"))
    bo.page.keyboard.press("Control+Shift+Enter")
    bo.expect_status("your draft, heard here only")
    expect(bo.view.locator(".alg-strip-draft")).to_contain_text("Only you hear this text.")
    bo.page.wait_for_function("mounted.session.layer(mounted.session.state.layers[0].id).level < 1e-3")
    assert abs(hears_hz(bo) - DRAFT) < CLOSE_HZ
    assert abs(hears_hz(ana) - LIVE) < CLOSE_HZ
    bo.view.get_by_role("button", name="Hear what the others hear").click()
    bo.expect_status("edited")
    assert abs(hears_hz(bo) - LIVE) < CLOSE_HZ

    set_mode(bo, "own")
    bo.expect_status("plays, not heard here")
    assert silence_level(bo.page) < 1e-4
    bo.code.click()
    bo.page.keyboard.press("Control+Enter")
    bo.expect_status("playing")
    bo.page.wait_for_function(f"(layer) => {CYCLE} > {BEGINS} + 0.1", arg=bo.layer)
    assert abs(hears_hz(bo) - DRAFT) < CLOSE_HZ
    set_mode(bo, "none")
    assert silence_level(bo.page) < 1e-4
    assert level(hear(ana.page, 0.4)[0]) > 0.02


def end_s(page: Page, hush: Callable[[], Any]) -> float:
    """How long it takes from the last loud moment to silence after a hush, in seconds of sound."""
    hear(page, 0.1)
    page.evaluate(UNTIL_SILENT)
    hush()
    packed, rate = page.evaluate("heardToTheEnd")
    samples = unpacked(packed)
    loud = np.abs(samples) > 0.3 * np.max(np.abs(samples))
    heard = np.abs(samples) > 1e-3
    return float(np.flatnonzero(heard)[-1] - np.flatnonzero(loud)[-1]) / rate


def test_a_hush_cuts_what_is_scheduled(come: Callable[..., Player]) -> None:
    """STAGE-4, HEAR-1: a host's hush cuts, on another page too, what rings and what is scheduled; at its end it fades."""
    ana, bo = come(), come()
    ana.type('note("a4*8").s("sine").release(1.5)')
    ana.page.keyboard.press("Control+Enter")
    ana.expect_status("playing")
    listen(bo)
    assert end_s(bo.page, lambda: ana.page.evaluate("mounted.session.hush()")) < 0.06
    # The control: such notes, left to themselves, take longer than that to fade.
    ana.code.click()
    ana.page.keyboard.press("Control+A")
    ana.page.keyboard.type('note("<a4 ~ ~ ~>").s("sine").clip(.3).release(1.5)')
    ana.page.keyboard.press("Control+Enter")
    bo.expect_status("playing")
    assert end_s(bo.page, lambda: None) > 0.3


def test_code_that_fails_is_marked_alike_for_everybody(come: Callable[..., Player]) -> None:
    """FAULT-1, FAULT-7, STAGE-32: one layer falls silent, with one mark, for who hears, who does not, and who is late."""
    ana, bo, cy = come(), come(), come()
    ana.page.evaluate("mounted.session.client.ask({ kind: 'set_tempo', cps: 4 })")
    ana.page.evaluate(ADD_PAD)
    bo.page.evaluate("mounted.session.listen(true)")
    bo.page.wait_for_function("mounted.engine.playing")
    ana.page.evaluate(PLAY, [ana.layer, FAILING])
    marks = [player.view.locator(".alg-problems") for player in (ana, bo, cy)]
    for mark in marks:
        expect(mark).to_contain_text("broken", timeout=PATIENCE_MS * 2)
    assert abs(hears_hz(bo) - PAD) < CLOSE_HZ
    late = come()
    expect(late.view.locator(".alg-problems")).to_contain_text("broken")
    words = {mark.inner_text() for mark in [*marks[1:], late.view.locator(".alg-problems")]}
    assert len(words) == 1
    (said,) = words
    assert "line 4" in said
    assert f"Played by {ana.name}: it failed in cycle" in said
    assert "the other layers play on" in said
    assert marks[0].inner_text() == said.replace(f"by {ana.name}", "by you")
    assert abs(hears_hz(bo) - PAD) < CLOSE_HZ
