"""Agents on a real server: how they come in, whose they are, and how fast they are gone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from live_server import LiveServer

from .people import Member, Socket, Visitor, open_socket, origin_of

SERVE = {"kind": "serve_asks", "models": ["fast"], "label": "Claude", "pays": "nobody: house band"}
SET_AI = {"kind": "set_ai", "on": True, "review": False}
ASK = {"kind": "ask_agent", "words": "darker"}


@pytest.fixture
def bot(server: LiveServer) -> Visitor:
    """A program at an address of its own."""
    return Visitor(server)


async def switched_on(host: Member, session: str) -> Socket:
    """The host, inside, with AI on."""
    socket = await host.connect(session)
    await socket.hello()
    assert (await socket.ask(SET_AI))["kind"] == "done"
    return socket


def redeem_agent(bot: Visitor, link: str) -> httpx.Response:
    """An agent comes by a link."""
    return bot.redeem(link, "Claude", kind="agent")


async def seated(server: LiveServer, link: str) -> Socket:
    """The socket of an agent, opened with nothing but the link of its place."""
    session, _, secret = link.partition("#a=")[2].partition(".")
    headers = {"Origin": origin_of(server), "Cookie": f"algorave_guest={secret}"}
    return await open_socket(server, f"algorave/guest/ws/{session}", headers)  # pyright: ignore[reportArgumentType] -- none is None


async def ask_and_take(asker: Socket, agent: Socket) -> dict[str, Any]:
    """Somebody asks, the agent takes it; the answer to the agent."""
    asked = await asker.ask(ASK)
    assert asked["kind"] == "done", asked
    return await agent.ask({"kind": "take_ask", "proposal": asked["made"]})


async def test_a_link_for_an_agent(host: Member, bot: Visitor, session: str) -> None:
    """ASK-14: an agent comes by its link, answers what a guest asks, and is out within a second when it is revoked."""
    made = host.invite(session, kind="agent")
    assert (made["invite"]["kind"], made["invite"]["role"], made["invite"]["max_uses"]) == (
        "agent",
        "co_author",
        1,
    )
    you = redeem_agent(bot, made["link"]).json()["you"]
    ana = await switched_on(host, session)
    agent = await bot.connect(session)
    assert (await agent.hello())["you"] == you["id"]
    assert (await agent.ask(SERVE))["kind"] == "done"
    guest = Visitor(bot.server)
    guest.redeem(host.invite(session, role="co_author")["link"]).raise_for_status()
    asker = await guest.connect(session)
    await asker.hello()
    assert (await ask_and_take(asker, agent))["kind"] == "done"
    invite = made["invite"]["id"]
    revoked = await asyncio.to_thread(host.http.delete, f"algorave/api/sessions/{session}/invites/{invite}")
    assert revoked.json()["removed"] == [you["id"]]
    assert await asyncio.wait_for(agent.closed(), 10) == 4403
    ended = await asker.until(
        lambda frame: (
            isinstance(frame, dict) and frame["kind"] == "proposal" and frame["proposal"]["ended_ms"]
        )
    )
    assert ended["proposal"]["state"] == "failed"
    for socket in (ana, asker):
        socket.close()


async def test_a_link_for_the_other_kind(host: Member, bot: Visitor, session: str) -> None:
    """ASK-14: people who hold an agent's link, logged in or not, are told what it is for, and agents with people's."""
    agents, people = host.invite(session, kind="agent")["link"], host.invite(session)["link"]
    assert "algorave agent" in bot.redeem(agents).json()["detail"]
    assert "for people" in redeem_agent(bot, people).json()["detail"]
    assert bot.look(agents).json()["kind"] == "agent"
    stranger = Member(bot.server)
    joined = stranger.http.post("algorave/api/join", json={"invite": agents.partition("#i=")[2]})
    assert joined.status_code == 409


async def test_ones_own_agent(host: Member, server: LiveServer, session: str) -> None:
    """ASK-15: a co-author's own agent comes by a link that only they were shown, and answers them alone."""
    co_author = Member(server)
    bo = await co_author.connect(session)
    await bo.hello()
    path = f"algorave/api/sessions/{session}/agent"
    assert co_author.http.post(path, json={}).status_code == 409
    ana = await switched_on(host, session)
    made = await asyncio.to_thread(co_author.http.post, path, json={})
    assert made.status_code == 201, made.text
    agent = await seated(server, made.json()["link"])
    welcome = await agent.hello()
    assert welcome["you"] == made.json()["participant"]
    await agent.ask(SERVE)
    assert (await ana.ask(ASK))["reason"] == "conflict"
    assert (await ask_and_take(bo, agent))["kind"] == "done"
    again = (await asyncio.to_thread(co_author.http.post, path, json={})).json()
    assert again["participant"] == made.json()["participant"]
    late = await seated(server, made.json()["link"])
    assert await late.closed() == 4401
    for socket in (ana, bo, agent):
        socket.close()


async def test_ones_own_agent_goes_too(host: Member, server: LiveServer, session: str) -> None:
    """ASK-13: when a guest is removed their own agent is out within a second, and does not come back by its link."""
    ana = await switched_on(host, session)
    guest = Visitor(server)
    you = guest.redeem(host.invite(session, role="co_author")["link"]).json()["you"]["id"]
    made = await asyncio.to_thread(guest.http.post, f"algorave/guest/api/agent/{session}", json={})
    assert made.status_code == 201, made.text
    agent = await seated(server, made.json()["link"])
    await agent.hello()
    assert (await ana.ask({"kind": "remove", "participant": you}))["kind"] == "done"
    assert await asyncio.wait_for(agent.closed(), 10) == 4403
    again = await seated(server, made.json()["link"])
    assert await again.closed() in (4401, 4403)
    ana.close()


async def test_a_viewer_brings_no_agent(host: Member, server: LiveServer, session: str) -> None:
    """ASK-15: who may not ask gets no place for an agent, nor does an agent for another."""
    ana = await switched_on(host, session)
    viewer, bot = Visitor(server), Visitor(server)
    viewer.redeem(host.invite(session)["link"]).raise_for_status()
    redeem_agent(bot, host.invite(session, kind="agent")["link"]).raise_for_status()
    for each in (viewer, bot):
        refused = await asyncio.to_thread(each.http.post, f"algorave/guest/api/agent/{session}", json={})
        assert refused.status_code == 403
    ana.close()
