"""A WebSocket whose socket the event loop serves directly, once tornado has answered the upgrade.

Tornado reads a frame in four steps with a future for each, and makes a future for each frame and receiver,
which is most of what a session costs. Here whole frames are taken out of what one system call read, and ready
bytes are written at once. Closing, pings and pongs stay tornado's. Over TLS, which lives in tornado's stream,
everything is tornado's.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from typing import Any, cast

from tornado.concurrent import Future
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from algorave_server.websocket_frames import BINARY, PING, BadFrame, FrameReader

READ_BYTES = 65_536
FRAMES_A_TURN = 100
"""After so many frames of one connection it is the others' turn."""

_inbox = memoryview(bytearray(READ_BYTES))
"""What was read last. One for all connections: on the event loop, and emptied before the next one reads."""


class TakenSocket(asyncio.BufferedProtocol):
    """A connected socket. Has what tornado's WebSocket wants of a stream."""

    def __init__(self, owner: TakenProtocol, reader: FrameReader, already_read: bytes) -> None:
        self.io_loop = IOLoop.current()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the socket is closed."""
        self._owner = owner
        self._reader = reader
        self._transport: asyncio.Transport | None = None
        self._is_waiting = False
        self._early: list[bytes] | None = []
        """What is to be written as soon as the socket is ours; None from then on."""
        self._drained: Future[None] | None = None
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
        self._take_messages()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Where to read to."""
        return _inbox

    def buffer_updated(self, nbytes: int) -> None:
        """So much was read. Mostly it is short messages and nothing else."""
        read = bytes(_inbox[:nbytes])
        short = [] if self._is_waiting else self._reader.short(read, FRAMES_A_TURN)
        at = self._take_short(short) if short else 0
        if at < nbytes:
            self._reader.feed(read[at:])
            if self._is_waiting:
                return
            if len(short) < FRAMES_A_TURN:
                self._take_messages()
            else:
                self._wait_for(asyncio.sleep(0))

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
        self._drained = Future()

    def resume_writing(self) -> None:
        """The peer has taken everything."""
        drained, self._drained = self._drained, None
        if drained is not None:
            drained.set_result(None)

    # -- what tornado calls -------------------------------------------------------------------------------

    def write(self, data: bytes) -> Future[None]:
        """Write now, or as soon as the peer reads: done then. Raises StreamClosedError when it is closed."""
        if self.closed():
            raise StreamClosedError
        self.write_soon(data)
        if self._drained is not None:
            return self._drained
        written: Future[None] = Future()
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
        self._owner.begin()
        try:
            for _ in range(FRAMES_A_TURN):
                message = None if self.closed() else self._reader.next()
                if message is None or not self._take(*message):
                    return
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
            self._take(BINARY, payload)
            return end
        self._owner.begin()
        try:
            for payload, end in short:
                if not self._take(BINARY, payload) or self.closed():
                    return end
        finally:
            self._owner.end()
        return short[-1][1]

    def _take(self, opcode: int, payload: bytes) -> bool:
        """Take one message; False when others have to wait until it is done."""
        handled = self._owner.take(opcode, payload)
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


class TakenHandler(WebSocketHandler):
    """Is told which messages were read together."""

    def on_messages_begin(self) -> None:
        """Several messages may come now."""

    def on_messages_end(self) -> None:
        """No more for the moment."""


class TakenProtocol(WebSocketProtocol13):
    """Tornado's protocol over a `TakenSocket`, where that is possible."""

    handler: TakenHandler

    async def _receive_frame_loop(self) -> None:
        """Called by tornado after the upgrade; ends when the connection does."""
        if type(self.stream) is not IOStream:
            await super()._receive_frame_loop()
            return
        try:
            taken = await self._take_over(self.stream)
            await taken.gone
        except StreamClosedError:
            pass
        finally:
            self._abort()
            self.handler.on_ws_connection_close(self.close_code, self.close_reason)

    async def _take_over(self, stream: IOStream) -> TakenSocket:
        while stream.writing():
            await stream.write(b"")
        # What came right behind the request is in tornado's buffer; a read that finds nothing is left alone.
        reading = cast("Future[bytes]", stream.read_bytes(READ_BYTES, partial=True))
        if stream.socket is None:
            raise StreamClosedError
        stream.io_loop.remove_handler(stream.socket)
        already_read = reading.result() if reading.done() else b""
        taken = TakenSocket(self, FrameReader(self.params.max_message_size), already_read)
        self.stream = cast(IOStream, taken)
        await asyncio.get_running_loop().connect_accepted_socket(lambda: taken, stream.socket)
        return taken

    def begin(self) -> None:
        """Messages may come that were read together."""
        self.handler.on_messages_begin()

    def end(self) -> None:
        """No more of those."""
        self.handler.on_messages_end()

    def take(self, opcode: int, payload: bytes) -> Awaitable[Any] | None:
        """One message; gives back what has to be waited for before the next one."""
        if opcode == BINARY and not self.client_terminated:
            return self._take_binary(payload)
        if opcode == PING and not self.client_terminated:
            # Tornado waits for no ping, so that many of them would be a way around all limits.
            self._send_pong(payload)
            return self._run_callback(self.handler.on_ping, payload)
        return self._handle_message(opcode, payload)

    def _take_binary(self, payload: bytes) -> Awaitable[Any] | None:
        """Tornado's way of calling the handler, without its cost where there is nothing to wait for."""
        try:
            handled = self.handler.on_message(payload)
        except Exception:  # noqa: BLE001 - as tornado does: a fault is logged and closes the connection
            self.handler.log_exception(*sys.exc_info())
            self._abort()
            return None
        return None if handled is None else self._run_callback(lambda: handled)

    def refuse(self, bad: BadFrame) -> None:
        """The peer does not speak the protocol."""
        self.close(bad.code, str(bad))
        self._abort()
