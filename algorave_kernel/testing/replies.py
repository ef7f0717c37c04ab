"""What the Messages server says next: whole replies, replies that die on the way, and refusals to reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: How a stream can end too early. `fin` and `rst` close the socket, `eof` ends the body in order but before
#: `message_stop`, `hang` says nothing more, `error` is the protocol's own word, the others are nonsense.
Death = Literal["fin", "rst", "eof", "hang", "error", "garbage", "not_utf8"]


@dataclass(frozen=True, slots=True)
class Text:
    """A content block of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A content block of thinking, which no player of ours ever sees."""

    text: str
    signature: str = "c2lnbmF0dXJl"


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A content block that calls a tool; `arguments` is the JSON text, whole or not."""

    name: str
    arguments: str
    id: str = "toolu_0001"


Block = Text | Thinking | ToolUse


@dataclass(frozen=True, slots=True)
class Reply:
    """One message. Times in seconds; `chunk` is how many characters one delta carries.

    It dies after `dies_after` deltas when `dies` is set; `split_bytes` cuts what goes over the wire into
    pieces of that many bytes, wherever characters end.
    """

    text: str = ""
    blocks: tuple[Block, ...] = ()
    stop_reason: str | None = "end_turn"
    stop_details: Mapping[str, Any] | None = None
    chunk: int = 12
    first_after_s: float = 0.0
    between_s: float = 0.0
    ping_every: int = 0
    crlf: bool = False
    split_bytes: int = 0
    dies: Death | None = None
    dies_after: int = 0
    error_type: str = "overloaded_error"
    output_tokens: int | None = None

    @property
    def content(self) -> tuple[Block, ...]:
        """All its blocks: the text first."""
        return ((Text(self.text),) if self.text else ()) + self.blocks


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer other than 200, or with status 0 a connection that is closed before any answer."""

    status: int
    type: str = "api_error"
    message: str = "something went wrong"
    error_code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    after_s: float = 0.0


Answer = Reply | Failure
