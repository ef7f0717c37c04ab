"""The page for guests: a small shell that loads the front end, and says so in words when it cannot."""

from __future__ import annotations

import asyncio
from html import escape
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated

from algorave_server.front_end import FrontEnd
from algorave_server.guest_http import GuestHandler
from algorave_server.origin import served_host
from algorave_server.page_policy import page_policy
from algorave_server.session_service import SessionService

SCRIPT = "guest.js"
PERMISSIONS = "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()"
GUESTS_REACH = ("guest/",)


class GuestPageHandler(GuestHandler):
    """`algorave/guest/`. The invite is in the fragment of its address, which no server is sent."""

    def initialize(self, service: SessionService, front_end: FrontEnd | None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] -- the route gives more
        """Take what the app made."""
        super().initialize(service)
        self.front_end = front_end

    @allow_unauthenticated
    async def get(self) -> None:
        """The shell."""
        is_built = await asyncio.to_thread(is_there, self.front_end, SCRIPT)
        base_url = self.settings["base_url"]
        origin = f"{self.request.protocol}://{served_host(self)}"
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", page_policy(origin, base_url, GUESTS_REACH))
        self.set_header("Permissions-Policy", PERMISSIONS)
        self.finish(shell(base_url, SCRIPT, is_built=is_built))

    @allow_unauthenticated
    async def head(self) -> None:
        """What `get` says, without the page."""
        await self.get()


class GuestSlashHandler(GuestHandler):
    """`algorave/guest`: the page is below the slash. Browsers keep the fragment."""

    @allow_unauthenticated
    def get(self) -> None:
        """Go there."""
        self.redirect(f"{self.settings['base_url']}algorave/guest/", status=302)


class NothingHereHandler(GuestHandler):
    """Anything else below `algorave/guest/`: not there, in words of ours and without Jupyter's pages."""

    @allow_unauthenticated
    def get(self, _path: str) -> None:
        """Not there."""
        self.send_error(404)

    @allow_unauthenticated
    def post(self, _path: str) -> None:
        """Not there."""
        self.send_error(404)


def is_there(front_end: FrontEnd | None, name: str) -> bool:
    """Whether a file of the front end is built. Reads files: call it in a thread."""
    return front_end is not None and front_end.read(name) is not None


def shell(base_url: str, script: str, *, is_built: bool, gives_login_links: bool = False) -> str:
    """The page's HTML. Everything in it is the server's own; names and titles come later, as text."""
    base = escape(base_url, quote=True)
    login_links = "true" if gives_login_links else "false"
    if is_built:
        words = "<p>One moment …</p><noscript><p>This page needs JavaScript.</p></noscript>"
        load = f'<script type="module" src="{base}algorave/static/{script}"></script>'
    else:
        words = (
            "<p>This page is not built on this server. Tell whoever runs it: "
            "<code>make build</code>, or install the wheel.</p>"
        )
        load = ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover,
interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>algorave</title>
<link rel="icon" href="data:,">
<style>#algorave {{ font: 16px/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 26rem; padding: 1rem;
text-align: center }}</style>
</head>
<body>
<main id="algorave" data-base-url="{base}" data-login-links="{login_links}">{words}</main>
{load}
</body>
</html>
"""


def guest_page_routes(
    service: SessionService, front_end: FrontEnd | None
) -> list[tuple[str, Any, dict[str, Any]]]:
    """The page's routes, as templates."""
    given = {"service": service}
    return [
        ("algorave/guest", GuestSlashHandler, given),
        ("algorave/guest/", GuestPageHandler, {**given, "front_end": front_end}),
        ("algorave/guest/{rest}", NothingHereHandler, given),
    ]
