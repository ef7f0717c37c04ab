"""WebSocket frames (RFC 6455) as bytes: building those of a server, reading those of clients. No I/O.

Without extensions and with one piece of memory for each connection, so that a frame costs a few microseconds.
"""

from __future__ import annotations

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

_FINAL = 0x80
_RESERVED = 0x70
_MASKED = 0x80
_CONTROL = 0x8
_MAX_CONTROL_BYTES = 125
_SHORT_BYTES = 125
_SHORT_HEAD_BYTES = 6
"""Of a masked frame of at most so many bytes."""
_OPCODES = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})
_CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})
"""What a peer may say that it closes with."""
MAX_PIECES = 1_000
"""A message in more pieces is sent to keep us busy: pieces may be empty, and only messages are counted."""

Message = tuple[int, bytes]
"""(opcode, payload), unmasked and put together."""


class BadFrame(ValueError):
    """Bytes that are no frames of a client. `code` is what RFC 6455 has the connection closed with."""

    def __init__(self, reason: str, code: int = 1002) -> None:
        super().__init__(reason)
        self.code = code


def frame_of(opcode: int, payload: bytes) -> bytes:
    """A whole frame as servers send it, unmasked."""
    size = len(payload)
    if size < 126:
        return bytes((_FINAL | opcode, size)) + payload
    if size < 65_536:
        return bytes((_FINAL | opcode, 126)) + size.to_bytes(2) + payload
    return bytes((_FINAL | opcode, 127)) + size.to_bytes(8) + payload


class FrameReader:
    """Takes bytes as they come and gives back messages. Keeps at most one message of the largest size."""

    __slots__ = ("_at", "_buffer", "_max_message_bytes", "_opcode", "_parts", "_pieces", "frames_read")

    def __init__(self, max_message_bytes: int) -> None:
        self._max_message_bytes = max_message_bytes
        self._buffer = bytearray()
        self._at = 0
        self._opcode = CONTINUATION
        """Of the fragmented message that is being put together; none is when this is CONTINUATION."""
        self._parts = bytearray()
        self._pieces = 0
        self.frames_read = 0
        """How many `next` has taken, pieces of messages among them."""

    def short(self, data: bytes, most: int) -> list[tuple[bytes, int]]:
        """The short binary messages that bytes begin with, so many at most, each with where it ends.

        None of them when something waits to be read before. What is behind the last has to be fed.
        """
        if self._buffer or self._opcode != CONTINUATION or self._max_message_bytes < _SHORT_BYTES:
            return []
        found: list[tuple[bytes, int]] = []
        at, length = 0, len(data)
        while at + _SHORT_HEAD_BYTES <= length and data[at] == _FINAL | BINARY and len(found) < most:
            size = data[at + 1] - _MASKED
            end = at + _SHORT_HEAD_BYTES + size
            if not 0 <= size <= _SHORT_BYTES or end > length:
                break
            found.append((_unmasked(data[at + 2 : at + 6], data[at + 6 : end]), end))
            at = end
        return found

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Take in bytes; `next` says what they are."""
        self._buffer += data

    def next(self) -> Message | None:
        """The next whole message; None when more bytes are needed. Raises `BadFrame`, and is done then."""
        while (frame := self._next_frame()) is not None:
            is_final, opcode, payload = frame
            if is_final and opcode != CONTINUATION and (opcode & _CONTROL or self._opcode == CONTINUATION):
                if opcode == CLOSE:
                    _check_close(payload)
                return opcode, payload
            message = self._put_together(is_final, opcode, payload)
            if message is not None:
                return message
        self._forget_read()
        return None

    def _next_frame(self) -> tuple[bool, int, bytes] | None:
        buffer, at = self._buffer, self._at
        if len(buffer) - at < 2:
            return None
        first, second = buffer[at], buffer[at + 1]
        opcode, size = first & 0x0F, second & 0x7F
        if first & _RESERVED or opcode not in _OPCODES or not second & _MASKED:
            raise BadFrame("a frame of no kind that is agreed on")
        if opcode & _CONTROL and (size > _MAX_CONTROL_BYTES or not first & _FINAL):
            raise BadFrame("a control frame that is too long, or in pieces")
        mask_at = at + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(buffer) - mask_at < width:
                return None
            size = int.from_bytes(buffer[mask_at : mask_at + width])
            mask_at += width
        if size + len(self._parts) > self._max_message_bytes and not opcode & _CONTROL:
            raise BadFrame("message too big", 1009)
        end = mask_at + 4 + size
        if len(buffer) < end:
            return None
        self._at = end
        self.frames_read += 1
        payload = _unmasked(buffer[mask_at : mask_at + 4], buffer[mask_at + 4 : end])
        return first & _FINAL != 0, opcode, payload

    def _put_together(self, is_final: bool, opcode: int, payload: bytes) -> Message | None:
        """One piece of a message that comes in several."""
        if (opcode == CONTINUATION) == (self._opcode == CONTINUATION):
            raise BadFrame("the pieces of two messages are mixed up")
        if opcode != CONTINUATION:
            self._opcode = opcode
        self._pieces += 1
        if self._pieces > MAX_PIECES:
            raise BadFrame("a message in too many pieces", 1008)
        self._parts += payload
        if not is_final:
            return None
        message = self._opcode, bytes(self._parts)
        self._opcode = CONTINUATION
        self._parts.clear()
        self._pieces = 0
        return message

    def _forget_read(self) -> None:
        if self._at:
            del self._buffer[: self._at]
            self._at = 0


def _check_close(payload: bytes) -> None:
    """The payload of a close frame is nothing, or a code and a reason in UTF-8."""
    if payload and (len(payload) == 1 or int.from_bytes(payload[:2]) not in _CLOSE_CODES):
        raise BadFrame("closed with a code that means nothing")
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        raise BadFrame("closed with a reason that is no text", 1007) from None


def _unmasked(mask: bytearray | bytes, data: bytearray | bytes) -> bytes:
    """XOR with the mask over and over, as one operation on large integers."""
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data) ^ int.from_bytes(key)).to_bytes(size)
