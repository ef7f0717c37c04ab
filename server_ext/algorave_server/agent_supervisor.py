"""Agents that the server brings itself, one process a session, while somebody is there who may ask.

A process is started by its command's name: the server knows nothing of what it runs. It is given its link on
standard input, where no other user of the machine can read it, and ends when that is closed: also with a
server that is killed. What it prints is nobody's: it may hold what people asked for.
"""

from __future__ import annotations

import asyncio
import logging
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from algorave_server.errors import Refusal
from algorave_server.guest_rules import AGENT_NAME
from algorave_server.room import Room
from algorave_server.seats import seat_agent
from algorave_server.session_service import SessionService
from algorave_server.store import StoreFailure

LOOK_EVERY_S = 1.0
LINGER_S = 30.0
"""How long an agent stays that is not needed any more: a page that is loaded again is back by then."""
STOP_WITHIN_S = 5.0
FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 60.0
STEADY_S = 60.0
"""A process that lived for so long was no failure."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """What is started, and how often."""

    command: Sequence[str] = ()
    """Empty: the server brings no agents."""
    url: str = ""
    """Where the server is reached from this machine; ends with `/`."""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a process has to know of the server besides, for its environment."""
    max_agents: int = 8


@dataclass(slots=True)
class BackOff:
    """When to start again what has ended: later each time, until it runs steadily."""

    not_before_s: float = 0.0
    _delay_s: float = FIRST_DELAY_S

    def ended(self, now_s: float, lived_s: float) -> None:
        """It has ended after so many seconds. Times are those of any steady clock."""
        if lived_s >= STEADY_S:
            self._delay_s = FIRST_DELAY_S
        self.not_before_s = now_s + self._delay_s
        self._delay_s = min(2 * self._delay_s, LONGEST_DELAY_S)


@dataclass(slots=True)
class Brought:
    """The agent of one session."""

    agent: str | None = None
    """Its participant; None before the first start."""
    process: Process | None = None
    started_s: float = 0.0
    needed_s: float = 0.0
    """When it was last needed."""
    switched_on: int = 0
    """How often AI had been switched on when it was started; see `Proposals.switched_on`."""
    back_off: BackOff = field(default_factory=BackOff)


class AgentSupervisor:
    """Starts, watches and stops them."""

    def __init__(self, service: SessionService, settings: AgentSettings, log: logging.Logger) -> None:
        self._service = service
        self._settings = settings
        self._log = log
        self._brought: dict[str, Brought] = {}
        """By session."""
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Watch from now on; without a command there is nothing to do."""
        if self._settings.command and self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching, and all processes."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        await asyncio.gather(*(_end(brought) for brought in self._brought.values()))
        self._brought.clear()

    async def _watch(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        """Compare what runs with what is needed."""
        now_s = asyncio.get_running_loop().time()
        rooms = {room.id: room for room in self._service.rooms()}
        for session_id in list(self._brought):
            if session_id not in rooms or not rooms[session_id].piece.ai:
                await _end(self._brought.pop(session_id))
        for room in rooms.values():
            await self._look_at(room, now_s)

    async def _look_at(self, room: Room, now_s: float) -> None:
        brought = self._brought.get(room.id)
        agent = None if brought is None else brought.agent
        if brought is not None:
            self._note_end(room.id, brought, now_s)
        if brought is not None and agent is not None and agent not in room.roster.members:
            # A host has put it out. Whoever wants it back switches AI off and on.
            await _end(brought)
            if room.asks.proposals.switched_on != brought.switched_on:
                del self._brought[room.id]
        elif room.asks.needs_agent(agent):
            brought = self._brought.setdefault(room.id, Brought())
            brought.needed_s = now_s
            await self._start_if_due(room, brought, now_s)
        elif brought is not None and now_s - brought.needed_s > LINGER_S:
            await _end(brought)

    def _note_end(self, session_id: str, brought: Brought, now_s: float) -> None:
        if brought.process is None or brought.process.returncode is None:
            return
        code, brought.process = brought.process.returncode, None
        brought.back_off.ended(now_s, now_s - brought.started_s)
        by_hand = " ".join(self._settings.command)
        self._log.warning(
            "algorave: an agent has ended: session=%s exit=%d; `%s` by hand says why",
            session_id,
            code,
            by_hand,
        )

    async def _start_if_due(self, room: Room, brought: Brought, now_s: float) -> None:
        running = sum(each.process is not None for each in self._brought.values())
        if brought.process is not None or running >= self._settings.max_agents:
            return
        if now_s < brought.back_off.not_before_s:
            return
        try:
            brought.process = await self._started(room.id, brought)
        except (OSError, Refusal, StoreFailure) as problem:
            brought.back_off.ended(now_s, 0.0)
            self._log.error("algorave: an agent could not be started: %s", type(problem).__name__)
            return
        brought.started_s, brought.switched_on = now_s, room.asks.proposals.switched_on
        self._log.info("algorave: an agent was started: session=%s pid=%d", room.id, brought.process.pid)

    async def _started(self, session_id: str, brought: Brought) -> Process:
        sessions = await self._service.sessions()
        brought.agent, fragment = await seat_agent(
            self._service, sessions, session_id, AGENT_NAME, agent_of=None
        )
        environment = {**os.environ, **self._settings.variables}
        process = await asyncio.create_subprocess_exec(
            *self._settings.command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=environment
        )
        if process.stdin is not None:
            process.stdin.write(f"{self._settings.url}algorave/guest/{fragment}\n".encode())
        return process


async def _end(brought: Brought) -> None:
    """Ask the process to end, and end it when it does not."""
    process, brought.process = brought.process, None
    if process is None or process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
