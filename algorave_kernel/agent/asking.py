"""One ask from the words to the music: streamed, understood, judged, mended, and put in place as one step.

At every moment before that step the music is untouched: stopping, breaking off and giving up need no undoing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal

from algorave_kernel.engine import whole_text

from . import prompt
from .ask import Ask
from .draft import Draft, draft
from .heard import Heard
from .judge import CYCLES, Judge
from .landing import Landed, Landing
from .locate import Place, locate
from .musical_diff import LayerDiff, MusicalDiff, layer_diffs
from .provider import Answer, Provider, ProviderTrouble, Said, Turn
from .reply_parser import ReplyParser
from .result import GOOD, AskResult, Status
from .score import Consent, LayerChange, NotTaken, Score, texts_of
from .usage import Budget, OverBudget, Usage

MAX_REPAIRS = 2
MAX_RESTARTS = 2

State = Literal["waiting", "listening", "checking", "mending", "over"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ask is, for those who watch: `texts` are the layers as the answer would have them so far."""

    state: State
    says: str = ""
    texts: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    problems: tuple[str, ...] = ()
    round: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What it may cost, and who has to consent to a change; nobody but who asks where there is no `consent`.

    While a consent is waited for, no time runs out.
    """

    budgets: Sequence[Budget] = ()
    consent: Consent | None = None


class _Over(Exception):
    """The ask has come to its end, with this status and reason."""

    def __init__(self, status: Status, reason: str | None = None) -> None:
        self.status: Status = status
        self.reason = reason
        super().__init__(reason)


class Asking:
    """One ask on its way. `run` once; cancelling its task at any moment leaves the music as it was."""

    def __init__(
        self, ask: Ask, score: Score, provider: Provider, judge: Judge, terms: Terms | None = None
    ) -> None:
        self.ask = ask
        self.usage = Usage()
        self._score = score
        self._provider = provider
        self._judge = judge
        self._terms = terms or Terms()
        self._limit: asyncio.Timeout | None = None
        self.watch: Callable[[Progress], None] | None = None
        self._before: dict[str, str] = {}
        self._parser = ReplyParser()
        self._answer = Answer()
        self._rounds = 0
        self._landed = Landed()
        self._began = time.monotonic()

    @property
    def says(self) -> str:
        """What the answer says so far, besides the change."""
        return self._parser.prose.strip()

    async def run(self) -> AskResult:
        """Do it. Never raises for what goes wrong; being cancelled goes through."""
        try:
            async with asyncio.timeout(self.ask.limit_s) as self._limit:
                status, reason = await self._rounds_of_it()
        except _Over as over:
            status, reason = over.status, over.reason
        except ProviderTrouble as trouble:
            status, reason = "failed", str(trouble)
        except NotTaken as taken:
            status, reason = taken.status, taken.why
        except OverBudget as over:
            status, reason = "over_budget", str(over)
        except TimeoutError:
            status, reason = "failed", f"it took longer than {self.ask.limit_s:g} seconds"
        self._show("over")
        if status in GOOD and self._rounds == 1:
            self._answer.keep()
        return await self._result(status, reason)

    async def answered(self) -> AskResult:
        """Do it; being cancelled is a way for it to end."""
        try:
            return await self.run()
        except asyncio.CancelledError:
            return self.stopped()

    def stopped(self) -> AskResult:
        """What there is to say when its task was cancelled."""
        return self.broken_off("stopped", None)

    def broken_off(self, status: Status, reason: str | None) -> AskResult:
        """What there is to say when it goes no further: too late, when the change is in the music."""
        is_in = bool(self._landed.changes) and not self.ask.is_dry
        return self._made(*(("applied", None) if is_in else (status, reason)), MusicalDiff())

    async def _rounds_of_it(self) -> tuple[Status, str | None]:
        self._show("waiting")
        self._before = texts_of(self._score)
        messages = [prompt.wish(self.ask, self._before)]
        problems: tuple[str, ...] = ()
        for self._rounds in range(1, MAX_REPAIRS + 2):
            reply = await self._listen(messages)
            if problems and not self._parser.wishes and not self._parser.faults:
                return "gave_up", problems[0]  # words instead of a better change
            self._show("checking")
            made = self._drafted()
            problems, self._landed = (*self._parser.faults, *made.faults), Landed()
            if not problems:
                self._landed = await self._land(made)
                if self._landed.changes:
                    return ("proposed" if self.ask.is_dry else "applied"), None
                problems = self._landed.problems
            self._show("mending", problems)
            messages += [Said("assistant", reply), self._said_about(problems)]
        return "gave_up", problems[0] if problems else "others kept changing the same place"

    async def _land(self, made: Draft) -> Landed:
        """The change in the music, or what is wrong with it. Raises _Over when there is nothing to mend."""
        if not made.texts:
            raise _Over("unchanged" if self._parser.wishes else "answered")
        landing = Landing(self.ask.words, self._before, made.texts, self.ask.promises)
        landed = await landing.land(self._score, self._judge, None if self.ask.is_dry else self._consented)
        if landed.denied:
            raise _Over("denied", landed.denied)
        if not landed.changes and not landed.problems and not landed.conflicts:
            raise _Over("unchanged", "somebody else has just made the same change")
        return landed

    async def _consented(self, changes: Sequence[LayerChange]) -> None:
        """Wait for the consent, in time that does not count."""
        if self._terms.consent is None or self._limit is None:
            return
        now_s = asyncio.get_running_loop().time
        left_s = (self._limit.when() or now_s()) - now_s()
        self._limit.reschedule(None)
        try:
            await self._terms.consent(changes)
        finally:
            self._limit.reschedule(now_s() + left_s)

    def _said_about(self, problems: Sequence[str]) -> Said:
        now, conflicts = self._landed.before, self._landed.conflicts
        if not now or now == self._before:
            return prompt.repair(problems)
        # From here on the wish is about the music as it is now.
        self._before = dict(now)
        return prompt.moved(self._before, conflicts, problems)

    async def _listen(self, messages: Sequence[Said]) -> str:
        """One whole reply. An answer that breaks off is asked for again, a few times."""
        turn = Turn(
            self.ask.words,
            self._before,
            self.ask.may_change,
            self.ask.focus,
            prompt.system_blocks(),
            tuple(messages),
            self.ask.effort,
            self.ask.seed,
            self.ask.is_fresh,
            prompt.besides(self.ask, self._before) if len(messages) == 1 else None,
        )
        for left in range(MAX_RESTARTS, -1, -1):
            try:
                return await self._listen_once(turn)
            except ProviderTrouble as trouble:
                if not trouble.is_passing or not left:
                    raise
        raise AssertionError("unreachable")

    async def _listen_once(self, turn: Turn) -> str:
        self._parser = parser = ReplyParser()
        self._answer = answer = Answer()
        self._show("listening")
        pieces: list[str] = []
        cost_usd = self._provider.estimate_usd(turn)
        reserved: list[Budget] = []
        try:
            for budget in self._terms.budgets:
                budget.reserve(cost_usd)
                reserved.append(budget)
            async with aclosing(self._provider.stream(turn, answer)) as stream:
                async for piece in stream:
                    pieces.append(piece)
                    parser.feed(piece)
                    self._show("listening")
                    if parser.is_too_long:
                        break
        finally:
            self.usage += answer.usage
            for budget in reserved:
                budget.settle(cost_usd, answer.usage)
        return self._understood("".join(pieces), parser, answer)

    def _understood(self, text: str, parser: ReplyParser, answer: Answer) -> str:
        parser.finish()
        if answer.stop_reason == "refusal":
            raise _Over("refused", answer.refusal)
        if answer.stop_reason in ("max_tokens", "model_context_window_exceeded"):
            # Whatever came whole may be half of what was meant.
            parser.wishes.clear()
            parser.faults[:] = ["the answer was too long and was cut off; make a smaller change"]
        if not text.strip() and not parser.faults:
            parser.faults.append("the answer was empty")
        # What goes back to the model must be text that can be sent.
        return whole_text(text.strip()) or "(nothing)"

    def _show(self, state: State, problems: Sequence[str] = ()) -> None:
        if self.watch is None:
            return
        says, texts = self.says, self._so_far() if state == "listening" else {}
        self.watch(Progress(state, says, texts, tuple(problems), self._rounds))

    def _drafted(self) -> Draft:
        return draft(self._before, self._parser.wishes, self.ask.may_change, self.ask.locked)

    def _so_far(self) -> Mapping[str, str | None]:
        """The layers as the answer would have them if it ended here."""
        texts = dict(self._drafted().texts)
        writing = self._parser.unfinished
        if writing is None:
            return texts
        there = [writing.layer] if writing.layer else list(self._before) if len(self._before) == 1 else []
        for layer in there:
            text = texts.get(layer, self._before.get(layer)) or ""
            if writing.find is None:
                texts[layer] = writing.text
            elif not writing.find.strip():
                texts[layer] = f"{text}\n{writing.text}".lstrip("\n")
            elif isinstance(place := locate(text, writing.find), Place):
                texts[layer] = text[: place.begin] + writing.text + text[place.end :]
        return texts

    async def _result(self, status: Status, reason: str | None) -> AskResult:
        music = await asyncio.to_thread(self._music) if status in ("applied", "proposed") else MusicalDiff()
        return self._made(status, reason, music)

    def _made(self, status: Status, reason: str | None, music: MusicalDiff) -> AskResult:
        changes = self._landed.changes if status in ("applied", "proposed") else ()
        judged = [each.verdict for each in self._landed.judgements.values()] if changes else []
        return AskResult(
            words=self.ask.words,
            status=status,
            says=self.says,
            reason=reason,
            changes=changes,
            verdict=judged[0] if judged else None,
            music=music,
            rounds=self._rounds,
            usage=self.usage,
            provider=self._provider.name,
            model=self._provider.model,
            took_s=time.monotonic() - self._began,
            request_id=self._answer.request_id,
            is_known=self._answer.is_known,
        )

    def _music(self) -> MusicalDiff:
        old: dict[str, str] = {
            each.layer: each.before for each in self._landed.changes if each.before is not None
        }
        new: dict[str, str] = {
            each.layer: each.after for each in self._landed.changes if each.after is not None
        }
        before, after = Heard(old, self._judge.haps), Heard(new, self._judge.haps)
        layers: list[LayerDiff] = []
        for change in self._landed.changes:
            layers += layer_diffs(change.layer, before.haps(change.layer), after.haps(change.layer))
        cps_before, cps_after = before.cps if old else after.cps, after.cps if new else before.cps
        return MusicalDiff(tuple(layers), CYCLES, cps_before, cps_after, before.all(), after.all())
