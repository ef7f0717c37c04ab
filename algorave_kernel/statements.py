"""Where in Strudel code the pattern is that sounds: enough JavaScript to put a label before it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Strings, comments and brackets; whatever else is code. Possessive, so that odd code cannot make it slow.
PIECE = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*+"? | '(?:[^'\\\n]|\\.)*+'? | `(?:[^`\\]|\\.)*+`?)
        | (?P<comment>//[^\n]*+ | /\*(?:[^*]|\*(?!/))*+(?:\*/)?)
        | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<end>;) | (?P<line>\n)
        | (?P<space>[^\S\n]+) | (?P<code>.)""",
    re.VERBOSE | re.DOTALL,
)
LABEL = re.compile(r"[A-Za-z_$][\w$]*\s*:(?!:)")
NOT_A_PATTERN = re.compile(
    r"(?:const|let|var|function|class|import|export|async|await|if|for|while|do|switch|try|throw|return"
    r"|setcps|setcpm|setCps|setCpm|samples|hush|register|all|each)\b"
)
GOES_ON_AFTER = frozenset("=+-*/%,.<>&|?:!~^([{")
GOES_ON_BEFORE = frozenset("=+-*/%,.<>&|?:^)]}([`")


def last_expression(code: str) -> int | None:
    """Where the last statement begins; None when that is no pattern, or when there are labels already."""
    begins = list(statement_begins(code))
    if not begins or any(LABEL.match(code, begin) for begin in begins):
        return None
    return None if NOT_A_PATTERN.match(code, begins[-1]) else begins[-1]


def statement_begins(code: str) -> Iterator[int]:
    """Where statements begin. A new line ends one unless the line before or after it says that it goes on."""
    depth, is_new, before = 0, True, ""
    for piece in PIECE.finditer(code):
        kind = piece.lastgroup
        if kind in ("space", "comment"):
            continue
        if kind == "line":
            is_new = is_new or (depth == 0 and before not in GOES_ON_AFTER)
            continue
        if kind == "end":
            is_new, before = is_new or depth == 0, ";"
            continue
        if depth == 0 and is_new and (before in ("", ";") or piece[0][0] not in GOES_ON_BEFORE):
            yield piece.start()
        is_new, before = False, piece[0][-1]
        depth += (kind == "open") - (kind == "close")
