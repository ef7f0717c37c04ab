"""Which cells of the Algorave kernel are Strudel, and which are Python.

Three ways to say it, on the first line that is not empty:

1. `// strudel`, then optionally what `%%strudel` takes: `// strudel drums --no-play`;
2. `$:`, `_$:` or `S$:` at the very start;
3. a label followed by Strudel: `bass: note("c2 e2")` or `bass: "c2 e2".note()`.

The first two cannot begin a Python cell. The third can, as an annotation without a value. So it counts as
Strudel only when Python would fail on it: the function called is one of Strudel's and its name means nothing
in Python here (a NameError), or the method called is one that Python's strings lack (an AttributeError).
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable

DIRECTIVE = re.compile(r"\s*//\s*strudel(?:[ \t]+(?P<line>\S.*?))?\s*")
ANONYMOUS = re.compile(r"\s*[_S]?\$[_A-Za-z0-9]*\s*:")
LABEL = re.compile(r"\s*(?P<label>[A-Za-z_]\w*)\s*:(?!=)\s*(?:(?P<call>[A-Za-z_]\w*)\s*\(|(?P<text>[\"'`]))")
TEXT_METHOD = re.compile(
    r"(?P<quote>[\"'`])(?:(?!(?P=quote)).)*(?P=quote)\s*\.\s*(?P<method>[A-Za-z_]\w*)\s*\("
)

#: Where patterns begin in practice; the names a label may be followed by.
STARTERS = frozenset(
    re.findall(
        r"\w+",
        """
        s sound n note freq chord i stack cat slowcat seq sequence fastcat timeCat timecat stepcat arrange
        polymeter polyrhythm pm chooseCycles randcat wchooseCycles wrandcat choose chooseIn pick pickmod
        squeeze mini m pure silence gap steady run binary binaryN randrun euclid struct signal time
        sine cosine saw isaw tri square rand irand perlin bank gain vowel scale voicing edo
        fast slow rev hurry early late every sometimes degradeBy setcpm setcps samples K
        """,
    )
)


def is_strudel(cell: str, known: Callable[[str], bool] | None = None) -> bool:
    """Whether the cell is Strudel; `known` says whether a name means something in Python here."""
    return _magic_line(cell, known or _builtin) is not None


def to_magic(cell: str, known: Callable[[str], bool] | None = None) -> str:
    """The cell with `%%strudel` in front when it is Strudel, and unchanged when it is not.

    Nothing is taken out, so line numbers in problems are the cell's own.
    """
    line = _magic_line(cell, known or _builtin)
    return cell if line is None else f"{line}\n{cell}"


def _magic_line(cell: str, known: Callable[[str], bool]) -> str | None:
    first = next((line for line in cell.splitlines() if line.strip()), "")
    directive = DIRECTIVE.fullmatch(first)
    if directive:
        return f"%%strudel {directive['line'] or ''}".rstrip()
    return "%%strudel" if ANONYMOUS.match(first) or _is_labelled(first, known) else None


def _is_labelled(first: str, known: Callable[[str], bool]) -> bool:
    found = LABEL.match(first)
    if not found or keyword.iskeyword(found["label"]):
        return False
    if found["call"]:
        return found["call"] in STARTERS and not known(found["call"])
    method = TEXT_METHOD.match(first, found.start("text"))
    return method is not None and not hasattr(str, method["method"])


def _builtin(name: str) -> bool:
    return hasattr(builtins, name)
