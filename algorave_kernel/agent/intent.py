"""What a wish means, whoever words it: equal for two ways to say the same, never for two different wishes.

Nothing is guessed by likeness: "louder" and "quieter" are alike, and so are A minor and E minor. Only filler
goes, synonyms become one word, and the order of words is ignored where it cannot mean anything. A word that
stands in the music is a name there and has no synonyms. Pure; English, and small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

#: What is code, or quoted, means itself to the letter.
CODE = re.compile(r"[()\[\]{}<>=*|~\"`@\\]|'\S[^']*'(?!\w)")
POLITE = re.compile(r"^\W*(?:can|could|would|will) (?:you|we)\b")
PHRASES = re.compile(
    r"\b(?:i|we) (?:want|need|would like|'d like)(?: (?:you|it))?(?: to)?\b|\bi'd like(?: you)?(?: to)?\b"
    r"|\b(?:can|could|would|will) (?:you|we)\b|\blet's\b|\blet us\b|\bgo ahead and\b"
    r"|\bif (?:you can|possible)\b"
)
KEY = re.compile(r"\b([a-g])[ -]?(#|♯|b|♭|sharp|flat)?[ -]?(minor|major|min|maj)\b")
SIGNS = {"#": "sharp", "♯": "sharp", "b": "flat", "♭": "flat", "min": "minor", "maj": "major"}
#: `more dark` is said for `darker`; what is not among the folded words keeps its `more`.
MORE = re.compile(r"\bmore (\w+)\b")
JOINED = (
    (re.compile(r"\bhi[ -]hats?\b"), "hats"),
    (re.compile(r"\b(?:kick|bass) drums?\b"), "kick"),
    (re.compile(r"\bsnare drums?\b"), "snare"),
    (re.compile(r"\bbass lines?\b"), "bass"),
    (re.compile(r"\bbeats (?:per|a) minute\b"), "bpm"),
    (re.compile(r"(\d)\s*bpm\b"), r"\1 bpm"),
    (re.compile(r"\ba (?:bit|little)(?: bit)?(?: of)?\b"), "slightly"),
    (re.compile(r"\ba lot(?: of)?\b"), "very"),
    (re.compile(r"\bdo not\b"), "not"),
    (re.compile(r"\bsound(?:s|ing)? (?=\w+er\b)"), ""),
    # An article; what ends a wish, or stands before another note, is the note A.
    (re.compile(r"\ban?(?= (?![a-g]\b)\w)"), " "),
)
#: Several clauses: which word belongs to which is in their order.
CLAUSES = re.compile(r"[,;:]|[.!?]\s")
WORD = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?|[^\W\d_][\w'#:-]*|[^\w\s,.!;]")


class _Words(NamedTuple):
    """One of `ordering` makes the order of words mean something; `folded` has what each synonym becomes.

    The order means nothing where all of a wish is of `free` words, one of the `parts` and one of the `ways`.
    """

    filler: frozenset[str]
    ordering: frozenset[str]
    free: frozenset[str]
    parts: frozenset[str]
    ways: frozenset[str]
    folded: Mapping[str, str]


@cache
def _words() -> _Words:
    read = json.loads(resources.files(__package__ or "").joinpath("intent_words.json").read_text("utf-8"))
    folded = {word: one for one, words in read["folded"].items() for word in words.split()}
    folded |= {word: str(number) for number, word in enumerate(read["numbers"].split())}
    sets = {name: frozenset(read[name].split()) for name in ("filler", "ordering", "free", "parts", "ways")}
    return _Words(**sets, folded=folded)


def intent(words: str, music: Mapping[str, str] | None = None) -> str:
    """The wish in its canonical words, for the layers `music` by name. With code in it, it stays as it is."""
    plain = " ".join(words.split())
    if CODE.search(plain):
        return plain
    plain = plain.casefold().replace("’", "'")
    plain = plain.rstrip(" ?") if POLITE.match(plain) else plain
    plain = KEY.sub(lambda key: f" {_key(key)} ", PHRASES.sub(" ", plain))
    for said, one in JOINED:
        plain = said.sub(one, plain)
    known, names = _words(), _names(music or {})

    def folded(word: str, otherwise: str) -> str:
        return otherwise if word in names else known.folded.get(word, otherwise)

    plain = MORE.sub(lambda more: folded(more[1], more[0]), plain)
    found = [folded(word, word) for word in WORD.findall(plain)]
    kept = [word for word in found if word not in known.filler or word in names]
    is_ordered = known.ordering & set(found) or CLAUSES.search(words) or not _is_free(kept)
    return " ".join(kept if is_ordered else sorted(kept))


def _is_free(words: Sequence[str]) -> bool:
    known = _words()
    rest = [
        word for word in words if not (word[0].isdigit() or word.startswith("key:") or word in known.free)
    ]
    most_one = [sum(word in each for word in rest) for each in (known.parts, known.ways)]
    return sum(most_one) == len(rest) and max(most_one) <= 1


def _names(music: Mapping[str, str]) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]\w*", " ".join([*music, *music.values()]).casefold()))


def _key(found: re.Match[str]) -> str:
    note, sign, mode = found.groups()
    return ":".join(filter(None, ("key", note, SIGNS.get(sign or "", sign), SIGNS.get(mode, mode))))
