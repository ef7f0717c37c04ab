"""One of several answers, chosen: judged again on the music as it is then, and put in place as one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .judge import Judge
from .landing import Landing
from .result import AskResult
from .score import Consent, LayerChange, NotTaken, Score


async def _freely(_: Sequence[LayerChange]) -> None:
    """Who chooses consents by choosing."""


async def land_chosen(result: AskResult, score: Score, judge: Judge, consent: Consent = _freely) -> AskResult:
    """Make a proposed result's changes; gives what became of them."""
    before = {each.layer: each.before for each in result.changes if each.before is not None}
    landing = Landing(result.words, before, {each.layer: each.after for each in result.changes})
    try:
        landed = await landing.land(score, judge, consent)
    except NotTaken as taken:
        return replace(result, status=taken.status, reason=taken.why, changes=())
    if landed.changes:
        return replace(result, status="applied", changes=landed.changes)
    if landed.conflicts:
        why = f"'{landed.conflicts[0]}' was changed in the same place since; ask again"
        return replace(result, status="gave_up", reason=why, changes=())
    if landed.problems or landed.denied:
        return replace(result, status="gave_up", reason=landed.denied or landed.problems[0], changes=())
    return replace(result, status="unchanged", changes=())
