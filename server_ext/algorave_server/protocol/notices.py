"""What the server says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorave_server.rights import Role

from .faults import Fault
from .proposal import Proposal, ServingAgent
from .values import Anchor, Door, Layer, LayerId, Message, Participant, Playing, Said


class Welcome(Message):
    """Answer to `hello`: all there is to know, apart from the text."""

    kind: Literal["welcome"] = "welcome"
    protocol_version: int
    session: str
    title: str
    you: str
    role: Role
    layers: list[Layer]
    playing: list[Playing]
    faults: list[Fault]
    """Of layers whose last code has failed."""
    tempo: list[Anchor]
    roster: list[Participant]
    listening: int
    """Connections of viewers."""
    door: Door
    may_chat: bool
    """Whether a host lets you chat."""
    chat: list[Said]
    """The last lines, oldest first."""
    ai: bool
    """Whether the agent is switched on."""
    ai_review: bool
    """Whether its changes wait until who asked, or a host, accepts them."""
    agents: list[ServingAgent]
    proposals: list[Proposal]
    """Those that are not over, and the last that are; oldest first."""
    server_ms: float


class Waiting(Message):
    """Answer to `hello` of somebody who has to wait until a host lets it in."""

    kind: Literal["waiting"] = "waiting"
    session_title: str


class Admitted(Message):
    """A host lets you in: say `hello` again, and ask for the text."""

    kind: Literal["admitted"] = "admitted"


class Pong(Message):
    """Answer to `ping`."""

    kind: Literal["pong"] = "pong"
    client_ms: float
    server_ms: float


class Done(Message):
    """The request was carried out and is in the journal."""

    kind: Literal["done"] = "done"
    request_id: int
    made: str | None = None
    """The id of the layer or the proposal that it made; null when it made neither."""


class Refused(Message):
    """The request changed nothing, and why, in words for people."""

    kind: Literal["refused"] = "refused"
    request_id: int | None
    reason: Literal[
        "forbidden", "not_found", "conflict", "malformed", "ended", "too_old", "too_fast", "not_saved"
    ]
    detail: str


class Saved(Message):
    """So many of this connection's binary edit frames are committed, counted from its start."""

    kind: Literal["saved"] = "saved"
    edits: int


class Layers(Message):
    """The layers and their order, after a change."""

    kind: Literal["layers"] = "layers"
    layers: list[Layer]


class Evaluated(Message):
    """A layer's code sounds from a cycle on."""

    kind: Literal["evaluated"] = "evaluated"
    playing: Playing


class Stopped(Message):
    """A layer sounds no more."""

    kind: Literal["stopped"] = "stopped"
    layer: LayerId
    by: str


class Hushed(Message):
    """Nothing sounds any more."""

    kind: Literal["hushed"] = "hushed"
    by: str


class Tempo(Message):
    """The tempo map goes on differently: these anchors stand for all from the first one's time on."""

    kind: Literal["tempo"] = "tempo"
    anchors: Annotated[list[Anchor], Field(min_length=1)]
    by: str
    layer: LayerId | None = None
    """The layer whose code sets the tempo; null when somebody set it by hand."""


class Unsaid(Message):
    """A line of chat was taken back."""

    kind: Literal["unsaid"] = "unsaid"
    line: int
    by: str


class ChatSet(Message):
    """A participant may chat, or may not any more."""

    kind: Literal["chat_set"] = "chat_set"
    participant: str
    allowed: bool


class Roster(Message):
    """Who is here, after a change. A large audience is not in it."""

    kind: Literal["roster"] = "roster"
    participants: list[Participant]
    listening: int
    """Connections of viewers."""


class Listening(Message):
    """A large audience has grown or shrunk; nobody else came or went."""

    kind: Literal["listening"] = "listening"
    listening: int
    """Connections of viewers."""


class DoorSet(Message):
    """Who comes by an invite waits from now on, or does not."""

    kind: Literal["door_set"] = "door_set"
    door: Door


class Renamed(Message):
    """The session has another title."""

    kind: Literal["renamed"] = "renamed"
    title: str


class AiSet(Message):
    """The agent was switched on or off."""

    kind: Literal["ai_set"] = "ai_set"
    on: bool
    review: bool
    by: str


class Proposed(Message):
    """A proposal is new or another by now. What was said of it before does not count any more."""

    kind: Literal["proposal"] = "proposal"
    proposal: Proposal


class Agents(Message):
    """Which agents answer asks, after one came or went."""

    kind: Literal["agents"] = "agents"
    agents: list[ServingAgent]
