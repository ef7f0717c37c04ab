"""REST for sessions: create, list, look, delete. Everything live goes over the session's WebSocket."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from pydantic import BaseModel, ConfigDict, ValidationError
from tornado import web

from algorave_server.errors import Refusal
from algorave_server.people import newcomer_of
from algorave_server.protocol import LayerName, Role
from algorave_server.session_service import SessionService
from algorave_server.session_socket import AUTH_RESOURCE, SessionSocket
from algorave_server.store import Membership

_STATUS = {"not_found": 404, "forbidden": 403, "conflict": 409, "ended": 410, "malformed": 400}


class NewSession(BaseModel):
    """What is asked for when a session is made."""

    model_config = ConfigDict(extra="forbid")

    title: str
    layer: LayerName = "main"
    """The name of its first, empty layer."""


def session_routes(service: SessionService) -> list[tuple[str, type[JupyterHandler], dict[str, Any]]]:
    """The routes below `algorave/` that sessions need."""
    given = {"service": service}
    return [
        (r"algorave/api/sessions/?", SessionsHandler, given),
        (r"algorave/api/sessions/([0-9a-f]{32})", SessionHandler, given),
        (r"algorave/ws/([0-9a-f]{32})", SessionSocket, given),
    ]


class _SessionBase(APIHandler):
    auth_resource = AUTH_RESOURCE

    def initialize(self, service: SessionService) -> None:
        self.service = service

    def reply(self, body: object, status: int = 200) -> None:
        """Answer with JSON that nobody keeps."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(body))

    def refuse(self, refusal: Refusal) -> None:
        """Answer a request that was not carried out; the same shape everywhere."""
        body = {"ok": False, "reason": refusal.reason, "detail": refusal.detail}
        self.reply(body, _STATUS.get(refusal.reason, 400))


class SessionsHandler(_SessionBase):
    """`algorave/api/sessions`: mine, and a new one."""

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
        try:
            wanted = NewSession.model_validate_json(self.request.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "body"
            self.refuse(Refusal("malformed", f"{place}: {first['msg']}"))
            return
        sessions = await self.service.sessions()
        made = await sessions.keeper.create(wanted.title, newcomer_of(self.current_user), wanted.layer)
        self.reply(described(made), 201)


class SessionHandler(_SessionBase):
    """`algorave/api/sessions/<id>`: one session."""

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """What it is, and what the asker is in it."""
        sessions = await self.service.sessions()
        mine = await sessions.keeper.sessions_of(newcomer_of(self.current_user))
        found = [membership for membership in mine if membership.session.id == session_id]
        if found:
            self.reply(described(found[0]))
        else:
            self.refuse(Refusal("not_found", "there is no such session, or you are not in it"))

    @web.authenticated
    @authorized
    async def delete(self, session_id: str) -> None:
        """Delete it with its history. Only a host may."""
        sessions = await self.service.sessions()
        mine = await sessions.keeper.sessions_of(newcomer_of(self.current_user))
        found = [membership for membership in mine if membership.session.id == session_id]
        if not found:
            self.refuse(Refusal("not_found", "there is no such session, or you are not in it"))
        elif found[0].participant.role is not Role.HOST:
            self.refuse(Refusal("forbidden", "only a host may delete a session"))
        else:
            await sessions.hub.close_room(session_id)
            await sessions.keeper.delete(session_id)
            self.reply({"ok": True})


def described(membership: Membership) -> dict[str, Any]:
    """A session as the API says it."""
    session, participant = membership.session, membership.participant
    return {
        "id": session.id,
        "title": session.title,
        "state": session.state,
        "created_at": session.created_at.isoformat(),
        "role": participant.role.value,
        "layers": session.arrangement["layers"],
    }
