"""What a close code of the server means for the kernel, and in words for a person."""

from __future__ import annotations

from dataclasses import dataclass

from algorave_server.close import Close


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a connection is gone; `resets` says that the document has to be thrown away first."""

    text: str
    comes_back: bool = True
    resets: bool = False
    #: Whether to come back at once, as after a network that failed for a moment.
    is_quick: bool = True


NETWORK = Closing("not connected: what you change is kept, and sent when the server is back")
NOT_TRUSTED = Closing(
    "the server's HTTPS certificate is not trusted here: start the kernel with SSL_CERT_FILE set to a file "
    "that has the certificate",
    comes_back=False,
)
UNFORESEEN = Closing(
    "something went wrong in this kernel's connection: open the session again", comes_back=False
)
TOO_OLD = Closing("this kernel is older or newer than the server: restart it", comes_back=False)
_CLOSINGS: dict[int, Closing] = {
    Close.RESET: Closing("your last edit was not accepted; joining again", resets=True),
    Close.MALFORMED: Closing("the server did not understand this kernel; joining again", resets=True),
    Close.UNAUTHENTICATED: Closing(
        "you are not logged in any more: restart the kernel, or join by a link again", comes_back=False
    ),
    Close.REMOVED: Closing("a host removed you from this session", comes_back=False),
    Close.NOT_FOUND: Closing("there is no such session, or it is not open to you", comes_back=False),
    Close.FULL: Closing("the session is full; waiting for a place", is_quick=False),
    Close.ENDED: Closing("the session has ended", comes_back=False),
    Close.REPLACED: Closing(
        "the session is open in too many of your windows and kernels; this one was closed", comes_back=False
    ),
    Close.TOO_SLOW: Closing("this kernel could not keep up; joining again"),
    Close.TOO_FAST: Closing("this kernel sent more than it may; joining again more slowly", is_quick=False),
    Close.FAULT: Closing("the server had a problem; joining again, and nothing is lost"),
}
_STATUSES: dict[int, Closing] = {
    401: _CLOSINGS[Close.UNAUTHENTICATED],
    403: _CLOSINGS[Close.UNAUTHENTICATED],
    404: _CLOSINGS[Close.NOT_FOUND],
    429: Closing("too many connections from here; waiting"),
}


def closing_of(code: int | None, reason: str = "") -> Closing:
    """What to do after a close; a code that is not ours means that the network went away."""
    closing = _CLOSINGS.get(code or 0, NETWORK)
    # There are many reasons for a reset, such as another role, and only the server knows which.
    if code == Close.RESET and reason:
        return Closing(reason, resets=True)
    return closing


def closing_of_status(status: int) -> Closing:
    """What to do when the server did not even open a WebSocket."""
    return _STATUSES.get(status, NETWORK)
