"""Our reader of WebSockets on real sockets, beside tornado's own: the same bytes to both."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partialmethod
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import (
    WebSocketProtocol,
    WebSocketProtocol13,
    websocket_connect,
)

from algorave_server.taken_protocol import TakenHandler, TakenProtocol
from algorave_server.taken_socket import TakenSocket
from algorave_server.websocket_frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    BadFrame,
    FrameReader,
)

from .test_websocket_frames import client_frame

# Deprecated in favour of a hook for whole folders; this is one file.
pytestmark = pytest.mark.filterwarnings("ignore:Overriding the .event_loop_policy")
LOOPS = [asyncio.DefaultEventLoopPolicy]
if find_spec("uvloop") is not None:
    import uvloop

    LOOPS.append(uvloop.EventLoopPolicy)

LIMIT = 5_000
SEEDS = range(60)
UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Tornados(TakenHandler):
    """Keeps what it is told, on tornado's own reader."""

    def initialize(self, bench: Bench) -> None:
        """What it was told goes to the bench."""
        self.bench = bench

    @property
    def max_message_size(self) -> int:
        """Bytes."""
        return LIMIT

    def open(self, *args: str, **kwargs: str) -> None:
        """Greet before the reader begins."""
        self.bench.wires.append(self)
        self.bench.opened.set()
        self.write_message("hello")

    def on_message(self, message: str | bytes) -> Any:
        """Keep it; after the word "wait" nothing more for now."""
        self.bench.heard.append(message)
        self.bench.news.set()
        return self.bench.may_go_on.wait() if message == "wait" else None

    def on_close(self) -> None:
        """The end."""
        self.bench.heard.append("closed")
        self.bench.closed.set()


class Ours(Tornados):
    """The same on our reader."""

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Ours in place of tornado's."""
        theirs = super().get_websocket_protocol()
        assert isinstance(theirs, WebSocketProtocol13)
        return TakenProtocol(self, False, theirs.params)


class Bench:
    """A server with both readers."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.wires: list[Any] = []
        self.opened, self.closed = asyncio.Event(), asyncio.Event()
        self.news, self.may_go_on = asyncio.Event(), asyncio.Event()
        given = {"bench": self}
        self.server = HTTPServer(Application([("/ours", Ours, given), ("/theirs", Tornados, given)]))
        [bound] = bind_sockets(0, "127.0.0.1", socket.AF_INET)
        self.server.add_socket(bound)
        self.port: int = bound.getsockname()[1]

    async def connect(self, path: str, right_behind: bytes = b"") -> Raw:
        """A raw connection after the upgrade; `right_behind` travels together with the request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        writer.write(UPGRADE.format(path=path, host=f"127.0.0.1:{self.port}").encode() + right_behind)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head
        return Raw(reader, writer)

    async def until_heard(self, count: int) -> None:
        """Until so much was heard."""
        while len(self.heard) < count:
            self.news.clear()
            await self.news.wait()

    async def outcome(self, path: str, pieces: list[bytes]) -> list[Any]:
        """What a handler heard of bytes that were sent in pieces, until the connection ended."""
        self.heard.clear()
        self.closed.clear()
        raw = await self.connect(path)
        with suppress(OSError):  # thrown out already
            for piece in pieces:
                raw.writer.write(piece)
                await raw.writer.drain()
                await asyncio.sleep(0)
            raw.writer.write_eof()
        await raw.rest()
        await self.closed.wait()
        return list(self.heard)


class Raw:
    """A socket without any protocol."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def frame(self) -> tuple[int, bytes]:
        """One small frame of the server's."""
        first, size = await self.reader.readexactly(2)
        return first & 0x0F, await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """All that still comes."""
        data = b""
        with suppress(ConnectionError):
            while piece := await self.reader.read(65_536):
                data += piece
        self.writer.close()
        return data


@pytest.fixture(params=LOOPS)
def event_loop_policy(request: pytest.FixtureRequest) -> Any:
    """Python's event loop, and libuv's where it is."""
    return request.param()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Both readers, for one test."""
    made = Bench()
    yield made
    made.server.stop()
    await made.server.close_all_connections()


def _conversation(dice: random.Random) -> bytes:
    """Frames as a client sends them, some of them in pieces."""
    sent = b""
    for _ in range(dice.randint(1, 12)):
        body = dice.randbytes(dice.choice([0, 1, 5, 125, 126, 700, LIMIT]))
        text = json.dumps({"said": dice.random()}).encode()
        kind = dice.randrange(5)
        if kind == 0:
            sent += client_frame(BINARY, body)
        elif kind == 1:
            sent += client_frame(TEXT, text)
        elif kind == 2:
            sent += client_frame(dice.choice([PING, PONG]), body[:125])
        else:
            cut = dice.randint(0, len(body))
            sent += client_frame(BINARY, body[:cut], final=False)
            sent += client_frame(PING, b"") * dice.randint(0, 2)
            sent += client_frame(CONTINUATION, body[cut:])
    return sent


def _cut(dice: random.Random, data: bytes) -> list[bytes]:
    edges = sorted({0, len(data), *(dice.randint(0, len(data)) for _ in range(dice.randint(0, 8)))})
    return [data[begin:end] for begin, end in pairwise(edges)]


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_same_as_tornados(bench: Bench, seed: int) -> None:
    """FRAME-5: what clients say is heard as tornado's own reader hears it, wherever the bytes are cut."""
    dice = random.Random(seed)
    pieces = _cut(dice, _conversation(dice))
    assert await bench.outcome("/ours", pieces) == await bench.outcome("/theirs", pieces)


@pytest.mark.parametrize("seed", SEEDS)
async def test_broken_bytes(bench: Bench, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """FRAME-5: of broken bytes nothing is heard that tornado's reader would not hear, the connection ends, no fault is
    logged, and others are served on."""
    dice = random.Random(seed)
    data = bytearray(_conversation(dice))
    for _ in range(dice.randint(1, 4)):
        data[dice.randrange(min(len(data), 400))] ^= 1 << dice.randrange(8)
    pieces = _cut(dice, bytes(data))
    with caplog.at_level(logging.ERROR):
        ours = await bench.outcome("/ours", pieces)
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    theirs = await bench.outcome("/theirs", pieces)
    said = [each for each in ours if each != "closed"]
    assert said == theirs[: len(said)]
    assert await bench.outcome("/ours", [client_frame(TEXT, b"still here")]) == ["still here", "closed"]


@pytest.mark.parametrize("payload", [b"\x03", b"\x03\xed", b"\x00\x00", b"\xff\xff", b"\x03\xe8\xff\xfe"])
async def test_closing_with_nonsense(bench: Bench, payload: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """FRAME-3: a close frame whose code or reason is none is answered with a code that is one, and logged nowhere."""
    raw = await bench.connect("/ours", client_frame(CLOSE, payload))
    assert await raw.frame() == (TEXT, b"hello")
    opcode, answer = await raw.frame()
    assert (opcode, int.from_bytes(answer[:2])) == (CLOSE, 1007 if len(payload) > 2 else 1002)
    await raw.rest()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_closing_well(bench: Bench) -> None:
    """FRAME-3: a close frame with a code of the application's is answered with the same code."""
    raw = await bench.connect("/ours", client_frame(CLOSE, (4_000).to_bytes(2) + "adé".encode()))
    assert [await raw.frame(), await raw.frame()] == [(TEXT, b"hello"), (CLOSE, (4_000).to_bytes(2))]
    assert await raw.rest() == b""


async def test_bytes_behind_the_request(bench: Bench) -> None:
    """FRAME-5: frames that travel together with the request are heard, before those that come later."""
    raw = await bench.connect("/ours", client_frame(TEXT, b"first") + client_frame(TEXT, b"second")[:4])
    await bench.until_heard(1)
    assert bench.heard == ["first"]
    raw.writer.write_eof()
    await raw.rest()


async def test_pongs_nobody_reads(bench: Bench) -> None:
    """FRAME-6: who pings and does not read makes nothing pile up here; who reads hears an answer to the last ping."""
    raw = await bench.connect("/ours")
    await raw.frame()
    raw.writer.transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue] -- any transport of a socket can
    flood = client_frame(PING, b"x" * 125) * 500
    [wire] = bench.wires
    taken = wire.ws_connection.stream
    for _ in range(200):  # 13 MB
        raw.writer.write(flood)
        await raw.writer.drain()
        assert taken.waiting_bytes() < 1_000
    raw.writer.write(client_frame(PING, b"last"))
    raw.writer.transport.resume_reading()  # pyright: ignore[reportAttributeAccessIssue] -- see above
    frame = await raw.frame()
    while frame != (PONG, b"last"):
        frame = await raw.frame()
    raw.writer.close()


async def test_words_while_the_socket_changes_hands(bench: Bench) -> None:
    """FRAME-7: what is sent while the socket is taken over is neither lost nor overtaken."""
    said = [str(number) for number in range(20)]
    raw = asyncio.create_task(bench.connect("/ours"))
    await bench.opened.wait()
    for word in said:
        await bench.wires[0].write_message(word)
        await asyncio.sleep(0)
    connection = await raw
    heard = [await connection.frame() for _ in range(21)]
    assert [payload.decode() for _, payload in heard] == ["hello", *said]
    connection.writer.close()


@pytest.mark.parametrize("path", ["ours", "theirs"])
async def test_tornados_client(bench: Bench, path: str) -> None:
    """FRAME-5: tornado's client talks with our reader as with tornado's, up to the largest message and not beyond."""
    client = await websocket_connect(f"ws://127.0.0.1:{bench.port}/{path}")
    assert await client.read_message() == "hello"
    for message in ("words", b"x" * LIMIT):
        await client.write_message(message, binary=isinstance(message, bytes))
    await client.write_message(b"x" * (LIMIT + 1), binary=True)
    assert await client.read_message() is None
    assert bench.heard == ["words", b"x" * LIMIT, "closed"]


@pytest.mark.parametrize("is_behind", [True, False], ids=["behind the request", "later"])
async def test_who_waits_is_read_no_further(bench: Bench, is_behind: bool) -> None:
    """FRAME-9: while a message is waited for the socket is not read, so that its peer waits too; nothing is lost of
    what was sent, not even when the peer sends no more."""
    wait = client_frame(TEXT, b"wait")
    raw = await bench.connect("/ours", wait if is_behind else b"")
    if not is_behind:
        raw.writer.write(wait)
    await bench.until_heard(1)
    much = client_frame(BINARY, b"x" * LIMIT)
    raw.writer.write(much * 4_000)  # 20 MB, more than two sockets hold
    raw.writer.write_eof()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(raw.writer.drain(), 0.5)
    assert bench.heard == ["wait"]
    bench.may_go_on.set()
    await bench.closed.wait()
    assert len(bench.heard) == 4_002
    raw.writer.close()


class Pausing(asyncio.Transport):
    """A socket that is open and can be told to wait."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is written."""

    def is_closing(self) -> bool:
        """Never."""
        return False

    def pause_reading(self) -> None:
        """Nothing more comes."""

    def resume_reading(self) -> None:
        """Nothing more comes."""


class Listener:
    """Keeps the messages of a socket."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.begin = self.end = lambda: None

    def take(self, opcode: int, payload: bytes) -> None:
        """Keep it."""
        self.messages.append(payload)

    take_binary = partialmethod(take, BINARY)

    def refuse(self, bad: BadFrame) -> None:
        """Nothing here is bad."""
        raise AssertionError(bad)


async def test_pieces_without_end() -> None:
    """FRAME-9: of messages in many empty pieces that were read at once only a few are taken in one turn of the loop."""
    first, more = client_frame(BINARY, b"", final=False), client_frame(CONTINUATION, b"", final=False)
    message = first + more * 900 + client_frame(CONTINUATION, b"")
    listener = Listener()
    taken = TakenSocket(listener, FrameReader(LIMIT), b"", None)
    taken.connection_made(Pausing())
    taken.data_received(message * 40)  # 216 kB
    assert len(listener.messages) <= 3
    while len(listener.messages) < 40:
        before = len(listener.messages)
        await asyncio.sleep(0)
        assert len(listener.messages) <= before + 3
