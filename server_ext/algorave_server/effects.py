"""What a room wants done: frames sent, connections closed, rows committed."""

from __future__ import annotations

from dataclasses import dataclass, field

from algorave_server.close import Close
from algorave_server.journal import Row
from algorave_server.scene import Outcome


@dataclass(frozen=True, slots=True)
class Send:
    """Give one frame to some connections: bytes go as a binary frame, str as a text frame."""

    connections: tuple[int, ...]
    frame: bytes | str


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close a connection."""

    connection: int
    code: Close
    reason: str


Effect = Send | Disconnect


@dataclass(slots=True)
class Batch:
    """What happened since the batch before: rows to commit, and what may be seen once they are."""

    rows: list[Row] = field(default_factory=list)
    edits: list[tuple[int, bytes]] = field(default_factory=list)
    edit_counts: dict[int, int] = field(default_factory=dict)
    outcomes: list[tuple[int, int, Outcome]] = field(default_factory=list)
    """(connection, request id, outcome)"""
