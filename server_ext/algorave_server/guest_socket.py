"""The WebSocket of a session for guests."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web
from tornado.websocket import WebSocketHandler

from algorave_server.close import Close
from algorave_server.counts import COUNTS
from algorave_server.errors import Refusal
from algorave_server.guest_http import memberships_of
from algorave_server.keeper import as_member
from algorave_server.origin import is_from_own_page, served_host
from algorave_server.session_service import Sessions
from algorave_server.store import GuestMembership, Store
from algorave_server.wire import SessionWire, address_of

TOUCHES_PER_IDLE = 4
"""How often within the time that a credential may lie idle an open socket says that it does not."""


class GuestSocket(SessionWire, WebSocketHandler):
    """`<base URL>algorave/guest/ws/<session>`, for who holds a credential and is on a page of ours."""

    membership: GuestMembership | None = None
    _counted_at: str | None = None
    """The address by which the guest is counted as inside."""

    @allow_unauthenticated
    async def get(self, session_id: str, *args: Any, **kwargs: Any) -> None:
        """Find out who it is, then upgrade. Without a valid credential `open` closes the socket."""
        served_host(self)
        if not is_from_own_page(self, self.service):
            raise web.HTTPError(403, "a WebSocket of another site's page")
        if not self.service.turnstile.may_connect(self.address, time.monotonic()):
            COUNTS.refused["connects"] += 1
            raise web.HTTPError(429, "too many connections from one place")
        sessions = await self.service.sessions()
        self.guest_address = address_of(self, self.service)
        since_ms = sessions.clock.server_ms()
        found = await memberships_of(self, self.service)
        self.membership = next((each for each in found if each.session.id == session_id), None)
        if await self._is_banned(sessions.store, session_id):
            COUNTS.refused["banned"] += 1
            raise web.HTTPError(403, "a banned address")
        if self.membership is None:
            COUNTS.auth_failures["credential"] += 1
        else:
            try:
                live = await sessions.hub.open(session_id)
                self.admit(sessions, live, as_member(self.membership.participant), since_ms)
            except Refusal as refusal:
                self.membership = None
                if refusal.reason == "conflict":
                    self.turn_away(Close.FAULT, refusal.detail)
        await super().get(*args, **kwargs)

    async def _is_banned(self, store: Store, session_id: str) -> bool:
        """Automatic bans keep out who is new: a venue is one address, and one in it may have guessed."""
        automatic_too = self.membership is None
        return await asyncio.to_thread(
            store.is_banned, session_id, self.guest_address or "", automatic_too=automatic_too
        )

    async def is_welcome(self, sessions: Sessions, session_id: str, member_id: str) -> bool:
        """Neither removed nor banned, as the database says now."""
        return not await self._is_banned(sessions.store, session_id) and await super().is_welcome(
            sessions, session_id, member_id
        )

    def check_origin(self, origin: str) -> bool:  # noqa: ARG002 - tornado's signature
        """`get` has looked already, and more closely."""
        return True

    def open(self, *args: Any, **kwargs: Any) -> None:
        """The socket is there, for as long as the credential lasts."""
        super().open(*args, **kwargs)
        if self.membership is None or not self.is_in:
            return
        if not self.membership.participant.waiting:
            self._counted_at = self.address
            self.service.turnstile.came_in(self._counted_at, self.membership.participant.id)
        left = self.membership.expires_at - datetime.now(UTC)
        self.later(left.total_seconds(), self._expire)
        self._touch()

    def on_close(self) -> None:
        """The socket is gone."""
        super().on_close()
        if self.membership is not None and self._counted_at is not None:
            self.service.turnstile.went_out(self._counted_at, self.membership.participant.id)
            self._counted_at = None

    def _expire(self) -> None:
        self.turn_out(Close.UNAUTHENTICATED, "your invite has run out; come by it again")

    def _touch(self) -> None:
        if self.membership is None or not self.is_in:
            return
        self.touching = asyncio.create_task(self._say_seen(self.membership.participant.id))
        self.later(self.service.settings.guests.idle_s / TOUCHES_PER_IDLE, self._touch)

    async def _say_seen(self, participant_id: str) -> None:
        sessions = await self.service.sessions()
        await asyncio.to_thread(sessions.store.touch, [participant_id])
