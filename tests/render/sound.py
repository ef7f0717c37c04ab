"""Measuring sound: spectra and onsets of rendered samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorave_kernel.audio import Audio


def channels_of(audio: Audio) -> NDArray[np.float64]:
    """Give the channels as doubles, shape (2, frames)."""
    return np.asarray(audio).astype(np.float64)


def rms_of(samples: NDArray[np.float64]) -> float:
    """Give the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(samples))))


def strongest_hz(samples: NDArray[np.float64], sample_rate: int) -> float:
    """Give the frequency of the highest peak of the spectrum, between the bins by a parabola."""
    window = np.hanning(samples.size)
    level = np.log(np.abs(np.fft.rfft(samples * window)) + 1e-12)
    place = int(level[1:-1].argmax()) + 1
    left, middle, right = level[place - 1 : place + 2]
    shift = 0.5 * (left - right) / (left - 2 * middle + right)
    return float((place + shift) * sample_rate / samples.size)


def onsets_s(samples: NDArray[np.float64], sample_rate: int, threshold: float = 0.05) -> list[float]:
    """Give the times at which sound begins after silence."""
    frame = max(1, sample_rate // 1000)
    levels = np.abs(samples[: samples.size // frame * frame]).reshape(-1, frame).max(axis=1)
    loud = levels > threshold
    quiet_before = np.array([not loud[max(0, at - 20) : at].any() for at in range(loud.size)])
    return [int(at) * frame / sample_rate for at in np.nonzero(loud & quiet_before)[0]]
