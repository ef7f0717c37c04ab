"""What may come next in Strudel code: functions, methods, sounds in `s("…")`, banks in `bank("…")`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Inside these calls a string holds sounds; inside `bank` it holds drum machines.
SOUND_CALL = re.compile(r"(?<![\w$])(?:s|sound)\(\s*(?P<quote>[\"'`])(?P<text>[^\"'`]*)$")
BANK_CALL = re.compile(r"(?<![\w$])bank\(\s*(?P<quote>[\"'`])(?P<text>[^\"'`]*)$")
SCALE_CALL = re.compile(r"(?<![\w$])scale\(\s*(?P<quote>[\"'`])(?P<text>[^\"'`]*)$")
WORD_IN_TEXT = re.compile(r"[A-Za-z_][\w-]*$")
NAME = re.compile(r"[A-Za-z_$][\w$]*$")
#: Code that ends outside of strings and comments. Possessive, so that odd code cannot make it slow.
OUTSIDE = re.compile(
    r"""(?:[^"'`/]
        | "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' | `(?:[^`\\]|\\.)*+`
        | //[^\n]*+\n | /\*(?:[^*]|\*(?!/))*+\*/ | /(?![/*])
        )*+""",
    re.VERBOSE | re.DOTALL,
)
LIMIT = 200

SCALES = (
    "major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian", "chromatic",
    "harmonic:minor", "melodic:minor", "major:pentatonic", "minor:pentatonic", "blues", "bebop", "whole:tone",
)  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """The words completion chooses from."""

    functions: Sequence[str] = ()
    sounds: Sequence[str] = ()
    banks: Sequence[str] = ()


@dataclass(frozen=True)
class Suggestions:
    """Words that fit at a place: they replace the code from `begin` (code points) to the cursor."""

    begin: int
    words: tuple[str, ...]
    kind: str  # function, sound, bank, scale


def suggest(code: str, cursor: int, vocabulary: Vocabulary) -> Suggestions | None:
    """The words that could stand at the cursor, or None where none can be known: comments, other text."""
    before = code[:cursor]
    for call, words, kind in (
        (SOUND_CALL, vocabulary.sounds, "sound"),
        (BANK_CALL, vocabulary.banks, "bank"),
        (SCALE_CALL, SCALES, "scale"),
    ):
        if call.search(before):
            return _fitting(before, WORD_IN_TEXT, words, kind)
    if _in_text_or_comment(before):
        return None
    return _fitting(before, NAME, vocabulary.functions, "function")


def _fitting(before: str, shape: re.Pattern[str], words: Sequence[str], kind: str) -> Suggestions | None:
    found = shape.search(before)
    begin = found.start() if found else len(before)
    typed = before[begin:]
    if not typed and kind == "function" and not before.rstrip().endswith("."):
        return None  # nothing typed, nothing asked: a list of everything helps nobody
    exact = [word for word in words if word.startswith(typed)]
    loose = [word for word in words if word not in exact and word.lower().startswith(typed.lower())]
    chosen = tuple((exact + loose)[:LIMIT])
    return Suggestions(begin, chosen, kind) if chosen else None


def _in_text_or_comment(before: str) -> bool:
    """Whether the end of this code lies inside a string or a comment."""
    return OUTSIDE.fullmatch(before) is None
