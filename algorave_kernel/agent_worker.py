"""An agent that answers a session's asks: several at once, everybody in turn, within what may be spent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from algorave_server.protocol import Proposal

from .agent.ask import LIMIT_S
from .agent.judge import Judge
from .agent.provider import Provider, ProviderFor, ProviderTrouble
from .agent.result import AskResult, Status
from .agent.usage import Budget
from .agent_seat import AgentSeat
from .ask_queue import AskQueue
from .served_ask import Means, OwnTerms, ServedAsk
from .trouble import Trouble

AT_ONCE = 4
ASK_BUDGET_USD = 0.25
MAX_EARLIER = 6
NOBODY_PAYS = "nobody: the house band"
FORGOTTEN = "the agent began anew since, and cannot take back any more what it did before"
#: So many answers are remembered, to be taken back.
MAX_UNDO = 100


@dataclass
class Purse:
    """What may be spent, in USD: on one ask, on one person's asks together, and on all. None is no limit."""

    all: Budget = field(default_factory=lambda: Budget("of this agent"))
    person_usd: float | None = None
    ask_usd: float | None = ASK_BUDGET_USD
    _people: dict[str, Budget] = field(default_factory=dict[str, Budget])

    def of(self, asked_by: str, asker: str, ask_usd: float | None = None) -> list[Budget]:
        """The budgets that an ask of this participant has to fit into; `ask_usd` when they named one."""
        person = self._people.setdefault(asked_by, Budget(f"of {asker}", self.person_usd))
        own = Budget("of this ask", self.ask_usd if ask_usd is None else ask_usd)
        return [own, person, self.all]


@dataclass(frozen=True, slots=True)
class Service:
    """Who answers: `model`, or one of `models` when somebody says which; and whose money it is."""

    provider_for: ProviderFor
    model: str
    models: Sequence[str]
    pays: str
    #: How long one answer may take.
    limit_s: float = LIMIT_S
    #: Whether any other model may be named too, by who pays for it.
    is_own: bool = False


class AgentWorker:
    """Serves one seat, in the event loop that the seat belongs to."""

    def __init__(
        self, seat: AgentSeat, service: Service, *, judge: Judge | None = None, purse: Purse | None = None
    ) -> None:
        self.purse = purse or Purse()
        #: Told of every ask that begins, and of every one that is over.
        self.began: Callable[[ServedAsk], None] = lambda _: None
        self.ended: Callable[[ServedAsk, AskResult], None] = lambda _, __: None
        self._seat = seat
        self._service = service
        self._judge = judge or Judge()
        self._providers: dict[str, Provider] = {}
        self._queue = AskQueue()
        self._running: dict[str, ServedAsk] = {}
        self._over: dict[str, ServedAsk] = {}
        self._earlier: dict[str, list[tuple[str, str]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._undoing: set[str] = set()
        self._taking = asyncio.Lock()
        self._terms: dict[str, OwnTerms] = {}

    async def start(self) -> None:
        """Say that it answers, and answer from now on. Raises Trouble, and ProviderTrouble."""
        await self.answer_as(self._service)

    async def answer_as(self, service: Service) -> None:
        """Answer so what comes from now on; what is being answered goes on. Raises as `start`."""
        provider = service.provider_for(service.model)
        self._service, self._providers = service, {service.model: provider}
        self._seat.changed = self._look
        await self._seat.serve(label=provider.name, models=service.models, pays=service.pays)
        self._look()

    async def ask(self, make: Callable[[], Awaitable[str]], terms: OwnTerms) -> str:
        """Answer what `make` asks for, on terms of one's own; gives the proposal."""
        async with self._taking:  # nobody takes it before its terms are known
            proposal_id = await make()
            self._terms[proposal_id] = terms
        self._look()
        return proposal_id

    async def close(self) -> None:
        """Stop what is on its way, and leave."""
        self._seat.changed = lambda: None
        for served in self._running.values():
            served.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        await self._seat.leave()

    def _look(self) -> None:
        """Something was heard of the session."""
        for served in list(self._running.values()):
            served.changed()
        for proposal in self._seat.client.state.proposals.values():
            if proposal.state == "undoing" and proposal.agent == self._seat.participant:
                self._undo(proposal)
            elif proposal.ended_ms is not None and proposal.id in self._terms:  # before it was taken
                over = AskResult(proposal.words, cast("Status", proposal.state), reason=proposal.reason)
                self._terms.pop(proposal.id).over(over)
        if self._waiting() and len(self._running) < AT_ONCE and not self._taking.locked():
            self._begin(self._take())

    def _waiting(self) -> list[Proposal]:
        state = self._seat.client.state
        mine = next((each for each in state.agents if each.participant == state.you), None)
        return [
            each
            for each in state.proposals.values()
            if each.state == "waiting"
            and each.agent in (None, state.you)
            and (mine is None or mine.only_for in (None, each.asked_by))
        ]

    async def _take(self) -> None:
        """Take what can be taken, one after the other; what is refused now comes with the next news."""
        async with self._taking:
            refused: set[str] = set()
            while len(self._running) < AT_ONCE:
                busy = [each.proposal.asked_by for each in self._running.values()]
                waiting = [each for each in self._waiting() if each.id not in refused]
                proposal = self._queue.next(waiting, busy)
                if proposal is None:
                    return
                if not await self._seat.take(proposal.id):
                    refused.add(proposal.id)
                    continue
                self._queue.served(proposal.asked_by)
                await self._answer(proposal)

    async def _answer(self, proposal: Proposal) -> None:
        try:
            provider = self._provider(self._model_of(proposal))
        except ProviderTrouble as trouble:
            # `_look` hears of it, and tells who has asked on terms of their own.
            with contextlib.suppress(Trouble):
                await self._seat.finish(proposal.id, "failed", reason=str(trouble))
            return
        terms = self._terms.pop(proposal.id, OwnTerms())
        budgets = self.purse.of(proposal.asked_by, proposal.asker, terms.budget_usd)
        earlier = self._earlier.get(proposal.asked_by, ())
        means = Means(provider, self._judge, budgets, earlier, self._service.limit_s, terms)
        served = ServedAsk(self._seat, proposal, means)
        self._running[proposal.id] = served
        self.began(served)
        self._begin(self._run(served))

    async def _run(self, served: ServedAsk) -> None:
        try:
            result = await served.run()
        finally:
            del self._running[served.id]
        if result.status == "applied":
            self._over[served.id] = served
            self._remember(served, result)
            while len(self._over) > MAX_UNDO:
                del self._over[next(iter(self._over))]
        self.ended(served, result)
        self._look()

    def _remember(self, served: ServedAsk, result: AskResult) -> None:
        known = self._earlier.setdefault(served.proposal.asked_by, [])
        known.append((result.words, result.says or "done"))
        del known[:-MAX_EARLIER]

    def _undo(self, proposal: Proposal) -> None:
        if proposal.id not in self._undoing and proposal.id not in self._running:
            self._undoing.add(proposal.id)
            self._begin(self._undone(proposal))

    async def _undone(self, proposal: Proposal) -> None:
        served = self._over.get(proposal.id)
        if served is not None:
            await served.undo()
        else:
            with contextlib.suppress(Trouble):
                await self._seat.finish(proposal.id, "applied", reason=FORGOTTEN)
        self._undoing.discard(proposal.id)
        asker, words = proposal.asked_by, proposal.words.strip()
        self._earlier[asker] = [each for each in self._earlier.get(asker, ()) if each[0] != words]

    def _model_of(self, proposal: Proposal) -> str:
        wanted = proposal.model
        if wanted is None:
            return self._service.model
        if wanted not in self._service.models and not self._service.is_own:
            there = ", ".join(self._service.models)
            raise ProviderTrouble("missing", f"this agent has no model '{wanted}'; it has: {there}")
        return wanted

    def _provider(self, model: str) -> Provider:
        if model not in self._providers:
            self._providers[model] = self._service.provider_for(model)
        return self._providers[model]

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
