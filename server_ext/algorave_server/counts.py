"""What one process has counted since it started. Plain numbers: they are counted on the hot path.

What is not said to be otherwise is counted on the event loop; whoever reads may be a moment late.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from algorave_server.close import Close

BOUNDS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(slots=True)
class Durations:
    """How long something took, each time: how often it was within each bound, and beyond the last."""

    within: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    sum_s: float = 0.0

    def note(self, duration_s: float) -> None:
        """It took so long."""
        self.within[bisect_left(BOUNDS_S, duration_s)] += 1
        self.sum_s += duration_s


@dataclass(slots=True)
class Counts:
    """Counters that only go up."""

    frames_in: Counter[str] = field(default_factory=Counter[str])
    """By `sync`, `awareness`, `json`, `other`."""
    bytes_in: int = 0
    frames_out: int = 0
    bytes_out: int = 0
    closed: Counter[str] = field(default_factory=Counter[str])
    """WebSockets by the code they were closed with, whoever closed them; `other` for what clients make up."""
    limited: Counter[str] = field(default_factory=Counter[str])
    """Frames that came too fast, by what became of them."""
    refused: Counter[str] = field(default_factory=Counter[str])
    """Requests turned away before anything was looked up, by the limit."""
    auth_failures: Counter[str] = field(default_factory=Counter[str])
    """By `invite`, `login`."""

    acknowledgements: Durations = field(default_factory=Durations)
    """From the first frame of a batch to the answer that it is kept; what an author waits for at most."""
    commits: Durations = field(default_factory=Durations)
    """Transactions of the writer. Noted in its thread, which is the only one that does."""

    def take_in(self, frame: bytes | str) -> None:
        """One frame from a client."""
        kind = "json" if isinstance(frame, str) else _KINDS.get(frame[:1], "other")
        self.frames_in[kind] += 1
        self.bytes_in += len(frame)

    def take_leave(self, code: int | None) -> None:
        """A WebSocket is closed."""
        code = code or 1006
        self.closed[str(code) if code in _CODES else "other"] += 1


_KINDS = {b"\x00": "sync", b"\x01": "awareness"}
_CODES = frozenset({1000, 1001, 1006, 1009, *Close})

COUNTS = Counts()
"""Of this process."""
