"""How somebody who is logged in to Jupyter comes into a session that they only know by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algorave_server.close import Close

from .people import Member

if TYPE_CHECKING:
    import httpx

    from live_server import LiveServer


def enter(member: Member, session: str) -> httpx.Response:
    return member.http.post(f"algorave/api/sessions/{session}/enter")


async def test_who_enters_is_who_connects(server: LiveServer, host: Member, session: str) -> None:
    """INLAB-1: entering makes a newcomer a co-author, once: the WebSocket finds the same participant."""
    newcomer = Member(server)
    assert newcomer.http.get(f"algorave/api/sessions/{session}").status_code == 404
    first, second = enter(newcomer, session), enter(newcomer, session)
    assert (first.status_code, first.json()["role"]) == (200, "co_author")
    assert first.json()["you"] == second.json()["you"]
    socket = await newcomer.connect(session)
    assert (await socket.hello())["you"] == first.json()["you"]
    socket.close()
    assert enter(host, session).json()["role"] == "host"


def test_who_is_out_stays_out(server: LiveServer, host: Member, session: str) -> None:
    """INLAB-1: somebody banned, and a session that is not there, look the same."""
    banned = Member(server)
    you = enter(banned, session).json()["you"]
    host.http.post(f"algorave/api/sessions/{session}/bans", json={"participant": you}).raise_for_status()
    nowhere = "0" * 32
    replies = [enter(banned, session), enter(banned, nowhere), enter(host, nowhere)]
    assert {(reply.status_code, reply.json()["reason"]) for reply in replies} == {(404, "not_found")}


async def test_what_has_ended_takes_nobody_in(server: LiveServer, host: Member, session: str) -> None:
    """INLAB-1: a session that has ended says so, and takes nobody in."""
    socket = await host.connect(session)
    await socket.hello()
    await socket.send({"kind": "end", "request_id": 1})
    assert await socket.closed() == Close.ENDED
    reply = enter(Member(server), session)
    assert (reply.status_code, reply.json()["reason"]) == (410, "ended")
    assert len(host.participants(session)) == 1
