"""The WebSocket of a session: authenticate, find the room, pass frames on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler

from algorave_server.errors import Refusal
from algorave_server.hub import Hub, Live
from algorave_server.keeper import as_member
from algorave_server.people import newcomer_of
from algorave_server.protocol import Role
from algorave_server.session_service import SessionService

AUTH_RESOURCE = "algorave"


class SessionSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):  # pyright: ignore[reportIncompatibleMethodOverride] -- Jupyter's mixin and tornado name the parameter differently
    """`<base URL>algorave/ws/<session>` for people who are logged in to Jupyter."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, service: SessionService) -> None:
        """Take what the app made."""
        self._service = service
        self._hub: Hub | None = None
        self._live: Live | None = None
        self._member_id = ""
        self._connection = 0

    @property
    def max_message_size(self) -> int:
        """Frames larger than this close the socket before they are read whole."""
        return self._service.settings.limits.max_update_bytes

    def get_compression_options(self) -> dict[str, Any] | None:
        """Never: small frames gain nothing, and compressed bombs are a way in."""
        return None

    @ws_authenticated
    @authorized
    async def get(self, session_id: str, *args: Any, **kwargs: Any) -> None:
        """Find out who it is and which room, then upgrade."""
        sessions = await self._service.sessions()
        try:
            live = await sessions.hub.open(session_id)
            record = await sessions.keeper.member(session_id, newcomer_of(self.current_user), Role.CO_AUTHOR)
        except Refusal as refusal:
            raise web.HTTPError(404, refusal.detail) from None
        if not record.may_enter:
            raise web.HTTPError(404, "there is no such session")
        live.room.roster.members.setdefault(record.id, as_member(record))
        self._hub, self._live, self._member_id = sessions.hub, live, record.id
        await super().get(*args, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> None:
        """The socket is there."""
        super().open(*args, **kwargs)
        self.set_nodelay(True)
        if self._hub is not None and self._live is not None:
            self._connection = self._hub.connect(self._live, self._member_id, self)

    def on_message(self, message: str | bytes) -> None:
        """One frame."""
        if self._hub is not None and self._live is not None:
            self._hub.receive(self._live, self._connection, message)

    def on_close(self) -> None:
        """The socket is gone."""
        super().on_close()
        if self._hub is not None and self._live is not None and self._connection:
            self._hub.disconnect(self._live, self._connection)

    # -- the hub's Wire ---------------------------------------------------------------------------------

    def send(self, frame: bytes | str) -> None:
        """Give a frame to the socket. The same bytes go to every receiver of a frame, built once."""
        stream = self._stream()
        if stream is not None:
            # tornado's write_message makes a future and a task for each frame and receiver, which is most of
            # what a broadcast costs; the stream underneath takes ready bytes.
            with suppress(StreamClosedError):
                stream.write(framed(frame))

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close with a code of ours."""
        super().close(None if code is None else int(code), reason)

    def waiting_bytes(self) -> int:
        """What the peer has not taken yet."""
        stream = self._stream()
        buffer = None if stream is None else stream._write_buffer  # noqa: SLF001 - the only measure there is
        return 0 if buffer is None else len(buffer)

    def _stream(self) -> IOStream | None:
        connection = self.ws_connection
        return None if connection is None or connection.is_closing() else connection.stream


_last: tuple[bytes | str, bytes] = (b"", b"\x82\x00")


def framed(frame: bytes | str) -> bytes:
    """An unmasked RFC 6455 frame. The hub sends one frame to many in a row, so the last one is kept."""
    global _last  # noqa: PLW0603 - a memory of one, on the event loop only
    if _last[0] is frame:
        return _last[1]
    payload, opcode = (frame.encode(), 0x81) if isinstance(frame, str) else (frame, 0x82)
    size = len(payload)
    if size < 126:
        head = bytes([opcode, size])
    elif size < 65_536:
        head = bytes([opcode, 126]) + size.to_bytes(2)
    else:
        head = bytes([opcode, 127]) + size.to_bytes(8)
    _last = (frame, head + payload)
    return _last[1]
