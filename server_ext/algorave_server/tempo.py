"""The tempo map: which cycle it is at a server time, exactly and for everybody.

The map is a list of anchors. From an anchor on, time goes at its cps until the next one; each new anchor
is put on the line of the one before, so tempo is fluid and phase is never lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from algorave_server.protocol import Anchor

DEFAULT_CPS = 0.5
"""Strudel's own default: two seconds a cycle."""

LEAD_MS = 500
"""Changes take effect this much later: every page knows of them, and has not decided what sounds then."""

MAX_ANCHORS = 512
"""Older anchors are dropped: nobody asks which cycle it was that long ago."""


class TempoMap:
    """Anchors in order of time; at least one."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self.anchors = list(anchors)

    @classmethod
    def starting(cls, server_ms: float, cps: float = DEFAULT_CPS) -> TempoMap:
        """A map whose cycle 0 is at `server_ms`."""
        return cls([Anchor(server_ms=server_ms, cycle=0.0, cps=cps)])

    @property
    def cps(self) -> float:
        """Cycles per second from the last anchor on."""
        return self.anchors[-1].cps

    def cycle_at(self, server_ms: float) -> float:
        """The cycle at a server time; before the first anchor, its tempo reaches back."""
        anchor = next((a for a in reversed(self.anchors) if a.server_ms <= server_ms), self.anchors[0])
        return anchor.cycle + (server_ms - anchor.server_ms) / 1000 * anchor.cps

    def server_ms_at(self, cycle: float) -> float:
        """The server time of a cycle; the inverse of `cycle_at`."""
        anchor = next((a for a in reversed(self.anchors) if a.cycle <= cycle), self.anchors[0])
        return anchor.server_ms + (cycle - anchor.cycle) / anchor.cps * 1000

    def next_cycle(self, server_ms: float) -> int:
        """The first whole cycle that everybody can still make, asked for at a server time."""
        return math.floor(self.cycle_at(server_ms + LEAD_MS)) + 1

    def set_cps(self, cps: float, server_ms: float) -> Anchor:
        """Go on at `cps` from `LEAD_MS` after `server_ms` on, but not before the last anchor."""
        at_ms = max(server_ms + LEAD_MS, self.anchors[-1].server_ms)
        anchor = Anchor(server_ms=at_ms, cycle=self.cycle_at(at_ms), cps=cps)
        self.anchors = [*self.anchors, anchor][-MAX_ANCHORS:]
        return anchor
