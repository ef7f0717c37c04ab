"""What can go wrong at the door of a session, as a tree.

Turned away      expected; the person can act; never a traceback
├── Refusal      a request changed nothing; the connection stays
└── Expulsion    the connection is closed, with a code that says what to do
"""

from __future__ import annotations

from typing import Literal

from algorave_server.close import Close

Reason = Literal[
    "forbidden",
    "not_found",
    "conflict",
    "malformed",
    "ended",
    "too_old",
    "too_fast",
    "not_saved",
]


class TurnedAway(Exception):
    """Something was not done, and it is not the server's fault."""


class Refusal(TurnedAway):
    """A request that changed nothing. `detail` is a sentence for people."""

    def __init__(self, reason: Reason, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s


class Expulsion(TurnedAway):
    """The connection ends. `reason` goes into the close frame: at most 123 bytes, no content."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
