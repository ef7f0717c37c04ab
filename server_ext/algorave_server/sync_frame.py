"""The binary frames of y-protocols' sync messages, as a session's WebSocket carries them. Pure."""

from __future__ import annotations

from algorave_server.lib0 import Malformed, read_bytes, write_bytes

SYNC, QUERY_AWARENESS = 0, 3
"""Kinds of messages; awareness is in `presence.py`."""
STEP_1, STEP_2, UPDATE = 0, 1, 2
"""Steps of a sync message: what I have, what you lack, an edit."""
EMPTY_UPDATE = b"\x00\x00"
"""An update that says nothing."""


def sync_frame(step: int, payload: bytes) -> bytes:
    """A sync message with a state vector (step 1) or an update."""
    return bytes([SYNC, step]) + write_bytes(payload)


def last_bytes(frame: bytes, at: int) -> bytes:
    """The byte array that a frame ends with, or `Malformed`."""
    payload, at = read_bytes(frame, at)
    if at != len(frame):
        raise Malformed("bytes after the message")
    return payload
