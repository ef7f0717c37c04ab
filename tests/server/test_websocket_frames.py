"""Reading the frames of clients: the cases of RFC 6455 that have to do with framing, at every cut of the bytes."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterable
from contextlib import suppress
from itertools import pairwise, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_server.websocket_frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    MAX_PIECES,
    PING,
    PONG,
    TEXT,
    BadFrame,
    FrameReader,
    Message,
    frame_of,
)

LIMIT = 70_000
SIZES = (0, 1, 3, 4, 5, 124, 125, 126, 127, 128, 65_535, 65_536, LIMIT)


def client_frame(opcode: int, payload: bytes, *, final: bool = True, mask: bytes | None = None) -> bytes:
    """A frame as a client sends it."""
    mask = mask or os.urandom(4)
    size = len(payload)
    head = bytes([(0x80 if final else 0) | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += bytes([0xFE]) + size.to_bytes(2)
    else:
        head += bytes([0xFF]) + size.to_bytes(8)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def read(pieces: Iterable[bytes]) -> list[Message]:
    """All messages, asked for after each piece."""
    reader = FrameReader(LIMIT)
    found: list[Message] = []
    for piece in pieces:
        reader.feed(piece)
        while (message := reader.next()) is not None:
            found.append(message)
    return found


@pytest.mark.parametrize("size", SIZES)
def test_every_size(size: int) -> None:
    """FRAME-1: a message of any size up to the limit is read, in one piece or byte by byte."""
    payload = os.urandom(size)
    data = client_frame(BINARY, payload)
    assert read([data]) == [(BINARY, payload)]
    assert read(data[at : at + 1] for at in range(len(data))) == [(BINARY, payload)]


@given(
    st.lists(st.tuples(st.sampled_from([TEXT, BINARY, PING, PONG]), st.binary(max_size=125)), max_size=8),
    st.lists(st.integers(0, 1_200), max_size=6),
)
def test_wherever_the_bytes_are_cut(messages: list[Message], cuts: list[int]) -> None:
    """FRAME-1: the same messages come out, wherever the network cut the bytes."""
    data = b"".join(client_frame(opcode, payload) for opcode, payload in messages)
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    assert read(data[begin:end] for begin, end in pairwise(edges)) == messages


@given(
    st.lists(st.tuples(st.sampled_from([TEXT, BINARY]), st.binary(max_size=130)), max_size=6),
    st.integers(0, 900),
    st.integers(1, 6),
)
def test_short_messages_are_read_at_once(messages: list[Message], end: int, most: int) -> None:
    """FRAME-1: short binary messages at the beginning come out at once, and what is behind them as ever."""
    data = b"".join(client_frame(opcode, payload) for opcode, payload in messages)[:end]
    reader = FrameReader(LIMIT)
    short = reader.short(data, most)
    reader.feed(data[short[-1][1] if short else 0 :])
    rest: list[Message] = []
    while (message := reader.next()) is not None:
        rest.append(message)
    assert [(BINARY, payload) for payload, _ in short] + rest == read([data])
    leading = takewhile(lambda each: each[0] == BINARY and len(each[1]) < 126, read([data]))
    assert len(short) == min(most, len(list(leading)))


def test_nothing_overtakes_what_waits() -> None:
    """FRAME-1: short messages behind a piece of another are not read before it."""
    reader = FrameReader(LIMIT)
    reader.feed(client_frame(BINARY, b"first")[:4])
    assert reader.short(client_frame(BINARY, b"second"), 9) == []


def test_a_message_in_pieces() -> None:
    """FRAME-2: pieces are put together, and a ping between them is answered before the message is whole."""
    data = [
        client_frame(TEXT, b"al", final=False),
        client_frame(CONTINUATION, b"", final=False),
        client_frame(PING, b"?"),
        client_frame(CONTINUATION, b"go"),
        client_frame(BINARY, b"next"),
    ]
    assert read(data) == [(PING, b"?"), (TEXT, b"algo"), (BINARY, b"next")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(bytes([0xC2, 0x80]), 1002, id="compression that nobody agreed on"),
        pytest.param(bytes([0x83, 0x80]), 1002, id="an opcode of the future"),
        pytest.param(bytes([0x8B, 0x80]), 1002, id="a control opcode of the future"),
        pytest.param(frame_of(BINARY, b"x"), 1002, id="not masked"),
        pytest.param(client_frame(PING, b"x" * 126), 1002, id="a long ping"),
        pytest.param(client_frame(CLOSE, b"", final=False), 1002, id="a close in pieces"),
        pytest.param(client_frame(CONTINUATION, b"x"), 1002, id="a piece of nothing"),
        pytest.param(
            client_frame(TEXT, b"a", final=False) + client_frame(TEXT, b"b"), 1002, id="another one begins"
        ),
        pytest.param(client_frame(BINARY, b"x" * (LIMIT + 1)), 1009, id="too large"),
        pytest.param(
            client_frame(TEXT, b"x" * LIMIT, final=False) + client_frame(CONTINUATION, b"x"),
            1009,
            id="too large in pieces",
        ),
        pytest.param(bytes([0x82, 0xFF]) + (2**63).to_bytes(8), 1009, id="larger than any memory"),
    ],
)
def test_what_is_no_frame(data: bytes, code: int) -> None:
    """FRAME-3: what RFC 6455 does not allow is refused with its code, in one piece or byte by byte."""
    for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
        with pytest.raises(BadFrame) as caught:
            read(pieces)
        assert caught.value.code == code


def test_too_big_is_known_before_it_is_sent() -> None:
    """FRAME-3: a frame that says it is too big is refused by its head, before its body takes memory."""
    head = client_frame(BINARY, b"x" * (LIMIT + 1))[:10]
    with pytest.raises(BadFrame):
        read([head])


def test_what_was_read_is_forgotten() -> None:
    """FRAME-3: a connection that always sends the next frame's beginning with the last one's end takes no memory."""
    data = client_frame(BINARY, b"x" * 50_000)
    reader = FrameReader(LIMIT)
    reader.feed(data[:5])
    tracemalloc.start()
    try:
        for _ in range(100):
            reader.feed(data[5:] + data[:5])
            assert reader.next() == (BINARY, b"x" * 50_000)
            assert reader.next() is None
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()


def test_too_many_pieces() -> None:
    """FRAME-3: a message in a thousand pieces is read, one of more is refused, and each message counts anew."""
    piece = client_frame(CONTINUATION, b"", final=False)
    begin, end = client_frame(TEXT, b"a", final=False), client_frame(CONTINUATION, b"b")
    whole = begin + piece * (MAX_PIECES - 2) + end
    assert read([whole, whole]) == [(TEXT, b"ab")] * 2
    with pytest.raises(BadFrame) as caught:
        read([begin + piece * MAX_PIECES])
    assert caught.value.code == 1008


@given(st.binary(max_size=300))
def test_noise(data: bytes) -> None:
    """FRAME-3: whatever comes is read as messages or refused."""
    with suppress(BadFrame):
        assert len(b"".join(payload for _, payload in read([data]))) <= len(data)


@pytest.mark.parametrize("size", SIZES)
def test_what_servers_send(size: int) -> None:
    """FRAME-4: a server's frame is not masked, and its length is said in as few bytes as can be."""
    payload = os.urandom(size)
    frame = frame_of(BINARY, payload)
    head = 2 if size < 126 else 4 if size < 65_536 else 10
    assert len(frame) == head + size
    assert frame[0] == 0x82
    assert frame[head:] == payload
