"""The one table of routes of shared sessions: paths as templates, below the server's base URL."""

from __future__ import annotations

import re
from typing import Any

from algorave_server.agent_handlers import AgentHandler, GuestAgentHandler
from algorave_server.api_document import ApiPageHandler, DocumentHandler, Route
from algorave_server.front_end import FrontEnd
from algorave_server.guest_handlers import LeaveHandler, MeHandler, RedeemHandler
from algorave_server.guest_page import guest_page_routes
from algorave_server.guest_socket import GuestSocket
from algorave_server.health import health_routes
from algorave_server.host_login import LoginLinkHandler
from algorave_server.host_page import host_page_routes
from algorave_server.invite_handlers import (
    BanHandler,
    BansHandler,
    InviteHandler,
    InvitesHandler,
    ParticipantsHandler,
)
from algorave_server.join_handler import JoinHandler
from algorave_server.look_handler import LookHandler
from algorave_server.loop_lag import LoopLag
from algorave_server.osc_handler import OscHandler
from algorave_server.session_handlers import EnterHandler, SessionHandler, SessionsHandler
from algorave_server.session_service import SessionService
from algorave_server.session_socket import SessionSocket

SESSION = "algorave/api/sessions/{session}"
ID = "([0-9a-f]{32})"
REST = "([^/]+(?:/.*)?)"


def session_routes(
    service: SessionService, front_end: FrontEnd | None, lag: LoopLag, version: str
) -> list[Route]:
    """All routes, as templates: REST, WebSockets, pages; what catches the rest comes last."""
    given = {"service": service}
    handlers: list[tuple[str, Any]] = [
        ("algorave/api/sessions", SessionsHandler),
        (SESSION, SessionHandler),
        (f"{SESSION}/enter", EnterHandler),
        (f"{SESSION}/invites", InvitesHandler),
        (f"{SESSION}/invites/{{invite}}", InviteHandler),
        (f"{SESSION}/participants", ParticipantsHandler),
        (f"{SESSION}/agent", AgentHandler),
        (f"{SESSION}/bans", BansHandler),
        (f"{SESSION}/bans/{{ban}}", BanHandler),
        (f"{SESSION}/osc", OscHandler),
        ("algorave/api/join", JoinHandler),
        ("algorave/api/login-link", LoginLinkHandler),
        ("algorave/guest/api/look", LookHandler),
        ("algorave/guest/api/redeem", RedeemHandler),
        ("algorave/guest/api/me", MeHandler),
        ("algorave/guest/api/leave", LeaveHandler),
        ("algorave/guest/api/agent/{session}", GuestAgentHandler),
        ("algorave/ws/{session}", SessionSocket),
        ("algorave/guest/ws/{session}", GuestSocket),
    ]
    routes: list[Route] = [(template, handler, given) for template, handler in handlers]
    routes += health_routes(service, lag)
    document: dict[str, Any] = {"service": service, "routes": routes, "version": version}
    routes.append(("algorave/api/openapi.json", DocumentHandler, document))
    routes.append(("algorave/api/", ApiPageHandler, document))
    return [*routes, *host_page_routes(service, front_end), *guest_page_routes(service, front_end)]


def as_patterns(routes: list[Route]) -> list[Route]:
    """The table as tornado wants it: `{session}` is an id, `{rest}` anything."""
    return [(pattern_of(template), handler, given) for template, handler, given in routes]


def pattern_of(template: str) -> str:
    """A template as a regular expression."""
    parts = re.split(r"{(\w+)}", template)
    return "".join(
        re.escape(part) if index % 2 == 0 else REST if part == "rest" else ID
        for index, part in enumerate(parts)
    )
