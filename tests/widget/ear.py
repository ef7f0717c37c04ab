"""What the stage of a page sounds like: its master output, captured in the page."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from playwright.sync_api import Page

PACK = """((blocks, frames) => {
  const all = new Float32Array(frames);
  let at = 0;
  for (const block of blocks) { all.set(block, at); at += block.length; }
  let text = "";
  const bytes = new Uint8Array(all.buffer);
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
})"""
"""In the page: captured blocks as text for `unpacked`."""
LISTEN = """
([seconds, threshold]) => new Promise((resolve) => {
  const { stage } = globalThis[Symbol.for("algorave.page")];
  const blocks = [];
  let frames = 0;
  const end = stage.on("captured", ({ left, sample_rate }) => {
    if (frames === 0 && threshold > 0 && !left.some((sample) => Math.abs(sample) > threshold)) return;
    blocks.push(left.slice());
    frames += left.length;
    if (frames < seconds * sample_rate) return;
    end();
    stage.send({ kind: "capture", on: false });
    resolve([PACK(blocks, frames), sample_rate]);
  });
  stage.send({ kind: "capture", on: true });
})
""".replace("PACK", PACK)


def _record(page: Page, seconds: float, threshold: float) -> tuple[np.ndarray, float]:
    packed, rate = page.evaluate(LISTEN, [seconds, threshold])
    return unpacked(packed), float(rate)


def unpacked(packed: str) -> np.ndarray:
    """The samples in what `PACK` made of them."""
    return np.frombuffer(base64.b64decode(packed), np.float32)


def hear(page: Page, seconds: float = 1.0) -> tuple[np.ndarray, float]:
    """Wait until the page sounds, and give the next seconds of it with their sample rate."""
    return _record(page, seconds, 0.003)


def silence_level(page: Page) -> float:
    """The level of half a second that begins when what was fading has had half a second to fade."""
    _record(page, 0.5, 0)
    return level(_record(page, 0.5, 0)[0])


def level(samples: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def pitch_hz(samples: np.ndarray, rate: float) -> float:
    """The loudest frequency, interpolated between the bins of the Fourier transform."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    peak = int(spectrum.argmax())
    below, at, above = np.log(spectrum[peak - 1 : peak + 2] + 1e-12)
    shift = 0.5 * (below - above) / (below - 2 * at + above)
    return float((peak + shift) * rate / (1 << 18))
