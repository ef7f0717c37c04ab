"""`algorave agent LINK`: an agent in a process of its own, which answers a session's asks until it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass

from .access import Access
from .agent.key import BASE_URL_VARIABLE, VARIABLE
from .agent.key_ring import KeyRing
from .agent.known_answers import KnownAnswers
from .agent.provider import ProviderTrouble
from .agent.providers import HOUSE_BAND, offered, providers, remembering
from .agent.redis_answers import shared_answers
from .agent.result import AskResult
from .agent.usage import Budget
from .agent_link import seat_behind
from .agent_seat import AgentSeat, seated
from .agent_worker import NOBODY_PAYS, AgentWorker, Purse, Service
from .code_file import Failure
from .printable import printable
from .served_ask import ServedAsk
from .trouble import Trouble
from .trust import own_certificate

SOMEBODY_PAYS = "whoever runs this agent"
NO_KEY = (
    f"No key: the house band answers, which plays by rules and costs nothing. For Claude, set {VARIABLE}."
)


@dataclass(frozen=True, slots=True)
class AgentTerms:
    """How an agent answers: amounts in USD, None is no limit; `pays` says for people whose money it is."""

    model: str
    base_url: str | None = None
    budget_usd: float | None = None
    person_usd: float | None = None
    pays: str = ""


def serve_link(link: str, terms: AgentTerms) -> int:
    """Serve until stopped; returns the exit code. Raise `Failure` in words. `-` reads the link from stdin."""
    if link == "-":
        link = sys.stdin.readline().strip()
    if terms.base_url is not None:
        os.environ[BASE_URL_VARIABLE] = terms.base_url
    try:
        service, name = _service(terms)
        access, session_id = seat_behind(link, name, own_certificate())
        return asyncio.run(_serve(_Desk(service, terms), access, session_id))
    except (Trouble, ProviderTrouble, ValueError) as trouble:
        raise Failure(str(trouble)) from None


def _service(terms: AgentTerms) -> tuple[Service, str]:
    """Who answers, and what they are called."""
    ring, answers = KeyRing(), shared_answers() or KnownAnswers()
    model = terms.model if ring.can_ask else HOUSE_BAND
    if model != terms.model:
        _say(NO_KEY)
    provider_for = remembering(providers(ring.key, ring.address), lambda: answers, ring.address or "")
    provider = provider_for(model)
    is_band = model == HOUSE_BAND
    pays = terms.pays or (NOBODY_PAYS if is_band else SOMEBODY_PAYS)
    where = "" if is_band else f", at {ring.place}"
    _say(f"{provider.name} ({provider.model}) answers{where}. Who pays: {pays}.")
    return Service(provider_for, model, offered(model), pays), provider.name


class _Desk:
    """What is said on standard output, and how the agent ends."""

    def __init__(self, service: Service, terms: AgentTerms) -> None:
        self.service = service
        self.purse = Purse(Budget("of this agent", terms.budget_usd), terms.person_usd)
        self.is_over = asyncio.Event()

    def began(self, served: ServedAsk) -> None:
        """An ask is being answered."""
        _say(f"{served.proposal.asker}: {' '.join(served.proposal.words.split())}")

    def ended(self, served: ServedAsk, result: AskResult) -> None:
        """It is over."""
        cost = f" (${result.usage.cost_usd:.4f})" if result.usage.cost_usd else ""
        _say(f"{served.proposal.asker}: {result.sentence}{cost}")


async def _serve(desk: _Desk, access: Access, session_id: str) -> int:
    seat = await seated(access, session_id)
    worker = AgentWorker(seat, desk.service, purse=desk.purse)
    worker.began, worker.ended = desk.began, desk.ended
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, desk.is_over.set)
    try:
        await worker.start()
        _say(f"In '{seat.client.state.title}', ready for asks. Ctrl+C ends it.")
        await _until_over(seat, desk.is_over)
        if seat.client.is_over:
            raise Failure(seat.client.trouble or "the session is over")
    finally:
        _say(f"Used: {desk.purse.all.used}.")
        await worker.close()
    return 0


async def _until_over(seat: AgentSeat, is_over: asyncio.Event) -> None:
    trouble: str | None = None
    while not is_over.is_set() and not seat.client.is_over:
        if seat.client.trouble != trouble:
            trouble = seat.client.trouble
            _say(f"Not connected: {trouble}." if trouble else "Connected again.")
        try:
            await asyncio.wait_for(is_over.wait(), 0.5)
        except TimeoutError:
            continue


def _say(line: str) -> None:
    print(printable(line), flush=True)
