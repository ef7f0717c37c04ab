"""Guests on a real server: how they come in, what they reach, and all that they do not."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from tornado.httpclient import HTTPClientError

from algorave_server.errors import Refusal
from algorave_server.guest_rules import GuestSettings, clean_name, new_credential, shown_sha256
from algorave_server.invites import mint, terms
from algorave_server.page_policy import SAMPLE_HOSTS
from algorave_server.rights import Role
from algorave_server.store import Newcomer, Store
from live_server import LiveServer

from .people import EDIT, Member, Visitor, open_socket, origin_of, refusal_of
from .routes import OPEN_TO_ALL, OURS_FOR_GUESTS, SAY_NOTHING, SESSION, Route, routes

EVIL = "https://evil.example"
XSRF = {"Cookie": "_xsrf=61", "X-XSRFToken": "61"}
"""Both halves of Jupyter's XSRF check; anybody can make them up, so they must open nothing."""
ROOT = Path(__file__).parents[2]


# -- what a guest is known by -----------------------------------------------------------------------------


def test_the_cookie(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-4: the credential is in a cookie that no script reads, no other site sends and no route of Jupyter gets."""
    header = visitor.redeem(host.invite(session)["link"]).headers["set-cookie"]
    flags = {part.strip() for part in header.split(";")[1:]}
    assert flags == {"HttpOnly", "Max-Age=43200", "Path=/base/algorave/guest/", "SameSite=Strict"}
    assert re.fullmatch(r"algorave_guest=[\w-]{43}", header.split(";")[0])


def test_a_planted_credential_is_not_taken_over(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-4: every redemption gives a new secret, whatever cookie came with it, and the old one opens nothing."""
    link = host.invite(session)["link"]
    planted = "P" * 43
    visitor.http.cookies.set("algorave_guest", planted, domain="127.0.0.1", path="/base/algorave/guest/")
    visitor.redeem(link).raise_for_status()
    first = visitor.cookie
    visitor.redeem(link).raise_for_status()
    second = visitor.cookie
    assert len({planted, first, second}) == 3
    statuses = [_me_with(visitor, secret).status_code for secret in (planted, first, second)]
    assert statuses == [401, 401, 200]


def _me_with(visitor: Visitor, secret: str) -> httpx.Response:
    headers = {"Cookie": f"algorave_guest={secret}"}
    return httpx.get(f"{visitor.server.url}algorave/guest/api/me", headers=headers, timeout=60)


def test_one_cookie_for_two_sessions(host: Member, visitor: Visitor) -> None:
    """GUEST-10: a guest stays who they are in each session, and one cookie opens both."""
    first, second = host.create("First"), host.create("Second")
    link = host.invite(first)["link"]
    me = visitor.redeem(link, "Bo").json()["you"]["id"]
    visitor.redeem(host.invite(second)["link"], "Bobo").raise_for_status()
    assert {each["title"] for each in visitor.me().json()["sessions"]} == {"First", "Second"}
    again = visitor.redeem(link, "Bob", colour="#123456").json()["you"]
    assert again == {"id": me, "name": "Bob", "colour": "#123456", "role": "viewer", "waiting": False}


async def test_leaving(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-11: who leaves is out on every device: sockets are closed and the old cookie opens nothing."""
    visitor.redeem(host.invite(session)["link"]).raise_for_status()
    old = visitor.cookie
    socket = await visitor.connect(session)
    await socket.hello()
    left = await asyncio.to_thread(visitor.http.post, "algorave/guest/api/leave", json={})
    assert left.status_code == 200
    assert await socket.closed() == 4401
    assert "algorave_guest" not in visitor.http.cookies
    assert _me_with(visitor, old).status_code == 401


class SetClock:
    """A clock that stands still until it is told to go on."""

    now = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)

    def now_at(self) -> datetime:
        return self.now

    def server_ms(self) -> float:
        return self.now.timestamp() * 1000


@pytest.mark.parametrize(
    ("hours", "seen_after_h", "is_known"),
    [(1.99, None, True), (2.01, None, False), (3, 1.5, True), (11.99, 11, True), (12.01, 11, False)],
)
def test_a_credential_ends(tmp_path: Path, hours: float, seen_after_h: float | None, is_known: bool) -> None:
    """GUEST-12: a credential lasts twelve hours at most, and two hours without being used."""
    clock, settings = SetClock(), GuestSettings()
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite'}", clock=clock)
    store.upgrade()
    jam = store.create_session("Jam", Newcomer("Ana", "#aa0000", user_id="ana"))
    minted = mint()
    invite = terms(Role.VIEWER, clock.now)
    store.create_invite(jam.session.id, minted.sha256, invite, by=jam.participant.id)
    secret, credential = new_credential(settings, None)
    guest = store.redeem(minted.sha256, Newcomer("Bo", "#00aa00"), credential)
    start = clock.now
    if seen_after_h is not None:
        clock.now = start + timedelta(hours=seen_after_h)
        store.touch([guest.id])
    clock.now = start + timedelta(hours=hours)
    idle_since = clock.now - timedelta(seconds=settings.idle_s)
    opened = store.guest_memberships(shown_sha256(secret) or "", idle_since)
    assert [each.participant.id for each in opened] == ([guest.id] if is_known else [])
    store.close()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Bo", "Bo"),
        ("  Zoë  \t Ω ", "Zoë Ω"),
        ("e\u0301", "é"),
        ("x" * 40, "x" * 40),
        ("DJ 🎵", "DJ 🎵"),
        ("a\u202eb\u200bc\u0000d\u2066e", "abcde"),
        ("z" + "\u0335" * 30, "z\u0335\u0335"),
        ("李小龍", "李小龍"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ],
)
def test_names(raw: str, name: str) -> None:
    """GUEST-9: a name is what can be seen of it, in composed form, with single spaces."""
    assert clean_name(raw) == name


@pytest.mark.parametrize(
    "raw", ["", "   ", "\u200b\u202e", "x" * 41, "\u3164", "\u2800\u2800", "x" * 401, "\u0301", "\ue000"]
)
def test_no_names(raw: str) -> None:
    """GUEST-9: what cannot be seen or is longer than 40 characters is no name."""
    with pytest.raises(Refusal, match="name"):
        clean_name(raw)


# -- who may send what ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["redeem", "leave"])
@pytest.mark.parametrize(
    "origin", [None, EVIL, "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"]
)
def test_pages_of_others_change_nothing(
    host: Member, visitor: Visitor, session: str, path: str, origin: str | None
) -> None:
    """GUEST-7: without an Origin of this server nothing is redeemed and nobody leaves."""
    link = host.invite(session)["link"]
    visitor.redeem(link).raise_for_status()
    before = visitor.cookie
    del visitor.http.headers["Origin"]
    headers = {} if origin is None else {"Origin": origin}
    body = {"invite": link.partition("#i=")[2], "name": "Eve"} if path == "redeem" else {}
    reply = visitor.http.post(f"algorave/guest/api/{path}", json=body, headers=headers)
    assert (reply.status_code, reply.json()["reason"]) == (403, "forbidden")
    assert visitor.cookie == before and visitor.me().status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "text/json"])
def test_forms_change_nothing(host: Member, visitor: Visitor, session: str, content_type: str) -> None:
    """GUEST-7: what a form of another site could send is not taken, be it JSON by its looks."""
    secret = host.invite(session)["link"].partition("#i=")[2]
    content = f'{{"invite": "{secret}", "name": "Eve"}}'
    url, headers = "algorave/guest/api/redeem", {"Content-Type": content_type}
    assert visitor.http.post(url, content=content, headers=headers).status_code == 415
    as_json = {"Content-Type": "application/json; charset=utf-8"}
    assert visitor.http.post(url, content=content, headers=as_json).status_code == 200


GUEST_SOCKET = {None: 403, "own": 101, EVIL: 403, "null": 403, "http://127.0.0.1:1": 403, "": 403}
MEMBER_SOCKET = {None: 101, "own": 101, EVIL: 403, "null": 403, "http://127.0.0.1:1": 403}


@pytest.mark.parametrize("origin", list(GUEST_SOCKET))
async def test_origins_of_the_guests_socket(
    host: Member, visitor: Visitor, session: str, origin: str | None
) -> None:
    """GUEST-8: the guests' WebSocket opens for pages of this server alone; what names no origin is no page."""
    visitor.redeem(host.invite(session)["link"]).raise_for_status()
    given = origin_of(visitor.server) if origin == "own" else origin
    assert await refusal_of(visitor.connect(session, Origin=given)) == GUEST_SOCKET[origin]


@pytest.mark.parametrize("origin", list(MEMBER_SOCKET))
async def test_origins_of_the_members_socket(host: Member, session: str, origin: str | None) -> None:
    """GUEST-8: with a login cookie the other WebSocket opens for pages of this server and for scripts."""
    given = origin_of(host.server) if origin == "own" else origin
    opening = host.connect(session, Origin=given, Authorization=None)
    assert await refusal_of(opening) == MEMBER_SOCKET[origin]


def test_every_socket_of_ours_is_in_a_matrix() -> None:
    """GUEST-8: the two tests above are about every WebSocket route there is."""
    ours = {
        route.path for route in routes() if route.is_socket and route.handler.startswith("algorave_server.")
    }
    assert ours == {f"algorave/ws/{SESSION}", f"algorave/guest/ws/{SESSION}"}


# -- what a guest reaches ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody", "guest"])
def test_no_route_of_jupyter_answers(
    host: Member, visitor: Visitor, session: str, server: LiveServer, who: str
) -> None:
    """GUEST-6: over all routes and methods of the server, none of Jupyter's answers a guest or nobody."""
    visitor.redeem(host.invite(session)["link"]).raise_for_status()
    headers = _as_guest(visitor) if who == "guest" else {"Origin": origin_of(server), **XSRF}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        answered = {
            f"{method} {route.path}"
            for route in routes()
            for method in route.methods
            # What OPTIONS says is which methods there are.
            if method != "OPTIONS"
            and _is_to_be_closed(route)
            and _answers(client, method, route.path.replace(SESSION, session))
        }
    assert answered == set()


def test_jupyter_answers_a_host(host: Member, server: LiveServer) -> None:
    """GUEST-6: negative control: the same walk by somebody who is logged in is answered all over."""
    answered = {
        route.path
        for route in routes()
        if "GET" in route.methods and _is_to_be_closed(route) and _answers(host.http, "GET", route.path)
    }
    assert answered >= {"api/kernels", "api/kernelspecs", "api/terminals", "api/sessions", "lab", "metrics"}
    assert len(answered) > 15


def _is_to_be_closed(route: Route) -> bool:
    if route.path in OPEN_TO_ALL | OURS_FOR_GUESTS or route.handler in SAY_NOTHING:
        return False
    return not route.is_socket


def _as_guest(visitor: Visitor) -> dict[str, str]:
    # Worse than any browser: it sends the cookie everywhere, and the secret wherever Jupyter takes one.
    cookie = f"algorave_guest={visitor.cookie}; username-127-0-0-1={visitor.cookie}; {XSRF['Cookie']}"
    token = {"Authorization": f"token {visitor.cookie}"}
    return {**XSRF, "Cookie": cookie, "Origin": origin_of(visitor.server), **token}


def _answers(client: httpx.Client, method: str, path: str) -> bool:
    """Whether somebody gets more than a closed door: a refusal, a way to the login, or nothing there."""
    reply = client.request(method, path)
    if reply.status_code in (301, 302):
        return not reply.headers["location"].startswith("/base/login")
    return reply.status_code not in (400, 401, 403, 404, 405)


@pytest.mark.parametrize("who", ["nobody", "guest"])
async def test_no_socket_of_jupyter_opens(
    host: Member, visitor: Visitor, session: str, server: LiveServer, who: str
) -> None:
    """GUEST-6: no WebSocket route of Jupyter's or of its extensions opens for a guest or nobody."""
    visitor.redeem(host.invite(session)["link"]).raise_for_status()
    headers = dict(_as_guest(visitor) if who == "guest" else {"Origin": origin_of(server), **XSRF})
    paths = [route.path for route in routes() if route.is_socket and "guest/" not in route.path]
    assert len(paths) >= 6
    for path in paths:
        with pytest.raises(HTTPClientError) as refused:
            await open_socket(server, path.replace(SESSION, session), headers)
        assert refused.value.code in (302, 403, 404), (path, refused.value.code)


async def test_a_socket_of_jupyter_opens_for_a_host(host: Member, server: LiveServer) -> None:
    """GUEST-6: negative control: the server's own messages are open to somebody who is logged in."""
    socket = await open_socket(server, "api/events/subscribe", host.headers())
    socket.close()


async def test_a_guest_is_in_one_session_only(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-6: a credential opens its own session; any other, there or not, is closed with UNAUTHENTICATED."""
    visitor.redeem(host.invite(session)["link"]).raise_for_status()
    for other in (host.create("Another"), "0" * 32):
        socket = await visitor.connect(other)
        assert await socket.closed() == 4401


async def test_viewers_cannot_edit(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-14: a guest has the role of the invite: a viewer's edit is refused, a co-author's is kept."""
    visitor.redeem(host.invite(session, role="viewer")["link"]).raise_for_status()
    socket = await visitor.connect(session)
    assert (await socket.hello())["role"] == "viewer"
    refused = await socket.ask({"kind": "add_layer", "name": "bass"})
    assert refused["reason"] == "forbidden"
    visitor.redeem(host.invite(session, role="co_author")["link"]).raise_for_status()
    assert await socket.closed() == 4205
    socket = await visitor.connect(session)
    assert (await socket.hello())["role"] == "co_author"
    assert (await socket.ask({"kind": "add_layer", "name": "bass"}))["kind"] == "done"
    await socket.send(EDIT)
    assert (await socket.until_kind("saved"))["edits"] == 1
    socket.close()


async def test_a_removed_guest_is_out(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-15: removed with a ban over the WebSocket, a guest cannot come back, and nobody else notices."""
    me = visitor.redeem(host.invite(session)["link"]).json()["you"]["id"]
    guest, mine = await visitor.connect(session), await host.connect(session)
    await guest.hello()
    await mine.hello()
    assert (await mine.ask({"kind": "remove", "participant": me, "ban": True}))["kind"] == "done"
    assert await guest.closed() == 4403
    assert await (await visitor.connect(session)).closed() == 4401
    again = await host.connect(session)
    assert (await again.hello())["listening"] == 0
    assert mine.code is None
    for socket in (mine, again):
        socket.close()


# -- the page ---------------------------------------------------------------------------------------------


def test_the_page(server: LiveServer) -> None:
    """GUEST-13: the guests' page reaches the guests' paths, the stage and sample hosts, and nothing else; no script inside."""
    page = httpx.get(f"{server.url}algorave/guest/", timeout=60)
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    ours = f"{server.url}algorave/"
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == f"{ours}static/"
    assert policy["frame-src"] == f"{ours}stage"
    assert set(policy["connect-src"].split()) == {
        f"{ours}static/",
        f"{ours}guest/",
        f"{ours.replace('http', 'ws', 1)}guest/",
        *(f"https://{host}" for host in SAMPLE_HOSTS),
    }
    assert {
        name: page.headers[name] for name in ("referrer-policy", "x-content-type-options", "cache-control")
    } == {
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert "set-cookie" not in page.headers
    assert "<script>" not in page.text and server.token not in page.text


def test_sample_hosts_are_the_front_ends() -> None:
    """GUEST-13: the page may fetch samples from exactly those hosts that its bridge asks."""
    bridge = (ROOT / "widgets" / "src" / "stage" / "bridge.ts").read_text(encoding="utf-8")
    listed = re.search(r"SAMPLE_HOSTS[^=]*=\s*\[(.*?)\]", bridge, re.DOTALL)
    assert listed is not None
    assert tuple(re.findall(r'"([^"]+)"', listed[1])) == SAMPLE_HOSTS


@pytest.mark.parametrize(
    "host_header", ["evil.example", 'x"; script-src *', "[::1", "127.0.0.1.evil.example"]
)
def test_other_names_are_not_answered(server: LiveServer, host_header: str) -> None:
    """GUEST-13: a server for this machine answers guests under its own names only, so no page can rename it."""
    url = f"{server.url}algorave/guest/"
    reply = httpx.get(url, headers={"Host": host_header}, timeout=60)
    assert reply.status_code in (400, 403)
    assert "script-src *" not in reply.headers.get("content-security-policy", "")
    assert httpx.get(url, headers={"Host": "localhost:1"}, timeout=60).status_code == 200


def test_what_is_not_there(server: LiveServer) -> None:
    """GUEST-13: below the guests' path everything else is a 404 of ours, not a page of Jupyter's."""
    reply = httpx.get(f"{server.url}algorave/guest/../../api/status".replace("..", "%2e%2e"), timeout=60)
    assert reply.status_code in (403, 404)
    reply = httpx.get(f"{server.url}algorave/guest/nothing", timeout=60)
    assert (reply.status_code, reply.json()["reason"]) == (404, "not_found")
    assert (
        httpx.get(f"{server.url}algorave/guest", timeout=60).headers["location"].endswith("/algorave/guest/")
    )
