"""WAV files from float samples: 16 or 24 bits, or 32-bit floats."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable
from typing import Literal

Bits = Literal[16, 24, "32f"]

PCM = 1
FLOAT = 3


def encode_wav(interleaved: array[float], channels: int, sample_rate: int, bits: Bits = 16) -> bytes:
    """Give the bytes of a WAV file; PCM clips what is beyond -1…1. Raises ValueError for other bits."""
    if bits == 16:
        data, width, code = _pcm16(interleaved), 2, PCM
    elif bits == 24:
        data, width, code = _pcm24(interleaved), 3, PCM
    elif bits == "32f":
        data, width, code = _little_endian(array("f", interleaved)), 4, FLOAT
    else:
        raise ValueError(f"bits is 16, 24 or '32f', not {bits!r}")
    frame = width * channels
    form = struct.pack("<HHIIHH", code, channels, sample_rate, sample_rate * frame, frame, width * 8)
    # Floats need the longer header: programs that are strict look for it.
    fact = b"" if code == PCM else b"fact" + struct.pack("<II", 4, len(interleaved) // channels)
    form = form if code == PCM else form + struct.pack("<H", 0)
    pad = b"\0" * (len(data) % 2)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + fact
    body += b"data" + struct.pack("<I", len(data)) + data + pad
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _clipped(samples: Iterable[float], top: int) -> Iterable[int]:
    return (round(top * max(-1.0, min(1.0, value))) for value in samples)


def _pcm16(samples: array[float]) -> bytes:
    return _little_endian(array("h", _clipped(samples, 32767)))


def _pcm24(samples: array[float]) -> bytes:
    words = _little_endian(array("i", _clipped(samples, 8388607)))
    packed = bytearray(len(samples) * 3)
    for place in range(3):
        packed[place::3] = words[place::4]
    return bytes(packed)


def _little_endian(values: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()
