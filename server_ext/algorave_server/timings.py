"""How well the pages of a session keep its time, as each says of itself. Pure: times are given."""

from __future__ import annotations

from algorave_server.protocol import Timing

NEWS_EVERY_MS = 2_000.0
"""However often pages speak, the roster says something new of their time so often at most."""


class Timings:
    """What each connection said last, and what of it the roster says."""

    def __init__(self) -> None:
        self._latest: dict[int, tuple[str, Timing]] = {}
        """Connection → its participant, and its word."""
        self._told: dict[str, Timing] = {}
        self._is_due = False
        self._tell_again_ms = 0.0

    def take(self, connection_id: int, participant_id: str, timing: Timing | None) -> None:
        """A page's word about itself; None when nothing is heard there."""
        if timing is None:
            self.forget(connection_id)
            return
        self._latest[connection_id] = (participant_id, timing)
        self._is_due = True

    def forget(self, connection_id: int) -> None:
        """Nothing is heard there any more."""
        if self._latest.pop(connection_id, None) is not None:
            self._is_due = True

    def of(self, participant_id: str) -> Timing | None:
        """How well a participant keeps time, as `settle` made it up last."""
        return self._told.get(participant_id)

    def settle(self, now_ms: float) -> bool:
        """Make up what is said of participants; True when it changed. Does so at most every two seconds."""
        if not self._is_due or now_ms < self._tell_again_ms:
            return False
        self._is_due = False
        self._tell_again_ms = now_ms + NEWS_EVERY_MS
        told: dict[str, Timing] = {}
        for participant_id, timing in self._latest.values():
            told[participant_id] = worse(told.get(participant_id, timing), timing)
        is_news = told != self._told
        self._told = told
        return is_news


def worse(one: Timing, other: Timing) -> Timing:
    """The one of two pages that keeps time less well."""
    return max(one, other, key=lambda each: (not each.keeps_time, abs(each.phase_error_ms)))
