"""`%algorave ask`, `explain`, `fix`, `undo` and what else a notebook does with the agent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from . import gate
from .agent.notebook_agent import ASK_BUDGET_USD, Agent, Asked
from .agent.provider import ProviderTrouble
from .agent.result import AskResult
from .agent.score import CannotUndo, LayerChange, texts_of
from .arguments import BadUsage, did_you_mean
from .ask_line import AskLine, read_ask
from .ask_output import AskOutput
from .ask_view import STOP, STOP_BACKGROUND, AskView
from .model_desk import ADD_KEY, ModelDesk
from .own_layers import OwnScore
from .pool import EngineMissing

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

VALUE_CHARS = 4_000
AI_IS_OFF = (
    "AI is off in '{session}' until its host turns it on, so {layer} cannot be asked about there. "
    "Layers of this notebook alone can be: `%algorave leave`, or a cell without a name."
)
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
        session: Callable[[], tuple[str, Sequence[str]] | None],
    ) -> None:
        """`play` shows a layer and plays it; `session` gives the open session's title and layers."""
        self._shell = shell
        self._score = score
        self._play = play
        self._session = session
        self.models = ModelDesk()
        self._agent: Agent | None = None
        self._agent_of: object = None
        self._running: list[Asked] = []
        self._asked: list[AskResult] = []

    def ask(self, text: str) -> AskResult | None:
        """Ask for a change; with `--bg` go on at once."""
        return self._start(read_ask(text))

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
        try:
            other = self._score.undo(layer or None)
        except CannotUndo as cannot:
            raise BadUsage(f"{cannot}.") from None
        undone = [each for each in self._asked if not layer or layer in _layers(each.changes)][-1:]
        for each in undone:
            self._asked.remove(each)
            if self._agent is not None:
                self._agent.forget(each.words)
        for name in other:
            self._play(name)
        print(f"Back as before: {', '.join(other)}." if other else "It is as before already.")

    def take(self, layer: str) -> None:
        """Make the running cell one with the layer's text."""
        layer = layer or (list(_layers(self._asked[-1].changes)) if self._asked else [""])[-1] or self._last()
        self._refuse_unknown(layer)
        self._shell.set_next_input(f"%%strudel {layer}\n{self._score.text(layer)}", replace=True)

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
        self.models.close()

    def _start(self, terms: AskLine) -> AskResult | None:
        only = self._allowed(terms)
        view = AskView(terms.words, texts_of(self._score), STOP_BACKGROUND if terms.is_background else STOP)
        output = AskOutput(self._shell, view)
        try:
            asked = self._ready().start(
                terms.words,
                model=terms.model or self.models.now,
                only=only,
                promises=terms.promises,
                is_dry=terms.is_dry,
                budget_usd=ASK_BUDGET_USD if terms.budget_usd is None else terms.budget_usd,
                values=self._values(terms.values),
                is_fresh=terms.is_fresh,
                watch=output.seen,
            )
        except (ValueError, ProviderTrouble) as wrong:
            raise BadUsage(f"{str(wrong).rstrip('.')}.") from None
        self._running = [*(each for each in self._running if not each.is_over), asked]

        is_for_lack = terms.model is None and self.models.is_band_for_lack

        def finish(result: AskResult) -> list[str]:
            return self._finish(result, is_band_for_lack=is_for_lack)

        if terms.is_background:
            output.follow_behind(asked, finish)
            return None
        try:
            return output.follow(asked, finish)
        except (EngineMissing, FileNotFoundError) as missing:
            raise BadUsage(f"{missing}; `%algorave doctor` says more.") from None

    def _finish(self, result: AskResult, *, is_band_for_lack: bool) -> list[str]:
        """Play what changed; gives what else there is to say."""
        notes: list[str] = []
        if result.status == "applied":
            self._asked.append(result)
            for change in result.changes:
                self._play(change.layer)
            kept = [each for each in result.changes if each.after is not None]
            told = [(TAKE_NEW if each.before is None else TAKE).format(layer=each.layer) for each in kept]
            notes.append(" ".join([*told[:1], BACK]))
        if result.status == "proposed":
            notes.append("Nothing was changed. The same ask without `--dry-run` does it, at once.")
        if is_band_for_lack:
            notes.append(ADD_KEY)
        return notes

    def _allowed(self, terms: AskLine) -> list[str]:
        """The layers that may change; while a session is open, never one of it, and nothing is added."""
        for layer in terms.only:
            self._refuse_unknown(layer)
        session = self._session()
        if session is None or terms.only:
            return terms.only
        title, shared = session
        own = self._score.layers()
        meant = next((each for each in shared if _is_named(each, terms.words)), None)
        if meant is not None or not own:
            layer = f"'{meant}'" if meant else "what is played there"
            raise BadUsage(AI_IS_OFF.format(session=title, layer=layer))
        return own

    def _refuse_unknown(self, layer: str) -> None:
        own, session = self._score.layers(), self._session()
        if session is not None and layer in session[1]:
            raise BadUsage(AI_IS_OFF.format(session=session[0], layer=f"'{layer}'"))
        if not own:
            raise BadUsage("no cell has made a layer yet: `%%strudel bass` makes one.")
        if layer not in own:
            there = did_you_mean(layer, own)
            there = f"; there are: {', '.join(own)}." if there == "." else there
            raise BadUsage(f"there is no layer '{layer}' in this notebook{there}")

    def _last(self) -> str:
        own = self._score.layers()
        return own[-1] if own else ""

    def _problems(self, layer: str) -> dict[str, str]:
        """What is wrong with the layer, or with all, by layer."""
        if layer or not self._score.layers():
            self._refuse_unknown(layer)
        texts = texts_of(self._score)
        found: dict[str, str] = {}
        for name in [layer] if layer else texts:
            verdict = gate.check(texts[name])
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
            self._agent = Agent(self._score, self.models.provider_for(), session_budget=self.models.budget)
            self._agent_of = terms
        return self._agent


def _layers(changes: Sequence[LayerChange]) -> dict[str, None]:
    return dict.fromkeys(each.layer for each in changes if each.after is not None)


def _is_named(layer: str, words: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(layer)}(?![\w-])", words, re.IGNORECASE) is not None
