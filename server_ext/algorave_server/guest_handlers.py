"""How guests come in and go: an invite becomes a credential in a cookie."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web

from algorave_server import invites
from algorave_server.api_models import (
    Done,
    GuestSession,
    GuestSessions,
    Nothing,
    Redeemed,
    Redemption,
    Says,
    SessionName,
    You,
)
from algorave_server.close import Close
from algorave_server.counts import COUNTS
from algorave_server.errors import Refusal
from algorave_server.guest_http import GuestHandler, memberships_of
from algorave_server.guest_rules import AGENT_NAME, COOKIE, clean_name, new_credential, shown_sha256
from algorave_server.people import colour_of
from algorave_server.store import GuestMembership, Newcomer, ParticipantRecord
from algorave_server.wire import address_of


class InviteTryHandler(GuestHandler):
    """A handler that is shown an invite: tries are counted, so that nobody guesses one."""

    async def count_try(self) -> None:
        """Too many tries from one place are refused before anything is looked up."""
        delay_s = self.service.turnstile.delay_s(self.place, time.monotonic())
        if delay_s > 0:
            COUNTS.refused["auth_failures"] += 1
            if self.service.turnstile.hammers(self.place):
                await self._ban_place()
            raise Refusal("too_fast", "too many invites that do not work; wait", retry_after_s=delay_s)
        self.count_join()

    async def _ban_place(self) -> None:
        """It goes on guessing: nobody new comes from there for a while. Who is in already may come back."""
        sessions = await self.service.sessions()
        until_at = datetime.now(UTC) + timedelta(seconds=self.service.settings.crowd.automatic_ban_s)
        with suppress(Refusal):  # a peer without an address, as on a Unix socket
            await asyncio.to_thread(sessions.store.ban_automatically, self.place, until_at)


class RedeemHandler(InviteTryHandler):
    """`algorave/guest/api/redeem`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(Redeemed, Redemption)}

    @allow_unauthenticated
    async def post(self) -> None:
        """Come in by an invite. Whatever is wrong with it, the answer is the same."""
        await self.count_try()
        wanted = self.read(Redemption)
        name = clean_name(wanted.name or (AGENT_NAME if wanted.kind == "agent" else ""))
        participant = await self._redeem(
            wanted, Newcomer(name, wanted.colour or colour_of(name), wanted.kind)
        )
        sessions = await self.service.sessions()
        session = await asyncio.to_thread(sessions.store.get_session, participant.session_id)
        self.reply(Redeemed(session=SessionName(id=session.id, title=session.title), you=_you(participant)))

    async def _redeem(self, wanted: Redemption, newcomer: Newcomer) -> ParticipantRecord:
        token_sha256 = invites.sha256_of(wanted.invite)
        secret, credential = new_credential(self.service.settings.guests, self.get_cookie(COOKIE))
        sessions = await self.service.sessions()
        address = address_of(self, self.service)
        try:
            if await asyncio.to_thread(sessions.store.is_banned_by_invite, token_sha256, address):
                raise invites.refused()
            since_ms = sessions.clock.server_ms()
            redeemed = await asyncio.to_thread(sessions.store.redeem, token_sha256, newcomer, credential)
        except Refusal:
            COUNTS.auth_failures["invite"] += 1
            self.service.turnstile.failed(self.place, token_sha256, time.monotonic())
            raise
        participant = await sessions.admit(redeemed, since_ms)
        self.give_cookie(secret)
        return participant


class MeHandler(GuestHandler):
    """`algorave/guest/api/me`."""

    says: ClassVar[dict[str, Says]] = {"get": Says(GuestSessions)}

    @allow_unauthenticated
    async def get(self) -> None:
        """Which sessions the cookie opens, and as whom."""
        memberships = await memberships_of(self, self.service)
        if not memberships:
            raise web.HTTPError(401)
        self.reply(GuestSessions(sessions=[described(membership) for membership in memberships]))


class LeaveHandler(GuestHandler):
    """`algorave/guest/api/leave`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(Done, Nothing)}

    @allow_unauthenticated
    async def post(self) -> None:
        """Go, and let the cookie open nothing any more, on no device."""
        if self.request.body:
            self.read(Nothing)
        sha256 = shown_sha256(self.get_cookie(COOKIE))
        if sha256 is not None:
            sessions = await self.service.sessions()
            opened = await asyncio.to_thread(sessions.store.end_credential, sha256)
            for session_id, participant_id in opened:
                await sessions.hub.expel(session_id, [participant_id], Close.UNAUTHENTICATED, "you have left")
        self.take_cookie()
        self.reply(Done())


def described(membership: GuestMembership) -> GuestSession:
    """A session as a guest is told of it."""
    session = membership.session
    return GuestSession(
        id=session.id,
        title=session.title,
        state=session.state,
        you=_you(membership.participant),
        expires_at=membership.expires_at,
    )


def _you(participant: ParticipantRecord) -> You:
    return You(
        id=participant.id,
        name=participant.name,
        colour=participant.colour,
        role=participant.role,
        waiting=participant.waiting,
    )
