"""A good change on its way into the music, while others go on changing it: merged, judged again, one step."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from algorave_kernel.merge import merge

from .heard import Heard
from .judge import Judge, Judgement
from .promises import Promise
from .score import Consent, LayerChange, Score, texts_of

#: So often somebody may type between the judgement and the step before we say that it moves too much.
MAX_MOVES = 8


@dataclass(frozen=True, slots=True)
class Landed:
    """How it went: changes, conflicts, problems or denied; none of them when there is nothing left to do."""

    changes: tuple[LayerChange, ...] = ()
    conflicts: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    denied: str | None = None
    judgements: Mapping[str, Judgement] = field(default_factory=dict[str, Judgement])
    before: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Landing:
    """One change, made of `before`, for one score."""

    words: str
    before: Mapping[str, str]
    after: Mapping[str, str | None]
    promises: Sequence[Promise] = ()

    async def land(self, score: Score, judge: Judge, consent: Consent | None = None) -> Landed:
        """Judge it on the music as it is now, and put it there as one step; dry without a consent.

        Raises NotTaken when it is turned down, and passes on what `consent` raises.
        """
        known: dict[tuple[str | None, str], Judgement] = {}
        for _ in range(MAX_MOVES):
            now = texts_of(score)
            texts, conflicts = self._on(now)
            if conflicts:
                return Landed(conflicts=conflicts, before=now)
            judged = await self._judged(now, texts, judge, known)
            if judged.denied or judged.problems:
                return judged
            changes = tuple(LayerChange(name, now.get(name), text) for name, text in texts.items())
            changes = tuple(each for each in changes if each.before != each.after)
            if not changes or consent is None:
                return Landed(changes, judgements=judged.judgements, before=now)
            await consent(changes)
            if await _whole(score.apply(changes)):
                return Landed(changes, judgements=judged.judgements, before=now)
        return Landed(problems=("the music changes faster than the change could be checked",))

    def _on(self, now: Mapping[str, str]) -> tuple[dict[str, str | None], tuple[str, ...]]:
        """The texts with the change in them, and the layers where it and others' changes meet."""
        texts: dict[str, str | None] = {}
        conflicts: list[str] = []
        for layer, after in self.after.items():
            base, current = self.before.get(layer), now.get(layer)
            if current in (base, after):
                texts[layer] = after
                continue
            merged = None if None in (base, current, after) else merge(base or "", after or "", current or "")
            if merged is None:
                conflicts.append(layer)
            else:
                texts[layer] = merged
        return texts, tuple(conflicts)

    async def _judged(
        self,
        now: Mapping[str, str],
        texts: Mapping[str, str | None],
        judge: Judge,
        known: dict[tuple[str | None, str], Judgement],
    ) -> Landed:
        judgements: dict[str, Judgement] = {}
        for layer, text in texts.items():
            if text is None:
                continue
            key = (now.get(layer), text)
            if key not in known:
                known[key] = await judge.judge(self.words, *key)
            judgements[layer] = known[key]
        denied = next((each.denied for each in judgements.values() if each.denied), None)
        problems = [f"layer '{layer}': {each}" for layer, one in judgements.items() for each in one.problems]
        if not denied and not problems and self.promises:
            problems = await asyncio.to_thread(self._broken_promises, now, texts, judge)
        return Landed(problems=tuple(problems), denied=denied, judgements=judgements, before=now)

    def _broken_promises(
        self, now: Mapping[str, str], texts: Mapping[str, str | None], judge: Judge
    ) -> list[str]:
        after = {layer: text for layer, text in {**now, **texts}.items() if text is not None}
        old, new = Heard(now, judge.haps), Heard(after, judge.haps)
        found = [each.broken(old, new) for each in self.promises]
        return [each for each in found if each is not None]


async def _whole(step: Coroutine[Any, Any, bool]) -> bool:
    """The step, done or not done: a Stop in the middle of it comes after it, when it is done."""
    task = asyncio.ensure_future(step)
    stopped: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as stop:
            if task.cancelled():
                raise
            stopped = stop
    if stopped is not None and not task.result():
        raise stopped
    return task.result()
