"""Sound in memory and as WAV files."""

from __future__ import annotations

import io
import struct
import wave
from array import array
from typing import TYPE_CHECKING

import numpy as np
import pytest

from algorave_kernel.audio import Audio

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = [(0.0, 0.5), (-0.25, 1.0), (0.125, -1.0), (2.0, -2.0)]


def audio() -> Audio:
    return Audio(array("f", [value for frame in FRAMES for value in frame]), 44100)


def test_samples_are_two_channels() -> None:
    """REN-10: samples are 32-bit floats of shape (2, frames), with and without numpy."""
    sound = audio()
    assert sound.samples.shape == (2, 4)
    assert sound.samples[0, 1] == -0.25
    assert sound.samples[1, 3] == -2.0
    as_array = np.asarray(sound)
    assert as_array.dtype == np.float32
    assert as_array.tolist() == [[0.0, -0.25, 0.125, 2.0], [0.5, 1.0, -1.0, -2.0]]


def test_measures() -> None:
    """REN-10: peak, RMS and duration are those of both channels."""
    sound = audio()
    assert sound.peak == 2.0
    assert sound.rms == pytest.approx(np.sqrt(np.mean(np.square(np.asarray(sound)))))
    assert sound.duration_s == pytest.approx(4 / 44100)
    assert len(sound) == 4


@pytest.mark.parametrize(("bits", "width", "one"), [(16, 2, 32767), (24, 3, 8388607)])
def test_pcm_files(bits: int, width: int, one: int) -> None:
    """REN-11: 16- and 24-bit files hold the samples, and clip what is too loud."""
    with wave.open(io.BytesIO(audio().wav(bits))) as file:  # pyright: ignore[reportArgumentType] -- the three depths, as parameters
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, width, 44100)
        data = file.readframes(10)
    read = [int.from_bytes(data[at : at + width], "little", signed=True) for at in range(0, len(data), width)]
    assert read[1] == round(one * 0.5)
    assert read[2] == round(one * -0.25)
    assert read[6:] == [one, -one]


def test_float_files() -> None:
    """REN-11: a float file holds every sample exactly, with the chunks that strict readers want."""
    data = audio().wav("32f")
    assert data[:4] == b"RIFF"
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    assert struct.unpack_from("<H", data, 20)[0] == 3
    at = data.index(b"fact")
    assert struct.unpack_from("<II", data, at + 4) == (4, 4)
    at = data.index(b"data")
    assert np.frombuffer(data[at + 8 :], "<f4").tolist() == [value for frame in FRAMES for value in frame]


def test_other_widths_are_refused() -> None:
    """REN-11: a number of bits that no file has is refused in words."""
    with pytest.raises(ValueError, match="16, 24 or '32f', not 12"):
        audio().wav(12)  # pyright: ignore[reportArgumentType] -- a depth that does not exist is the point


def test_empty_sound_is_refused() -> None:
    """REN-10: there is no sound without samples, nor with half a frame."""
    for samples in ([], [0.5], [0.1, 0.2, 0.3]):
        with pytest.raises(ValueError, match="even number"):
            Audio(array("f", samples), 44100)


def test_file_is_written(tmp_path: Path) -> None:
    """REN-11: `to_wav` writes what `wav` gives and tells where."""
    path = audio().to_wav(tmp_path / "a.wav", 24)
    assert path.read_bytes() == audio().wav(24)


def test_player_in_a_notebook() -> None:
    """REN-12: short sound shows a player in a notebook, long sound does not fill it."""
    shown = audio()._repr_html_()
    assert shown is not None
    assert "<audio controls" in shown
    assert Audio(array("f", bytes(4 * 2 * 61 * 8000)), 8000)._repr_html_() is None
