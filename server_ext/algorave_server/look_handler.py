"""What an invite is to, before a guest says who they are: the page greets with it."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

from jupyter_server.auth.decorator import allow_unauthenticated

from algorave_server import invites
from algorave_server.api_models import InvitationInfo, Joining, Says
from algorave_server.counts import COUNTS
from algorave_server.errors import Refusal
from algorave_server.guest_handlers import InviteTryHandler
from algorave_server.wire import address_of


class LookHandler(InviteTryHandler):
    """`algorave/guest/api/look`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(InvitationInfo, Joining)}

    @allow_unauthenticated
    async def post(self) -> None:
        """Who invites to what, and as what. No use is counted, and the refusal is that of redeeming."""
        await self.count_try()
        token_sha256 = invites.sha256_of(self.read(Joining).invite)
        sessions = await self.service.sessions()
        address = address_of(self, self.service)
        try:
            if await asyncio.to_thread(sessions.store.is_banned_by_invite, token_sha256, address):
                raise invites.refused()
            seen = await asyncio.to_thread(sessions.store.look_at, token_sha256)
        except Refusal:
            COUNTS.auth_failures["invite"] += 1
            self.service.turnstile.failed(self.place, token_sha256, time.monotonic())
            raise
        self.reply(InvitationInfo(title=seen.title, kind=seen.kind, role=seen.role, by=seen.by))
