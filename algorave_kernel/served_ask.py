"""One ask of a session, answered: shown while it is written, offered, landed, finished; and taken back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from pydantic import ValidationError

from algorave_server.protocol import Change, Draft, Ending, Proposal, WorkingState

from .agent.ask import LIMIT_S, Ask
from .agent.asking import Asking, Progress, State, Terms
from .agent.choosing import land_chosen
from .agent.judge import Judge
from .agent.promises import Promise
from .agent.provider import Provider
from .agent.result import AskResult
from .agent.score import CannotUndo, LayerChange, NotTaken
from .agent.usage import Budget
from .agent_seat import MAX_PROBLEMS, MAX_PROSE_CHARS, TOO_LONG, AgentSeat
from .gate import Verdict, check
from .live_cell import tempo_of
from .pool import EngineMissing
from .session_score import SessionScore
from .trouble import Trouble

BROKE_DOWN = "something unforeseen went wrong in the agent"
_log = logging.getLogger(__name__)
#: After these states it is the agent's turn, or nobody's any more.
LANDS = frozenset({"landing"})
WAITS = frozenset({"offered"})
STATES: Mapping[State, WorkingState] = {
    "waiting": "thinking",
    "listening": "thinking",
    "checking": "checking",
    "mending": "mending",
}


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What somebody who answers their own ask wants besides what everybody is told of it."""

    promises: tuple[Promise, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    budget_usd: float | None = None
    is_dry: bool = False
    is_fresh: bool = False
    #: An answer that they have already, and want in the music.
    chosen: AskResult | None = None
    watch: Callable[[Progress], None] = lambda _: None
    over: Callable[[AskResult], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Means:
    """By whom, and within what, one ask is answered; `earlier` is what its asker asked for before."""

    provider: Provider
    judge: Judge
    budgets: Sequence[Budget] = ()
    earlier: Sequence[tuple[str, str]] = ()
    limit_s: float = LIMIT_S
    terms: OwnTerms = field(default_factory=OwnTerms)


class ServedAsk:
    """One proposal that this agent has taken. `run` once; stopped before the step, it leaves no trace."""

    def __init__(self, seat: AgentSeat, proposal: Proposal, means: Means) -> None:
        self.id = proposal.id
        self.proposal = proposal
        self._own = means.terms
        self._seat = seat
        self.score = SessionScore(seat.client, self._tempo_of, lambda code: self._check(code).playable)
        self._judge = means.judge
        ask = Ask(
            words=proposal.words,
            may_change=self.score.names(proposal.only),
            locked=self.score.locked(),
            earlier=tuple(means.earlier),
            seed=proposal.seed,
            limit_s=means.limit_s,
            promises=means.terms.promises,
            values=means.terms.values,
            is_dry=means.terms.is_dry,
            is_fresh=means.terms.is_fresh,
        )
        terms = Terms(means.budgets, self._consent)
        self.asking = Asking(ask, self.score, means.provider, means.judge, terms)
        self.asking.watch = self._seen
        self._texts: Mapping[str, str | None] = {}
        self._is_landing = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[AskResult] | None = None

    async def run(self) -> AskResult:
        """Answer it, and say how it ended. Being cancelled is a way to end, and so is a fault of our own."""
        self._task = asyncio.current_task()
        try:
            result = await self._answered()
        except (EngineMissing, FileNotFoundError) as missing:
            result = self.asking.broken_off("failed", f"{missing}; `algorave doctor` says more")
        except Exception:  # noqa: BLE001 - who asked must not wait for an answer that nobody works on
            _log.exception("an ask broke down")
            result = self.asking.broken_off("failed", BROKE_DOWN)
        self._task = None  # from here on there is nothing to stop any more
        if not self._is_over:
            await self._finish(result)
        self._own.over(result)
        return result

    async def _answered(self) -> AskResult:
        chosen = self._own.chosen
        if chosen is None:
            return await self.asking.answered()
        try:
            return await land_chosen(chosen, self.score, self._judge, self._consent)
        except asyncio.CancelledError:
            return replace(chosen, status="stopped", changes=())

    def stop(self) -> None:
        """Stop it, unless the change is in the texts by now."""
        if self._task is not None:
            self._task.cancel()

    def changed(self) -> None:
        """Something was heard of the session: stop when the ask is over there."""
        self._news.set()
        if self._is_over:
            self.stop()

    async def undo(self) -> None:
        """Take the change back, or say why not."""
        try:
            await self.score.undo()
        except (CannotUndo, Trouble) as cannot:
            await self._said("applied", reason=str(cannot))
        else:
            await self._said("undone")

    # -- on the way -------------------------------------------------------------------------------------

    @property
    def _state(self) -> str | None:
        now = self._seat.proposal(self.id)
        return None if now is None else now.state

    @property
    def _is_over(self) -> bool:
        now = self._seat.proposal(self.id)
        return now is None or now.ended_ms is not None

    def _seen(self, progress: Progress) -> None:
        self._own.watch(progress)
        if progress.state == "over":
            return
        if progress.state == "listening":
            self._texts = progress.texts
        state = STATES[progress.state]
        if progress.state == "listening" and (progress.says or progress.texts):
            state = "streaming"
        self._is_landing = False
        with contextlib.suppress(ValidationError):  # a name that no layer can have, half written
            self._seat.draft(
                Draft(
                    proposal=self.id,
                    state=state,
                    round=max(0, progress.round - 1),
                    says=progress.says[:MAX_PROSE_CHARS],
                    changes=[self._change(name, None, text) for name, text in self._texts.items()],
                    problems=[each[:MAX_PROSE_CHARS] for each in progress.problems[:MAX_PROBLEMS]],
                )
            )

    def _change(self, name: str, before: str | None, after: str | None) -> Change:
        return Change(layer=self.score.id_of(name), name=name, before=before, after=after)

    async def _consent(self, changes: Sequence[LayerChange]) -> None:
        """Offer the changes; where they are reviewed, wait until somebody has decided."""
        if self._is_landing:
            return  # the same change, merged with what others have typed since
        try:
            offered = [self._change(each.layer, each.before, each.after) for each in changes]
            await self._seat.offer(self.id, offered, (self._own.chosen or self.asking).says)
        except ValidationError:
            raise NotTaken(TOO_LONG) from None
        except Trouble as refused:
            raise NotTaken(str(refused)) from None
        while self._state in WAITS:
            self._news.clear()
            await self._news.wait()
        if self._state not in LANDS:
            raise NotTaken(None, "stopped")
        self._is_landing = True

    def _check(self, code: str) -> Verdict:
        return check(code, self._judge.engine)

    def _tempo_of(self, code: str) -> float | None:
        verdict = self._check(code)
        return tempo_of(code, verdict, None) if verdict.playable else None

    # -- the end ----------------------------------------------------------------------------------------

    async def _finish(self, result: AskResult) -> None:
        usage = result.usage
        more = {
            "says": result.says[:MAX_PROSE_CHARS],
            "reason": None if result.reason is None else result.reason[:MAX_PROSE_CHARS],
            "usd": usage.cost_usd,
            "tokens_in": usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
            "tokens_out": usage.output_tokens,
        }
        # What somebody only wanted to see has changed nothing.
        status = "unchanged" if result.status == "proposed" else cast("Ending", result.status)
        if not await self._said(status, **more):
            # A layer of it is there all the same: somebody has typed in it by now.
            await self._said("applied", **more)

    async def _said(self, status: Ending, **more: object) -> bool:
        """Whether the room takes it; what it has ended by itself meanwhile needs no words of ours."""
        try:
            await self._seat.finish(self.id, status, **more)
        except Trouble:
            return False
        return True
