"""How soon is a model's answer everybody's, and who notices fifty answers that stream at once?

`python benchmarks/agent.py [--json] [--asks 30] [--streams 50] [--seconds 10]` starts a real server and one
that speaks the Messages protocol. First one agent answers asks one after the other: measured is the time from
the last piece of its answer to the change in another participant's document, the gate in between. Then agents
in a process of their own stream many answers in sessions of four, into one of which two more people type:
measured is how long an edit takes from one to the other, beside and without the streams.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from agent.live_session import NO_RATES, LiveSession  # noqa: E402 - the tests' folder must be known first
from algorave_kernel.agent.anthropic_provider import AnthropicProvider  # noqa: E402 - as above
from algorave_kernel.agent.judge import Judge  # noqa: E402 - as above
from algorave_kernel.agent.key import Secret  # noqa: E402 - as above
from algorave_kernel.agent.provider import Answer, Turn  # noqa: E402 - as above
from algorave_kernel.client import SessionClient  # noqa: E402 - as above
from algorave_kernel.testing import MessagesServer, Reply  # noqa: E402 - as above
from live_server import LiveServer, running_server  # noqa: E402 - the tests' folder must be known first

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

TEXTS = {"bass": 'note("c2 e2").s("sawtooth").lpf(800)', "drums": 's("bd*4")'}
IN_A_SESSION = 4
EDITS_PER_S = 20
#: As fast as models write, for longer than anybody measures.
STREAM = Reply('<code layer="bass">' + "note('c2'); " * 4_000, chunk=4, between_s=0.01)


class Timed(AnthropicProvider):
    """Notes when the last piece of an answer has come."""

    last_s = 0.0

    async def stream(self, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        async with aclosing(super().stream(turn, answer)) as pieces:
            async for piece in pieces:
                self.last_s = time.monotonic()
                yield piece


def percentile(values: list[float], part: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(part * 1000) - 1] if values else 0.0


def summary(values_s: list[float]) -> dict[str, float]:
    found = [each * 1000 for each in values_s]
    return {
        "n": len(found),
        "p50_ms": round(percentile(found, 0.5), 1),
        "p99_ms": round(percentile(found, 0.99), 1),
    }


def until(client: SessionClient, layer_id: str, is_it: Callable[[str], bool]) -> None:
    """Wait, in the client's own thread, until it has such a text."""
    replica = client._replica  # noqa: SLF001 - a hop between threads would be measured too
    client.until(lambda: is_it(replica.text(layer_id)), 30, "it never came")


def landings(server: LiveServer, asks: int) -> dict[str, float]:
    """From the last piece of the answer to the second participant's document."""
    found: list[float] = []
    session = LiveSession(server)
    with MessagesServer() as model:
        provider = Timed(Secret("benchmark"), "fast", model.url)
        session.serve(lambda _: provider, Judge())
        for number in range(asks):
            session.begin_with(TEXTS)
            after = f"lpf({300 + number})"
            model.say(Reply(f'<edit layer="bass"><find>lpf(800)</find><put>{after}</put></edit>'))
            asked = session.ask(f"make the bass darker, take {number}")
            layer_id = session.layer_id("bass", session.second)
            until(session.second, layer_id, lambda text, after=after: after in text)
            found.append(time.monotonic() - provider.last_s)
            session.until(asked)
    session.close()
    return summary(found[1:])  # the first one waits for the engine to start


def crowd(url: str, token: str, streams: int, pipe: Connection) -> None:
    """In a process of its own: answers that stream in sessions of four, until it is told to end."""
    server = LiveServer(url, token, Path(), Path())
    with MessagesServer(responder=lambda _: STREAM) as model:
        provider = AnthropicProvider(Secret("benchmark"), "fast", model.url)
        sessions: list[LiveSession] = []
        left = streams
        while left > 0:
            session = LiveSession(server)
            session.begin_with(TEXTS)
            session.serve(lambda _: provider, Judge())
            guests = [SessionClient(session.guest(f"Guest {n}"), session.id) for n in range(IN_A_SESSION - 2)]
            for guest in guests:
                guest.until_joined()
            for asker in [session.host, session.second, *guests][:left]:
                session.ask("write", client=asker)
            left -= IN_A_SESSION
            sessions.append(session)
            pipe.send(session.id)
        pipe.send(sum(len(each.host.state.proposals) for each in sessions))
        pipe.recv()
        pipe.send(model.most_at_once)


def typed(typist: SessionClient, reader: SessionClient, layer_id: str, seconds: float) -> dict[str, float]:
    """How long edits take from one to the other, one after the other."""
    found: list[float] = []
    end_s = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end_s:
        number += 1
        began_s, mark = time.monotonic(), f"// {number}\n"
        typist.do(lambda replica, mark=mark: replica.write(layer_id, mark))
        until(reader, layer_id, lambda text, mark=mark: text == mark)
        found.append(time.monotonic() - began_s)
        time.sleep(max(0.0, 1 / EDITS_PER_S - found[-1]))
    return summary(found)


def disturbed(server: LiveServer, streams: int, seconds: float) -> dict[str, Any]:
    """Edits in the first of the sessions, whose layers the agents' people do not touch."""
    here, there = multiprocessing.Pipe()
    alone = LiveSession(server, has_agent=False)
    alone.begin_with(TEXTS)
    quiet = typed(alone.host, alone.second, alone.layer_id("drums"), seconds)
    process = multiprocessing.get_context("spawn").Process(
        target=crowd, args=(server.url, server.token, streams, there), daemon=True
    )
    process.start()
    first = str(here.recv())
    while isinstance(said := here.recv(), str):
        pass
    typist, reader = SessionClient(alone.access, first), SessionClient(alone.access, first)
    for each in (typist, reader):
        each.until_joined()
    layer_id = next(each.id for each in typist.state.layers if each.name == "drums")
    typed(typist, reader, layer_id, 2)  # until all of them stream
    busy = typed(typist, reader, layer_id, seconds)
    here.send("end")
    at_once = here.recv()
    process.kill()
    for each in (typist, reader):
        each.leave()
    alone.close()
    return {"asks": said, "streams_at_once": at_once, "edits_quiet": quiet, "edits_while_streaming": busy}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--asks", type=int, default=30)
    options.add_argument("--streams", type=int, default=50)
    options.add_argument("--seconds", type=float, default=10.0)
    found = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder), arguments=NO_RATES) as server:
        result = {
            "last_token_to_others": landings(server, found.asks),
            **disturbed(server, found.streams, found.seconds),
            "load_1min": round(float(Path("/proc/loadavg").read_text().split()[0]), 1),
        }
    if found.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
