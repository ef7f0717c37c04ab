"""Values that messages are made of, and what they have to be like."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from algorave_server.rights import Role

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
        raise ValueError("one line without control characters")
    return text


def _lines(text: str) -> str:
    if _UNSEEN.search(text.replace("\n", "")):
        raise ValueError("no control characters but new lines")
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
