"""The rows that a room wants kept.

A room makes them, the store writes them, in order and in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


class NewUpdate(NamedTuple):
    """A Yjs update that passed the gate. A tuple, because there is one for each edit."""

    session_id: str
    participant_id: str
    at: datetime
    update: bytes
    clients: tuple[int, ...]
    """Yjs clients that the new units belong to."""


@dataclass(frozen=True, slots=True)
class NewClientOwner:
    """A Yjs client id was used for the first time, by this participant; nobody else may write under it."""

    session_id: str
    client_id: int
    participant_id: str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry of the journal that is not an edit of text."""

    session_id: str
    participant_id: str | None
    at: datetime
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewArrangement:
    """Layers, what they sound and the tempo map, as they are from now on."""

    session_id: str
    arrangement: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewRole:
    """A participant has another role, given by a host."""

    session_id: str
    participant_id: str
    role: str


@dataclass(frozen=True, slots=True)
class NewRemoval:
    """A host has put a participant out. A guest comes back by an invite only, who is banned not at all."""

    session_id: str
    participant_id: str
    at: datetime
    banned: bool


@dataclass(frozen=True, slots=True)
class NewMemberValues:
    """What of a participant is another from now on; None where nothing is."""

    session_id: str
    participant_id: str
    name: str | None = None
    colour: str | None = None
    may_chat: bool | None = None
    waiting: bool | None = None


@dataclass(frozen=True, slots=True)
class NewSessionState:
    """The session has another title or door, or has ended."""

    session_id: str
    title: str
    door: str
    ended_at: datetime | None


Row = (
    NewUpdate
    | NewClientOwner
    | NewEntry
    | NewArrangement
    | NewRole
    | NewRemoval
    | NewMemberValues
    | NewSessionState
)
