"""Values that messages are made of, and what they have to be like."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from algorave_server.rights import Role

from .seen import lines, one_line

MAX_CODE_LENGTH = 200_000
"""Characters of a layer; it is full before, at as many bytes."""
LAYER_ROOT_PREFIX = "layer:"
"""A layer's text is the Doc's root `Y.Text` with this before the layer's id. The Doc holds nothing else."""


LayerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,32}$")]
LayerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,39}$")]
"""What a layer is called: as in `%%strudel bass`. Unique in its session."""
MIN_CPS, MAX_CPS = 0.001, 16.0
Cps = Annotated[float, Field(ge=MIN_CPS, le=MAX_CPS, allow_inf_nan=False)]
"""Cycles per second."""
MAX_RAMP_S = 120.0
"""The longest way from one tempo to another."""
MAX_NUDGE_CYCLES = 0.25
MAX_QUANTUM = 64
Quantum = Annotated[int, Field(ge=1, le=MAX_QUANTUM)]
"""So many cycles are a bar."""
Gain = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]
"""Linear; 1 leaves the level as it is."""
LayerAi = Literal["no", "credit", "yes"]
"""Whether the agent may change a layer: not at all, with its name beside it, or without."""
Door = Literal["open", "ask"]
"""Whether who comes by an invite is in at once, or waits until a host lets it in."""
Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=120, strip_whitespace=True),
    AfterValidator(one_line),
]
"""What a session is called."""
ChatText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True),
    AfterValidator(lines),
]
"""What is said in the chat."""
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class Message(BaseModel):
    """What all messages share: no unknown fields, never changed after the fact."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Request(Message):
    """A message that is answered by `done` or `refused`."""

    request_id: int


class Credit(Message):
    """Who made a layer what it is, when it was the agent."""

    agent: str
    """As in `Claude`."""
    asker: str
    """The name of who asked for it."""


class Layer(Message):
    """A layer as everybody sees it; its text is in the Doc."""

    id: LayerId
    name: LayerName
    gain: Gain = 1.0
    mute: bool = False
    solo: bool = False
    locked: bool = False
    ai: LayerAi = "credit"
    credit: Credit | None = None


class Sounding(Message):
    """A text that a layer sounds, by whom, and from which cycle on."""

    code: str
    by: str
    from_cycle: float


class Playing(Message):
    """What a layer sounds: the text that was evaluated, by whom, and from which cycle on."""

    layer: LayerId
    code: str
    by: str
    from_cycle: float
    cps: Cps | None = None
    """The tempo that the code sets, as far as it was said."""
    before: Sounding | None = None
    """What it sounds until then: who joins meanwhile has not heard of that."""


class Anchor(Message):
    """One entry of the tempo map: from `server_ms` on it goes at `cps`, and `slope` faster each second."""

    server_ms: float
    cycle: float
    """The cycle at `server_ms`."""
    cps: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    slope: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    """By how many cycles per second the tempo grows in a second; negative: it falls."""

    def cycle_at(self, server_ms: float) -> float:
        """The cycle at a server time; before the anchor it went at its tempo all the time."""
        passed_s = (server_ms - self.server_ms) / 1000
        return self.cycle + passed_s * self.cps + self.slope * max(passed_s, 0) ** 2 / 2

    def cps_at(self, server_ms: float) -> float:
        """Cycles per second at a server time."""
        return self.cps + self.slope * max(server_ms - self.server_ms, 0) / 1000

    def server_ms_at(self, cycle: float) -> float:
        """The server time of a cycle; the inverse of `cycle_at`."""
        ahead = cycle - self.cycle
        slope = self.slope if ahead > 0 else 0.0
        # This form of the root loses no digits, whatever the slope.
        root = math.sqrt(max(self.cps**2 + 2 * slope * ahead, 0))
        return self.server_ms + 2 * ahead / (self.cps + root) * 1000


class Timing(Message):
    """How well a page keeps the session's time, by its own word: nobody else can measure it."""

    phase_error_ms: Annotated[int, Field(ge=-10_000, le=10_000)]
    """By how much later than the session's clock it plays, as it takes that clock to be."""
    output_latency_ms: Annotated[int, Field(ge=0, le=5_000)]
    """How long its sound takes to the ear, as far as its browser knows; it is made up for."""
    keeps_time: bool
    """False while it plays too late, or leaves out what it could not play in time."""


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
    timing: Timing | None = None
    """How well it keeps time where it does so least; null while nothing is heard there."""


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
