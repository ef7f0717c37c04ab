"""How late the event loop is: what everybody feels when something blocks it."""

from __future__ import annotations

import asyncio

INTERVAL_S = 0.5
REMEMBERED = 20
"""Measurements that are remembered: ten seconds of them."""


class LoopLag:
    """Measures from `start` to `stop`, on the running event loop."""

    def __init__(self) -> None:
        self._late_s: list[float] = []
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0

    @property
    def worst_s(self) -> float:
        """The latest that a timer was in the last ten seconds."""
        return max(self._late_s, default=0.0)

    def start(self) -> None:
        """Begin to measure."""
        loop = asyncio.get_running_loop()
        self._due_s = loop.time() + INTERVAL_S
        self._timer = loop.call_at(self._due_s, self._measure)

    def stop(self) -> None:
        """Measure no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        self.note(loop.time() - self._due_s)
        self._due_s = loop.time() + INTERVAL_S
        self._timer = loop.call_at(self._due_s, self._measure)

    def note(self, late_s: float) -> None:
        """One measurement."""
        self._late_s = [*self._late_s[1 - REMEMBERED :], max(0.0, late_s)]
