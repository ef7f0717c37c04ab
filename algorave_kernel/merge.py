"""Three texts made one: what a cell changed and what others changed since, both kept. Pure.

Words are compared, not lines, so that two people can change one line of a pattern at once. Where both changed
the same words, or put something at the same place, nothing is guessed: that is a conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\w+|\s+?|[^\w\s]")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
#: Comparing takes the product of the two lengths; beyond this, whole lines are what changed.
FINE_LIMIT = 400_000


@dataclass(frozen=True, slots=True)
class Change:
    """`text` in the place of what lies between `begin` and `end`, in code points of the text before."""

    begin: int
    end: int
    text: str


def changes(before: str, after: str) -> list[Change]:
    """What makes `after` of `before`: few and small changes, in order, never touching each other."""
    found = [each for block in _blocks(before, after) for each in block]
    return list(_joined(before, found))


def applied(before: str, made: Sequence[Change]) -> str:
    """The text with the changes in it; they are in order and do not overlap."""
    parts: list[str] = []
    at = 0
    for change in made:
        parts += [before[at : change.begin], change.text]
        at = change.end
    return "".join([*parts, before[at:]])


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Both sides' changes since `base`; None when they meet in the same place and differ."""
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    ours, others = changes(base, mine), changes(base, theirs)
    new = [change for change in ours if change not in others]
    if any(_meet(one, other) for one in new for other in others):
        return None
    return applied(base, sorted([*new, *others], key=lambda change: (change.begin, change.end)))


def _meet(one: Change, other: Change) -> bool:
    """Touching counts: of two insertions at one place nobody knows which comes first."""
    return one.begin <= other.end and other.begin <= one.end


def _blocks(before: str, after: str) -> Iterator[Sequence[Change]]:
    """Lines are compared first and words inside changed lines after, which is fast for long texts."""
    old, new, offset = _trimmed(LINE.findall(before), LINE.findall(after))
    at = _places(old)
    # Many equal lines take the product of both lengths; then those that are everywhere guide nobody.
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > FINE_LIMIT)
    for tag, begin, end, new_begin, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield _words("".join(old[begin:end]), "".join(new[new_begin:new_end]), offset + at[begin])


def _words(before: str, after: str, offset: int) -> Sequence[Change]:
    old, new, same = _trimmed(WORD.findall(before), WORD.findall(after))
    offset += same
    if len(old) * len(new) > FINE_LIMIT:
        return [Change(offset, offset + sum(map(len, old)), "".join(new))]
    at = _places(old)
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        Change(offset + at[begin], offset + at[end], "".join(new[new_begin:new_end]))
        for tag, begin, end, new_begin, new_end in opcodes
        if tag != "equal"
    ]


def _trimmed(old: Sequence[str], new: Sequence[str]) -> tuple[Sequence[str], Sequence[str], int]:
    """The tokens without those that both begin and end with, and how many characters both begin with."""
    same = _same(old, new)
    after_same = _same(old[same:][::-1], new[same:][::-1])
    begun = sum(map(len, old[:same]))
    return old[same : len(old) - after_same], new[same : len(new) - after_same], begun


def _same(old: Sequence[str], new: Sequence[str]) -> int:
    """How many tokens both begin with."""
    return next(
        (index for index, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )


def _places(tokens: Sequence[str]) -> list[int]:
    """Where each token begins, and where the last one ends."""
    places = [0]
    for token in tokens:
        places.append(places[-1] + len(token))
    return places


def _joined(before: str, found: Sequence[Change]) -> Iterator[Change]:
    """Changes that touch are one change."""
    pending: Change | None = None
    for change in found:
        if pending is not None and change.begin <= pending.end:
            kept = before[pending.end : change.begin]
            pending = Change(pending.begin, change.end, pending.text + kept + change.text)
            continue
        if pending is not None:
            yield pending
        pending = change
    if pending is not None:
        yield pending
