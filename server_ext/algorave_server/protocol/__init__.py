"""Every word on the wire between a session's server and its clients. Said once, here.

One WebSocket carries two kinds of frames. A binary frame is a y-protocols message (sync or awareness). A
text frame is one of the JSON messages below, told apart by `kind`. The server sends JSON only to
connections that said `hello`, so that a stock Yjs client with a valid credential can join and edit.

Messages from a client that want an answer carry a `request_id`; it comes back in `done` or `refused`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from .notices import (
    Admitted,
    ChatSet,
    Done,
    DoorSet,
    Evaluated,
    Hushed,
    Layers,
    Listening,
    Pong,
    Refused,
    Renamed,
    Roster,
    Saved,
    Stopped,
    Tempo,
    Unsaid,
    Waiting,
    Welcome,
)
from .requests import (
    NEEDS,
    AddLayer,
    Admit,
    Ask,
    End,
    Evaluate,
    Hello,
    Hush,
    Introduce,
    LockLayer,
    MixLayer,
    MoveLayer,
    Ping,
    Remove,
    RemoveLayer,
    Rename,
    RenameLayer,
    Request,
    Say,
    SetChat,
    SetDoor,
    SetRole,
    SetTempo,
    Stop,
    Unsay,
)
from .values import (
    LAYER_ROOT_PREFIX,
    MAX_CODE_LENGTH,
    Anchor,
    ChatText,
    Colour,
    Cps,
    Door,
    Gain,
    Layer,
    LayerId,
    LayerName,
    Message,
    Participant,
    Playing,
    Said,
    Title,
)

PROTOCOL_VERSION = 1

FromClient = Annotated[Hello | Ping | Ask, Field(discriminator="kind")]

FromServer = Annotated[
    Welcome
    | Waiting
    | Admitted
    | Pong
    | Done
    | Refused
    | Saved
    | Layers
    | Evaluated
    | Stopped
    | Hushed
    | Tempo
    | Said
    | Unsaid
    | ChatSet
    | Roster
    | Listening
    | DoorSet
    | Renamed,
    Field(discriminator="kind"),
]

from_client: TypeAdapter[FromClient] = TypeAdapter(FromClient)
"""Validates one text frame: `from_client.validate_json(text)`."""

__all__ = [
    "LAYER_ROOT_PREFIX",
    "MAX_CODE_LENGTH",
    "NEEDS",
    "PROTOCOL_VERSION",
    "AddLayer",
    "Admit",
    "Admitted",
    "Anchor",
    "Ask",
    "ChatSet",
    "ChatText",
    "Colour",
    "Cps",
    "Done",
    "Door",
    "DoorSet",
    "End",
    "Evaluate",
    "Evaluated",
    "FromClient",
    "FromServer",
    "Gain",
    "Hello",
    "Hush",
    "Hushed",
    "Introduce",
    "Layer",
    "LayerId",
    "LayerName",
    "Layers",
    "Listening",
    "LockLayer",
    "Message",
    "MixLayer",
    "MoveLayer",
    "Participant",
    "Ping",
    "Playing",
    "Pong",
    "Refused",
    "Remove",
    "RemoveLayer",
    "Rename",
    "RenameLayer",
    "Renamed",
    "Request",
    "Roster",
    "Said",
    "Saved",
    "Say",
    "SetChat",
    "SetDoor",
    "SetRole",
    "SetTempo",
    "Stop",
    "Stopped",
    "Tempo",
    "Title",
    "Unsaid",
    "Unsay",
    "Waiting",
    "Welcome",
    "from_client",
]
