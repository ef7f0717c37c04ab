"""A WebSocket whose socket the event loop serves directly, once tornado has answered the upgrade.

Tornado reads a frame in four steps with a future for each, and makes a future for each frame and receiver,
which is most of what a session costs. Here whole frames are taken out of what one system call read, and ready
bytes are written at once. Closing, pings and pongs stay tornado's. Over TLS, which lives in tornado's stream,
everything is tornado's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol, cast

from tornado.iostream import StreamClosedError

from algorave_server.websocket_frames import BINARY, BadFrame, FrameReader

READ_BYTES = 65_536
"""After so many bytes of one connection it is the others' turn; libuv would go on reading."""
FRAMES_A_TURN = 100
"""After so many messages of one connection it is the others' turn, and after so many pieces of messages."""
PIECES_A_TURN = 1_000


class Owner(Protocol):
    """Who is given the messages of a socket."""

    def begin(self) -> None:
        """Messages may come that were read together."""
        ...

    def end(self) -> None:
        """No more of those."""
        ...

    def take(self, opcode: int, payload: bytes) -> Awaitable[Any] | None:
        """One message; gives back what has to be waited for before the next one."""
        ...

    def take_binary(self, payload: bytes) -> Awaitable[Any] | None:
        """The same for a binary message."""
        ...

    def refuse(self, bad: BadFrame) -> None:
        """The peer does not speak the protocol."""
        ...


class TakenSocket:
    """A connected socket: an `asyncio.Protocol` that has what tornado's WebSocket wants of a stream.

    No subclass of anything, so that it can be compiled.
    """

    def __init__(self, owner: Owner, reader: FrameReader, already_read: bytes, io_loop: Any) -> None:
        self.io_loop = io_loop
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the socket is closed."""
        self._owner = owner
        self._reader = reader
        self._transport: asyncio.Transport | None = None
        self._is_waiting = False
        self._early: list[bytes] | None = []
        """What is to be written as soon as the socket is ours; None from then on."""
        self._drained: asyncio.Future[None] | None = None
        """Done when the peer has taken what was written; None while nothing waits."""
        reader.feed(already_read)

    # -- what asyncio calls ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is ours."""
        self._transport = cast(asyncio.Transport, transport)
        # So that we hear of every write that waits. Who reads too slowly for too long is the hub's affair.
        self._transport.set_write_buffer_limits(high=0)
        early, self._early = self._early or [], None
        for data in early:
            self._transport.write(data)
        # In a moment, when the socket is being read: what has to wait pauses that, which does nothing before.
        asyncio.get_running_loop().call_soon(self._take_messages)

    def data_received(self, data: bytes) -> None:
        """So much was read. Mostly it is short messages and nothing else."""
        short = [] if self._is_waiting else self._reader.short(data, FRAMES_A_TURN)
        at = self._take_short(short) if short else 0
        nbytes = len(data)
        if at < nbytes:
            self._reader.feed(data[at:])
            if self._is_waiting:
                return
            if len(short) < FRAMES_A_TURN:
                self._take_messages()
            else:
                self._wait_for(asyncio.sleep(0))
        if nbytes >= READ_BYTES and not self._is_waiting:
            self._wait_for(asyncio.sleep(0))

    def eof_received(self) -> None:
        """The peer sends no more, so the socket is closed."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The socket is closed."""
        self._transport = self._early = None
        if self._drained is not None:
            self._drained.set_exception(StreamClosedError())
            self._drained.exception()  # has been looked at: nobody has to
        if not self.gone.done():
            self.gone.set_result(None)

    def pause_writing(self) -> None:
        """Something has to wait until the peer reads."""
        self._drained = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """The peer has taken everything."""
        drained, self._drained = self._drained, None
        if drained is not None:
            drained.set_result(None)

    # -- what tornado calls -------------------------------------------------------------------------------

    def write(self, data: bytes) -> asyncio.Future[None]:
        """Write now, or as soon as the peer reads: done then. Raises StreamClosedError when it is closed."""
        if self.closed():
            raise StreamClosedError
        self.write_soon(data)
        if self._drained is not None:
            return self._drained
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        written.set_result(None)
        return written

    def write_soon(self, data: bytes) -> int:
        """Like `write`, for those who do not ask when: gives how much the peer has not taken yet.

        What is written to a closed socket is gone.
        """
        transport = self._transport
        if transport is None:
            if self._early is not None:
                self._early.append(data)
        elif not transport.is_closing():
            transport.write(data)
            if self._drained is None:
                return 0
        return self.waiting_bytes()

    def waiting_bytes(self) -> int:
        """What the peer has not taken yet."""
        if self._early is not None:
            return sum(map(len, self._early))
        if self._drained is None or self._transport is None:
            return 0
        return self._transport.get_write_buffer_size()

    def closed(self) -> bool:
        """Whether nothing can be written any more."""
        if self._early is not None:
            return False
        return self._transport is None or self._transport.is_closing()

    def close(self) -> None:
        """Close the socket, after what still waits to be written when the peer takes it soon."""
        if self._transport is None:
            return
        if self.waiting_bytes():
            self._transport.abort()
        else:
            self._transport.close()

    # -- messages -----------------------------------------------------------------------------------------

    def _take_messages(self) -> None:
        if self._is_waiting:
            return
        self._owner.begin()
        enough = self._reader.frames_read + PIECES_A_TURN
        try:
            for _ in range(FRAMES_A_TURN):
                message = None if self.closed() else self._reader.next()
                if message is None or not self._take(*message):
                    return
                if self._reader.frames_read > enough:
                    break
        except BadFrame as bad:
            self._owner.refuse(bad)
            return
        finally:
            self._owner.end()
        self._wait_for(asyncio.sleep(0))

    def _take_short(self, short: list[tuple[bytes, int]]) -> int:
        """Take short messages that came together; gives where those end that were taken."""
        if len(short) == 1:
            payload, end = short[0]
            self._goes_on(self._owner.take_binary(payload))
            return end
        self._owner.begin()
        try:
            for payload, end in short:
                if not self._goes_on(self._owner.take_binary(payload)) or self.closed():
                    return end
        finally:
            self._owner.end()
        return short[-1][1]

    def _take(self, opcode: int, payload: bytes) -> bool:
        """Take one message; False when others have to wait until it is done."""
        if opcode == BINARY:
            return self._goes_on(self._owner.take_binary(payload))
        return self._goes_on(self._owner.take(opcode, payload))

    def _goes_on(self, handled: Awaitable[Any] | None) -> bool:
        if handled is None:
            return True
        self._wait_for(handled)
        return False

    def _wait_for(self, handled: Awaitable[Any]) -> None:
        """Read nothing more until this is done, so that the peer is slowed down."""
        if self._transport is None:
            return
        self._is_waiting = True
        self._transport.pause_reading()
        asyncio.ensure_future(handled).add_done_callback(self._go_on)

    def _go_on(self, _: asyncio.Future[Any]) -> None:
        self._is_waiting = False
        if not self.closed() and self._transport is not None:
            self._transport.resume_reading()
            self._take_messages()
