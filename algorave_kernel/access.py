"""Where the server is, by which right this kernel speaks to it, and its REST API."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from jupyter_core.paths import jupyter_data_dir

from . import environment
from .environment import PAGE_URL_VARIABLE, PASS_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE, Secret
from .private_file import read_private, write_private
from .trouble import NotDone, Trouble
from .trust import own_certificate, trust_in

NO_SECRET = Secret("")
TIMEOUT_S = 15.0
STRANGER = "the server does not know this kernel any more: restart the kernel"
WRONG_TOKEN = (
    f"the server does not know this kernel: {TOKEN_VARIABLE} is not its token. `jupyter server list` on the "
    "server's machine shows it; set it before the kernel starts."
)
NOT_TRUSTED = (
    "its HTTPS certificate is not trusted here; start the kernel with SSL_CERT_FILE set to a file that has "
    "the certificate"
)
REDIRECTS = range(300, 400)
NO_SERVER = (
    "there is no server here to share a session on. Open this notebook with `algorave lab` or "
    f"`jupyter lab`, or set {URL_VARIABLE} to a server's address and {TOKEN_VARIABLE} to its token before "
    "the kernel starts."
)


@dataclass(frozen=True)
class Access:
    """An address that ends with `/`, and what proves who asks there, which is never shown."""

    url: str
    page_url: str
    scheme: str = ""
    secret: Secret = NO_SECRET
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies, repr=False)
    is_guest: bool = False
    #: The only HTTPS certificate that is good there, as PEM; empty for what everybody trusts.
    certificate: str = field(default="", repr=False)

    def ask(self, method: str, path: str, body: object = None) -> object:
        """Call the server below its `algorave/`; raise `NotDone` with its words, or `Trouble`."""
        try:
            with self._http() as http:
                reply = http.request(method, f"{self.url}algorave/{path}", json=body)
                self.cookies.update(reply.cookies)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Trouble(f"the server at {self.url} cannot be reached ({_why(error)})") from None
        return self._read(reply)

    def socket_url(self, session_id: str) -> str:
        """Where the session's WebSocket is."""
        place = "guest/ws" if self.is_guest else "ws"
        return f"{self.url.replace('http', 'ws', 1)}algorave/{place}/{session_id}"

    def socket_headers(self) -> dict[str, str]:
        """What the WebSocket is opened with."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies.jar)
        return self._headers() | ({"Cookie": cookies} if cookies else {})

    @property
    def trust(self) -> ssl.SSLContext | None:
        """What HTTPS there trusts; None where there is none. Raise `Trouble` when it is set wrongly."""
        return trust_in(self.certificate) if self.url.startswith("https:") else None

    @property
    def is_near(self) -> bool:
        """Whether the server is on this machine, where no proxy is between."""
        return is_near(self.url)

    def _headers(self) -> dict[str, str]:
        if self.is_guest:
            parts = urlsplit(self.url)
            return {"Origin": f"{parts.scheme}://{parts.netloc}"}
        return {"Authorization": f"{self.scheme} {self.secret.text}"} if self.secret.text else {}

    def _http(self) -> httpx.Client:
        return httpx.Client(
            headers=self._headers(),
            cookies=self.cookies,
            timeout=TIMEOUT_S,
            verify=self.trust or True,
            trust_env=not self.is_near,
            follow_redirects=False,
        )

    def _read(self, reply: httpx.Response) -> object:
        try:
            said = reply.json()
        except ValueError:
            said = None
        if reply.is_success and said is not None:
            return said
        ours = said if isinstance(said, dict) and isinstance(said.get("detail"), str) else None
        # Jupyter sends strangers to its login page.
        is_stranger = reply.status_code == 401 or reply.status_code in REDIRECTS
        if is_stranger or (reply.status_code == 403 and ours is None):
            raise NotDone("unauthenticated", WRONG_TOKEN if self.scheme == "token" else STRANGER)
        if ours is not None:
            raise NotDone(str(ours.get("reason")), ours["detail"])
        raise Trouble(f"the server answered with status {reply.status_code}: is algorave installed there?")


def is_near(url: str) -> bool:
    """Whether an address is good on this machine only."""
    return (urlsplit(url).hostname or "") in ("localhost", "127.0.0.1", "::1")


def own_access() -> Access:
    """How to reach this kernel's own server; raise `Trouble` that says what to do when it has none."""
    secrets = environment.take()
    url = os.environ.get(URL_VARIABLE, "").rstrip("/")
    if not url:
        raise Trouble(NO_SERVER)
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment or parts.username:
        raise Trouble(f"{URL_VARIABLE} is an address such as http://localhost:8888/ and nothing more")
    page_url = os.environ.get(PAGE_URL_VARIABLE, url).rstrip("/")
    scheme, secret = "token", secrets.get(TOKEN_VARIABLE, NO_SECRET)
    if PASS_VARIABLE in secrets:
        scheme, secret = "AlgoraveKernel", secrets[PASS_VARIABLE]
    access = Access(f"{url}/", f"{page_url}/", scheme, secret, certificate=own_certificate())
    return access if PASS_VARIABLE in secrets else _known_as(access)


def _known_as(access: Access) -> Access:
    """A token says that one may, a cookie says who one is: it is kept, so that it stays the same person."""
    place = Path(jupyter_data_dir()) / "algorave" / "known-as.json"
    known = read_private(place)
    mine = known.get(access.url, {})
    if mine:  # beside a cookie, a wrong token would only be noticed when something is to be changed
        replace(access, cookies=httpx.Cookies()).ask("GET", "api/version")
    for name, value in mine.items():
        access.cookies.set(name, value, domain=urlsplit(access.url).hostname or "")
    access.ask("GET", "api/version")
    write_private(place, known | {access.url: {cookie.name: cookie.value for cookie in access.cookies.jar}})
    return access


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    return NOT_TRUSTED if "CERTIFICATE_VERIFY_FAILED" in str(error) else "no connection"
