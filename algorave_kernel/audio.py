"""A piece of rendered sound: samples in memory, to be measured, saved, or heard in a notebook."""

from __future__ import annotations

import base64
import math
import operator
from array import array
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .wav import Bits, encode_wav

if TYPE_CHECKING:
    from numpy import ndarray

#: A notebook is no place for long recordings: beyond this the player is left out.
SHOWN_AT_MOST_S = 60.0


class Audio:
    """Stereo sound. `warnings` says in words what sounds other than the code asks."""

    def __init__(
        self, interleaved: array[float], sample_rate: int, *, cps: float = 0.5, warnings: tuple[str, ...] = ()
    ) -> None:
        """Take samples in turn: left, right, left, right."""
        if not interleaved or len(interleaved) % 2:
            raise ValueError("stereo sound has an even number of samples, and some")
        self._interleaved = interleaved
        self.sample_rate = sample_rate
        self.cps = cps
        self.warnings = warnings

    def __len__(self) -> int:
        """Count the frames."""
        return len(self._interleaved) // 2

    def __repr__(self) -> str:
        """Say how long and how loud it is."""
        loudness = f"peak {self.peak:.2f}, RMS {self.rms:.3f}"
        return f"<Audio {self.duration_s:.2f} s, {self.sample_rate} Hz, {loudness}>"

    @property
    def duration_s(self) -> float:
        """Give the length in seconds."""
        return len(self) / self.sample_rate

    @cached_property
    def samples(self) -> memoryview[float]:
        """Give the channels as 32-bit floats of shape (2, frames); numpy takes it without a copy."""
        planar = self._interleaved[0::2] + self._interleaved[1::2]
        return memoryview(planar.tobytes()).cast("f", shape=[2, len(self)])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> ndarray[Any, Any]:
        """Let numpy read the channels, shape (2, frames)."""
        import numpy as np

        return np.array(self.samples, dtype=dtype, copy=bool(copy) or dtype is not None)

    @cached_property
    def peak(self) -> float:
        """Give the highest absolute sample, 0 to 1."""
        values = self._interleaved
        return max(map(abs, values), default=0.0)

    @cached_property
    def rms(self) -> float:
        """Give the root of the mean square over both channels."""
        values = self._interleaved
        return math.sqrt(sum(map(operator.mul, values, values)) / len(values))

    def wav(self, bits: Bits = 16) -> bytes:
        """Give the bytes of a WAV file with 16 or 24 bits, or 32-bit floats (`"32f"`)."""
        return encode_wav(self._interleaved, 2, self.sample_rate, bits)

    def to_wav(self, path: str | Path, bits: Bits = 16) -> Path:
        """Write a WAV file. Raises OSError where it cannot be written."""
        target = Path(path)
        target.write_bytes(self.wav(bits))
        return target

    def _repr_html_(self) -> str | None:
        """Show a player in a notebook."""
        if self.duration_s > SHOWN_AT_MOST_S:
            return None
        data = base64.b64encode(self.wav()).decode()
        return f'<audio controls src="data:audio/wav;base64,{data}"></audio>'
