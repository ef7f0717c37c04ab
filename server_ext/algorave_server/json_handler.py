"""What all REST handlers for people who are logged in to Jupyter share."""

from __future__ import annotations

import asyncio

from jupyter_server.base.handlers import APIHandler

from algorave_server.answers import Answering
from algorave_server.errors import Refusal
from algorave_server.kernel_pass import ForKernelsToo
from algorave_server.people import AUTH_RESOURCE, newcomer_of
from algorave_server.rights import Role
from algorave_server.session_service import Sessions, SessionService
from algorave_server.store import ParticipantRecord


class JsonHandler(Answering, ForKernelsToo, APIHandler):
    """A REST handler of sessions."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, service: SessionService) -> None:
        """Take what the app made."""
        self.service = service

    async def host_of(self, session_id: str) -> tuple[Sessions, ParticipantRecord]:
        """Who the asker is in the session, or a refusal when that is no host."""
        sessions = await self.service.sessions()
        user_id = newcomer_of(self.current_user).user_id or ""
        mine = await asyncio.to_thread(sessions.store.participant_of, session_id, user_id)
        if mine is None or not mine.may_enter:
            raise Refusal("not_found", "there is no such session, or you are not in it")
        # A room may know more than the database: a change of role is on its way there.
        role = sessions.hub.role_of(session_id, mine.id) or mine.role
        if role is not Role.HOST:
            raise Refusal("forbidden", "only a host may do that")
        return sessions, mine
