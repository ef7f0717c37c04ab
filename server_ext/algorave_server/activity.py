"""Who did something lately. Pure: who asks says what time it is."""

from __future__ import annotations

ACTIVE_FOR_MS = 300_000.0


class Activity:
    """When each participant last did something, for as long as it is here."""

    def __init__(self) -> None:
        self._last_ms: dict[str, float] = {}
        self._idle: set[str] = set()
        self._look_again_ms = 0.0
        """Nobody becomes idle before."""

    def note(self, participant_id: str, now_ms: float) -> bool:
        """It did something just now; True when that is news."""
        self._last_ms[participant_id] = now_ms
        if participant_id in self._idle:
            self._idle.discard(participant_id)
            return True
        return False

    def forget(self, participant_id: str) -> None:
        """It is not here any more."""
        self._last_ms.pop(participant_id, None)
        self._idle.discard(participant_id)

    def is_active(self, participant_id: str) -> bool:
        """Whether it did something within the time, when `settle` looked last."""
        return participant_id not in self._idle

    def settle(self, now_ms: float) -> bool:
        """Look who has become idle; True when somebody has. Looks only when somebody can have."""
        if now_ms < self._look_again_ms:
            return False
        awake = {who: last for who, last in self._last_ms.items() if who not in self._idle}
        newly_idle = {who for who, last in awake.items() if now_ms - last >= ACTIVE_FOR_MS}
        self._idle |= newly_idle
        oldest_ms = min((last for who, last in awake.items() if who not in newly_idle), default=now_ms)
        self._look_again_ms = oldest_ms + ACTIVE_FOR_MS
        return bool(newly_idle)
