"""Reading lib0, the binary encoding under Yjs and y-protocols, from strangers.

Every reader takes the data and a position and gives back a value and the next position. A number longer
than nine bytes, or anything that reaches past the end, is `Malformed`: nothing here can be made to loop
or to allocate more than the message's own size.
"""

from __future__ import annotations

MAX_UINT = 2**53 - 1
"""The largest integer that JavaScript, and so Yjs, keeps exactly."""

_MAX_UINT_BYTES = 8
"""Bytes of a varint that holds MAX_UINT: seven bits each."""


class Malformed(ValueError):
    """Bytes that are not what they claim to be. `str()` names the reason, never content."""


def read_uint(data: bytes, at: int) -> tuple[int, int]:
    """One unsigned varint, at most `MAX_UINT`."""
    try:
        byte = data[at]
        if byte < 0x80:
            return byte, at + 1
        value, shift, end = byte & 0x7F, 7, at + _MAX_UINT_BYTES
        while (at := at + 1) < end:
            byte = data[at]
            if byte < 0x80:
                value |= byte << shift
                if value > MAX_UINT:
                    raise Malformed("number too large")
                return value, at + 1
            value |= (byte & 0x7F) << shift
            shift += 7
    except IndexError:
        raise Malformed("cut off in a number") from None
    raise Malformed("number too long")


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """A byte array with its length in front."""
    length, at = read_uint(data, at)
    end = at + length
    if end > len(data):
        raise Malformed("cut off in a byte array")
    return data[at:end], end


def read_string(data: bytes, at: int) -> tuple[str, int]:
    """A string in strict UTF-8 with its length in bytes in front; surrogates are refused."""
    raw, at = read_bytes(data, at)
    try:
        return raw.decode(), at
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None


def write_uint(value: int) -> bytes:
    """One unsigned varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_bytes(value: bytes) -> bytes:
    """A byte array with its length in front."""
    return write_uint(len(value)) + value
