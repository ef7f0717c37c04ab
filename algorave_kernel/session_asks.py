"""Asks about a session's layers from a notebook, whose own agent takes part in the session and answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from algorave_server.protocol import AskAgent, CancelAsk, UndoAsk

from .access import Access
from .agent.asked import Asked
from .agent.judge import Judge
from .agent.result import AskResult
from .agent.thread import begin
from .agent.usage import Budget
from .agent_seat import AgentSeat, seated
from .agent_worker import AgentWorker, Purse, Service
from .served_ask import OwnTerms
from .session import Session
from .trouble import Trouble

T = TypeVar("T")
JOIN_LIMIT_S, UNDO_LIMIT_S = 20.0, 15.0


@dataclass(frozen=True, slots=True)
class SessionAsk:
    """What is asked of a session's layers: `only` are names, none for all; `model` is one's own."""

    words: str
    only: Sequence[str]
    model: str | None
    terms: OwnTerms


class SessionAsks:
    """The agent of one notebook in one session. What cannot be done raises `Trouble`."""

    def __init__(self, session: Session, budget: Budget) -> None:
        """`budget` is what all asks of the notebook may cost together."""
        self.session = session
        self._purse = Purse(budget)
        self._judge = Judge()
        self._in: tuple[AgentSeat, AgentWorker] | None = None
        self._served: object = None
        self._applied: dict[str, AskResult] = {}

    def start(self, ask: SessionAsk, service: Service) -> Asked:
        """Ask, and go on at once. Raises ProviderTrouble too."""
        only = [self.session.layer(name).id for name in ask.only]
        seat, worker = self._entered(service)

        async def work() -> AskResult:
            over: asyncio.Future[AskResult] = asyncio.get_running_loop().create_future()

            def end(result: AskResult) -> None:
                if not over.done():
                    over.set_result(result)

            async def make() -> str:
                asked = self.session.client.request(
                    AskAgent, words=ask.words, only=only, model=ask.model, agent=seat.participant
                )
                return str(await asyncio.wrap_future(asked))

            proposal_id = await worker.ask(make, replace(ask.terms, over=end))
            while not over.done():
                try:
                    await asyncio.shield(over)
                except asyncio.CancelledError:
                    await self._cancel(proposal_id)
            result = over.result()
            if result.status == "applied":
                self._applied[proposal_id] = result
            return result

        asked = Asked(0, work)
        asked.start()
        return asked

    def undo(self, result: AskResult) -> None:
        """Take back the change that an ask came to, which is one of those begun here."""
        client = self.session.client
        proposal_id = next(name for name, each in self._applied.items() if each is result)
        client.ask(UndoAsk, proposal=proposal_id)

        def is_over() -> bool:
            now = client.state.proposals.get(proposal_id)
            return now is None or now.ended_ms is not None

        client.until(is_over, UNDO_LIMIT_S, "the agent did not take it back in time")
        now = client.state.proposals.get(proposal_id)
        if now is not None and now.state != "undone":
            raise Trouble(now.reason or "it could not be taken back")
        del self._applied[proposal_id]

    def close(self) -> None:
        """Leave the session, with what is on its way stopped."""
        if self._in is not None:
            _, worker = self._in
            self._in = None
            with contextlib.suppress(TimeoutError):
                begin(worker.close()).result(JOIN_LIMIT_S)

    def _entered(self, service: Service) -> tuple[AgentSeat, AgentWorker]:
        if self._in is not None and self._in[0].client.is_over:
            self.close()
        if self._in is None:
            self._in = _in_time(self._seated(self.session.agent_access(), service))
        elif self._served != service:
            _in_time(self._in[1].answer_as(service))
        self._served = service
        return self._in

    async def _seated(self, access: Access, service: Service) -> tuple[AgentSeat, AgentWorker]:
        seat = await seated(access, self.session.id)
        worker = AgentWorker(seat, service, judge=self._judge, purse=self._purse)
        try:
            await worker.start()
        except BaseException:
            await worker.close()
            raise
        return seat, worker

    async def _cancel(self, proposal_id: str) -> None:
        # What is over meanwhile needs no stop any more.
        with contextlib.suppress(Trouble):
            await asyncio.wrap_future(self.session.client.request(CancelAsk, proposal=proposal_id))


def _in_time(work: Coroutine[Any, Any, T]) -> T:
    """What the agent's thread makes of it. Raises Trouble when it takes too long."""
    begun = begin(work)
    try:
        return begun.result(JOIN_LIMIT_S)
    except TimeoutError:
        raise Trouble("the agent could not take its place in the session in time") from None
    finally:
        begun.cancel()
