"""Time, so that rules can be tested without waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where a room gets its time from."""

    def now_at(self) -> datetime:
        """The UTC time, for people and for the journal."""
        ...

    def server_ms(self) -> float:
        """Milliseconds of a clock that never goes back; what the tempo map is written in."""
        ...


class SystemClock:
    """The machine's clock. Its `server_ms` starts at the UTC time and then follows the monotonic clock."""

    def __init__(self) -> None:
        self._offset_ms = time.time() * 1000 - time.monotonic() * 1000

    def now_at(self) -> datetime:
        """The UTC time."""
        return datetime.now(UTC)

    def server_ms(self) -> float:
        """Milliseconds since 1970 as they were at the start, plus what has passed since."""
        return self._offset_ms + time.monotonic() * 1000
