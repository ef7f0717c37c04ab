"""Where the server is, by which right this kernel speaks to it, and its REST API."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from jupyter_core.paths import jupyter_data_dir

from . import environment
from .environment import PAGE_URL_VARIABLE, PASS_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE
from .private_file import read_private, write_private
from .trouble import NotDone, Trouble

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
    """An address that ends with `/`, and the headers that prove who asks; they are never shown."""

    url: str
    page_url: str
    headers: dict[str, str] = field(repr=False)
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
        given = dict(self.headers)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies.jar)
        return given | ({"Cookie": cookies} if cookies else {})

    @property
    def is_near(self) -> bool:
        """Whether the server is on this machine, where no proxy is between."""
        return (urlsplit(self.url).hostname or "") in ("localhost", "127.0.0.1", "::1")

    def _http(self) -> httpx.Client:
        return httpx.Client(
            headers=self.headers,
            cookies=self.cookies,
            timeout=TIMEOUT_S,
            trust_env=not self.is_near,
            follow_redirects=False,
        )


def own_access() -> Access:
    """How to reach this kernel's own server; raise `Trouble` that says what to do when it has none."""
    taken = environment.take()
    url = taken.get(URL_VARIABLE, "")
    if not url:
        raise Trouble(NO_SERVER)
    if urlsplit(url).scheme not in ("http", "https"):
        raise Trouble(f"{URL_VARIABLE} has to begin with http:// or https://")
    url = url.rstrip("/") + "/"
    page_url = taken.get(PAGE_URL_VARIABLE, url).rstrip("/") + "/"
    if PASS_VARIABLE in taken:
        return Access(url, page_url, {"Authorization": f"AlgoraveKernel {taken[PASS_VARIABLE]}"})
    token = taken.get(TOKEN_VARIABLE, "")
    return _with_token(url, page_url, {"Authorization": f"token {token}"} if token else {})


def _with_token(url: str, page_url: str, headers: dict[str, str]) -> Access:
    """A token says that one may, a cookie says who one is: it is kept, so that it stays the same person."""
    access = Access(url, page_url, headers)
    place = Path(jupyter_data_dir()) / "algorave" / "known-as.json"
    known = read_private(place)
    for name, value in known.get(url, {}).items():
        access.cookies.set(name, value, domain=urlsplit(url).hostname or "")
    access.ask("GET", "api/version")
    write_private(place, known | {url: {cookie.name: cookie.value for cookie in access.cookies.jar}})
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
