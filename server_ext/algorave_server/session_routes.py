"""All routes of shared sessions, without the server's base URL."""

from __future__ import annotations

from typing import Any

from algorave_server.front_end import FrontEnd
from algorave_server.guest_handlers import LeaveHandler, MeHandler, RedeemHandler
from algorave_server.guest_page import guest_page_routes
from algorave_server.guest_socket import GuestSocket
from algorave_server.invite_handlers import (
    BanHandler,
    BansHandler,
    InviteHandler,
    InvitesHandler,
    ParticipantsHandler,
)
from algorave_server.session_handlers import SessionHandler, SessionsHandler
from algorave_server.session_service import SessionService
from algorave_server.session_socket import SessionSocket

ID = "([0-9a-f]{32})"
SESSION = f"algorave/api/sessions/{ID}"
Route = tuple[str, Any, dict[str, Any]]


def session_routes(service: SessionService, front_end: FrontEnd | None) -> list[Route]:
    """REST for people who are logged in, then what guests have, then the WebSockets of both."""
    given = {"service": service}
    handlers: list[tuple[str, Any]] = [
        (r"algorave/api/sessions/?", SessionsHandler),
        (SESSION, SessionHandler),
        (rf"{SESSION}/invites", InvitesHandler),
        (rf"{SESSION}/invites/{ID}", InviteHandler),
        (rf"{SESSION}/participants", ParticipantsHandler),
        (rf"{SESSION}/bans", BansHandler),
        (rf"{SESSION}/bans/{ID}", BanHandler),
        (r"algorave/guest/api/redeem", RedeemHandler),
        (r"algorave/guest/api/me", MeHandler),
        (r"algorave/guest/api/leave", LeaveHandler),
        (rf"algorave/ws/{ID}", SessionSocket),
        (rf"algorave/guest/ws/{ID}", GuestSocket),
    ]
    return [(path, handler, given) for path, handler in handlers] + guest_page_routes(service, front_end)
