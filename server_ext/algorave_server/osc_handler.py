"""REST for hosts whose page sends a session's haps to SuperDirt."""

from __future__ import annotations

from typing import ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from algorave_server.api_models import OscHaps, OscSent, OscState, Says
from algorave_server.json_handler import JsonHandler

MAX_BODY_BYTES = 131_072


class OscHandler(JsonHandler):
    """`algorave/api/sessions/<id>/osc`."""

    says: ClassVar[dict[str, Says]] = {"get": Says(OscState), "post": Says(OscSent, OscHaps)}
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """Whether this server sends OSC. Only hosts are told."""
        await self.host_of(session_id)
        self.reply(OscState(on=self.service.osc.is_on))

    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        """Send these haps to the receivers that the operator named. Only a host may."""
        sessions, _ = await self.host_of(session_id)
        wanted = self.read(OscHaps)
        now_ms = sessions.clock.server_ms()
        self.reply(self.service.osc.send(session_id, wanted.page, wanted.haps, now_ms))
