"""Where the server is, by which right this kernel speaks to it, and its REST API."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from jupyter_core.paths import jupyter_data_dir

from . import environment
from .environment import PAGE_URL_VARIABLE, PASS_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE, Secret
from .private_file import read_private, write_private
from .trouble import NotDone, Trouble

NO_SECRET = Secret("")
TIMEOUT_S = 15.0
STRANGER = "the server does not know this kernel: restart it, or check its token"
REASONS = ("forbidden", "not_found", "conflict", "malformed", "ended", "too_old", "too_fast", "not_saved")
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

    def ask(self, method: str, path: str, body: object = None) -> object:
        """Call the server below its `algorave/`; raise `NotDone` with its words, or `Trouble`."""
        try:
            with self._http() as http:
                reply = http.request(method, f"{self.url}algorave/{path}", json=body)
                self.cookies.update(reply.cookies)
        except httpx.HTTPError as error:
            raise Trouble(f"the server at {self.url} cannot be reached ({_why(error)})") from None
        return _read(reply)

    def socket_url(self, session_id: str) -> str:
        """Where the session's WebSocket is."""
        place = "guest/ws" if self.is_guest else "ws"
        return f"{self.url.replace('http', 'ws', 1)}algorave/{place}/{session_id}"

    def socket_headers(self) -> dict[str, str]:
        """What the WebSocket is opened with."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies.jar)
        return self._headers() | ({"Cookie": cookies} if cookies else {})

    @property
    def is_near(self) -> bool:
        """Whether the server is on this machine, where no proxy is between."""
        return (urlsplit(self.url).hostname or "") in ("localhost", "127.0.0.1", "::1")

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
            trust_env=not self.is_near,
            follow_redirects=False,
        )


def own_access() -> Access:
    """How to reach this kernel's own server; raise `Trouble` that says what to do when it has none."""
    secrets = environment.take()
    url = os.environ.get(URL_VARIABLE, "").rstrip("/")
    if not url:
        raise Trouble(NO_SERVER)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment or parts.username:
        raise Trouble(f"{URL_VARIABLE} is an address such as http://localhost:8888/ and nothing more")
    page_url = os.environ.get(PAGE_URL_VARIABLE, url).rstrip("/")
    if PASS_VARIABLE in secrets:
        return Access(f"{url}/", f"{page_url}/", "AlgoraveKernel", secrets[PASS_VARIABLE])
    return _known_as(Access(f"{url}/", f"{page_url}/", "token", secrets.get(TOKEN_VARIABLE, NO_SECRET)))


def _known_as(access: Access) -> Access:
    """A token says that one may, a cookie says who one is: it is kept, so that it stays the same person."""
    place = Path(jupyter_data_dir()) / "algorave" / "known-as.json"
    known = read_private(place)
    for name, value in known.get(access.url, {}).items():
        access.cookies.set(name, value, domain=urlsplit(access.url).hostname or "")
    access.ask("GET", "api/version")
    write_private(place, known | {access.url: {cookie.name: cookie.value for cookie in access.cookies.jar}})
    return access


def _read(reply: httpx.Response) -> object:
    try:
        said = reply.json()
    except ValueError:
        said = None
    if reply.is_success and said is not None:
        return said
    if reply.status_code in (401, 403) and not (isinstance(said, dict) and said.get("reason") == "forbidden"):
        raise NotDone(
            "unauthenticated", "the server does not know this kernel: restart it, or check its token"
        )
    if isinstance(said, dict) and isinstance(said.get("detail"), str):
        raise NotDone(str(said.get("reason")), said["detail"])
    raise Trouble(f"the server answered with status {reply.status_code}: is algorave installed there?")


def _why(error: httpx.HTTPError) -> str:
    return "it took too long" if isinstance(error, httpx.TimeoutException) else "no connection"
