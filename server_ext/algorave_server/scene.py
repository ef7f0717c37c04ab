"""What a request works on, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from algorave_server.chat import Chat
from algorave_server.errors import Refusal
from algorave_server.journal import NewSessionState, Row
from algorave_server.piece import Piece
from algorave_server.proposals import Proposals
from algorave_server.protocol import Layer, Message
from algorave_server.rights import Action
from algorave_server.roster import Member, Roster, Seats


@dataclass(frozen=True, slots=True)
class Scene:
    """What a request works on."""

    session_id: str
    piece: Piece
    roster: Roster
    chat: Chat
    seats: Seats
    text: Callable[[str], str]
    """The newest text of a root of the Doc."""
    proposals: Proposals
    now_at: datetime
    server_ms: float


@dataclass(slots=True)
class Outcome:
    """What a carried out request leads to."""

    notices: list[Message]
    rows: list[Row] = field(default_factory=list)
    lowered: str | None = None
    """A member who lost rights, and whose connections have to start anew."""
    removed: str | None = None
    """A member whose connections have to end."""
    admitted: list[str] = field(default_factory=list)
    """Members who wait no more."""
    introduced: str | None = None
    """A member who has another name or colour."""
    ends_session: bool = False
    made: str | None = None
    """The id of a layer or proposal that is new."""
    proposals: list[str] = field(default_factory=list[str])
    """Proposals that are new or others by now."""
    tells_agents: bool = False
    """Whether other agents answer asks than before."""


def own_layer(layer_id: str, by: Member, scene: Scene) -> Layer:
    """A layer that a member may do something with: a locked one takes the right to lock."""
    layer = scene.piece.layers.get(layer_id)
    if layer.locked and not by.may(Action.LOCK):
        raise Refusal("forbidden", f"the layer '{layer.name}' is locked; ask a host to unlock it")
    return layer


def session_state(scene: Scene) -> NewSessionState:
    """The session's own values, to be kept."""
    ended_at = scene.now_at if scene.piece.ended else None
    return NewSessionState(scene.session_id, scene.piece.title, scene.piece.door, ended_at)
