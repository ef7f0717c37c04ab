"""When what a page played was heard, by the clock of the machine."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stage.player import Sound

FINE_S = 0.002
NEAR_MS = 500.0


def onsets_s(take: dict[str, Any]) -> NDArray[np.float64]:
    """Audio times of onsets to the sample: within each coarse one, where the level first comes to a fifth."""
    left = np.frombuffer(base64.b64decode(take["left"]), dtype=np.float32)
    sound = Sound(take["frame"] / take["rate"], take["rate"], left, left)
    width = round(FINE_S * sound.rate)
    found: list[float] = []
    for onset_s in sound.onsets_s(apart_s=0.03):
        first = max(0, round((onset_s - sound.start_s) * sound.rate) - width)
        part = np.abs(np.diff(left[first : first + 2 * width], n=2))
        if len(part) > 0:
            found.append(sound.start_s + (first + int(np.argmax(part > part.max() / 5))) / sound.rate)
    return np.array(found)


def heard_ms(take: dict[str, Any]) -> NDArray[np.float64]:
    """Epoch times of onsets in ms, as the stage says it is heard: its clocks are not the machine's for ever."""
    audio_ms, epoch_ms = np.array(take["heard"]).T
    at_ms = onsets_s(take) * 1000
    offsets_ms = epoch_ms - audio_ms
    return at_ms + np.interp(at_ms, audio_ms, offsets_ms)


def arrived_ms(take: dict[str, Any]) -> NDArray[np.float64]:
    """The same by when the sound came out of the stage, whatever that says: the quickest of near blocks tells."""
    audio_ms, epoch_ms = np.array(take["arrived"]).T
    offsets_ms = epoch_ms - audio_ms
    at_ms = onsets_s(take) * 1000
    return at_ms + np.array([offsets_ms[np.abs(audio_ms - each) < NEAR_MS].min() for each in at_ms])
