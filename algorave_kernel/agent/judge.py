"""Whether changed code may be offered: the gate's verdict, and what only shows in the change itself."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from algorave_kernel import gate
from algorave_kernel.engine import Engine, default_engine
from algorave_kernel.hap import Haps
from algorave_kernel.problem import Unplayable
from algorave_kernel.verdict import Verdict

from .forbidden_code import forbidden

CYCLES = 8
#: So many texts' haps are kept: before and after, for the promises, the judgement and the musical diff.
KNOWN_CODES = 24
#: Twice as loud as a sound is by itself is a choice; more is a mistake.
LOUDEST = 2.0
LABEL = re.compile(r"^[ \t]*(?P<label>_?[A-Za-z][\w]*)[ \t]*:(?!:)", re.MULTILINE)
#: Asked for with one of these, a layer may fall silent or a label go.
LESS = re.compile(
    r"\b(?:remove|delete|drop|without|no|kill|cut|mute|silence|silent|stop|quiet|clear|replace|rename|instead|only|solo"
    r"|new|over|empty|rewrite|merge|combine|lose|strip|get rid|take out|break)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """About one layer's new text. `problems` are sentences; `denied` is what no repair will do about."""

    verdict: Verdict
    problems: tuple[str, ...] = ()
    denied: str | None = None

    @property
    def passes(self) -> bool:
        """Whether it may be offered."""
        return self.verdict.playable and not self.problems and self.denied is None


class Judge:
    """Judges layers one by one, with an engine in another process. Never raises for what code does."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine
        self._known: OrderedDict[tuple[str, int], Haps | None] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The engine it asks; this process's own unless another was given."""
        return self._engine or default_engine()

    async def judge(self, words: str, before: str | None, after: str) -> Judgement:
        """Judge a layer's new text, wished for in these words."""
        denied = forbidden(before or "", after)
        if denied is not None:
            return Judgement(Verdict(False), denied=denied)
        return await asyncio.to_thread(self._judge, words, before, after)

    async def judge_all(
        self, words: str, before: Mapping[str, str], after: Mapping[str, str | None]
    ) -> dict[str, Judgement]:
        """Judge every layer that is not removed."""
        return {
            layer: await self.judge(words, before.get(layer), text)
            for layer, text in after.items()
            if text is not None
        }

    def haps(self, code: str, cycles: int = CYCLES) -> Haps | None:
        """What the code plays; None when it cannot be played. The same code is asked once."""
        key = (code, cycles)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        try:
            found = self.engine.haps(code, 0, cycles)
        except Unplayable:
            found = None
        with self._lock:
            self._known[key] = found
            while len(self._known) > KNOWN_CODES:
                self._known.popitem(last=False)
        return found

    def _judge(self, words: str, before: str | None, after: str) -> Judgement:
        verdict = gate.check(after, self.engine, CYCLES)
        if not verdict.playable:
            return Judgement(verdict, tuple(str(problem) for problem in verdict.problems))
        problems = [*_labels_lost(words, before or "", after)]
        haps = self.haps(after)
        if haps is None:
            return Judgement(verdict, ("the code could not be played a second time",))
        if not _sounds(haps) and not LESS.search(words) and _sounded(self.haps(before) if before else None):
            problems.append("nothing sounds: every hap is missing, muted or has no gain")
        loudest = max((hap.gain for hap in haps), default=0.0)
        was = max(
            (hap.gain for hap in (self.haps(before) if before and loudest > LOUDEST else None) or ()),
            default=0.0,
        )
        if loudest > max(LOUDEST, was):
            problems.append(f"gain {loudest:g} is too loud: at most {LOUDEST:g}")
        return Judgement(verdict, tuple(problems))


def _sounded(haps: Haps | None) -> bool:
    """A layer that is new, or could not be played before, counts as one that sounded."""
    return haps is None or _sounds(haps)


def _sounds(haps: Haps) -> bool:
    return any(hap.gain > 0 and hap.controls.get("velocity", 1) != 0 for hap in haps if hap.whole is not None)


def _labels_lost(words: str, before: str, after: str) -> list[str]:
    if LESS.search(words):
        return []
    kept = {label.lstrip("_S") for label in LABEL.findall(after)}
    lost = [label for label in LABEL.findall(before) if label.lstrip("_S") not in kept]
    return [f"the label '{label}:' is gone; keep labels as they are" for label in lost]
