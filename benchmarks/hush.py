"""How long after the host's hush is it silent everywhere?

`python benchmarks/hush.py [--json] [--rounds 20] [--people 20] [--pages 3]` starts a real server, lets pages
of a headless Chromium listen to one session, and as many more people as are missing by sockets of their own.
In each round the first page plays and hushes as its host does. Counted from there, on the machine's clock:
when each socket is told, and when what each page's speaker plays falls silent, by its captured sound.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _session_pages import PATIENCE_MS, Player, Processors, headless, joined, load
from _thin_link import Link

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Error  # noqa: E402 - the tests' folder must be known first

from flows.people import Member  # noqa: E402 - the tests' folder must be known first
from live_server import running_server  # noqa: E402 - the tests' folder must be known first

if TYPE_CHECKING:
    from live_server import LiveServer

CODE = 's("sawtooth*8").note("c3").release(1).room(0.5)'
"""Tails and a room: what a stop that only ends notes would leave to ring."""
SILENT = 0.003
"""A hundredth of what plays, and less than what is heard."""
HUSH = """async () => {
  const begun_ms = performance.timeOrigin + performance.now();
  await mounted.session.hush();
  return begun_ms;
}"""
IS_LOUD = "(layer) => mounted.session.layer(layer).level > 0.01"
TRIES = 4
RINGS_S = 0.8
NEVER_MS = 60_000.0


class Listeners:
    """People by sockets, in a thread of their own: when each was told that everything is hushed.

    The first of them made the session, and makes `host` its host as well.
    """

    def __init__(self, server: LiveServer, owner: Member, session: str, host: str, count: int) -> None:
        self._members = [owner, *(Member(server) for _ in range(count - 1))]
        self._session = session
        self._host = host
        self._told_s: list[float] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._reading = asyncio.run_coroutine_threadsafe(self._join(), self._loop).result()

    async def _join(self) -> list[asyncio.Task[None]]:
        sockets = [await member.connect(self._session) for member in self._members]
        for socket in sockets:
            await socket.hello()
        done = await sockets[0].ask({"kind": "set_role", "participant": self._host, "role": "host"})
        assert done["kind"] == "done", done
        return [asyncio.create_task(self._listen(socket)) for socket in sockets]

    async def _listen(self, socket: Any) -> None:
        while True:
            await socket.until_kind("hushed")
            self._told_s.append(time.time())

    def told_ms(self, since_ms: float) -> list[float]:
        """How long after `since_ms` each was told; waits for all."""
        deadline_s = time.monotonic() + PATIENCE_MS / 1000
        while len(self._told_s) < len(self._members) and time.monotonic() < deadline_s:
            time.sleep(0.01)
        told_ms = [told_s * 1000 - since_ms for told_s in self._told_s]
        self._told_s.clear()
        return told_ms + [NEVER_MS] * (len(self._members) - len(told_ms))

    def close(self) -> None:
        """Nobody listens any more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def silent_ms(got: dict[str, Any], since_ms: float) -> float:
    """How long after `since_ms` the last of a page's sound is heard; the recording goes on for longer."""
    sound = np.abs(np.frombuffer(base64.b64decode(got["left"]), dtype=np.float32))
    loud = np.flatnonzero(sound > SILENT)
    if len(loud) == 0:
        return 0.0
    if loud[-1] > len(sound) - 0.1 * got["rate"]:
        return NEVER_MS
    last_ms = (got["frame"] + int(loud[-1])) / got["rate"] * 1000
    audio_ms, epoch_ms = np.array(got["heard"]).T
    return float(last_ms + np.interp(last_ms, audio_ms, epoch_ms - audio_ms) - since_ms)


def until_loud(players: list[Player]) -> None:
    """Play, again where the machine was too busy to find the code playable, until every page is loud."""
    for _ in range(TRIES):
        players[0].play(CODE)
        try:
            for player in players:
                player.page.wait_for_function(IS_LOUD, arg=player.layer, timeout=PATIENCE_MS / TRIES)
        except Error:
            continue
        return
    sys.exit(f"not every page plays: {[player.status()['said'] for player in players]}")


def one_round(players: list[Player], listeners: Listeners) -> dict[str, list[float]]:
    """Play, hush, and see when who was told and who was silent, in ms after the hush."""
    host = players[0]
    until_loud(players)
    for player in players:
        player.start()
    # Anywhere in the cycle, and anywhere between two ticks of the schedulers.
    host.page.wait_for_timeout(300 + random.random() * 1_000)
    begun_ms = host.page.evaluate(HUSH)
    told_ms = listeners.told_ms(begun_ms)
    host.page.wait_for_timeout(RINGS_S * 1000)
    return {"told": told_ms, "silent": [silent_ms(player.stop(), begun_ms) for player in players]}


def spread(values: list[float]) -> dict[str, float]:
    """The distribution of times in ms."""
    parts = ("p50", "p90", "p99", "max")
    found = np.percentile(values, (50, 90, 99, 100))
    return {f"{part}_ms": round(float(value), 1) for part, value in zip(parts, found, strict=True)}


def measured(rounds: int, people: int, pages: int) -> dict[str, Any]:
    """All rounds."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(running_server(Path(folder)))
        browser = stack.enter_context(headless())
        owner = Member(server)
        session = owner.create("Hush")
        players = [
            stack.enter_context(joined(browser, server, session, Link(), index)) for index in range(pages)
        ]
        listeners = Listeners(server, owner, session, players[0].participant, people - pages)
        stack.callback(listeners.close)
        processors = Processors()
        taken = [one_round(players, listeners) for _ in range(rounds)]
        told = [value for each in taken for value in each["told"]]
        silent = [value for each in taken for value in each["silent"]]
        slowest = [max(each["told"] + each["silent"]) for each in taken]
        return {
            "people": people,
            "pages": pages,
            "rounds": rounds,
            "socket_told": spread(told),
            "page_silent": spread(silent),
            "everybody": spread(slowest),
            "cpu_idle": processors.idle(),
            "load": load(),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=20, help="how often it is hushed")
    parser.add_argument("--people", type=int, default=20, help="how many are in the session")
    parser.add_argument("--pages", type=int, default=3, help="how many of them have a page that is recorded")
    options = parser.parse_args()
    result = measured(options.rounds, options.people, options.pages)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        shown = (
            ", ".join(f"{part} {each}" for part, each in value.items()) if isinstance(value, dict) else value
        )
        print(f"{name}: {shown}")


if __name__ == "__main__":
    main()
