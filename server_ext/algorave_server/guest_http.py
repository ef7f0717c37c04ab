"""What all handlers for guests share. They are plain tornado handlers: a guest is never a Jupyter user.

Nothing here asks Jupyter who somebody is, sets or reads a login cookie, or renders a template of Jupyter's,
which would hold the server's token.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tornado import web

from algorave_server.address import block_of
from algorave_server.answers import Answering
from algorave_server.counts import COUNTS
from algorave_server.errors import Refusal
from algorave_server.guest_rules import COOKIE, shown_sha256
from algorave_server.origin import is_from_own_page, served_host
from algorave_server.session_service import SessionService
from algorave_server.store import GuestMembership
from algorave_server.wire import address_of

NOTHING_ALLOWED = "sandbox; default-src 'none'; frame-ancestors 'none'"


class GuestHandler(Answering):
    """A handler for guests: HTTP and JSON."""

    def initialize(self, service: SessionService) -> None:
        """Take what the app made."""
        self.service = service

    def set_default_headers(self) -> None:
        """Nobody keeps, frames, sniffs or shares the process with what guests get."""
        for name, value in GUEST_HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Answer to our own names only."""
        served_host(self)

    def check_xsrf_cookie(self) -> None:
        """Guests have no XSRF cookie: what changes something has to be JSON from a page of ours."""
        if not is_from_own_page(self, self.service):
            raise web.HTTPError(403, "a request from another site's page")
        content_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise web.HTTPError(415, "a body that is not JSON")

    @property
    def place(self) -> str:
        """Where it comes from, as limits count it."""
        return block_of(address_of(self, self.service))

    def count_join(self) -> None:
        """So many a minute come from one place; one too many is refused before anything is looked up."""
        if not self.service.turnstile.may_try(self.place, time.monotonic()):
            COUNTS.refused["joins"] += 1
            raise Refusal("too_fast", "too many people at once; wait a minute", retry_after_s=60)

    def guest_cookie_path(self) -> str:
        """Where the browser sends the credential to: never to a route of Jupyter's."""
        return f"{self.settings['base_url']}algorave/guest/"

    def give_cookie(self, secret: str) -> None:
        """Hand the credential over."""
        self.set_cookie(
            COOKIE,
            secret,
            path=self.guest_cookie_path(),
            max_age=int(self.service.settings.guests.lifetime_s),
            httponly=True,
            samesite="Strict",
            secure=self.request.protocol == "https",
        )

    def take_cookie(self) -> None:
        """Let the browser forget the credential."""
        self.clear_cookie(COOKIE, path=self.guest_cookie_path(), httponly=True, samesite="Strict")


GUEST_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": NOTHING_ALLOWED,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def memberships_of(handler: Any, service: SessionService) -> list[GuestMembership]:
    """What the cookie of a request opens."""
    sha256 = shown_sha256(handler.get_cookie(COOKIE))
    if sha256 is None:
        return []
    sessions = await service.sessions()
    idle_since = datetime.now(UTC) - timedelta(seconds=service.settings.guests.idle_s)
    return await asyncio.to_thread(sessions.store.guest_memberships, sha256, idle_since)
