"""What a client says. What wants an answer is a `Request`, and needs the right that `NEEDS` says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from algorave_server.rights import Action, Role

from .asks import (
    AskAgent,
    CancelAsk,
    Decide,
    FinishAsk,
    Offer,
    ServeAsks,
    SetAi,
    SetLayerAi,
    TakeAsk,
    UndoAsk,
)
from .faults import ReportFault
from .values import (
    MAX_CODE_LENGTH,
    MAX_NUDGE_CYCLES,
    MAX_RAMP_S,
    ChatText,
    Colour,
    Cps,
    Door,
    Gain,
    LayerId,
    LayerName,
    Message,
    Quantum,
    Request,
    Timing,
    Title,
)


class Hello(Message):
    """The first JSON message of a client that wants JSON."""

    kind: Literal["hello"] = "hello"
    protocol_version: int


class Ping(Message):
    """Measures the offset of the clocks; `client_ms` comes back in `pong`."""

    kind: Literal["ping"] = "ping"
    client_ms: float


class ReportTiming(Message):
    """How well this page keeps time; null: nothing is heard here. Not answered, and not in the journal."""

    kind: Literal["timing"] = "timing"
    timing: Timing | None


class Evaluate(Request):
    """Make the layer's text the sounding text, from the next whole cycle on when `at_cycle` is null."""

    kind: Literal["evaluate"] = "evaluate"
    layer: LayerId
    at_cycle: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None
    quantum: Quantum = 1
    """With more than 1 it is a cycle that this divides: a bar of so many cycles begins there."""
    code: Annotated[str, StringConstraints(max_length=MAX_CODE_LENGTH)] | None = None
    """The text that was checked; when the layer's is another by now, nothing changes. Null: whatever is."""
    cps: Cps | None = None
    """The tempo that the code sets: it becomes the session's where the layer begins, if one may."""


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
    """Go on at another tempo from half a second later on, everybody at once; the phase is kept."""

    kind: Literal["set_tempo"] = "set_tempo"
    cps: Cps
    over_s: Annotated[float, Field(ge=0, le=MAX_RAMP_S, allow_inf_nan=False)] = 0.0
    """How long it takes to get there, evenly; 0: at once."""


class Nudge(Request):
    """Move everybody's phase by a short bend of the tempo, so that nothing is left out or comes twice."""

    kind: Literal["nudge"] = "nudge"
    cycles: Annotated[float, Field(ge=-MAX_NUDGE_CYCLES, le=MAX_NUDGE_CYCLES, allow_inf_nan=False)]


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
    | ReportFault
    | AddLayer
    | RenameLayer
    | MoveLayer
    | RemoveLayer
    | MixLayer
    | LockLayer
    | SetTempo
    | Nudge
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
    | SetAi
    | SetLayerAi
    | AskAgent
    | CancelAsk
    | Decide
    | UndoAsk
    | ServeAsks
    | TakeAsk
    | Offer
    | FinishAsk
)
"""All requests."""

NEEDS: dict[type[Request], Action | None] = {
    Evaluate: Action.EVALUATE,
    Stop: Action.EVALUATE,
    Hush: Action.HUSH,
    ReportFault: Action.EVALUATE,
    AddLayer: Action.ARRANGE,
    RenameLayer: Action.ARRANGE,
    MoveLayer: Action.ARRANGE,
    RemoveLayer: Action.ARRANGE,
    MixLayer: Action.MIX,
    LockLayer: Action.LOCK,
    SetTempo: Action.TEMPO,
    Nudge: Action.TEMPO,
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
    SetAi: Action.SESSION,
    SetLayerAi: Action.ARRANGE,
    AskAgent: Action.ASK,
    CancelAsk: Action.ASK,
    Decide: Action.ASK,
    UndoAsk: Action.ASK,
    ServeAsks: Action.ASK,
    TakeAsk: Action.ASK,
    Offer: Action.ASK,
    FinishAsk: Action.ASK,
}
"""The action that each request needs; None where everybody who is in may."""

OF_AGENTS: frozenset[type[Request]] = frozenset({ServeAsks, TakeAsk, Offer, FinishAsk})
"""Requests of agents alone."""
AGENTS_TOO: frozenset[type[Request]] = frozenset({Introduce, Evaluate, Stop, AddLayer, RemoveLayer})
"""Requests of people that agents may make as well, as far as what they landed is concerned."""
