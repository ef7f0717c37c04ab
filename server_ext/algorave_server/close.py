"""Why the server closes a WebSocket."""

from __future__ import annotations

from enum import IntEnum


class Close(IntEnum):
    """Why the server closes a WebSocket: 4000 + the HTTP status that says the same."""

    MALFORMED = 4400
    """The frame is not what it claims to be."""
    UNAUTHENTICATED = 4401
    """No valid credential, or it has expired."""
    REMOVED = 4403
    """A host removed or banned this participant."""
    NOT_FOUND = 4404
    """There is no such session, or not for you."""
    FULL = 4409
    """The session has as many participants as it may have."""
    ENDED = 4410
    """The session has ended."""
    RESET = 4205
    """An edit was refused: drop the document and join again."""
    TOO_SLOW = 4408
    """The client does not read fast enough."""
    REPLACED = 4412
    """This participant has it open in too many windows; a newer one took the place of this one."""
    TOO_FAST = 4429
    """The client sends more than it may."""
    FAULT = 4500
    """The server's fault; join again."""
