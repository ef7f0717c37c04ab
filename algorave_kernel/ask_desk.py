"""`%algorave ask`, `explain`, `fix`, `undo` and what else a notebook does with the agent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from IPython.display import display

from . import gate
from .agent.asked import Asked
from .agent.notebook_agent import ASK_BUDGET_USD, Agent
from .agent.promises import promise
from .agent.provider import ProviderTrouble
from .agent.result import AskResult
from .agent.score import CannotUndo, MemoryScore, Score, texts_of
from .arguments import BadUsage, did_you_mean
from .ask_line import AskLine, read_ask
from .ask_output import AskOutput, follow_all
from .ask_view import STOP, STOP_BACKGROUND, AskView, over
from .model_desk import ADD_KEY, ModelDesk
from .own_layers import OwnScore
from .pool import EngineMissing
from .served_ask import OwnTerms
from .session_asks import SessionAsk, SessionAsks

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .session import Session

VALUE_CHARS = 4_000
AI_IS_OFF = (
    "AI is off in '{session}' until its host turns it on (`%algorave ai on`), so {layer} cannot be asked "
    "about there. Layers of this notebook alone can be: `%algorave leave`, or a cell without a name."
)
NOT_FOR_AI = "'{layer}' is kept from the agent; `%algorave ai {layer} credit` lets it in."
CHOOSE = "`%algorave choose {number}` takes this one."
NOT_BEHIND = "`-n` shows several answers to choose from, so `--bg` is not for it."
ELSEWHERE = "those answers are about '{session}', which is not open here any more; ask again."
BOTH = "layers of '{session}' and layers of this notebook alone cannot be asked about at once."
ON_SCREEN = "Everybody in '{session}' sees it, and what was playing plays so from the next bar on."
TAKE_NEW = "'{layer}' has no cell yet: `%algorave take {layer}` becomes one."
TAKE = (
    "The cell of '{layer}' still has its own text: `%algorave take {layer}` becomes a cell with the new one."
)
BACK = "`%algorave undo` brings back what was there before."
EXPLAIN = (
    "Explain what layer '{layer}' plays and how its code does that, to somebody who learns, in a few "
    "sentences. Change nothing."
)
FIX = (
    "Repair layer '{layer}', which cannot be played, and change as little as possible. "
    "What is wrong: {problems}"
)


class AskDesk:
    """The agent of one notebook. What cannot be done raises `BadUsage`."""

    def __init__(
        self,
        shell: InteractiveShell,
        score: OwnScore,
        play: Callable[[str], None],
        session: Callable[[], Session | None],
    ) -> None:
        """`play` shows a layer and plays it; `session` gives the open session."""
        self._shell = shell
        self._score = score
        self._play = play
        self._session = session
        self.models = ModelDesk()
        self._agent: Agent | None = None
        self._agent_of: object = None
        self._shared: SessionAsks | None = None
        self._running: list[Asked] = []
        #: What changed something, and in which session; None in none.
        self._asked: list[tuple[AskResult, Session | None]] = []
        #: The answers that can be chosen from, how they were asked for, and in which session; None in none.
        self._answers: list[AskResult] = []
        self._answers_of: tuple[AskLine, Session | None] = (AskLine(), None)

    def ask(self, text: str) -> AskResult | list[AskResult] | None:
        """Ask for a change; with `--bg` go on at once, with `-n` get several to choose from."""
        terms = read_ask(text)
        return self._start(terms) if terms.answers == 1 else self._start_several(terms)

    def choose(self, text: str) -> None:
        """Take one of the answers that were asked for last."""
        number = int(text) if text.isdecimal() and len(text) < 3 else 0
        if not 1 <= number <= len(self._answers):
            there = f"1 to {len(self._answers)}" if self._answers else "none yet: `%algorave ask -n 3 WORDS`"
            raise BadUsage(f"say which answer, by its number; there are {there}.")
        found = self._answers[number - 1]
        if found.status != "proposed":
            raise BadUsage(f"answer {number} has no change to take.")
        terms, session = self._answers_of
        if session is None:
            result = self._ready().choose(found)
        elif session is self._session():
            result = self._choose_in(session, terms, found)
        else:
            raise BadUsage(ELSEWHERE.format(session=session.title))
        display(over(result, self._finish(result, session, is_band_for_lack=False)), raw=True)

    def _choose_in(self, session: Session, terms: AskLine, found: AskResult) -> AskResult:
        """Everybody sees it, and may have to accept it, as with every ask."""
        ask = SessionAsk(found.words, terms.only, terms.model, OwnTerms(chosen=found))
        try:
            service = self.models.service(session.own_name, terms.model)
            return self._asks_of(session).start(ask, service).result()
        except (ValueError, ProviderTrouble) as wrong:
            raise BadUsage(f"{str(wrong).rstrip('.')}.") from None

    def explain(self, layer: str) -> AskResult | None:
        """Ask what a layer does; the only or the last one when none is named."""
        layer = layer or self._last()
        return self._start(AskLine(EXPLAIN.format(layer=layer), only=[layer], is_dry=True))

    def fix(self, layer: str) -> AskResult | None:
        """Ask for a repair of a layer; of the first that cannot be played when none is named."""
        problems = self._problems(layer)
        layer = layer or next(iter(problems), "")
        if layer not in problems:
            raise BadUsage(
                f"there is nothing to fix: {layer or 'every layer of this notebook'} can be played."
            )
        return self._start(AskLine(FIX.format(layer=layer, problems=problems[layer]), only=[layer]))

    def undo(self, layer: str) -> None:
        """Take back the last change, or the last of one layer, and play what was there before."""
        here = [each for each in self._asked if each[1] is None or each[1] is self._session()]
        found = next((each for each in reversed(here) if not layer or layer in _changed(each[0])), None)
        if found is not None and found[1] is not None:
            self._asks_of(found[1]).undo(found[0])
            self._asked.remove(found)
            print(f"Back as before, for everybody: {', '.join(_changed(found[0]))}.")
            return
        try:
            other = self._score.undo(layer or None)
        except CannotUndo as cannot:
            raise BadUsage(f"{cannot}.") from None
        if found is not None:
            self._asked.remove(found)
            if self._agent is not None:
                self._agent.forget(found[0].words)
        for name in other:
            self._play(name)
        print(f"Back as before: {', '.join(other)}." if other else "It is as before already.")

    def take(self, layer: str) -> None:
        """Make the running cell one with the layer's text."""
        kept = _kept(self._asked[-1][0]) if self._asked else []
        layer = layer or (kept[-1] if kept else self._last())
        self._refuse_unknown(layer)
        self._shell.set_next_input(f"%%strudel {layer}\n{self._text(layer)}", replace=True)

    def cancel(self) -> None:
        """Stop every ask that is on its way."""
        going = [each for each in self._running if not each.is_over]
        for each in going:
            each.stop()
        self._running = going
        print("Stopped; the music is as it was." if going else "Nothing is being asked.")

    def close(self) -> None:
        """Stop what is on its way."""
        for each in self._running:
            each.stop()
        if self._shared is not None:
            self._shared.close()
        self.models.close()

    def _start(self, terms: AskLine) -> AskResult | None:
        session = self._session_of(terms)
        before = texts_of(self._score) if session is None else _texts(session)
        view = AskView(terms.words, before, STOP_BACKGROUND if terms.is_background else STOP)
        output = AskOutput(self._shell, view)
        try:
            begin = self._begin if session is None else partial(self._begin_in, session)
            asked = begin(terms, output)
        except (ValueError, ProviderTrouble) as wrong:
            raise BadUsage(f"{str(wrong).rstrip('.')}.") from None
        self._running = [*(each for each in self._running if not each.is_over), asked]

        is_for_lack = terms.model is None and self.models.is_band_for_lack

        def finish(result: AskResult) -> list[str]:
            return self._finish(result, session, is_band_for_lack=is_for_lack)

        if terms.is_background:
            output.follow_behind(asked, finish)
            return None
        try:
            return output.follow(asked, finish)
        except (EngineMissing, FileNotFoundError) as missing:
            raise BadUsage(f"{missing}; `%algorave doctor` says more.") from None

    def _start_several(self, terms: AskLine) -> list[AskResult]:
        """Several answers, which nobody else sees, and which change nothing until one of them is chosen."""
        if terms.is_background:
            raise BadUsage(NOT_BEHIND)
        terms.is_dry, session = True, self._session_of(terms)
        before = texts_of(self._score) if session is None else _texts(session)
        agent, numbers = self._ready(), range(1, terms.answers + 1)
        if session is not None:
            agent = self._agent_on(MemoryScore(before))
        views = [AskView(f"{number} of {terms.answers}: {terms.words}", before) for number in numbers]
        outputs = [AskOutput(self._shell, view) for view in views]
        only = self._allowed(terms) if session is None else terms.only
        try:
            asked = [self._begun(agent, only, terms, output, seed) for seed, output in enumerate(outputs)]
        except (ValueError, ProviderTrouble) as wrong:
            raise BadUsage(f"{str(wrong).rstrip('.')}.") from None
        told = [partial(_choice, number) for number in numbers]
        self._answers_of = (terms, session)
        self._answers = follow_all(outputs, asked, told)
        return self._answers

    def _begin(self, terms: AskLine, output: AskOutput) -> Asked:
        """Ask about layers of this notebook alone."""
        return self._begun(self._ready(), self._allowed(terms), terms, output)

    def _begun(
        self, agent: Agent, only: Sequence[str], terms: AskLine, output: AskOutput, seed: int = 0
    ) -> Asked:
        return agent.start(
            terms.words,
            model=terms.model or self.models.now,
            only=only,
            promises=terms.promises,
            is_dry=terms.is_dry,
            budget_usd=ASK_BUDGET_USD if terms.budget_usd is None else terms.budget_usd,
            values=self._values(terms.values),
            is_fresh=terms.is_fresh,
            seed=seed,
            watch=output.seen,
        )

    def _begin_in(self, session: Session, terms: AskLine, output: AskOutput) -> Asked:
        """Ask about layers of the open session, with everybody watching."""
        own = OwnTerms(
            promises=tuple(promise(each) for each in terms.promises),
            values=self._values(terms.values),
            budget_usd=terms.budget_usd,
            is_dry=terms.is_dry,
            is_fresh=terms.is_fresh,
            watch=output.seen,
        )
        ask = SessionAsk(terms.words, terms.only, terms.model, own)
        return self._asks_of(session).start(ask, self.models.service(session.own_name, terms.model))

    def _asks_of(self, session: Session) -> SessionAsks:
        if self._shared is None or self._shared.session is not session:
            if self._shared is not None:
                self._shared.close()
            self._shared = SessionAsks(session, self.models.budget)
        return self._shared

    def _finish(self, result: AskResult, session: Session | None, *, is_band_for_lack: bool) -> list[str]:
        """Play what changed; gives what else there is to say."""
        notes: list[str] = []
        if result.status == "applied":
            self._asked.append((result, session))
        if result.status == "applied" and session is not None:
            notes.append(f"{ON_SCREEN.format(session=session.title)} {BACK}")
        elif result.status == "applied":
            for change in result.changes:
                self._play(change.layer)
            kept = [each for each in result.changes if each.after is not None]
            told = [(TAKE_NEW if each.before is None else TAKE).format(layer=each.layer) for each in kept]
            notes.append(" ".join([*told[:1], BACK]))
        if result.status == "proposed":
            notes.append("Nothing was changed. The same ask without `--dry-run` does it, at once.")
        if is_band_for_lack:
            notes.append(ADD_KEY)
        return [*notes, *self.models.warnings()]

    def _session_of(self, terms: AskLine) -> Session | None:
        """The session that is asked about; None for layers of this notebook. While AI is off, it never is."""
        for layer in terms.only:
            self._refuse_unknown(layer)
        session, own = self._session(), self._score.layers()
        if session is None:
            return None
        shared = [each for each in session.layers if not terms.only or each in terms.only]
        if terms.only:
            if shared and len(shared) < len(set(terms.only)):
                raise BadUsage(BOTH.format(session=session.title))
            return session if shared else None
        meant = next((each for each in shared if _is_named(each, terms.words)), None)
        if session.state.ai:
            is_own = meant is None and any(_is_named(each, terms.words) for each in own)
            return None if is_own else session
        if meant is not None or not own:
            layer = f"'{meant}'" if meant else "what is played there"
            raise BadUsage(AI_IS_OFF.format(session=session.title, layer=layer))
        return None

    def _allowed(self, terms: AskLine) -> list[str]:
        """The own layers that may change; while a session is open, nothing is added."""
        return terms.only if terms.only or self._session() is None else self._score.layers()

    def _refuse_unknown(self, layer: str) -> None:
        session, there = self._session(), self._names()
        found = None if session is None else session.find(layer)
        if session is not None and found is not None:
            if not session.state.ai:
                raise BadUsage(AI_IS_OFF.format(session=session.title, layer=f"'{layer}'"))
            if found.ai == "no":
                raise BadUsage(NOT_FOR_AI.format(layer=layer))
            return
        if not there:
            raise BadUsage("no cell has made a layer yet: `%%strudel bass` makes one.")
        if layer not in there:
            meant = did_you_mean(layer, there)
            meant = f"; there are: {', '.join(there)}." if meant == "." else meant
            where = "in this notebook" if session is None else f"here or in '{session.title}'"
            raise BadUsage(f"there is no layer '{layer}' {where}{meant}")

    def _names(self) -> list[str]:
        """The layers that can be asked about."""
        session, own = self._session(), self._score.layers()
        return own if session is None or not session.state.ai else [*own, *_texts(session)]

    def _text(self, layer: str) -> str:
        session = self._session()
        shared = session is not None and session.find(layer) is not None
        return session.text(layer) if session is not None and shared else self._score.text(layer)

    def _last(self) -> str:
        names = self._names()
        return names[-1] if names else ""

    def _problems(self, layer: str) -> dict[str, str]:
        """What is wrong with the layer, or with all, by layer."""
        if layer or not self._names():
            self._refuse_unknown(layer)
        found: dict[str, str] = {}
        for name in [layer] if layer else self._names():
            verdict = gate.check(self._text(name))
            if not verdict.playable:
                found[name] = "; ".join(map(str, verdict.problems))
        return found

    def _values(self, names: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name in names:
            if name not in self._shell.user_ns:
                raise BadUsage(
                    f"--with: there is no variable '{name}'{did_you_mean(name, self._shell.user_ns)}"
                )
            value = self._shell.user_ns[name]
            text = value if isinstance(value, str) else str(value)
            if len(text) > VALUE_CHARS:
                raise BadUsage(
                    f"--with: '{name}' has {len(text):,} characters; at most {VALUE_CHARS:,} are sent."
                )
            if self.models.keys.is_in(text):
                raise BadUsage(f"--with: a key stands in '{name}', and keys are not sent along.")
            found[name] = text
        return found

    def _ready(self) -> Agent:
        """The agent, for the key and address as they are now."""
        terms = (self.models.keys.key, self.models.keys.address)
        if self._agent is None or self._agent_of != terms:
            self._agent = self._agent_on(self._score)
            self._agent_of = terms
        return self._agent

    def _agent_on(self, score: Score) -> Agent:
        return Agent(score, self.models.provider_for(), session_budget=self.models.budget)


def _choice(number: int, result: AskResult) -> list[str]:
    return [CHOOSE.format(number=number)] if result.status == "proposed" else []


def _changed(result: AskResult) -> list[str]:
    return [each.layer for each in result.changes]


def _kept(result: AskResult) -> list[str]:
    """Those of the changed layers that are still there."""
    return [each.layer for each in result.changes if each.after is not None]


def _texts(session: Session) -> dict[str, str]:
    """What of a session may be shown to who answers."""
    return {each.name: session.text(each.name) for each in session.state.layers if each.ai != "no"}


def _is_named(layer: str, words: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(layer)}(?![\w-])", words, re.IGNORECASE) is not None
