"""REST for people who are logged in and were given an invite: they come in as themselves, not as guests."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from algorave_server import invites
from algorave_server.api_models import Joining, Says, SessionInfo
from algorave_server.json_handler import JsonHandler
from algorave_server.people import newcomer_of
from algorave_server.session_handlers import described
from algorave_server.store import Membership


class JoinHandler(JsonHandler):
    """`algorave/api/join`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(SessionInfo, Joining)}

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Come in by an invite. Who is in already stays what they are, or rises."""
        wanted = self.read(Joining)
        sessions = await self.service.sessions()
        token_sha256, newcomer = invites.sha256_of(wanted.invite), newcomer_of(self.current_user)
        since_ms = sessions.clock.server_ms()
        redeemed = await asyncio.to_thread(sessions.store.redeem, token_sha256, newcomer)
        participant = await sessions.admit(redeemed, since_ms)
        session = await asyncio.to_thread(sessions.store.get_session, participant.session_id)
        self.reply(described(Membership(session, participant)))
