"""Every word on the wire between a session's server and its clients. Said once, here.

One WebSocket carries two kinds of frames. A binary frame is a y-protocols message (sync or awareness). A
text frame is one of the JSON messages below, told apart by `kind`. The server sends JSON only to
connections that said `hello`, so that a stock Yjs client with a valid credential can join and edit.

Messages from a client that want an answer carry a `request_id`; it comes back in `done` or `refused`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from .asks import (
    AskAgent,
    CancelAsk,
    Decide,
    Draft,
    FinishAsk,
    Offer,
    ServeAsks,
    SetAi,
    SetLayerAi,
    TakeAsk,
    UndoAsk,
)
from .faults import Failed, Fault, ReportFault
from .notices import (
    Admitted,
    Agents,
    AiSet,
    ChatSet,
    Done,
    DoorSet,
    Evaluated,
    Hushed,
    Layers,
    Listening,
    Pong,
    Proposed,
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
from .proposal import Change, Ending, Proposal, ProposalState, ServingAgent, WorkingState
from .requests import (
    AGENTS_TOO,
    NEEDS,
    OF_AGENTS,
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
    Nudge,
    Ping,
    Remove,
    RemoveLayer,
    Rename,
    RenameLayer,
    ReportTiming,
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
    MAX_CPS,
    MAX_NUDGE_CYCLES,
    MAX_QUANTUM,
    MAX_RAMP_S,
    MIN_CPS,
    Anchor,
    ChatText,
    Colour,
    Cps,
    Credit,
    Door,
    Gain,
    Layer,
    LayerAi,
    LayerId,
    LayerName,
    Message,
    Participant,
    Playing,
    Quantum,
    Request,
    Said,
    Sounding,
    Timing,
    Title,
)

PROTOCOL_VERSION = 1

FromClient = Annotated[Hello | Ping | ReportTiming | Draft | Ask, Field(discriminator="kind")]

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
    | Failed
    | Stopped
    | Hushed
    | Tempo
    | Said
    | Unsaid
    | ChatSet
    | Roster
    | Listening
    | DoorSet
    | Renamed
    | AiSet
    | Proposed
    | Agents,
    Field(discriminator="kind"),
]

from_client: TypeAdapter[FromClient] = TypeAdapter(FromClient)
"""Validates one text frame: `from_client.validate_json(text)`."""

__all__ = [
    "AGENTS_TOO",
    "LAYER_ROOT_PREFIX",
    "MAX_CODE_LENGTH",
    "MAX_CPS",
    "MAX_NUDGE_CYCLES",
    "MAX_QUANTUM",
    "MAX_RAMP_S",
    "MIN_CPS",
    "NEEDS",
    "OF_AGENTS",
    "PROTOCOL_VERSION",
    "AddLayer",
    "Admit",
    "Admitted",
    "Agents",
    "AiSet",
    "Anchor",
    "Ask",
    "AskAgent",
    "CancelAsk",
    "Change",
    "ChatSet",
    "ChatText",
    "Colour",
    "Cps",
    "Credit",
    "Decide",
    "Done",
    "Door",
    "DoorSet",
    "Draft",
    "End",
    "Ending",
    "Evaluate",
    "Evaluated",
    "Failed",
    "Fault",
    "FinishAsk",
    "FromClient",
    "FromServer",
    "Gain",
    "Hello",
    "Hush",
    "Hushed",
    "Introduce",
    "Layer",
    "LayerAi",
    "LayerId",
    "LayerName",
    "Layers",
    "Listening",
    "LockLayer",
    "Message",
    "MixLayer",
    "MoveLayer",
    "Nudge",
    "Offer",
    "Participant",
    "Ping",
    "Playing",
    "Pong",
    "Proposal",
    "ProposalState",
    "Proposed",
    "Quantum",
    "Refused",
    "Remove",
    "RemoveLayer",
    "Rename",
    "RenameLayer",
    "Renamed",
    "ReportFault",
    "ReportTiming",
    "Request",
    "Roster",
    "Said",
    "Saved",
    "Say",
    "ServeAsks",
    "ServingAgent",
    "SetAi",
    "SetChat",
    "SetDoor",
    "SetLayerAi",
    "SetRole",
    "SetTempo",
    "Sounding",
    "Stop",
    "Stopped",
    "TakeAsk",
    "Tempo",
    "Timing",
    "Title",
    "UndoAsk",
    "Unsaid",
    "Unsay",
    "Waiting",
    "Welcome",
    "WorkingState",
    "from_client",
]
