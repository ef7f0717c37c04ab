"""REST for those who bring an agent of their own: a place in the session for it, on their behalf."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from tornado import web

from algorave_server.ai_requests import OFF
from algorave_server.api_models import AgentSeat, Nothing, Says
from algorave_server.errors import Refusal
from algorave_server.guest_http import GuestHandler, memberships_of
from algorave_server.guest_rules import MAX_NAME_LENGTH
from algorave_server.hub import Hub
from algorave_server.json_handler import JsonHandler
from algorave_server.origin import outside_url
from algorave_server.people import newcomer_of
from algorave_server.rights import Action
from algorave_server.roster import Member
from algorave_server.seats import seat_agent
from algorave_server.session_service import Sessions, SessionService


class AgentHandler(JsonHandler):
    """`algorave/api/sessions/<id>/agent`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(AgentSeat, Nothing, 201)}

    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        """A place for one's own agent, always the same one. What opened it before opens nothing any more."""
        if self.request.body:
            self.read(Nothing)
        sessions = await self.service.sessions()
        user_id = newcomer_of(self.current_user).user_id or ""
        mine = await asyncio.to_thread(sessions.store.participant_of, session_id, user_id)
        if mine is None or not mine.may_enter:
            raise Refusal("not_found", "there is no such session, or you are not in it")
        self.reply(await _seat(self, self.service, sessions, session_id, mine.id), 201)


class GuestAgentHandler(GuestHandler):
    """`algorave/guest/api/agent/<id>`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(AgentSeat, Nothing, 201)}

    @allow_unauthenticated
    async def post(self, session_id: str) -> None:
        """A place for one's own agent, always the same one. What opened it before opens nothing any more."""
        self.count_join()
        if self.request.body:
            self.read(Nothing)
        found = await memberships_of(self, self.service)
        mine = next((each.participant for each in found if each.session.id == session_id), None)
        if mine is None:
            raise web.HTTPError(401)
        sessions = await self.service.sessions()
        self.reply(await _seat(self, self.service, sessions, session_id, mine.id), 201)


async def _seat(
    handler: Any, service: SessionService, sessions: Sessions, session_id: str, owner_id: str
) -> AgentSeat:
    owner = await _owner(sessions.hub, session_id, owner_id)
    # Room for what is added, whatever the name is.
    name = f"{owner.name[: MAX_NAME_LENGTH - 8]}'s agent"
    agent_id, fragment = await seat_agent(service, sessions, session_id, name, agent_of=owner.id)
    link = f"{outside_url(handler, service)}algorave/guest/{fragment}"
    return AgentSeat(link=link, session=session_id, participant=agent_id)


async def _owner(hub: Hub, session_id: str, owner_id: str) -> Member:
    """Who may bring an agent, as the room says; or a refusal."""
    room = (await hub.open(session_id)).room
    owner = room.roster.members.get(owner_id)
    if owner is None or owner.kind == "agent" or not owner.may(Action.ASK):
        raise Refusal("forbidden", "your role does not allow to ask the agent")
    if room.piece.ended:
        raise Refusal("ended", "the session has ended")
    if not room.piece.ai:
        raise Refusal("conflict", OFF)
    return owner
