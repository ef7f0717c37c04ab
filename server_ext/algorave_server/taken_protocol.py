"""Tornado's WebSocket, which hands its socket to the event loop once it has answered the upgrade."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from typing import Any, cast

from tornado.concurrent import Future
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from algorave_server.taken_socket import READ_BYTES, TakenSocket
from algorave_server.websocket_frames import PING, BadFrame, FrameReader


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
        taken = TakenSocket(self, FrameReader(self.params.max_message_size), already_read, stream.io_loop)
        self.stream = cast(IOStream, taken)
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: cast(asyncio.Protocol, taken), stream.socket)
        return taken

    def begin(self) -> None:
        """Messages may come that were read together."""
        self.handler.on_messages_begin()

    def end(self) -> None:
        """No more of those."""
        self.handler.on_messages_end()

    def take(self, opcode: int, payload: bytes) -> Awaitable[Any] | None:
        """One message; gives back what has to be waited for before the next one."""
        if opcode == PING and not self.client_terminated:
            # Tornado waits for no ping, so that many of them would be a way around all limits.
            self._send_pong(payload)
            return self._run_callback(self.handler.on_ping, payload)
        return self._handle_message(opcode, payload)

    def take_binary(self, payload: bytes) -> Awaitable[Any] | None:
        """The same for a binary one: tornado's way, without its cost where there is nothing to wait for."""
        if self.client_terminated:
            return None
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
