"""The page for hosts, in JupyterLab's server as in one without notebooks: a shell for the front end."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from algorave_server.front_end import FrontEnd
from algorave_server.guest_page import PERMISSIONS, is_there, shell
from algorave_server.host_login import HostIdentityProvider
from algorave_server.origin import served_host
from algorave_server.page_policy import page_policy
from algorave_server.people import AUTH_RESOURCE
from algorave_server.session_service import SessionService

SCRIPT = "host.js"
HOSTS_REACH = ("api/", "ws/", "samples/")


class HostPageHandler(JupyterHandler):
    """`algorave/`: sessions, invites and who is here, for people who are logged in."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, service: SessionService, front_end: FrontEnd | None) -> None:
        """Take what the app made."""
        self.service = service
        self.front_end = front_end

    @property
    def content_security_policy(self) -> str:
        """As strict as the guests' page; this one reaches the hosts' paths."""
        origin = f"{self.request.protocol}://{served_host(self)}"
        return page_policy(origin, self.base_url, HOSTS_REACH)

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """The shell."""
        is_built = await asyncio.to_thread(is_there, self.front_end, SCRIPT)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Permissions-Policy", PERMISSIONS)
        # Asked for, it is set as the cookie that the page sends along with what changes something.
        _ = self.xsrf_token
        gives_login_links = isinstance(self.identity_provider, HostIdentityProvider)
        self.finish(shell(self.base_url, SCRIPT, is_built=is_built, gives_login_links=gives_login_links))


def host_page_routes(
    service: SessionService, front_end: FrontEnd | None
) -> list[tuple[str, Any, dict[str, Any]]]:
    """The page's route, as a template."""
    return [("algorave/", HostPageHandler, {"service": service, "front_end": front_end})]
