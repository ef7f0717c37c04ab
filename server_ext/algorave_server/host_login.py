"""How hosts log in to a server without notebooks: by a link that works once, or by a password.

The link's secret is in the fragment, so that it is in no log; the page posts it. A host may ask for more
links, for other browsers. All who log in are one user, the host: several people with roles of their own come
by invites.
"""

from __future__ import annotations

import hmac
import secrets
import time
from functools import cached_property
from html import escape
from typing import Any, ClassVar

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from tornado import web

from algorave_server.address import block_of, is_own_origin
from algorave_server.api_models import LoginLink, Says
from algorave_server.counts import COUNTS
from algorave_server.invites import sha256_of
from algorave_server.json_handler import JsonHandler
from algorave_server.origin import outside_url, served_host
from algorave_server.turnstile import CrowdLimits, Turnstile
from algorave_server.wire import address_of

LINK_LIFETIME_S = 600.0
MAX_LINKS = 20


class OneTimeCodes:
    """Codes that each log in once. Kept by their hash, and only in memory."""

    def __init__(self) -> None:
        self._ends_s: dict[str, float] = {}

    def mint(self, now_s: float, lifetime_s: float | None = LINK_LIFETIME_S) -> str:
        """A new code; None lets it last until it is used."""
        self._forget_old(now_s)
        while len(self._ends_s) >= MAX_LINKS:
            del self._ends_s[next(iter(self._ends_s))]
        code = secrets.token_urlsafe(32)
        self._ends_s[sha256_of(code)] = float("inf") if lifetime_s is None else now_s + lifetime_s
        return code

    def use(self, code: str, now_s: float) -> bool:
        """Whether the code is good; it is not any more afterwards."""
        self._forget_old(now_s)
        asked = sha256_of(code)
        found = [known for known in self._ends_s if hmac.compare_digest(known, asked)]
        for known in found:
            del self._ends_s[known]
        return bool(found)

    def _forget_old(self, now_s: float) -> None:
        self._ends_s = {known: end_s for known, end_s in self._ends_s.items() if end_s > now_s}


class HostIdentityProvider(PasswordIdentityProvider):
    """Everybody who logs in is the host."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.codes = OneTimeCodes()
        self.turnstile = Turnstile(CrowdLimits())

    @property
    def auth_enabled(self) -> bool:
        """Always: without a password there are still the links."""
        return True

    def generate_anonymous_user(self, handler: web.RequestHandler) -> User:  # noqa: ARG002 - Jupyter's signature
        """The host, the same after every login and restart."""
        return User("host", "Host", "Host", "H")

    def process_login_form(self, handler: web.RequestHandler) -> User | None:
        """The host, when code or password is good. Codes cannot be guessed; trying some keeps nobody out."""
        code = handler.get_body_argument("code", "")
        if code and self.codes.use(code, time.monotonic()):
            return self.generate_anonymous_user(handler)
        password = handler.get_body_argument("password", "")
        if password and self.hashed_password and self._is_password(password, handler):
            return self.generate_anonymous_user(handler)
        COUNTS.auth_failures["login"] += 1
        return None

    def _is_password(self, password: str, handler: web.RequestHandler) -> bool:
        """Whether it is right. Passwords can be guessed, so wrong ones are followed by a delay."""
        now_s = time.monotonic()
        place = block_of(address_of(handler, handler.settings["algorave_server"].sessions))
        if self.turnstile.delay_s(place, now_s) > 0:
            return False
        if self.passwd_check(password):
            return True
        self.turnstile.failed(place, sha256_of(password), now_s)
        return False


class HostLoginHandler(LoginFormHandler):
    """`login`: the page of the link, and the form behind it."""

    @property
    def content_security_policy(self) -> str:
        """One script, of ours; it reads the fragment."""
        return (
            f"default-src 'none'; script-src 'nonce-{self.nonce}'; style-src 'unsafe-inline'; img-src data:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )

    @cached_property
    def nonce(self) -> str:
        """A new one for each answer."""
        return secrets.token_urlsafe(16)

    def check_xsrf_cookie(self) -> None:
        """The form comes from this page, whose origin the browser names; nobody is logged in yet."""
        served_host(self)
        if not is_own_origin(self.request.headers.get("Origin"), self.request.host):
            raise web.HTTPError(403, "a login from another site's page")

    @allow_unauthenticated
    def get(self) -> None:
        """The form; who is logged in goes on."""
        if self.current_user:
            self._redirect_safe(self.get_argument("next", default=self._home()), self._home())
        else:
            self._render()

    @allow_unauthenticated
    def post(self) -> None:
        """Log in."""
        user = self.identity_provider.process_login_form(self)
        if user is None:
            self.set_status(401)
            self._render({"error": "That did not work. A link works once, and for ten minutes at most."})
            return
        self.identity_provider.set_login_cookie(self, user)
        self._redirect_safe(self.get_argument("next", default=self._home()), self._home())

    def _home(self) -> str:
        return f"{self.base_url}algorave/"

    def _render(self, message: dict[str, str] | None = None) -> None:
        has_password = bool(getattr(self.identity_provider, "hashed_password", ""))
        self.set_header("Cache-Control", "no-store")
        # With `no-referrer` browsers would hide the origin of the form.
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(login_page((message or {}).get("error", ""), self.nonce, has_password=has_password))


class LoginLinkHandler(JsonHandler):
    """`algorave/api/login-link`."""

    says: ClassVar[dict[str, Says]] = {"post": Says(LoginLink, status=201)}

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """A link that logs one more browser in as host, once, within ten minutes."""
        provider = self.identity_provider
        if not isinstance(provider, HostIdentityProvider):
            raise web.HTTPError(404)
        code = provider.codes.mint(time.monotonic())
        link = f"{outside_url(self, self.service)}login#k={code}"
        self.reply(LoginLink(link=link, expires_in_s=int(LINK_LIFETIME_S)), 201)


def login_page(error: str, nonce: str, *, has_password: bool) -> str:
    """The form as HTML; its script hands in the code of the link by itself."""
    words = f'<p role="alert">{escape(error)}</p>' if error else ""
    password = (
        '<p><label>Password <input name="password" type="password"></label></p>' if has_password else ""
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>algorave: log in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<style>body {{ font: 16px/1.5 system-ui, sans-serif; margin: 4rem auto; max-width: 26rem; padding: 0 1rem }}
input {{ font: inherit; width: 100%; box-sizing: border-box }} button {{ font: inherit }}</style></head>
<body><main><h1>algorave</h1>
<p>Open the link that <code>algorave serve</code> printed, or give its code, the part behind
<code>#k=</code>.</p>
{words}<form method="post"><p><label>Code <input name="code" autocomplete="off"></label></p>
{password}<p><button>Log in as host</button></p></form></main>
<script nonce="{nonce}">
const code = new URLSearchParams(location.hash.slice(1)).get("k");
if (code) {{
  history.replaceState(null, "", location.pathname + location.search);
  document.forms[0].code.value = code;
  document.forms[0].submit();
}}
</script></body></html>
"""
