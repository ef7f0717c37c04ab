"""Who answers: a model somewhere, or the house band. What the pipeline knows of them is said here."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from .usage import Usage

MAX_TOKENS = 4000

TroubleKind = Literal[
    "key", "payment", "forbidden", "missing", "too_long", "busy", "overloaded", "dropped", "slow", "garbled",
    "request", "unreachable", "server", "not_understood",
]  # fmt: skip
#: After these a new request may go well.
PASSING = frozenset({"overloaded", "dropped", "slow", "garbled", "server"})


class ProviderTrouble(Exception):
    """No answer, or half of one. The text is a sentence for people, with nothing secret in it.

    `detail` is what the other side said about it, for programs.
    """

    def __init__(
        self, kind: TroubleKind, sentence: str, request_id: str | None = None, detail: str = ""
    ) -> None:
        self.kind = kind
        self.request_id = request_id
        self.detail = detail
        super().__init__(sentence)

    @property
    def is_passing(self) -> bool:
        """Whether asking again may help."""
        return self.kind in PASSING


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation with the one who answers."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """All that is needed for one answer: `system` for models, `words` and `texts` for who needs no prompt.

    `besides` is what a first turn tells besides the words; None in the turns after it.
    """

    words: str
    texts: Mapping[str, str]
    may_change: frozenset[str] = frozenset()
    focus: str | None = None
    system: Sequence[str] = ()
    messages: Sequence[Said] = ()
    effort: Literal["low", "medium", "high"] = "low"
    seed: int = 0
    is_fresh: bool = False
    besides: str | None = None

    @property
    def chars(self) -> int:
        """How long all of it is, in characters."""
        return sum(map(len, self.system)) + sum(len(each.text) for each in self.messages)


@dataclass
class Answer:
    """What is known about an answer besides its text, filled in while it streams."""

    usage: Usage = field(default_factory=Usage)
    stop_reason: str | None = None
    refusal: str | None = None
    request_id: str | None = None
    #: It came from memory, and nobody was asked.
    is_known: bool = False
    #: To be called when the answer turned out to be good.
    keep: Callable[[], None] = lambda: None


class Provider(Protocol):
    """Streams the text of an answer. Ends without trouble only when the answer is whole."""

    @property
    def name(self) -> str:
        """What people see: `Claude` or `house band`."""
        ...

    @property
    def model(self) -> str:
        """Which one it is, precisely."""
        ...

    def estimate_usd(self, turn: Turn) -> float:
        """What this turn may cost at most."""
        ...

    def stream(self, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        """The text, piece by piece; `answer` is filled in on the way. Raises ProviderTrouble."""
        ...


#: Makes the provider of a model's alias or id. Raises ProviderTrouble when there can be none.
ProviderFor = Callable[[str], Provider]
