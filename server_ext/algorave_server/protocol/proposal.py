"""What the agent is asked for, and what it offers: the values. In memory of a room only, never in the Doc."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from .seen import one_line, without_unseen
from .values import MAX_CODE_LENGTH, LayerId, LayerName, Message

MAX_CHANGES = 64
"""As many layers as a session holds."""

ProposalId = Annotated[str, StringConstraints(pattern=r"^p[0-9]{1,9}$")]
AskWords = Annotated[str, BeforeValidator(without_unseen), StringConstraints(min_length=1, max_length=4_000)]
"""What somebody asks for, in several lines at most."""
AgentLine = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80, strip_whitespace=True),
    AfterValidator(one_line),
]
"""A model, a label, who pays."""
AgentProse = Annotated[str, BeforeValidator(without_unseen), StringConstraints(max_length=2_000)]
"""What an agent says. Characters that nobody sees are spaces: models write them by accident."""
Problems = Annotated[list[AgentProse], Field(max_length=20)]
WorkingState = Literal["thinking", "streaming", "checking", "mending"]
Ending = Literal[
    "applied",
    "answered",
    "unchanged",
    "stopped",
    "denied",
    "refused",
    "gave_up",
    "over_budget",
    "failed",
    "undone",
]
"""How a proposal is over. Only `applied` has changed the music."""
ProposalState = Literal["waiting", "offered", "landing", "undoing"] | WorkingState | Ending


class Change(Message):
    """What a proposal makes of one layer."""

    layer: LayerId | None
    """Null while a new layer is not there yet."""
    name: LayerName
    before: Annotated[str, StringConstraints(max_length=MAX_CODE_LENGTH)] | None = None
    """The text it was made from; null of a new layer, and while nobody has said it."""
    after: Annotated[str, StringConstraints(max_length=MAX_CODE_LENGTH)] | None
    """The text as far as it is written; null takes the layer away."""


def _are_not_too_long(changes: list[Change]) -> list[Change]:
    if sum(len(each.before or "") + len(each.after or "") for each in changes) > MAX_CODE_LENGTH:
        raise ValueError(f"at most {MAX_CODE_LENGTH} characters together")
    return changes


Changes = Annotated[list[Change], Field(max_length=MAX_CHANGES), AfterValidator(_are_not_too_long)]


class ServingAgent(Message):
    """An agent that answers asks."""

    participant: str
    label: AgentLine
    """Who it is for people, as in `Claude` or `house band`."""
    models: list[AgentLine]
    pays: AgentLine
    """Whose money it is, in words."""
    only_for: str | None
    """The participant whose own agent it is; null when everybody may ask it."""


class Proposal(Message):
    """One ask and what has become of it."""

    id: ProposalId
    asked_by: str
    asker: str
    """The asker's name at that time."""
    words: str
    only: list[LayerId]
    """The layers that may change; empty: all, and new ones."""
    model: str | None
    seed: int
    server_ms: float
    """When it was asked."""
    state: ProposalState
    agent: str | None
    """The participant who answers; while it waits, the only one who may, null when it is any."""
    agent_label: str | None
    pays: str | None
    round: int
    """0 at first; one more each time the agent mends its answer."""
    says: str
    problems: list[str]
    changes: list[Change]
    reason: str | None
    """Why it ended as it did, in words; null where the state says enough."""
    usd: float
    ended_ms: float | None
    """When it was over; null before."""
