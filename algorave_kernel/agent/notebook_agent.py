"""The agent as a notebook has it: asked in words, it works on a score in a thread of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping

from algorave_kernel.engine import whole_text

from .ask import LIMIT_S, Ask
from .asked import Asked
from .asking import Asking, Progress, Terms
from .choosing import land_chosen
from .judge import Judge
from .models import DEFAULT
from .promises import promise
from .provider import Provider, ProviderFor
from .result import AskResult
from .score import Score
from .thread import begin
from .usage import Budget, Usage

ASK_BUDGET_USD = 0.25
MAX_EARLIER = 6
MAX_WORDS_CHARS = 4_000


class Agent:
    """Changes a score as it is asked to. `provider_for` makes who answers from a model's alias or id.

    Every ask has a budget of its own, and all of them together `session_budget`, both in USD.
    """

    def __init__(
        self,
        score: Score,
        provider_for: ProviderFor,
        *,
        model: str = DEFAULT,
        judge: Judge | None = None,
        session_budget: Budget | None = None,
    ) -> None:
        self.score = score
        self.model = model
        self.judge = judge or Judge()
        self.session_budget = session_budget or Budget("of this session")
        self._provider_for = provider_for
        self._providers: dict[str, Provider] = {}
        self._numbers = itertools.count(1)
        self._earlier: list[tuple[str, str]] = []
        self._running: dict[int, Asked] = {}

    @property
    def usage(self) -> Usage:
        """All that was used so far."""
        return self.session_budget.used

    @property
    def running(self) -> list[Asked]:
        """The asks that are not over, oldest first."""
        self._running = {number: asked for number, asked in self._running.items() if not asked.is_over}
        return list(self._running.values())

    def ask(self, words: str, **terms: object) -> AskResult:
        """Ask and wait. Takes what `start` takes; interrupting stops the ask."""
        return self.start(words, **terms).result()  # type: ignore[arg-type]  # start names and checks them

    def start(  # noqa: PLR0913 -- the terms of an ask, all but the words by name
        self,
        words: str,
        *,
        model: str | None = None,
        only: Iterable[str] = (),
        focus: str | None = None,
        promises: Iterable[str] = (),
        is_dry: bool = False,
        budget_usd: float | None = ASK_BUDGET_USD,
        values: Mapping[str, str] | None = None,
        limit_s: float = LIMIT_S,
        seed: int = 0,
        is_fresh: bool = False,
        watch: Callable[[Progress], None] | None = None,
    ) -> Asked:
        """Ask, and go on at once. Raises ValueError for what makes no sense, and ProviderTrouble."""
        if not words.strip() or len(words) > MAX_WORDS_CHARS:
            raise ValueError(f"say in 1 to {MAX_WORDS_CHARS:,} characters what shall change")
        ask = Ask(
            words=str(whole_text(words.strip())),
            may_change=self._known(only),
            focus=focus,
            promises=tuple(promise(each) for each in promises),
            is_dry=is_dry,
            values=dict(values or {}),
            earlier=tuple(self._earlier),
            limit_s=limit_s,
            seed=seed,
            is_fresh=is_fresh,
        )
        provider = self._provider(model or self.model)
        budgets = [Budget("of this ask", budget_usd), self.session_budget]
        asking = Asking(ask, self.score, provider, self.judge, Terms(budgets))
        asked = Asked(next(self._numbers), asking.answered, self._remember)

        def seen(progress: Progress) -> None:
            asked.progress = progress
            if watch is not None:
                watch(progress)

        asking.watch = seen
        self._running[asked.number] = asked
        asked.start()
        return asked

    def choose(self, result: AskResult) -> AskResult:
        """Make the changes of an answer that was only proposed; gives what became of it."""
        chosen = begin(land_chosen(result, self.score, self.judge)).result()
        self._remember(chosen)
        return chosen

    def forget(self, words: str) -> None:
        """Think no more of what was done at these words: it has been taken back."""
        self._earlier = [each for each in self._earlier if each[0] != words]

    def stop_all(self) -> None:
        """Stop every ask that is on its way."""
        for asked in self.running:
            asked.stop()

    def _known(self, only: Iterable[str]) -> frozenset[str]:
        wanted = frozenset(only)
        there = self.score.layers()
        missing = sorted(wanted - set(there))
        if missing:
            raise ValueError(f"there is no layer '{missing[0]}'; there are: {', '.join(there) or 'none yet'}")
        return wanted

    def _provider(self, model: str) -> Provider:
        if model not in self._providers:
            self._providers[model] = self._provider_for(model)
        return self._providers[model]

    def _remember(self, result: AskResult) -> None:
        if result.status == "applied":
            self._earlier = [*self._earlier, (result.words, result.says or "done")][-MAX_EARLIER:]
