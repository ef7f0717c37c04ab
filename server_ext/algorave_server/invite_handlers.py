"""REST for hosts: who may come in, who came, and who may not come back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

from jupyter_server.auth.decorator import authorized
from tornado import web

from algorave_server import invites
from algorave_server.api_models import (
    BanInfo,
    BanList,
    BanMade,
    Came,
    Done,
    InviteInfo,
    InviteList,
    InviteMade,
    InviteRevoked,
    NewBan,
    NewInvite,
    ParticipantInfo,
    ParticipantList,
    Says,
)
from algorave_server.close import Close
from algorave_server.errors import Refusal
from algorave_server.invites import WhyNot
from algorave_server.json_handler import JsonHandler
from algorave_server.origin import outside_url
from algorave_server.rights import Role
from algorave_server.store import BanRecord, InviteReport, ParticipantRecord
from algorave_server.wire import SessionWire

MAX_OPEN_INVITES = 100


class InvitesHandler(JsonHandler):
    """`algorave/api/sessions/<id>/invites`."""

    says: ClassVar[dict[str, Says]] = {
        "get": Says(InviteList),
        "post": Says(InviteMade, NewInvite, 201),
    }

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """All invites of the session, oldest first, and who came by which."""
        sessions, _ = await self.host_of(session_id)
        reports = await asyncio.to_thread(sessions.store.invites, session_id)
        now = datetime.now(UTC)
        self.reply(InviteList(invites=[described(report, now) for report in reports]))

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
        if wanted.kind == "agent":
            terms = invites.terms_for_agent(now, expires_in_s=wanted.expires_in_s)
        else:
            terms = invites.terms(
                wanted.role, now, expires_in_s=wanted.expires_in_s, max_uses=wanted.max_uses
            )
        made = await asyncio.to_thread(
            sessions.store.create_invite, session_id, minted.sha256, terms, by=host.id
        )
        link = f"{outside_url(self, self.service)}algorave/guest/#i={minted.token}"
        self.reply(InviteMade(link=link, invite=described(InviteReport(made, []), now)), 201)


class InviteHandler(JsonHandler):
    """`algorave/api/sessions/<id>/invites/<invite>`."""

    says: ClassVar[dict[str, Says]] = {"delete": Says(InviteRevoked)}

    @web.authenticated
    @authorized
    async def delete(self, session_id: str, invite_id: str) -> None:
        """Revoke it: nobody comes by it any more, and who is in by it is out."""
        sessions, host = await self.host_of(session_id)
        removed = await asyncio.to_thread(sessions.store.revoke_invite, session_id, invite_id, by=host.id)
        await sessions.hub.expel(session_id, removed, Close.REMOVED, "the invite you came by was revoked")
        self.reply(InviteRevoked(removed=removed))


class ParticipantsHandler(JsonHandler):
    """`algorave/api/sessions/<id>/participants`."""

    says: ClassVar[dict[str, Says]] = {"get": Says(ParticipantList)}

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """Everybody who ever came, in order of coming, and who is here now."""
        sessions, _ = await self.host_of(session_id)
        people = await asyncio.to_thread(sessions.store.participants, session_id)
        here = sessions.hub.presence(session_id)
        roles = {person.id: sessions.hub.role_of(session_id, person.id) or person.role for person in people}
        listed = [_person(person, roles[person.id], here.get(person.id, 0)) for person in people]
        self.reply(ParticipantList(participants=listed))


class BansHandler(JsonHandler):
    """`algorave/api/sessions/<id>/bans`."""

    says: ClassVar[dict[str, Says]] = {"get": Says(BanList), "post": Says(BanMade, NewBan, 201)}

    @web.authenticated
    @authorized
    async def get(self, session_id: str) -> None:
        """The bans of this session that are in force, and automatic ones of the server; oldest first."""
        sessions, _ = await self.host_of(session_id)
        bans = await asyncio.to_thread(sessions.store.bans, session_id)
        self.reply(BanList(bans=[_ban(ban) for ban in bans if _is_for(ban, session_id)]))

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
            sessions.hub.drop_where(
                lambda wire: (
                    isinstance(wire, SessionWire)
                    and wire.guest_address is not None
                    and ban.covers(wire.guest_address)
                ),
                Close.REMOVED,
                "your address is banned",
                session_id=session_id,
            )
            self.reply(BanMade(ban=_ban(ban)), 201)
            return
        person = await asyncio.to_thread(store.get_participant, wanted.participant or "")
        if person.session_id != session_id:
            raise Refusal("not_found", "there is no such participant")
        if (sessions.hub.role_of(session_id, person.id) or person.role) is Role.HOST:
            raise Refusal("conflict", "a host cannot be banned; take the role away first")
        ban = await asyncio.to_thread(store.ban_participant, person.id, **terms)
        await sessions.hub.expel(session_id, [person.id], Close.REMOVED, "a host removed you")
        self.reply(BanMade(ban=_ban(ban)), 201)


class BanHandler(JsonHandler):
    """`algorave/api/sessions/<id>/bans/<ban>`."""

    says: ClassVar[dict[str, Says]] = {"delete": Says(Done)}

    @web.authenticated
    @authorized
    async def delete(self, session_id: str, ban_id: str) -> None:
        """Lift a ban of this session, or an automatic one of the server."""
        sessions, _ = await self.host_of(session_id)
        bans = await asyncio.to_thread(sessions.store.bans, session_id)
        if not any(ban.id == ban_id and _is_for(ban, session_id) for ban in bans):
            raise Refusal("not_found", "there is no such ban in this session")
        await asyncio.to_thread(sessions.store.unban, ban_id)
        self.reply(Done())


def described(report: InviteReport, now: datetime) -> InviteInfo:
    """An invite as the API says it."""
    invite = report.invite
    why = invites.why_not(invite, now)
    return InviteInfo(
        id=invite.id,
        kind=invite.kind,
        role=invite.role,
        state=_STATES[why],
        created_by=invite.created_by,
        created_at=invite.created_at,
        expires_at=invite.expires_at,
        max_uses=invite.max_uses,
        uses=invite.uses,
        came=[Came(participant=each.participant_id, name=each.name, at=each.at) for each in report.arrivals],
    )


def _person(person: ParticipantRecord, role: Role, connections: int) -> ParticipantInfo:
    return ParticipantInfo(
        id=person.id,
        name=person.name,
        colour=person.colour,
        kind=person.kind,
        role=role,
        is_guest=person.user_id is None,
        connections=connections,
        joined_at=person.joined_at,
        last_seen_at=person.last_seen_at,
        invite=person.invite_id,
        may_chat=person.may_chat,
        waiting=person.waiting,
        may_enter=person.may_enter,
        banned=person.banned,
    )


def _is_for(ban: BanRecord, session_id: str) -> bool:
    """Whether a session's hosts see a ban and may lift it."""
    return ban.session_id == session_id or ban.is_automatic


def _ban(ban: BanRecord) -> BanInfo:
    return BanInfo(
        id=ban.id,
        participant=ban.participant_id,
        address=ban.cidr,
        reason=ban.reason,
        by=ban.created_by,
        at=ban.created_at,
        until_at=ban.until_at,
    )


_STATES: dict[WhyNot | None, Literal["open", "revoked", "expired", "used_up"]] = {
    None: "open",
    WhyNot.REVOKED: "revoked",
    WhyNot.EXPIRED: "expired",
    WhyNot.USED_UP: "used_up",
}
