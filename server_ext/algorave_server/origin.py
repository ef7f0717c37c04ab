"""How this server is called from outside, and whether a request comes from one of its own pages."""

from __future__ import annotations

from tornado import web
from tornado.web import RequestHandler

from algorave_server.address import is_host, is_own_origin, is_served_host
from algorave_server.session_service import SessionService


def outside_url(handler: RequestHandler, service: SessionService) -> str:
    """The address of the server with its base URL, ending with `/`, as links should carry it."""
    set_by_operator = service.settings.guests.public_url
    if set_by_operator:
        return set_by_operator.rstrip("/") + "/"
    return f"{handler.request.protocol}://{served_host(handler)}{handler.settings['base_url']}"


def served_host(handler: RequestHandler) -> str:
    """The `Host` of a request when this server answers to it; else the request ends with 400 or 403."""
    host = handler.request.host
    if not is_host(host):
        raise web.HTTPError(400, "a Host header that is none")
    settings = handler.settings
    if not settings.get("allow_remote_access") and not is_served_host(
        host, settings.get("local_hostnames", ["localhost"])
    ):
        raise web.HTTPError(403, "this server answers to local names only")
    return host


def is_from_own_page(handler: RequestHandler, service: SessionService) -> bool:
    """Whether a page of ours, or of an origin the operator has listed, sends this. No Origin is no page."""
    headers = handler.request.headers
    origins = headers.get_list("Origin")
    if len(origins) != 1:
        return False
    return is_own_origin(origins[0], handler.request.host, service.settings.guests.allowed_origins)
