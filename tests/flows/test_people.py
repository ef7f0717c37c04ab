"""People in a session on a real server: the waiting room, chat, handing over, and changing a session over REST."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from live_server import LiveServer, running_server

from .conftest import BEHIND_A_PROXY
from .people import ASK_FOR_TEXT, HELLO, Member, Socket, Visitor


def change(host: Member, session: str, **values: Any) -> Any:
    """A session changed over REST, as its host."""
    return host.http.patch(f"algorave/api/sessions/{session}", json=values)


async def waiting(visitor: Visitor, session: str) -> Socket:
    """A guest's socket that has been told to wait."""
    socket = await visitor.connect(session)
    await socket.send(HELLO)
    assert await socket.read() == {"kind": "waiting", "session_title": "Jam"}
    return socket


async def test_a_guest_waits_and_is_let_in(host: Member, visitor: Visitor, session: str) -> None:
    """DOOR-5: a guest who comes to a closed door waits, is let in by the host, and joins on the same socket."""
    assert change(host, session, door="ask").json()["door"] == "ask"
    invite = host.invite(session, role="co_author")
    me = visitor.redeem(invite["link"]).json()["you"]
    assert me["waiting"] is True
    assert visitor.me().json()["sessions"][0]["you"]["waiting"] is True
    ana, guest = await host.connect(session), await waiting(visitor, session)
    welcome = await ana.hello()
    assert welcome["door"] == "ask"
    assert {each["id"]: each["waiting"] for each in welcome["roster"]}[me["id"]] is True
    assert (await ana.ask({"kind": "admit", "participant": me["id"]}))["kind"] == "done"
    await guest.until_kind("admitted")
    await guest.send(ASK_FOR_TEXT)
    assert (await guest.hello())["you"] == me["id"]
    assert (await guest.ask({"kind": "add_layer", "name": "bass"}))["kind"] == "done"
    guest.close()
    again = await visitor.connect(session)
    assert (await again.hello())["role"] == "co_author"
    assert visitor.me().json()["sessions"][0]["you"]["waiting"] is False
    again.close()
    ana.close()


def test_rest_tells_who_waits_the_title(host: Member, session: str) -> None:
    """DOOR-1: over REST too who waits, logged in to Jupyter as they may be, learns the title and not the layers."""
    change(host, session, door="ask").raise_for_status()
    newcomer = Member(host.server)
    invite = host.invite(session)["link"].partition("#i=")[2]
    joined = newcomer.http.post("algorave/api/join", json={"invite": invite})
    path = f"algorave/api/sessions/{session}"
    looks = [joined, newcomer.http.get(path), newcomer.http.post(f"{path}/enter")]
    assert [(look.json()["title"], look.json()["layers"]) for look in looks] == [("Jam", [])] * 3
    [listed] = newcomer.http.get("algorave/api/sessions").json()
    assert listed["layers"] == []
    assert host.http.get(path).json()["layers"] != []


async def test_turned_down(host: Member, visitor: Visitor, session: str) -> None:
    """DOOR-4: who is turned down is out, the credential opens nothing, and by the invite they wait again."""
    change(host, session, door="ask").raise_for_status()
    link = host.invite(session)["link"]
    me = visitor.redeem(link).json()["you"]["id"]
    ana, guest = await host.connect(session), await waiting(visitor, session)
    await ana.hello()
    assert (await ana.ask({"kind": "remove", "participant": me}))["kind"] == "done"
    assert await guest.closed() == 4403
    assert await (await visitor.connect(session)).closed() == 4401
    assert visitor.redeem(link).json()["you"]["waiting"] is True
    (await waiting(visitor, session)).close()
    ana.close()


async def test_an_opened_door(host: Member, visitor: Visitor, session: str) -> None:
    """DOOR-5: a door opened over REST lets in who waits, and who comes later is in at once."""
    change(host, session, door="ask").raise_for_status()
    link = host.invite(session)["link"]
    visitor.redeem(link).raise_for_status()
    guest = await waiting(visitor, session)
    await asyncio.to_thread(change, host, session, door="open")
    await guest.until_kind("admitted")
    await guest.hello()
    late = Visitor(host.server)
    assert late.redeem(link).json()["you"]["waiting"] is False
    guest.close()


def test_doors_outlive_the_server(tmp_path: Path) -> None:
    """DOOR-5, CHAT-1, WHO-1: who waits, the door, who may chat, names and the chat are the same after a restart."""
    with running_server(tmp_path, arguments=[BEHIND_A_PROXY]) as server:
        host, visitor, muted = Member(server), Visitor(server), Visitor(server)
        session = host.create()
        asyncio.run(_before_the_restart(host, visitor, muted, session))
        cookies = visitor.http.cookies, muted.http.cookies
    with running_server(tmp_path, arguments=[BEHIND_A_PROXY]) as server:
        visitor, muted = Visitor(server), Visitor(server)
        visitor.http.cookies, muted.http.cookies = cookies
        asyncio.run(_after_the_restart(visitor, muted, session))


async def _before_the_restart(host: Member, visitor: Visitor, muted: Visitor, session: str) -> None:
    link = host.invite(session)["link"]
    noisy = muted.redeem(link, "Noisy").json()["you"]["id"]
    ana, mo = await host.connect(session), await muted.connect(session)
    await ana.hello()
    await mo.hello()
    await mo.ask({"kind": "introduce", "name": "Mo", "colour": "#123456"})
    await mo.ask({"kind": "say", "text": "one"})
    await mo.ask({"kind": "say", "text": "two"})
    await ana.ask({"kind": "unsay", "line": 1})
    await ana.ask({"kind": "set_chat", "participant": noisy, "allowed": False})
    await ana.ask({"kind": "set_door", "door": "ask"})
    visitor.redeem(link, "Wil").raise_for_status()
    for socket in (ana, mo, await waiting(visitor, session)):
        socket.close()


async def _after_the_restart(visitor: Visitor, muted: Visitor, session: str) -> None:
    (await waiting(visitor, session)).close()
    mo = await muted.connect(session)
    welcome = await mo.hello()
    assert (welcome["door"], welcome["may_chat"]) == ("ask", False)
    assert [(each["line"], each["name"], each["text"]) for each in welcome["chat"]] == [(2, "Mo", "two")]
    assert (await mo.ask({"kind": "say", "text": "three"}))["reason"] == "forbidden"
    [myself] = welcome["roster"]
    assert (myself["name"], myself["colour"], myself["may_chat"]) == ("Mo", "#123456", False)
    mo.close()


async def test_a_removed_guest_comes_back_by_invite_only(
    host: Member, visitor: Visitor, session: str
) -> None:
    """GUEST-15: removed without a ban a guest's credential opens nothing, and a valid invite lets them in again."""
    link = host.invite(session)["link"]
    me = visitor.redeem(link).json()["you"]["id"]
    guest, ana = await visitor.connect(session), await host.connect(session)
    await guest.hello()
    await ana.hello()
    await ana.ask({"kind": "remove", "participant": me})
    assert await guest.closed() == 4403
    assert await (await visitor.connect(session)).closed() == 4401
    assert visitor.redeem(link).status_code == 200
    back = await visitor.connect(session)
    await back.hello()
    back.close()
    ana.close()


async def test_handing_a_session_over(host: Member, session: str) -> None:
    """ROLE-3: over the WebSocket a host makes another and steps down; REST follows at once, and not the other way."""
    heir = Member(host.server)
    (await heir.connect(session)).close()
    [heirs_id] = [who for who, each in host.participants(session).items() if each["role"] == "co_author"]
    ana = await host.connect(session)
    mine = (await ana.hello())["you"]
    alone = await ana.ask({"kind": "set_role", "participant": mine, "role": "viewer"})
    assert alone["reason"] == "conflict"
    assert change(heir, session, title="Mine").status_code == 403
    await ana.ask({"kind": "set_role", "participant": heirs_id, "role": "host"})
    await ana.ask({"kind": "set_role", "participant": mine, "role": "co_author"})
    assert await ana.closed() == 4205
    assert change(heir, session, title="Mine").json()["title"] == "Mine"
    assert change(host, session, title="Still mine").status_code == 403


# -- changing a session over REST ---------------------------------------------------------------------------


async def test_changes_over_rest_are_heard(host: Member, session: str) -> None:
    """REST-1: what is changed over REST is journalled and heard by everybody like a request over the WebSocket."""
    ana = await host.connect(session)
    await ana.hello()
    reply = await asyncio.to_thread(change, host, session, title=" Another jam 🎵 ", door="ask")
    assert (reply.status_code, reply.json()["title"], reply.json()["door"]) == (200, "Another jam 🎵", "ask")
    assert (await ana.until_kind("renamed"))["title"] == "Another jam 🎵"
    assert (await ana.until_kind("door_set"))["door"] == "ask"
    assert host.http.get(f"algorave/api/sessions/{session}").json()["title"] == "Another jam 🎵"
    reply = await asyncio.to_thread(change, host, session, state="ended")
    assert reply.json()["state"] == "ended"
    assert await ana.closed() == 4410
    assert change(host, session, title="Too late").status_code == 410


def test_a_session_nobody_is_in_is_changed(host: Member, session: str) -> None:
    """REST-1: a session that is not in memory is opened for the change, and nobody is seen in it."""
    assert change(host, session, title="Quiet").json()["title"] == "Quiet"
    [person] = host.participants(session).values()
    assert person["connections"] == 0


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": "a\nb"}, {"door": "ajar"}, {"state": "open"}, {"layers": []}]
)
def test_changes_that_are_none(host: Member, session: str, body: dict[str, Any]) -> None:
    """REST-2: a change that says nothing, or what cannot be, changes nothing and names the field."""
    reply = host.http.patch(f"algorave/api/sessions/{session}", json=body)
    assert (reply.status_code, reply.json()["reason"]) == (400, "malformed")
    assert host.http.get(f"algorave/api/sessions/{session}").json()["title"] == "Jam"


@pytest.mark.parametrize("title", ["a\x00b", "a\nb", "\u202eb", "x" * 121])
def test_titles_that_are_none(host: Member, title: str) -> None:
    """CHAT-2: no session is made with a title that could not be given to one."""
    assert host.http.post("algorave/api/sessions", json={"title": title}).status_code == 400


def test_who_one_is_in_it(host: Member, session: str, server: LiveServer) -> None:
    """REST-3: a session says who the asker is in it: the id that is theirs in the roster."""
    other = Member(server)
    entered = other.http.post(f"algorave/api/sessions/{session}/enter").json()
    people = host.participants(session)
    mine = host.http.get(f"algorave/api/sessions/{session}").json()
    assert (people[mine["you"]]["role"], people[entered["you"]]["role"]) == ("host", "co_author")
