"""What the server says."""

from __future__ import annotations

from typing import Literal

from algorave_server.rights import Role

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
    tempo: list[Anchor]
    roster: list[Participant]
    listening: int
    """Connections of viewers."""
    door: Door
    may_chat: bool
    """Whether a host lets you chat."""
    chat: list[Said]
    """The last lines, oldest first."""
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
    """The tempo map has a new last anchor."""

    kind: Literal["tempo"] = "tempo"
    anchor: Anchor
    by: str


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
