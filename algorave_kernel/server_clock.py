"""The server's clock, as well as it can be known through a socket. All times in ms, local ones monotonic."""

from __future__ import annotations

KEPT = 64


class ServerClock:
    """Believes the answer that came back fastest: the least round trip has the least error."""

    def __init__(self) -> None:
        self._samples: list[tuple[float, float]] = []

    def add(self, sent_ms: float, server_ms: float, received_ms: float) -> None:
        """Take in one answered ping."""
        trip_ms = received_ms - sent_ms
        offset_ms = server_ms - (sent_ms + received_ms) / 2
        self._samples = [*self._samples, (trip_ms, offset_ms)][-KEPT:]

    def clear(self) -> None:
        """Forget everything, for instance when the connection is gone."""
        self._samples = []

    def server_ms(self, local_ms: float) -> float | None:
        """The server's time at a local one; None before anything is known."""
        return local_ms + min(self._samples)[1] if self._samples else None
