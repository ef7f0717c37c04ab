"""How far apart the onsets of pages are that play one session."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from stage import recorded

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Onsets are at least 60 ms apart at the fastest tempo here: nearer than half of it is the same one.
SAME_MS = 25.0


@dataclass
class Take:
    """Onsets of one page on the machine's clock: as its stage says it is heard, and as it arrived."""

    heard_ms: NDArray[np.float64]
    arrived_ms: NDArray[np.float64]
    late_haps: int


def take_of(got: dict[str, Any]) -> Take:
    """The onsets in a page's recording."""
    late_haps = int((got["clock"] or {}).get("late_haps", 0))
    if not got["heard"] or not got["arrived"]:
        return Take(np.array([]), np.array([]), late_haps)
    return Take(recorded.heard_ms(got), recorded.arrived_ms(got), late_haps)


def compared(what: str, takes: list[Take]) -> dict[str, Any]:
    """The distances of onsets between any two pages, and onsets of one that another has not."""
    sounding = [take for take in takes if len(take.heard_ms) > 1]
    row: dict[str, Any] = {
        "what": what,
        "pages": len(sounding),
        "silent_pages": len(takes) - len(sounding),
        "late_haps": sum(take.late_haps for take in sounding),
        "onsets": min((len(take.heard_ms) for take in sounding), default=0),
    }
    if len(sounding) < 2:
        return row
    for name in ("heard", "arrived"):
        apart, alone = _apart([getattr(take, f"{name}_ms") for take in sounding])
        row[f"{name}_alone"] = alone
        if apart:
            for part, value in zip(("p50", "p99", "max"), np.percentile(apart, (50, 99, 100)), strict=True):
                row[f"{name}_{part}_ms"] = round(float(value), 3)
    return row


def _apart(onsets: list[NDArray[np.float64]]) -> tuple[list[float], int]:
    """Distances in ms of what is the same onset, and how many have no partner."""
    begin, end = max(each[0] for each in onsets), min(each[-1] for each in onsets)
    apart: list[float] = []
    alone = 0
    for one, ours in enumerate(onsets):
        for other, theirs in enumerate(onsets):
            if one == other:
                continue
            inside = theirs[(theirs > begin + SAME_MS) & (theirs < end - SAME_MS)]
            places = np.clip(np.searchsorted(ours, inside), 1, len(ours) - 1)
            nearest = np.minimum(np.abs(ours[places] - inside), np.abs(ours[places - 1] - inside))
            alone += int(np.sum(nearest > SAME_MS))
            if one < other:
                apart += [float(each) for each in nearest[nearest <= SAME_MS]]
    return apart, alone


def regularity(takes: list[Take], every_ms: float) -> dict[str, int]:
    """Onsets that are missing or double in what should come every so many ms, in all takes together."""
    missing = double = 0
    for take in takes:
        steps = np.diff(take.heard_ms) / every_ms
        missing += int(np.sum(np.maximum(np.round(steps) - 1, 0)))
        double += int(np.sum(np.round(steps) < 1))
    return {"missing": missing, "double": double}
