"""What one frame of a session may carry, one layer may hold, and how many may be there."""

from __future__ import annotations

from dataclasses import dataclass, field

from algorave_server.chat_budget import ChatRates
from algorave_server.roster import Seats


@dataclass(frozen=True, slots=True)
class Limits:
    """What one frame may carry and one layer may hold."""

    max_update_bytes: int = 262_144
    max_viewer_bytes: int = 4_096
    max_json_bytes: int = 65_536
    max_layer_bytes: int = 200_000
    chat: ChatRates = field(default_factory=ChatRates)
    seats: Seats = field(default_factory=Seats)
