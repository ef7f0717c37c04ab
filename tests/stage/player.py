"""A page with a stage in a real browser, and what was heard there as numbers."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

LIMIT_MS = 30_000
GATE_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Sound:
    """Captured master output. Times are seconds of audio time."""

    start_s: float
    rate: float
    left: NDArray[np.float32]
    right: NDArray[np.float32]

    def later(self, seconds: float) -> Sound:
        """The sound without its first seconds."""
        first = round(seconds * self.rate)
        return Sound(self.start_s + seconds, self.rate, self.left[first:], self.right[first:])

    def peak(self) -> float:
        """The highest absolute sample."""
        return float(np.max(np.abs([self.left, self.right]), initial=0))

    def pitch_hz(self) -> float:
        """The strongest frequency, interpolated between bins."""
        windowed = self.left * np.hanning(len(self.left))
        spectrum = np.abs(np.fft.rfft(windowed, n=2 * len(windowed)))
        top = int(np.argmax(spectrum))
        below, at, above = np.log(spectrum[top - 1 : top + 2])
        shift = 0.5 * (below - above) / (below - 2 * at + above)
        return float((top + shift) * self.rate / (2 * len(windowed)))

    def onsets_s(self, *, apart_s: float = 0.05, rise: float = 4.0) -> NDArray[np.float64]:
        """Audio times at which the level of the high frequencies jumps."""
        bright = np.abs(np.diff(self.left, n=2))
        hop = round(self.rate * 0.0005)
        frames = bright[: len(bright) // hop * hop].reshape(-1, hop).max(axis=1)
        background = np.maximum(_trailing_max(frames, 40), float(np.max(frames, initial=0)) * 0.002 + 1e-9)
        jumps = np.flatnonzero(frames[1:] > rise * background[:-1]) + 1
        found: list[float] = []
        for jump in jumps:
            time_s = self.start_s + float(jump) * hop / self.rate
            if not found or time_s - found[-1] > apart_s:
                found.append(time_s)
        return np.array(found)


def _trailing_max(frames: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    padded = np.concatenate([np.zeros(width - 1, frames.dtype), frames])
    return np.lib.stride_tricks.sliding_window_view(padded, width).max(axis=1)


class StagePage:
    """One page with one stage."""

    def __init__(self, page: Page, options: Mapping[str, Any]) -> None:
        self.page = page
        self.options = options
        self.anew()

    def anew(self) -> None:
        """Load the page again, with a fresh stage."""
        self.page.reload()
        self.page.evaluate("(options) => { makeStage(options); stage.resume(); }", dict(self.options))
        self.wait("said.some((news) => news.kind === 'ready' || news.audio === 'running')")

    def wait(self, condition: str) -> None:
        """Wait until an expression in the page is true."""
        self.page.wait_for_function(condition, timeout=LIMIT_MS)

    def evaluate(self, code: str, layer: str = "one", *, plays: bool = True) -> dict[str, Any]:
        """Evaluate a layer's code; checks that it plays, or that it does not."""
        reply = self._ask(code, layer)
        for _ in range(GATE_ATTEMPTS):
            # The gate's limits are in real time: where it was too busy it is asked again.
            if not plays or not any(problem["kind"] == "time" for problem in reply["problems"]):
                break
            reply = self._ask(code, layer)
        assert (reply["playing"] is not None) is plays, reply
        return reply

    def _ask(self, code: str, layer: str) -> dict[str, Any]:
        return self.page.evaluate("([layer, code]) => stage.evaluate(layer, code)", [layer, code])

    def do(self, call: str) -> Any:
        """Call something on the stage: `hush()`, `stop("one")`."""
        return self.page.evaluate(f"() => stage.{call}")

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Everything of one kind that the stage has said."""
        return self.page.evaluate("(kind) => said.filter((news) => news.kind === kind)", kind)

    def wait_said(self, kind: str, condition: str = "true", *, after: int = 0) -> dict[str, Any]:
        """Wait for news of a kind for which an expression in `news` holds."""
        found = f"said.filter((news) => news.kind === '{kind}' && ({condition}))"
        self.wait(f"{found}.length > {after}")
        return self.page.evaluate(f"() => {found}.at(-1)")

    def wait_cycle(self, cycle: float) -> None:
        """Wait until musical time has come to a cycle."""
        self.wait(f"said.findLast((news) => news.kind === 'clock')?.cycle >= {cycle}")

    def listen(self, seconds: float) -> Sound:
        """Capture the next seconds of the master output."""
        self.start_listening()
        return self.heard(seconds)

    def start_listening(self) -> None:
        """Start to capture; what was captured before is forgotten."""
        self.page.evaluate("() => { forgetSound(); stage.send({kind: 'capture', on: true}); }")

    def heard(self, seconds: float = 0.0) -> Sound:
        """What was captured since `start_listening`, when it is at least so many seconds long."""
        self.wait(f"heard_s() >= {seconds}")
        self.do("send({kind: 'capture', on: false})")
        got = self.page.evaluate("sound()")
        left, right = (
            np.frombuffer(base64.b64decode(got[side]), dtype=np.float32) for side in ("left", "right")
        )
        return Sound(got["frame"] / got["rate"], got["rate"], left, right)

    def late_haps(self) -> int:
        """Haps that this machine was too busy to play in time."""
        return self.page.evaluate("said.findLast((news) => news.kind === 'clock')?.late_haps ?? 0")

    def longest_gap_ms(self) -> float:
        """The longest time the page's timers stood still since the last call."""
        return self.page.evaluate("Math.max(0, ...gaps.splice(0))")
