"""REST for hosts: who may come in, who came, and who may not come back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from jupyter_server.auth.decorator import authorized
from pydantic import Field, StringConstraints, model_validator
from tornado import web

from algorave_server import invites
from algorave_server.answers import Body
from algorave_server.errors import Refusal
from algorave_server.json_handler import JsonHandler
from algorave_server.origin import outside_url
from algorave_server.protocol import Close, Role
from algorave_server.store import BanRecord, InviteReport, ParticipantRecord

MAX_OPEN_INVITES = 100
DEFAULT_USES = 100
Seconds = Annotated[float, Field(gt=0, le=invites.MAX_EXPIRY_S, allow_inf_nan=False)]


class NewInvite(Body):
    """What is asked for when an invite is made."""

    role: Literal[Role.CO_AUTHOR, Role.VIEWER] = Role.VIEWER
    """Nobody becomes host by a link that can be passed on; a host can make somebody host who is in."""
    expires_in_s: Seconds = invites.DEFAULT_EXPIRY_S
    max_uses: Annotated[int, Field(ge=1, le=invites.MAX_USES)] | None = DEFAULT_USES
    """How many people may come by it; null when that does not matter."""


class NewBan(Body):
    """Whom to ban: a participant, or an address (`192.0.2.7`, `192.0.2.0/24`)."""

    participant: str | None = None
    address: Annotated[str, StringConstraints(max_length=64)] | None = None
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    expires_in_s: Seconds | None = None
    """Null for ever."""

    @model_validator(mode="after")
    def _one_of_both(self) -> NewBan:
        if (self.participant is None) == (self.address is None):
            raise ValueError("name either a participant or an address")
        return self


class InvitesHandler(JsonHandler):
    """`algorave/api/sessions/<id>/invites`."""

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """All invites of the session, oldest first, and who came by which."""
        sessions, _ = await self.host_of(session_id)
        reports = await asyncio.to_thread(sessions.store.invites, session_id)
        now = datetime.now(UTC)
        self.reply({"ok": True, "invites": [described(report, now) for report in reports]})

    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        """Make an invite. Its link is in this answer and nowhere else: only a hash of it is kept."""
        wanted = self.read(NewInvite)
        sessions, host = await self.host_of(session_id)
        now = datetime.now(UTC)
        known = await asyncio.to_thread(sessions.store.invites, session_id)
        if sum(invites.why_not(report.invite, now) is None for report in known) >= MAX_OPEN_INVITES:
            raise Refusal("conflict", f"{MAX_OPEN_INVITES} invites are open; revoke some first")
        minted = invites.mint()
        terms = invites.terms(wanted.role, now, expires_in_s=wanted.expires_in_s, max_uses=wanted.max_uses)
        made = await asyncio.to_thread(
            sessions.store.create_invite, session_id, minted.sha256, terms, by=host.id
        )
        link = f"{outside_url(self, self.service)}algorave/guest/#i={minted.token}"
        self.reply({"ok": True, "link": link, "invite": described(InviteReport(made, []), now)}, 201)


class InviteHandler(JsonHandler):
    """`algorave/api/sessions/<id>/invites/<invite>`."""

    @web.authenticated
    @authorized
    async def delete(self, session_id: str, invite_id: str) -> None:
        """Revoke it: nobody comes by it any more, and who is in by it is out."""
        sessions, host = await self.host_of(session_id)
        removed = await asyncio.to_thread(sessions.store.revoke_invite, session_id, invite_id, by=host.id)
        sessions.hub.expel(session_id, removed, Close.REMOVED, "the invite you came by was revoked")
        self.reply({"ok": True, "removed": removed})


class ParticipantsHandler(JsonHandler):
    """`algorave/api/sessions/<id>/participants`."""

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """Everybody who ever came, in order of coming, and who is here now."""
        sessions, _ = await self.host_of(session_id)
        people = await asyncio.to_thread(sessions.store.participants, session_id)
        here = sessions.hub.presence(session_id)
        roles = {person.id: sessions.hub.role_of(session_id, person.id) or person.role for person in people}
        listed = [_person(person, roles[person.id], here.get(person.id, 0)) for person in people]
        self.reply({"ok": True, "participants": listed})


class BansHandler(JsonHandler):
    """`algorave/api/sessions/<id>/bans`."""

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """The bans of this session that are in force, oldest first."""
        sessions, _ = await self.host_of(session_id)
        bans = await asyncio.to_thread(sessions.store.bans, session_id)
        self.reply({"ok": True, "bans": [_ban(ban) for ban in bans if ban.session_id == session_id]})

    @web.authenticated
    @authorized
    async def post(self, session_id: str) -> None:
        """Ban a participant, who is out at once, or an address, from which no guest connects any more."""
        wanted = self.read(NewBan)
        sessions, host = await self.host_of(session_id)
        until_at = (
            None
            if wanted.expires_in_s is None
            else datetime.now(UTC) + timedelta(seconds=wanted.expires_in_s)
        )
        terms: dict[str, Any] = {"reason": wanted.reason, "by": host.id, "until_at": until_at}
        store = sessions.store
        if wanted.address is not None:
            ban = await asyncio.to_thread(store.ban_addresses, wanted.address, session_id=session_id, **terms)
            self.reply({"ok": True, "ban": _ban(ban)}, 201)
            return
        person = await asyncio.to_thread(store.get_participant, wanted.participant or "")
        if person.session_id != session_id:
            raise Refusal("not_found", "there is no such participant")
        if (sessions.hub.role_of(session_id, person.id) or person.role) is Role.HOST:
            raise Refusal("conflict", "a host cannot be banned; take the role away first")
        ban = await asyncio.to_thread(store.ban_participant, person.id, **terms)
        sessions.hub.expel(session_id, [person.id], Close.REMOVED, "a host removed you")
        self.reply({"ok": True, "ban": _ban(ban)}, 201)


class BanHandler(JsonHandler):
    """`algorave/api/sessions/<id>/bans/<ban>`."""

    @web.authenticated
    @authorized
    async def delete(self, session_id: str, ban_id: str) -> None:
        """Lift a ban of this session."""
        sessions, _ = await self.host_of(session_id)
        bans = await asyncio.to_thread(sessions.store.bans, session_id)
        if all(ban.id != ban_id or ban.session_id != session_id for ban in bans):
            raise Refusal("not_found", "there is no such ban in this session")
        await asyncio.to_thread(sessions.store.unban, ban_id)
        self.reply({"ok": True})


def described(report: InviteReport, now: datetime) -> dict[str, Any]:
    """An invite as the API says it. Neither the secret nor its hash is in it."""
    invite = report.invite
    why = invites.why_not(invite, now)
    return {
        "id": invite.id,
        "role": invite.role.value,
        "state": "open" if why is None else why.value,
        "created_by": invite.created_by,
        "created_at": invite.created_at.isoformat(),
        "expires_at": invite.expires_at.isoformat(),
        "max_uses": invite.max_uses,
        "uses": invite.uses,
        "came": [
            {"participant": came.participant_id, "name": came.name, "at": came.at.isoformat()}
            for came in report.arrivals
        ],
    }


def _person(person: ParticipantRecord, role: Role, connections: int) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "colour": person.colour,
        "kind": person.kind,
        "role": role.value,
        "is_guest": person.user_id is None,
        "connections": connections,
        "joined_at": person.joined_at.isoformat(),
        "last_seen_at": person.last_seen_at.isoformat(),
        "invite": person.invite_id,
        "may_enter": person.may_enter,
        "banned": person.banned,
    }


def _ban(ban: BanRecord) -> dict[str, Any]:
    return {
        "id": ban.id,
        "participant": ban.participant_id,
        "address": ban.cidr,
        "reason": ban.reason,
        "by": ban.created_by,
        "at": ban.created_at.isoformat(),
        "until_at": None if ban.until_at is None else ban.until_at.isoformat(),
    }
