"""The tempo map: which cycle it is at a server time, exactly and for everybody.

The map is a list of anchors. From an anchor on, time goes at its tempo until the next one, which is on the
line of the one before: tempo is fluid and phase is never lost. What changes the map says what holds from a
time on; what was to come later is forgotten, and what was before stays as everybody knows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from algorave_server.errors import Refusal
from algorave_server.protocol import Anchor

DEFAULT_CPS = 0.5
"""Strudel's own default: two seconds a cycle."""

LEAD_MS = 500
"""Changes take effect this much later: every page knows of them, and has not decided what sounds then."""

MAX_ANCHORS = 512
"""Older anchors are dropped: nobody asks which cycle it was that long ago."""

NUDGE_MS = 1_000
"""So long a nudge takes, unless time would have to bend more than it may."""
MAX_BEND = 0.25
"""A nudge makes time go at most so much faster or slower, as a part of its speed."""
MAX_BENDS = 0.5
"""The same for all nudges that are under way."""


class TempoMap:
    """Anchors in order of time; at least one."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self.anchors = list(anchors)
        self._bends: list[tuple[float, float]] = []
        """Nudges under way: until when, and how fast time goes for them."""

    @classmethod
    def starting(cls, server_ms: float, cps: float = DEFAULT_CPS) -> TempoMap:
        """A map whose cycle 0 is at `server_ms`."""
        return cls([Anchor(server_ms=server_ms, cycle=0.0, cps=cps)])

    def cycle_at(self, server_ms: float) -> float:
        """The cycle at a server time; before the first anchor, its tempo reaches back."""
        return self._anchor_at(server_ms).cycle_at(server_ms)

    def cps_at(self, server_ms: float) -> float:
        """Cycles per second at a server time."""
        return self._anchor_at(server_ms).cps_at(server_ms)

    def server_ms_at(self, cycle: float) -> float:
        """The server time of a cycle; the inverse of `cycle_at`."""
        anchor = next((a for a in reversed(self.anchors) if a.cycle <= cycle), self.anchors[0])
        return anchor.server_ms_at(cycle)

    def next_cycle(self, server_ms: float) -> int:
        """The first whole cycle that everybody can still make, asked for at a server time."""
        return math.floor(self.cycle_at(server_ms + LEAD_MS)) + 1

    def set_cps(self, cps: float, server_ms: float, over_s: float = 0.0) -> list[Anchor]:
        """From `LEAD_MS` after `server_ms` on be at `cps`, or on the way to it for `over_s` seconds.

        Gives the new anchors.
        """
        at_ms = server_ms + LEAD_MS
        was_cps, cycle = self.cps_at(at_ms), self.cycle_at(at_ms)
        if over_s == 0 or cps == was_cps:
            return self._go_on([Anchor(server_ms=at_ms, cycle=cycle, cps=cps)])
        ramp = Anchor(server_ms=at_ms, cycle=cycle, cps=was_cps, slope=(cps - was_cps) / over_s)
        end_ms = at_ms + over_s * 1000
        return self._go_on([ramp, Anchor(server_ms=end_ms, cycle=ramp.cycle_at(end_ms), cps=cps)])

    def set_cps_from(self, cycle: float, cps: float) -> list[Anchor]:
        """Go on at `cps` from a cycle on that everybody can still make. Gives the new anchors."""
        return self._go_on([Anchor(server_ms=self.server_ms_at(cycle), cycle=cycle, cps=cps)])

    def nudge(self, cycles: float, server_ms: float) -> list[Anchor]:
        """From `LEAD_MS` after `server_ms` on let time go faster or slower for a while, by `cycles` in all.

        What was to come comes at the same cycles, so much sooner or later. Gives the new anchors; raises
        `Refusal` when nudges under way bend time as much as may be.
        """
        at_ms = server_ms + LEAD_MS
        sooner_ms = cycles / self.cps_at(at_ms) * 1000
        for_ms = max(NUDGE_MS, abs(sooner_ms) / MAX_BEND)
        speed = 1 + sooner_ms / for_ms
        self._bends = [bend for bend in self._bends if bend[0] > at_ms]
        if abs(speed * math.prod(bend[1] for bend in self._bends) - 1) > MAX_BENDS:
            raise Refusal("too_fast", "time bends as much as it may; nudge again in a moment")
        self._bends.append((at_ms + for_ms, speed))
        # So far of the old map is played within the bend.
        until_ms = at_ms + for_ms * speed
        bent = [self._cut(at_ms), *(a for a in self.anchors if at_ms < a.server_ms < until_ms)]
        after = [self._cut(until_ms), *(a for a in self.anchors if a.server_ms > until_ms)]
        return self._go_on(
            [_faster(a, speed, at_ms + (a.server_ms - at_ms) / speed) for a in bent]
            + [_faster(a, 1, a.server_ms - sooner_ms) for a in after]
        )

    def _anchor_at(self, server_ms: float) -> Anchor:
        return next((a for a in reversed(self.anchors) if a.server_ms <= server_ms), self.anchors[0])

    def _cut(self, server_ms: float) -> Anchor:
        """An anchor that changes nothing."""
        anchor = self._anchor_at(server_ms)
        slope = anchor.slope if anchor.server_ms <= server_ms else 0.0
        cycle, cps = anchor.cycle_at(server_ms), anchor.cps_at(server_ms)
        return Anchor(server_ms=server_ms, cycle=cycle, cps=cps, slope=slope)

    def _go_on(self, anchors: list[Anchor]) -> list[Anchor]:
        kept = [a for a in self.anchors if a.server_ms < anchors[0].server_ms]
        self.anchors = [*kept, *anchors][-MAX_ANCHORS:]
        return anchors


def _faster(anchor: Anchor, speed: float, server_ms: float) -> Anchor:
    """The anchor at another time, in a time that goes at `speed`."""
    cps, slope = anchor.cps * speed, anchor.slope * speed**2
    return Anchor(server_ms=server_ms, cycle=anchor.cycle, cps=cps, slope=slope)
