"""What a room wants done: frames sent, connections closed, edits noted, rows committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from algorave_server.close import Close
from algorave_server.journal import NewClientOwner, NewUpdate, Row
from algorave_server.scene import Outcome


class Send(NamedTuple):
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


class Unseen:
    """What came in during one turn of the loop. Others may see it once its edits are noted."""

    __slots__ = ("edit_counts", "edits", "joining", "owners")

    def __init__(self) -> None:
        self.edits: list[tuple[int, NewUpdate]] = []
        """(connection, edit)"""
        self.owners: list[NewClientOwner] = []
        self.edit_counts: dict[int, int] = {}
        """By connection: how many edit frames it has sent so far, also such as said nothing new."""
        self.joining: list[tuple[int, bytes]] = []
        """(connection, state vector): those who asked for the text."""


class Batch:
    """What happened since the batch before: rows to commit, and what is said once they are."""

    __slots__ = ("edit_counts", "edits", "outcomes", "rows")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.edits: list[NewUpdate] = []
        """Those of the rows that others have seen already."""
        self.edit_counts: dict[int, int] = {}
        self.outcomes: list[tuple[int, int, Outcome]] = []
        """(connection, request id, outcome)"""

    def seen(self) -> Batch:
        """The edits alone, with whose they are."""
        seen = Batch()
        seen.rows = [row for row in self.rows if isinstance(row, NewClientOwner | NewUpdate)]
        seen.edits = self.edits
        return seen
