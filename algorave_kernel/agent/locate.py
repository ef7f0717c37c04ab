"""Where in a text something is that was quoted from it, perhaps not to the letter. Pure; code points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

QUOTES = str.maketrans("'`“”„‘’", '"""""""')
#: How alike lines must be to be taken for those that were meant, and how much less alike all others.
ALIKE, APART = 0.88, 0.06
#: Comparing loosely is for people's patterns, not for books.
LOOSE_LIMIT_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text, in code points."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Missing:
    """It is not there; `closest` is the line most like it and its number from 1, when there is any."""

    closest: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Several:
    """It is there more than once, beginning in these lines, counted from 1."""

    lines: tuple[int, ...]


def locate(text: str, wanted: str) -> Place | Missing | Several:
    """Where `wanted` is: to the letter, else but for white space and quotes, else lines very like it."""
    for find in (_exact, _but_for_spaces, _alike):
        found = find(text, wanted)
        if isinstance(found, (Place, Several)):
            return found
    return _closest(text, wanted)


def _exact(text: str, wanted: str) -> Place | Several | None:
    return _one_of(text, [Place(at, at + len(wanted)) for at in _all(text, wanted)])


def _but_for_spaces(text: str, wanted: str) -> Place | Several | None:
    squeezed, places = _squeezed(text)
    short, _ = _squeezed(wanted)
    if not short:
        return None
    found = [Place(places[at], places[at + len(short) - 1] + 1) for at in _all(squeezed, short)]
    return _one_of(text, found)


def _alike(text: str, wanted: str) -> Place | Several | None:
    """Whole lines that are very like the wanted ones, when no others come near."""
    if len(text) > LOOSE_LIMIT_CHARS or len(wanted) > LOOSE_LIMIT_CHARS or len(wanted.strip()) < 8:
        return None
    rated = sorted(
        _windows(text, len(wanted.strip("\n").splitlines())), key=lambda place: -_rate(text, place, wanted)
    )
    if not rated:
        return None
    best = _rate(text, rated[0], wanted)
    second = max(
        (_rate(text, place, wanted) for place in rated[1:] if not _overlap(place, rated[0])), default=0.0
    )
    return rated[0] if best >= ALIKE and best - second >= APART else None


def _windows(text: str, height: int) -> Iterator[Place]:
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for first in range(len(lines) - height + 1):
        begin, end = starts[first], starts[first + height]
        inside = text[begin:end]
        indent = len(inside) - len(inside.lstrip())
        yield Place(begin + indent, begin + len(inside.rstrip()))


def _rate(text: str, place: Place, wanted: str) -> float:
    one, other = _squeezed(text[place.begin : place.end])[0], _squeezed(wanted)[0]
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _overlap(one: Place, other: Place) -> bool:
    return one.begin < other.end and other.begin < one.end


def _one_of(text: str, places: Sequence[Place]) -> Place | Several | None:
    if len(places) > 1:
        return Several(tuple(text.count("\n", 0, place.begin) + 1 for place in places))
    return places[0] if places else None


def _all(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The text without white space and with one kind of quotes, and where each character was."""
    kept = [(char, place) for place, char in enumerate(text.translate(QUOTES)) if not char.isspace()]
    return "".join(char for char, _ in kept), [place for _, place in kept]


def _closest(text: str, wanted: str) -> Missing:
    first = next((line for line in wanted.splitlines() if line.strip()), "")
    rated = [
        (SequenceMatcher(None, line.strip(), first.strip()).ratio(), number, line)
        for number, line in enumerate(text[:LOOSE_LIMIT_CHARS].splitlines(), 1)
        if re.search(r"\S", line)
    ]
    if not rated or not first:
        return Missing(None, None)
    _, number, line = max(rated)
    return Missing(line.strip(), number)
