"""What is said to the agent, and by it: who may ask, what is asked, and what has become of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .proposal import (
    AgentLine,
    AgentProse,
    AskWords,
    Change,
    Changes,
    Ending,
    Problems,
    ProposalId,
    WorkingState,
)
from .values import LayerAi, LayerId, Message, Request

Tokens = Annotated[int, Field(ge=0, le=1_000_000_000)]


class SetAi(Request):
    """Switch the agent on or off for the session."""

    kind: Literal["set_ai"] = "set_ai"
    on: bool
    review: bool
    """Whether who asked, or a host, has to accept a change before it is made."""


class SetLayerAi(Request):
    """Whether the agent may change a layer; what was credited to it there is not shown any more."""

    kind: Literal["set_layer_ai"] = "set_layer_ai"
    layer: LayerId
    ai: LayerAi


class AskAgent(Request):
    """Ask the agent for something, in words. `made` of the answer is the proposal's id."""

    kind: Literal["ask_agent"] = "ask_agent"
    words: AskWords
    only: Annotated[list[LayerId], Field(max_length=64, default_factory=list)]
    """The layers that may change; empty: all that the agent may change, and new ones."""
    model: AgentLine | None = None
    """One of those that the agent says it has; null leaves it to the agent."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    agent: str | None = None
    """The participant who shall answer; null: whoever is first."""


class CancelAsk(Request):
    """Let an ask be over. What has landed already stays, and can be undone."""

    kind: Literal["cancel_ask"] = "cancel_ask"
    proposal: ProposalId


class Decide(Request):
    """Accept an offered change, so that it lands, or turn it down."""

    kind: Literal["decide"] = "decide"
    proposal: ProposalId
    accept: bool


class UndoAsk(Request):
    """Have an applied change taken back by the agent that made it."""

    kind: Literal["undo_ask"] = "undo_ask"
    proposal: ProposalId


class ServeAsks(Request):
    """Of an agent: it answers from now on, until its last connection is closed."""

    kind: Literal["serve_asks"] = "serve_asks"
    models: Annotated[list[AgentLine], Field(max_length=20)]
    label: AgentLine
    pays: AgentLine


class TakeAsk(Request):
    """Of an agent: it answers this one. `conflict` when it is taken or over already."""

    kind: Literal["take_ask"] = "take_ask"
    proposal: ProposalId


class Offer(Request):
    """Of an agent: a good answer. The state afterwards says whether it lands now or waits to be accepted."""

    kind: Literal["offer"] = "offer"
    proposal: ProposalId
    changes: Changes
    """Every layer that will change. While it lands the agent may touch these and no others."""
    says: AgentProse = ""
    problems: Problems = Field(default_factory=list)


class FinishAsk(Request):
    """Of an agent: an ask is over, and how. `applied` and `undone` are said after the change is made."""

    kind: Literal["finish_ask"] = "finish_ask"
    proposal: ProposalId
    status: Ending
    says: AgentProse = ""
    reason: AgentProse | None = None
    usd: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 0.0
    tokens_in: Tokens = 0
    tokens_out: Tokens = 0


class Draft(Message):
    """Of an agent: how far an answer is. It stands for the draft before, and is not answered."""

    kind: Literal["draft"] = "draft"
    proposal: ProposalId
    state: WorkingState
    round: Annotated[int, Field(ge=0, le=20)] = 0
    says: AgentProse = ""
    changes: Changes = Field(default_factory=list[Change])
    problems: Problems = Field(default_factory=list)
