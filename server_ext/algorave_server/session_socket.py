"""The WebSocket of a session for people who are logged in to Jupyter."""

from __future__ import annotations

import time
from typing import Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketHandler

from algorave_server.close import Close
from algorave_server.errors import Refusal
from algorave_server.keeper import as_member
from algorave_server.kernel_pass import ForKernelsToo
from algorave_server.people import AUTH_RESOURCE, newcomer_of
from algorave_server.rights import Role
from algorave_server.wire import SessionWire


class SessionSocket(SessionWire, WebSocketMixin, ForKernelsToo, WebSocketHandler, JupyterHandler):  # pyright: ignore[reportIncompatibleMethodOverride] -- Jupyter's mixin and tornado name the parameter differently
    """`<base URL>algorave/ws/<session>`."""

    auth_resource = AUTH_RESOURCE

    @ws_authenticated
    @authorized
    async def get(self, session_id: str, *args: Any, **kwargs: Any) -> None:
        """Find out who it is and which room, then upgrade."""
        if not self.service.turnstile.may_connect(self.address, time.monotonic()):
            raise web.HTTPError(429, "too many connections from one place; wait a minute")
        sessions = await self.service.sessions()
        since_ms = sessions.clock.server_ms()
        try:
            live = await sessions.hub.open(session_id)
            record = await sessions.keeper.member(session_id, newcomer_of(self.current_user), Role.CO_AUTHOR)
        except Refusal as refusal:
            if refusal.reason != "conflict":
                raise web.HTTPError(404, refusal.detail) from None
            self.turn_away(Close.FAULT, refusal.detail)
            await super().get(*args, **kwargs)
            return
        if not record.may_enter:
            raise web.HTTPError(404, "there is no such session")
        self.admit(sessions, live, as_member(record), since_ms)
        await super().get(*args, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> None:
        """The socket is there."""
        super().open(*args, **kwargs)
        # Tornado pings already; Jupyter would as well, taking our seconds for milliseconds.
        if self.ping_callback is not None:
            self.ping_callback.stop()
