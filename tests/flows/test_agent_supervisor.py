"""A server that brings an agent itself: the real one, which has no key here and is the house band."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Text

from algorave_server.agent_supervisor import FIRST_DELAY_S, LONGEST_DELAY_S, STEADY_S, BackOff
from algorave_server.lib0 import write_bytes
from live_server import LiveServer, running_server

from .people import Member, Socket


def edit_of(text: str) -> bytes:
    """The edit frame of somebody who types into the first layer."""
    doc = Doc[Text]()
    doc.get("layer:l1", type=Text).insert(0, text)
    return b"\x00\x02" + write_bytes(doc.get_update())


WORDS = (sys.executable, "-m", "algorave_kernel.cli", "agent", "-")
COMMAND = [f"--AlgoraveApp.agent_command={word}" for word in WORDS]
BASS = edit_of('note("c2 e2").s("sawtooth")')
SET_AI = {"kind": "set_ai", "on": True, "review": False}


def test_starting_again_takes_longer_each_time() -> None:
    """ASK-16: what ends is started again later each time, up to a limit, and soon again after it ran steadily."""
    back_off, now_s, waits = BackOff(), 100.0, list[float]()
    for _ in range(10):
        back_off.ended(now_s, lived_s=0.5)
        waits.append(back_off.not_before_s - now_s)
        now_s = back_off.not_before_s
    assert waits[:3] == [FIRST_DELAY_S, 2 * FIRST_DELAY_S, 4 * FIRST_DELAY_S]
    assert waits[-1] == LONGEST_DELAY_S
    back_off.ended(now_s, lived_s=STEADY_S)
    assert back_off.not_before_s - now_s == FIRST_DELAY_S


@pytest.fixture(scope="module")
def bringing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that brings agents, and knows no key."""
    with running_server(tmp_path_factory.mktemp("agents"), arguments=COMMAND) as live:
        yield live


@pytest.fixture
async def jam(bringing: LiveServer) -> AsyncIterator[Socket]:
    """The host of a new session, inside, with AI on."""
    host = Member(bringing)
    socket = await host.connect(await asyncio.to_thread(host.create))
    await socket.hello()
    await socket.send(BASS)
    await socket.ask(SET_AI)
    yield socket
    socket.close()


async def until_agents(socket: Socket, count: int) -> list[dict[str, Any]]:
    """The agents that answer, once they are so many."""
    while True:
        heard = await socket.until_kind("agents")
        if len(heard["agents"]) == count:
            return heard["agents"]


async def test_it_comes_answers_and_goes(jam: Socket) -> None:
    """ASK-16: AI switched on brings an agent that answers everybody; switched off, it goes."""
    [agent] = await until_agents(jam, 1)
    assert agent["only_for"] is None
    await jam.send({"kind": "ask_agent", "request_id": 2, "words": "what is lpf?"})
    over = (await jam.until_kind("proposal"))["proposal"]
    while over["ended_ms"] is None:
        over = (await jam.until_kind("proposal"))["proposal"]
    assert (over["agent"], over["state"]) == (agent["participant"], "answered")
    await jam.send({**SET_AI, "on": False, "request_id": 3})
    await until_agents(jam, 0)


async def test_a_killed_one_comes_back(jam: Socket, bringing: LiveServer) -> None:
    """ASK-16: an agent that is killed is started again in the same place; its link is in no log."""
    [agent] = await until_agents(jam, 1)
    pid = int(re.findall(r"an agent was started: .* pid=(\d+)", bringing.log)[-1])
    assert b"guest" not in await asyncio.to_thread(Path(f"/proc/{pid}/cmdline").read_bytes)
    os.kill(pid, signal.SIGKILL)
    await until_agents(jam, 0)
    [again] = await until_agents(jam, 1)
    assert again["participant"] == agent["participant"]
    assert "#a=" not in bringing.log


async def test_a_host_puts_it_out(jam: Socket) -> None:
    """ASK-16: an agent that a host removes is not brought again until AI is switched off and on."""
    [agent] = await until_agents(jam, 1)
    await jam.send({"kind": "remove", "request_id": 2, "participant": agent["participant"]})
    await until_agents(jam, 0)
    await jam.send({**SET_AI, "on": False, "request_id": 3})
    await jam.until_kind("ai_set")
    await jam.send({**SET_AI, "request_id": 4})
    [again] = await until_agents(jam, 1)
    assert again["participant"] == agent["participant"]
