"""How much may be said: by one participant, in however many windows, and by all of a session together."""

from __future__ import annotations

from dataclasses import dataclass

from algorave_server.budget import Bucket
from algorave_server.errors import Refusal

MANY_SPEAKERS = 1_000
"""More than this are looked through for those who have been silent for long."""


@dataclass(frozen=True, slots=True)
class ChatRates:
    """Lines of chat. A rate of 0 is no limit."""

    per_s: float = 1.0
    burst: int = 5
    session_per_s: float = 10.0
    session_burst: int = 50


class ChatBudget:
    """What may still be said in one session. Times are seconds of a steady clock."""

    def __init__(self, rates: ChatRates, now_s: float) -> None:
        self._rates = rates
        self._all = Bucket(rates.session_per_s, rates.session_burst, now_s)
        self._speakers: dict[str, Bucket] = {}

    def take(self, participant_id: str, now_s: float, *, is_host: bool) -> None:
        """One more line, or a `too_fast` refusal. Hosts are heard in the busiest chat."""
        if not self._speaker(participant_id, now_s).take(now_s):
            raise Refusal("too_fast", "that is a lot of chat at once; wait a moment")
        if not self._all.take(now_s) and not is_host:
            raise Refusal("too_fast", "everybody is talking at once; wait a moment")

    def _speaker(self, participant_id: str, now_s: float) -> Bucket:
        bucket = self._speakers.get(participant_id)
        if bucket is None:
            if len(self._speakers) >= MANY_SPEAKERS:
                for quiet in [who for who, each in self._speakers.items() if each.is_full(now_s)]:
                    del self._speakers[quiet]
            bucket = self._speakers[participant_id] = Bucket(self._rates.per_s, self._rates.burst, now_s)
        return bucket
