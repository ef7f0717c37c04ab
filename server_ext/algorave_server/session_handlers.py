"""REST for sessions: create, list, look, delete. Everything live goes over the session's WebSocket."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from algorave_server.api_models import Done, NewSession, Says, SessionChange, SessionInfo
from algorave_server.errors import Refusal
from algorave_server.json_handler import JsonHandler
from algorave_server.people import newcomer_of
from algorave_server.protocol import End, Rename, Request, SetDoor
from algorave_server.rights import Role
from algorave_server.store import Membership


class SessionsHandler(JsonHandler):
    """`algorave/api/sessions`."""

    says: ClassVar[dict[str, Says]] = {
        "get": Says(SessionInfo, many=True),
        "post": Says(SessionInfo, NewSession, 201),
    }

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """All sessions that the asker may enter, newest first."""
        sessions = await self.service.sessions()
        mine = await sessions.keeper.sessions_of(newcomer_of(self.current_user))
        self.reply([described(membership) for membership in mine])

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Make a session whose host is the asker."""
        wanted = self.read(NewSession)
        sessions = await self.service.sessions()
        made = await sessions.keeper.create(wanted.title, newcomer_of(self.current_user), wanted.layer)
        self.reply(described(made), 201)


class SessionHandler(JsonHandler):
    """`algorave/api/sessions/<id>`."""

    says: ClassVar[dict[str, Says]] = {
        "get": Says(SessionInfo),
        "patch": Says(SessionInfo, SessionChange),
        "delete": Says(Done),
    }

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """What it is, and what the asker is in it."""
        sessions = await self.service.sessions()
        mine = await sessions.keeper.sessions_of(newcomer_of(self.current_user))
        found = [membership for membership in mine if membership.session.id == session_id]
        if not found:
            raise Refusal("not_found", "there is no such session, or you are not in it")
        self.reply(described(found[0]))

    @web.authenticated
    @authorized
    async def patch(self, session_id: str) -> None:
        """Rename it, open or close its door, end it: in its room, as over a WebSocket. Only hosts may."""
        wanted = self.read(SessionChange)
        sessions, host = await self.host_of(session_id)
        for request in _requests(wanted):
            await sessions.hub.ask(session_id, host.id, request)
        session = await asyncio.to_thread(sessions.store.get_session, session_id)
        self.reply(described(Membership(session, host)))

    @web.authenticated
    @authorized
    async def delete(self, session_id: str) -> None:
        """Delete it with its history. Only a host may."""
        sessions, _ = await self.host_of(session_id)
        await sessions.hub.close_room(session_id)
        await sessions.keeper.delete(session_id)
        self.reply(Done())


class EnterHandler(JsonHandler):
    """`algorave/api/sessions/<id>/enter`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(SessionInfo)}

    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        """Be in it: who is new is taken in as its WebSocket does, who is in stays who they are."""
        sessions = await self.service.sessions()
        newcomer = newcomer_of(self.current_user)
        live = await sessions.hub.open(session_id)
        if live.room.piece.ended:
            raise Refusal("ended", "the session has ended")
        await sessions.keeper.member(session_id, newcomer, Role.CO_AUTHOR)
        mine = await sessions.keeper.sessions_of(newcomer)
        found = [membership for membership in mine if membership.session.id == session_id]
        if not found:
            raise Refusal("not_found", "there is no such session, or you may not be in it")
        self.reply(described(found[0]))


def _requests(wanted: SessionChange) -> list[Request]:
    """The end comes last: an ended session takes nothing."""
    requests: list[Request] = []
    if wanted.title is not None:
        requests.append(Rename(request_id=0, title=wanted.title))
    if wanted.door is not None:
        requests.append(SetDoor(request_id=0, door=wanted.door))
    if wanted.state is not None:
        requests.append(End(request_id=0))
    return requests


def described(membership: Membership) -> SessionInfo:
    """A session as the API says it. Who waits to be let in is told no more of it than its title."""
    session, participant = membership.session, membership.participant
    return SessionInfo(
        id=session.id,
        title=session.title,
        state=session.state,
        created_at=session.created_at,
        role=participant.role,
        door=session.door,
        layers=[] if participant.waiting else session.arrangement["layers"],
        you=participant.id,
    )
