"""Text from strangers on its way to a terminal."""

from __future__ import annotations

import re

#: What a terminal obeys instead of showing it, what turns text around, and what no encoding can say.
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""The text in one line, with its control characters as escapes such as `\x1b`."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
