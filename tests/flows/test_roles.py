"""Who may what over HTTP: every operation of the API for everybody there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from live_server import LiveServer

from .people import Member, Visitor
from .routes import SESSION, routes

WHO = ("nobody", "guest_viewer", "guest_co_author", "stranger", "co_author", "host")
S = "algorave/api/sessions/{session}"
INVITE, BAN, LOGIN = {"role": "viewer"}, {"address": "192.0.2.1"}, {}
JAM = {"title": "Another"}
OSC = {"page": "0" * 8, "haps": []}
RENAME = {"title": "Yet another"}
# Nobody and guests are turned away by Jupyter's login, strangers are told that there is nothing.
MATRIX: dict[tuple[str, str], tuple[object, tuple[int, int, int, int, int, int]]] = {
    ("GET", "algorave/api/sessions"): (None, (403, 403, 403, 200, 200, 200)),
    ("POST", "algorave/api/sessions"): (JAM, (403, 403, 403, 201, 201, 201)),
    ("GET", S): (None, (403, 403, 403, 404, 200, 200)),
    ("PATCH", S): (RENAME, (403, 403, 403, 404, 403, 200)),
    ("DELETE", S): (None, (403, 403, 403, 404, 403, 200)),
    ("POST", f"{S}/enter"): (None, (403, 403, 403, 200, 200, 200)),
    ("GET", f"{S}/invites"): (None, (403, 403, 403, 404, 403, 200)),
    ("POST", f"{S}/invites"): (INVITE, (403, 403, 403, 404, 403, 201)),
    ("DELETE", f"{S}/invites/{{invite}}"): (None, (403, 403, 403, 404, 403, 200)),
    ("GET", f"{S}/participants"): (None, (403, 403, 403, 404, 403, 200)),
    ("GET", f"{S}/bans"): (None, (403, 403, 403, 404, 403, 200)),
    ("POST", f"{S}/bans"): (BAN, (403, 403, 403, 404, 403, 201)),
    ("DELETE", f"{S}/bans/{{ban}}"): (None, (403, 403, 403, 404, 403, 200)),
    # The host is told that AI is off.
    ("POST", f"{S}/agent"): ({}, (403, 403, 403, 404, 409, 409)),
    ("POST", "algorave/guest/api/agent/{session}"): ({}, (401, 403, 409, 401, 401, 401)),
    ("GET", f"{S}/osc"): (None, (403, 403, 403, 404, 403, 200)),
    # The host is told that this server sends none.
    ("POST", f"{S}/osc"): (OSC, (403, 403, 403, 404, 403, 404)),
    ("GET", "algorave/api/openapi.json"): (None, (403, 403, 403, 200, 200, 200)),
    ("POST", "algorave/api/join"): ("joining", (403, 403, 403, 200, 200, 200)),
    ("POST", "algorave/api/login-link"): (LOGIN, (403, 403, 403, 404, 404, 404)),
    ("POST", "algorave/guest/api/look"): ("joining", (200, 200, 200, 200, 200, 200)),
    ("POST", "algorave/guest/api/redeem"): ("redemption", (200, 200, 200, 200, 200, 200)),
    ("GET", "algorave/guest/api/me"): (None, (401, 200, 200, 401, 401, 401)),
    ("POST", "algorave/guest/api/leave"): ({}, (200, 200, 200, 200, 200, 200)),
    ("GET", "algorave/healthz"): (None, (200, 200, 200, 200, 200, 200)),
    ("GET", "algorave/readyz"): (None, (200, 200, 200, 200, 200, 200)),
}


@dataclass
class Everybody:
    """One session, and each kind of person there is."""

    session: str
    invite: str
    ban: str
    link: str
    clients: dict[str, httpx.Client]


@pytest.fixture
async def everybody(server: LiveServer) -> Iterator[Everybody]:  # type: ignore[misc]  # pytest-asyncio makes it one
    """A session with a host, a co-author and two guests, and two people outside."""
    host, co_author, stranger = Member(server), Member(server), Member(server)
    session = host.create()
    (await co_author.connect(session)).close()
    viewers, authors = host.invite(session), host.invite(session, role="co_author")
    guests = {"guest_viewer": viewers, "guest_co_author": authors}
    visitors = {name: Visitor(server) for name in ("nobody", *guests)}
    for name, invite in guests.items():
        visitors[name].redeem(invite["link"]).raise_for_status()
    ban = host.http.post(f"algorave/api/sessions/{session}/bans", json={"address": "192.0.2.2"}).json()["ban"]
    members = {"host": host, "co_author": co_author, "stranger": stranger}
    clients = {name: each.http for name, each in (visitors | members).items()}
    for client in clients.values():
        client.headers["Origin"] = server.url.removesuffix("/base/")
    yield Everybody(session, viewers["invite"]["id"], ban["id"], viewers["link"], clients)
    for client in clients.values():
        client.close()


@pytest.mark.parametrize("operation", list(MATRIX), ids=" ".join)
def test_every_cell(everybody: Everybody, operation: tuple[str, str]) -> None:
    """GUEST-14: each operation answers each kind of person as the table says; the host comes last."""
    method, template = operation
    body, expected = MATRIX[operation]
    path = template.format(session=everybody.session, invite=everybody.invite, ban=everybody.ban)
    if body == "redemption":
        body = {"invite": everybody.link.partition("#i=")[2], "name": "Cy"}
    if body == "joining":
        body = {"invite": everybody.link.partition("#i=")[2]}
    statuses: list[int] = []
    for who in WHO:
        sent = {} if body is None else {"json": body}
        statuses.append(everybody.clients[who].request(method, path, **sent).status_code)
    assert dict(zip(WHO, statuses, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_the_table_is_complete(host: Member) -> None:
    """GUEST-14: the table holds every operation of the API document, and no other."""
    document = host.http.get("algorave/api/openapi.json").json()
    paths = document["paths"]
    assert {(method.upper(), path.lstrip("/")) for path in paths for method in paths[path]} == set(MATRIX)


def test_the_document_is_the_routes(host: Member) -> None:
    """GUEST-16: the API document names every REST route and method that the server has, and no other."""
    paths = host.http.get("algorave/api/openapi.json").json()["paths"]
    documented = {
        (method.upper(), path.lstrip("/").replace("{invite}", SESSION).replace("{ban}", SESSION))
        for path in paths
        for method in paths[path]
    }
    is_rest = (
        "algorave/api/sessions",
        "algorave/api/join",
        "algorave/api/login",
        "algorave/api/open",
        "algorave/guest/api/",
        "algorave/healthz",
        "algorave/readyz",
    )
    registered = {
        (method, route.path)
        for route in routes()
        for method in route.methods
        if route.path.startswith(is_rest) and method != "OPTIONS"
    }
    assert documented == registered


def test_answers_are_as_documented(host: Member, session: str) -> None:
    """GUEST-16: what the server answers has exactly the fields that the document lists, and every reference resolves."""
    document = host.http.get("algorave/api/openapi.json").json()
    schemas = document["components"]["schemas"]
    made = host.invite(session)
    assert set(made) == set(schemas["InviteMade"]["properties"])
    assert set(made["invite"]) == set(schemas["InviteInfo"]["properties"])
    [person] = host.participants(session).values()
    assert set(person) == set(schemas["ParticipantInfo"]["properties"])
    references = {
        part.split('"')[0]
        for part in host.http.get("algorave/api/openapi.json").text.split("#/components/schemas/")[1:]
    }
    assert references <= set(schemas)


def test_the_page_of_the_api(host: Member, visitor: Visitor) -> None:
    """GUEST-16: the same is a page for people, which runs nothing; nobody else sees it."""
    page = host.http.get("algorave/api/")
    assert "/algorave/api/sessions/{session}/invites" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert visitor.http.get("algorave/api/").status_code == 403
