"""What a room wants done: frames sent, connections closed, edits noted, rows committed."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """What came in during one turn of the loop. Others may see it once its edits are noted.

    No dataclass: there is one for each room and turn, and factories of typed lists cost more than the lists.
    """

    __slots__ = ("edit_counts", "edits", "joining", "owners")

    def __init__(self) -> None:
        self.edits: list[tuple[int, NewUpdate]] = []
        """(connection, edit)"""
        self.owners: list[NewClientOwner] = []
        self.edit_counts: dict[int, int] = {}
        """By connection: how many edit frames it has sent so far, also such as said nothing new."""
        self.joining: list[tuple[int, bytes]] = []
        """(connection, state vector): those who asked for the text."""


@dataclass(slots=True)
class Batch:
    """What happened since the batch before: rows to commit, and what is said once they are."""

    rows: list[Row] = field(default_factory=list[Row])
    edits: list[NewUpdate] = field(default_factory=list[NewUpdate])
    """Those of the rows that others have seen already."""
    edit_counts: dict[int, int] = field(default_factory=dict[int, int])
    outcomes: list[tuple[int, int, Outcome]] = field(default_factory=list[tuple[int, int, Outcome]])
    """(connection, request id, outcome)"""

    def seen(self) -> Batch:
        """The edits alone, with whose they are."""
        return Batch([row for row in self.rows if isinstance(row, NewClientOwner | NewUpdate)], self.edits)
