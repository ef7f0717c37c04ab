"""A room and those who are connected to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from algorave_server.close import Close
from algorave_server.room import Room
from algorave_server.session_budget import SessionBudget


class Wire(Protocol):
    """One open WebSocket, as the hub sees it."""

    def send(self, frame: bytes | str) -> int:
        """Give a frame to the socket without waiting. Gives how many bytes the peer has not taken yet."""
        ...

    def close(self, code: Close, reason: str) -> None:
        """Close with a code; `on_close` of the transport comes later."""
        ...

    def waiting_bytes(self) -> int:
        """What the peer has not taken yet."""
        ...


@dataclass(slots=True, eq=False)
class Live:
    """A room with its wires."""

    room: Room
    budget: SessionBudget | None = None
    """What may still be typed by all together; None: as much as they like."""
    wires: dict[int, Wire] = field(default_factory=dict)
    linger: asyncio.TimerHandle | None = None
    kept: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while all that happened in it is in the database."""
    in_flight: int = 0
    """Batches of it that are being committed."""
    waiting_since_s: float | None = None
    """When, by the loop's clock, something happened that was not submitted yet."""
    is_lost: bool = False
    """Whether it was given up: nothing more happens in it."""

    def __post_init__(self) -> None:
        self.kept.set()
