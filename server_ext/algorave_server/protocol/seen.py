"""Text that can be seen: neither controls nor directions, which break lines and make one read as another."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Controls, separators and directions."""
_UNSEEN_IN_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The text, when it is one line of what can be seen."""
    if _UNSEEN.search(text):
        raise ValueError("one line without control characters")
    return text


def lines(text: str) -> str:
    """The text, when it is lines of what can be seen."""
    if _UNSEEN_IN_LINES.search(text):
        raise ValueError("no control characters but new lines")
    return text


def without_unseen(text: object) -> object:
    """The text with a space for each character that cannot be seen; new lines stay."""
    return _UNSEEN_IN_LINES.sub(" ", text) if isinstance(text, str) else text
