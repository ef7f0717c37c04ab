"""Every word on the wire between a session's server and its clients. Said once, here.

One WebSocket carries two kinds of frames. A binary frame is a y-protocols message (sync or awareness). A
text frame is one of the JSON messages below, told apart by `kind`. The server sends JSON only to
connections that said `hello`, so that a stock Yjs client with a valid credential can join and edit.

Messages from a client that want an answer carry a `request_id`; it comes back in `done` or `refused`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic_core import PydanticCustomError

from algorave_server.rights import Action, Role

PROTOCOL_VERSION = 1
MAX_CODE_LENGTH = 200_000
"""Characters of a layer; it is full before, at as many bytes."""

LAYER_ROOT_PREFIX = "layer:"
"""A layer's text is the Doc's root `Y.Text` with this before the layer's id. The Doc holds nothing else."""


LayerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,32}$")]
LayerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,39}$")]
"""What a layer is called: as in `%%strudel bass`. Unique in its session."""
Cps = Annotated[float, Field(ge=0.001, le=16, allow_inf_nan=False)]
"""Cycles per second."""
Gain = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]
"""Linear; 1 leaves the level as it is."""
Door = Literal["open", "ask"]
"""Whether who comes by an invite is in at once, or waits until a host lets it in."""
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Controls, separators and directions: they break lines and rows, or make a line read as another."""


def _one_line(text: str) -> str:
    if _UNSEEN.search(text):
        raise PydanticCustomError("unseen", "one line without control characters")
    return text


def _lines(text: str) -> str:
    if _UNSEEN.search(text.replace("\n", "")):
        raise PydanticCustomError("unseen", "no control characters but new lines")
    return text


Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=120, strip_whitespace=True),
    AfterValidator(_one_line),
]
"""What a session is called."""
ChatText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True),
    AfterValidator(_lines),
]
"""What is said in the chat."""
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class Message(BaseModel):
    """What all messages share: no unknown fields, never changed after the fact."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Layer(Message):
    """A layer as everybody sees it; its text is in the Doc."""

    id: LayerId
    name: LayerName
    gain: Gain = 1.0
    mute: bool = False
    solo: bool = False
    locked: bool = False


class Playing(Message):
    """What a layer sounds: the text that was evaluated, by whom, and from which cycle on."""

    layer: LayerId
    code: str
    by: str
    from_cycle: float


class Anchor(Message):
    """One entry of the tempo map: at `server_ms` it was `cycle`, and from there on it goes at `cps`."""

    server_ms: float
    cycle: float
    cps: Cps


class Participant(Message):
    """A person or an agent in the session, as the server says; never taken from awareness."""

    id: str
    name: str
    colour: Colour
    kind: Literal["person", "agent"]
    role: Role
    connections: int
    """How many connections it has right now; 0 while it is away."""
    active: bool = True
    """Whether it did something in the last five minutes, as the server says."""
    may_chat: bool = True
    """False when a host does not let it chat."""
    waiting: bool = False
    """Whether it waits to be let in. Hosts alone see who does."""


class Said(Message):
    """A line of chat, with the name it was said under: who said it may be gone."""

    kind: Literal["said"] = "said"
    line: int
    """Grows from line to line of a session."""
    by: str
    name: str
    colour: Colour
    text: str
    server_ms: float


# -- from the client -----------------------------------------------------------------------------


class Request(Message):
    """A message that is answered by `done` or `refused`."""

    request_id: int


class Hello(Message):
    """The first JSON message of a client that wants JSON."""

    kind: Literal["hello"] = "hello"
    protocol_version: int


class Ping(Message):
    """Measures the offset of the clocks; `client_ms` comes back in `pong`."""

    kind: Literal["ping"] = "ping"
    client_ms: float


class Evaluate(Request):
    """Make the layer's text the sounding text, from the next whole cycle on when `at_cycle` is null."""

    kind: Literal["evaluate"] = "evaluate"
    layer: LayerId
    at_cycle: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None
    code: Annotated[str, StringConstraints(max_length=MAX_CODE_LENGTH)] | None = None
    """The text that was checked; when the layer's is another by now, nothing changes. Null: whatever is."""


class Stop(Request):
    """Let the layer sound no more."""

    kind: Literal["stop"] = "stop"
    layer: LayerId


class Hush(Request):
    """Silence all layers at once."""

    kind: Literal["hush"] = "hush"


class AddLayer(Request):
    """A new, empty layer at the end."""

    kind: Literal["add_layer"] = "add_layer"
    name: LayerName


class RenameLayer(Request):
    """Call a layer something else."""

    kind: Literal["rename_layer"] = "rename_layer"
    layer: LayerId
    name: LayerName


class MoveLayer(Request):
    """Put a layer at another place, counted from 0."""

    kind: Literal["move_layer"] = "move_layer"
    layer: LayerId
    index: Annotated[int, Field(ge=0, le=1_000)]


class RemoveLayer(Request):
    """Take a layer away; its text stays in the journal."""

    kind: Literal["remove_layer"] = "remove_layer"
    layer: LayerId


class MixLayer(Request):
    """Set what is not null."""

    kind: Literal["mix_layer"] = "mix_layer"
    layer: LayerId
    gain: Gain | None = None
    mute: bool | None = None
    solo: bool | None = None


class LockLayer(Request):
    """Only those who may lock can change, mix and play a locked layer."""

    kind: Literal["lock_layer"] = "lock_layer"
    layer: LayerId
    locked: bool


class SetTempo(Request):
    """Go on at another tempo from now on; the phase is kept."""

    kind: Literal["set_tempo"] = "set_tempo"
    cps: Cps


class Say(Request):
    """A line of chat."""

    kind: Literal["say"] = "say"
    text: ChatText


class Unsay(Request):
    """Take back one's own line of chat; hosts, anybody's. The journal keeps that it was said."""

    kind: Literal["unsay"] = "unsay"
    line: int


class SetChat(Request):
    """Let a participant chat, or not."""

    kind: Literal["set_chat"] = "set_chat"
    participant: str
    allowed: bool


class Introduce(Request):
    """One's own name and colour from now on."""

    kind: Literal["introduce"] = "introduce"
    name: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    colour: Colour


class SetDoor(Request):
    """Whether who comes by an invite from now on has to wait until a host lets it in."""

    kind: Literal["set_door"] = "set_door"
    door: Door


class Admit(Request):
    """Let in who waits. To turn it down is to `remove` it."""

    kind: Literal["admit"] = "admit"
    participant: str


class SetRole(Request):
    """Give another role to a participant."""

    kind: Literal["set_role"] = "set_role"
    participant: str
    role: Role


class Remove(Request):
    """Close a participant's connections; with `ban` it cannot come back."""

    kind: Literal["remove"] = "remove"
    participant: str
    ban: bool = False


class Rename(Request):
    """Give the session another title."""

    kind: Literal["rename"] = "rename"
    title: Title


class End(Request):
    """End the session for everybody; it can still be read and replayed."""

    kind: Literal["end"] = "end"


Ask = (
    Evaluate
    | Stop
    | Hush
    | AddLayer
    | RenameLayer
    | MoveLayer
    | RemoveLayer
    | MixLayer
    | LockLayer
    | SetTempo
    | Say
    | Unsay
    | SetChat
    | Introduce
    | SetDoor
    | Admit
    | SetRole
    | Remove
    | Rename
    | End
)
"""All requests."""

FromClient = Annotated[Hello | Ping | Ask, Field(discriminator="kind")]

NEEDS: dict[type[Request], Action | None] = {
    Evaluate: Action.EVALUATE,
    Stop: Action.EVALUATE,
    Hush: Action.HUSH,
    AddLayer: Action.ARRANGE,
    RenameLayer: Action.ARRANGE,
    MoveLayer: Action.ARRANGE,
    RemoveLayer: Action.ARRANGE,
    MixLayer: Action.MIX,
    LockLayer: Action.LOCK,
    SetTempo: Action.TEMPO,
    Say: Action.CHAT,
    Unsay: Action.CHAT,
    SetChat: Action.MEMBERS,
    Introduce: None,
    SetDoor: Action.MEMBERS,
    Admit: Action.MEMBERS,
    SetRole: Action.MEMBERS,
    Remove: Action.MEMBERS,
    Rename: Action.SESSION,
    End: Action.SESSION,
}
"""The action that each request needs; None where everybody who is in may."""

# -- from the server ------------------------------------------------------------------------------


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
