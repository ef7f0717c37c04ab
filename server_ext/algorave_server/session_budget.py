"""How much may be typed in a session by all together. When that is too much, who types most waits. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf

from algorave_server.budget import Bucket

WINDOW_S = 1.0
LOOK_AGAIN_S = 0.1
"""Who has to wait asks again after so long."""


@dataclass(frozen=True, slots=True)
class SessionRates:
    """Frames of text from all connections of a session. A rate of 0 is no limit."""

    edits_per_s: float = 300.0
    edits_burst: int = 900
    bytes_per_s: float = 1_048_576.0
    bytes_burst: int = 4_194_304

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit."""
        return self.edits_per_s > 0 or self.bytes_per_s > 0


class SessionBudget:
    """What may still be typed in one session. Times are seconds of a steady clock."""

    __slots__ = ("_bytes", "_bytes_of", "_edits", "_edits_of", "_rates", "_since_s")

    def __init__(self, rates: SessionRates, now_s: float) -> None:
        self._rates = rates
        self._edits = Bucket(rates.edits_per_s, rates.edits_burst, now_s)
        self._bytes = Bucket(rates.bytes_per_s, rates.bytes_burst, now_s)
        self._since_s = now_s
        self._edits_of: Counter[str] = Counter()
        """By participant, in this window."""
        self._bytes_of: Counter[str] = Counter()

    def passes(self, participant_id: str, size_bytes: int, now_s: float) -> bool:
        """Whether an edit may be taken in now.

        Whatever the others do, everybody has an equal part of what all may send in a second.
        """
        if now_s - self._since_s >= WINDOW_S:
            self._since_s = now_s
            self._edits_of.clear()
            self._bytes_of.clear()
        if self._take(size_bytes, now_s) or self._is_within_part(participant_id, size_bytes):
            self._edits_of[participant_id] += 1
            self._bytes_of[participant_id] += size_bytes
            return True
        return False

    def _take(self, size_bytes: int, now_s: float) -> bool:
        if not self._edits.take(now_s):
            return False
        # A frame larger than the burst would wait for ever.
        if self._bytes.take(now_s, min(size_bytes, self._rates.bytes_burst)):
            return True
        self._edits.give_back(1)
        return False

    def _is_within_part(self, participant_id: str, size_bytes: int) -> bool:
        typing = len(self._edits_of.keys() | {participant_id})
        edits, size = self._edits_of[participant_id] + 1, self._bytes_of[participant_id] + size_bytes
        return edits <= _part(self._rates.edits_per_s, typing) and size <= _part(
            self._rates.bytes_per_s, typing
        )


def _part(per_s: float, people: int) -> float:
    return per_s * WINDOW_S / people if per_s > 0 else inf
