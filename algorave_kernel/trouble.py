"""What a session could not do, as a sentence for the person who asked."""

from __future__ import annotations


class Trouble(Exception):
    """Something about a session was not done. Its text says why, and what to do."""


class NotDone(Trouble):
    """The server refused one request; `reason` is the protocol's word for why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Lost(Trouble):
    """The server did not take a change, and it is nowhere any more."""


class Gone(Trouble):
    """The session was left for good: removed, ended, not logged in any more."""
