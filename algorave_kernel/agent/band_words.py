"""What a request in everyday words asks the house band for. Pure; English, and small."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Verb = Literal[
    "darker", "brighter", "faster", "slower", "louder", "softer", "busier", "sparser", "wetter", "drier",
    "echo", "no_echo", "swing", "straight", "higher", "lower", "mute", "unmute", "remove", "add", "tempo",
    "reverse", "wider", "dirtier", "cleaner", "vary", "shorter", "longer",
]  # fmt: skip

EVERYTHING = re.compile(r"\b(?:everything|all|whole|song|track|piece|music|it all|mix)\b")
NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "twelve": 12,
}
NEGATED = re.compile(r"\b(?:not|don't|do not|never)\b")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is asked for: what to do, to which roles or named parts, how much (1 is ordinary)."""

    verb: Verb
    roles: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    is_all: bool = False
    amount: float = 1.0
    number: float | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _Tables:
    """What is said for what: verbs in the order in which they are looked for, what says more first."""

    verbs: Sequence[tuple[Verb, str]]
    roles: Sequence[tuple[str, str]]
    styles: Sequence[str]
    style_words: Mapping[str, str]


@cache
def _tables() -> _Tables:
    text = resources.files(__package__ or "").joinpath("band_words.json").read_text("utf-8")
    return _Tables(**json.loads(text))


def understand(words: str, names: Sequence[str]) -> list[Wanted]:
    """What the words ask for, in order; nothing when they are not understood. `names` are the parts."""
    found = [_one(clause, names) for clause in _clauses(words.lower())]
    return [each for each in found if each is not None]


def _clauses(words: str) -> list[str]:
    for said, style in _tables().style_words.items():
        words = words.replace(said, style)
    parts = re.split(r"(?:[;,!\n]|\.(?!\d))+|\b(?:and then|then|and also|but)\b", words)
    split: list[str] = []
    for part in parts:
        pieces = re.split(r"\band\b", part)
        # "bass and drums louder" is one wish; "bass louder and drums darker" are two.
        split += pieces if all(_verb(piece) for piece in pieces) else [part]
    return [piece.strip() for piece in split if piece.strip()]


def _one(clause: str, names: Sequence[str]) -> Wanted | None:
    verb = _verb(clause)
    if verb is None or NEGATED.search(clause):
        return None
    named = tuple(
        name for name in names if re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", clause)
    )
    rest = clause
    for name in named:
        rest = rest.replace(name.lower(), " ")
    roles = _roles(clause)
    style = next((style for style in _tables().styles if re.search(rf"\b{style}\b", clause)), None)
    if style or re.search(r"\badd\b|\bgive\b|\bput\b", clause):
        verb, roles = _added(verb, clause, roles)
    return Wanted(
        verb,
        () if named and verb != "add" else tuple(roles),
        named,
        bool(EVERYTHING.search(rest)),
        _amount(clause),
        _number(clause, verb),
        style,
    )


def _added(verb: Verb, clause: str, roles: list[str]) -> tuple[Verb, list[str]]:
    """`add reverb to the bass` is no new bass; `add a dub bass` is no echo."""
    is_about_effect = verb not in ("wetter", "echo", "swing") or re.search(r"\b(?:to|on|for)\b", clause)
    is_a_thing = roles or re.search(r"\b(?:track|song|tune|piece|jam|set|something)\b", clause)
    return (verb, roles) if is_about_effect or not is_a_thing else ("add", roles)


def _verb(clause: str) -> Verb | None:
    return next((verb for verb, shape in _tables().verbs if re.search(shape, clause)), None)


def _roles(clause: str) -> list[str]:
    found: list[str] = []
    for role, shape in _tables().roles:
        if re.search(shape, clause):
            found.append(role)
            clause = re.sub(shape, " ", clause)
    return found


def _amount(clause: str) -> float:
    if re.search(r"\b(?:a (?:little|bit|touch|tad)|slightly|somewhat|bit)\b", clause):
        return 0.5
    if re.search(r"\b(?:much|a lot|lots|way|far|really|very|super|extremely|heavily)\b", clause):
        return 2.0
    return 1.0


def _number(clause: str, verb: Verb) -> float | None:
    if verb == "tempo":
        found = re.search(r"\d{2,3}(?:\.\d+)?", clause)
        return float(found[0]) if found else None
    if verb in ("higher", "lower"):
        return _semitones(clause)
    return None


def _semitones(clause: str) -> float:
    found = re.search(
        r"(?P<count>\d+|"
        + "|".join(NUMBERS)
        + r")? ?(?P<unit>octaves?|semitones?|half ?steps?|fifth|fourth|third|tones?)",
        clause,
    )
    if found is None:
        return 12
    said = found["count"] or "one"
    count = int(said) if said.isdigit() else NUMBERS[said]
    sizes = {"octave": 12, "fifth": 7, "fourth": 5, "third": 4, "tone": 2}
    return count * next((size for unit, size in sizes.items() if found["unit"].startswith(unit)), 1)
