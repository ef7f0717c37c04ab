"""Invites over HTTP: made, listed, redeemed, revoked."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from live_server import LiveServer

from .people import Member, Visitor, refusal_of, secret_of

UNKNOWN = "https://x/#i=" + "A" * 43


def test_an_invite_is_listed_without_its_secret(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-1: the link is in one answer only; the list says who came by which invite."""
    made = host.invite(session, role="co_author", max_uses=3)
    assert made["link"].startswith(f"{host.server.url}algorave/guest/#i=")
    visitor.redeem(made["link"], "Ana").raise_for_status()
    listing = host.http.get(f"algorave/api/sessions/{session}/invites")
    assert secret_of(made["link"]) not in listing.text
    [invite] = listing.json()["invites"]
    assert (invite["id"], invite["role"], invite["uses"]) == (made["invite"]["id"], "co_author", 1)
    assert (invite["max_uses"], invite["state"]) == (3, "open")
    assert [came["name"] for came in invite["came"]] == ["Ana"]


@pytest.mark.parametrize(
    "terms",
    [
        {"role": "host"},
        {"role": "nobody"},
        {"max_uses": 0},
        {"max_uses": 100_001},
        {"expires_in_s": 0},
        {"expires_in_s": 32_000_000},
        {"more": 1},
    ],
)
def test_terms_out_of_bounds(host: Member, session: str, terms: dict[str, object]) -> None:
    """GUEST-1: nobody becomes host by a link, and terms out of bounds are refused in one shape, by field."""
    reply = host.http.post(f"algorave/api/sessions/{session}/invites", json=terms)
    assert reply.status_code == 400
    assert reply.json()["ok"] is False and reply.json()["reason"] == "malformed"
    assert reply.json()["detail"].startswith(next(iter(terms)))


@pytest.mark.parametrize(
    "terms", [{"max_uses": 1}, {"max_uses": 100_000}, {"max_uses": None}, {"expires_in_s": 31_622_400}]
)
def test_terms_at_their_bounds(host: Member, session: str, terms: dict[str, object]) -> None:
    """GUEST-1: the last value within the bounds is taken."""
    assert host.invite(session, **terms)["invite"]["max_uses"] == terms.get("max_uses", 100)


def test_dead_invites_look_alike(host: Member, session: str, server: LiveServer) -> None:
    """GUEST-2: unknown, used-up, expired and revoked invites get the same status, headers and body."""
    used, revoked = host.invite(session, max_uses=1), host.invite(session)
    Visitor(server).redeem(used["link"]).raise_for_status()
    host.http.delete(f"algorave/api/sessions/{session}/invites/{revoked['invite']['id']}").raise_for_status()
    expired = host.invite(session, expires_in_s=0.001)
    replies = [
        Visitor(server).redeem(link) for link in (UNKNOWN, used["link"], revoked["link"], expired["link"])
    ]
    seen = {(reply.status_code, reply.text, tuple(_lasting(reply.headers))) for reply in replies}
    assert len(seen) == 1
    assert replies[0].status_code == 404
    assert "set-cookie" not in replies[0].headers


def test_looking_at_an_invite(host: Member, visitor: Visitor, session: str, server: LiveServer) -> None:
    """GUEST-18: a look says who invites to what and as what, uses nothing up, and what is dead looks as at redeeming."""
    made = host.invite(session, role="co_author", max_uses=1)
    for _ in range(3):
        seen = visitor.look(made["link"])
        assert (seen.status_code, "set-cookie" in seen.headers) == (200, False)
        by = _name_of(host, session)
        told = {"title": "Jam", "kind": "person", "role": "co_author", "by": by}
        assert seen.json() == {"ok": True, **told}
    visitor.redeem(made["link"]).raise_for_status()
    revoked, expired = host.invite(session), host.invite(session, expires_in_s=0.001)
    host.http.delete(f"algorave/api/sessions/{session}/invites/{revoked['invite']['id']}").raise_for_status()
    dead = [UNKNOWN, made["link"], revoked["link"], expired["link"]]
    replies = [Visitor(server).look(link) for link in dead] + [Visitor(server).redeem(dead[0])]
    assert len({(each.status_code, each.text, tuple(_lasting(each.headers))) for each in replies}) == 1


def test_looks_are_counted(server: LiveServer) -> None:
    """GUEST-18: guessing by looks is slowed down as guessing by redeeming is."""
    visitor = Visitor(server)
    statuses = [visitor.look(f"https://x/#i={number:043d}").status_code for number in range(8)]
    assert statuses == [404] * 6 + [429] * 2


def _name_of(host: Member, session: str) -> str:
    [person] = host.participants(session).values()
    return str(person["name"])


def _lasting(headers: httpx.Headers) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in headers.items() if name != "date")


def test_a_live_invite_looks_different(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-2: negative control: an invite that works is answered otherwise."""
    assert visitor.redeem(host.invite(session)["link"]).status_code == 200


def test_a_crowd_gets_no_more_than_there_is(host: Member, session: str, server: LiveServer) -> None:
    """GUEST-2: of 30 at once who redeem an invite for 5, exactly 5 come in."""
    link = host.invite(session, max_uses=5)["link"]
    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(lambda _: Visitor(server).redeem(link).status_code, range(30)))
    assert sorted(set(statuses)) == [200, 404] and statuses.count(200) == 5
    assert sum(person["is_guest"] for person in host.participants(session).values()) == 5


async def test_revoking_closes_its_sockets(host: Member, session: str, server: LiveServer) -> None:
    """GUEST-3: who came by a revoked invite is out at once, with REMOVED; who came by another stays."""
    first, second = host.invite(session), host.invite(session)
    out, stays = Visitor(server), Visitor(server)
    out.redeem(first["link"]).raise_for_status()
    stays.redeem(second["link"]).raise_for_status()
    gone, here = await out.connect(session), await stays.connect(session)
    await gone.hello()
    await here.hello()
    url = f"algorave/api/sessions/{session}/invites/{first['invite']['id']}"
    revoked = await asyncio.to_thread(host.http.delete, url)
    assert len(revoked.json()["removed"]) == 1
    assert await gone.closed() == 4403
    assert (await here.ask({"kind": "say", "text": "still here"}))["kind"] == "done"
    assert out.me().status_code == 401
    again = await out.connect(session)
    assert await again.closed() == 4401
    here.close()


async def test_secrets_are_nowhere(host: Member, visitor: Visitor, session: str, server: LiveServer) -> None:
    """GUEST-5: neither an invite's secret nor a credential is in a log, the database or an answer to others."""
    link = host.invite(session)["link"]
    visitor.redeem(link).raise_for_status()
    socket = await visitor.connect(session)
    await socket.hello()
    socket.close()
    wrong = secret_of(UNKNOWN)
    Visitor(server).redeem(UNKNOWN)
    kept = _dump(server)
    assert session in kept and "Bo" in kept
    for secret in (secret_of(link), visitor.cookie, wrong):
        assert secret not in kept
        assert secret not in server.log
        assert secret not in host.http.get(f"algorave/api/sessions/{session}/participants").text


def _dump(server: LiveServer) -> str:
    """The database and its side files, as text and as bytes."""
    folder = server.log_path.parent / "data" / "algorave"
    with sqlite3.connect(folder / "sessions.sqlite3") as connection:
        text = "\n".join(connection.iterdump())
    files = [path.read_bytes().decode("latin-1") for path in Path(folder).iterdir() if path.is_file()]
    return "\n".join([text, *files])


def test_a_canary_would_be_found(host: Member, server: LiveServer) -> None:
    """GUEST-5: negative control: what is kept as it is, is found by the same look."""
    host.create("canary-5e1f")
    assert "canary-5e1f" in _dump(server)


async def test_a_ban_holds_until_it_is_lifted(host: Member, visitor: Visitor, session: str) -> None:
    """GUEST-15: a banned participant is out at once and comes back only when the ban is lifted."""
    link = host.invite(session)["link"]
    me = visitor.redeem(link).json()["you"]["id"]
    socket = await visitor.connect(session)
    await socket.hello()
    bans = f"algorave/api/sessions/{session}/bans"
    made = await asyncio.to_thread(host.http.post, bans, json={"participant": me, "reason": "noise"})
    assert made.status_code == 201
    assert await socket.closed() == 4403
    assert visitor.me().status_code == 401
    listed = host.http.get(bans).json()["bans"]
    assert [(ban["participant"], ban["reason"]) for ban in listed] == [(me, "noise")]
    host.http.delete(f"{bans}/{listed[0]['id']}").raise_for_status()
    assert visitor.me().status_code == 200
    assert visitor.redeem(link).json()["you"]["id"] == me


async def test_a_banned_address(host: Member, session: str, server: LiveServer) -> None:
    """GUEST-15: from a banned block no guest comes in or connects; from beside it they do."""
    link = host.invite(session)["link"]
    inside, outside = Visitor(server, "203.0.113.7"), Visitor(server, "203.0.114.7")
    inside.redeem(link).raise_for_status()
    outside.redeem(link).raise_for_status()
    ban = {"address": "203.0.113.0/24"}
    host.http.post(f"algorave/api/sessions/{session}/bans", json=ban).raise_for_status()
    assert await refusal_of(inside.connect(session)) == 403
    assert await refusal_of(outside.connect(session)) == 101
    assert Visitor(server, "203.0.113.9").redeem(link).status_code == 404
    assert Visitor(server, "203.0.114.9").redeem(link).status_code == 200


async def test_a_ban_of_an_address_closes_its_sockets(host: Member, session: str, server: LiveServer) -> None:
    """GUEST-15: banning a block closes the sockets of guests from there, of nobody beside it and of no member."""
    link = host.invite(session)["link"]
    inside, outside = Visitor(server, "203.0.115.7"), Visitor(server, "203.0.116.7")
    for visitor in (inside, outside):
        visitor.redeem(link).raise_for_status()
    out, stays = await inside.connect(session), await outside.connect(session)
    member = await host.connect(session, X_Forwarded_For="203.0.115.8")
    for socket in (out, stays, member):
        await socket.hello()
    bans = f"algorave/api/sessions/{session}/bans"
    ban = {"address": "203.0.115.0/24", "expires_in_s": 60}
    await asyncio.to_thread(host.http.post, bans, json=ban)
    assert await out.closed() == 4403
    for socket in (stays, member):
        assert (await socket.ask({"kind": "say", "text": "here"}))["kind"] == "done"
        socket.close()


def test_hosts_are_not_banned(host: Member, session: str) -> None:
    """GUEST-15: a host cannot ban a host, nor somebody of another session."""
    [me] = host.participants(session)
    bans = f"algorave/api/sessions/{session}/bans"
    assert host.http.post(bans, json={"participant": me}).status_code == 409
    [stranger] = host.participants(host.create())
    assert host.http.post(bans, json={"participant": stranger}).status_code == 404
    assert host.http.post(bans, json={}).status_code == 400
    assert host.http.post(bans, json={"address": "nowhere"}).status_code == 400
