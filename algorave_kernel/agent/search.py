"""The cards that answer to words: BM25 over names, descriptions and what musicians say. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from .cards import Card, cards

SATURATION, LENGTH_WEIGHT = 1.2, 0.6
#: How much a word counts by where it stands.
NAME_TIMES, WORDS_TIMES, USAGE_TIMES = 4, 3, 1
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "could",
        "do",
        "for",
        "from",
        "give",
        "have",
        "i",
        "in",
        "is",
        "it",
        "its",
        "just",
        "like",
        "make",
        "me",
        "more",
        "my",
        "of",
        "on",
        "or",
        "please",
        "put",
        "so",
        "some",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "this",
        "to",
        "up",
        "use",
        "want",
        "was",
        "we",
        "with",
        "would",
        "you",
        "your",
        "should",
        "bit",
        "little",
        "very",
        "much",
        "add",
        "let",
        "get",
    ]
)
WORD = re.compile(r"[a-z][a-z0-9]*|\d+|[$<>~@!?*|,]")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
ENDINGS = ("ings", "ing", "edly", "ies", "ers", "est", "er", "ed", "ly", "es", "s", "y", "e")


def tokens(text: str) -> list[str]:
    """The text's words without their endings and without those that say nothing."""
    spaced = CAMEL.sub(" ", text).lower()
    return [_stem(word) for word in WORD.findall(spaced) if word not in STOP_WORDS]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _single(word[: -len(ending)])
    return word


def _single(stem: str) -> str:
    """`humm` of `humming` is `hum`."""
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls" else stem


class Search:
    """An index over cards."""

    def __init__(self, known: Sequence[Card]) -> None:
        self._cards = known
        self._counts = [Counter(_weighted(card)) for card in known]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._average = sum(self._lengths) / max(1, len(self._lengths))
        spread = Counter(token for counts in self._counts for token in counts)
        total = len(known)
        self._rarity = {token: math.log(1 + (total - n + 0.5) / (n + 0.5)) for token, n in spread.items()}

    def best(self, query: str, most: int = 8) -> list[Card]:
        """The cards that answer best, the best first; those that do not answer at all are not among them."""
        wanted = tokens(query)
        rated = [(self._rate(place, wanted), -place) for place in range(len(self._cards))]
        return [self._cards[-place] for rate, place in sorted(rated, reverse=True)[:most] if rate > 0]

    def _rate(self, place: int, wanted: Iterable[str]) -> float:
        counts = self._counts[place]
        length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * self._lengths[place] / self._average
        return sum(
            self._rarity[token] * counts[token] * (SATURATION + 1) / (counts[token] + SATURATION * length)
            for token in wanted
            if token in counts
        )


def _weighted(card: Card) -> list[str]:
    names = [*tokens(" ".join((card.name, *card.also))), card.name.lower()]
    return (
        names * NAME_TIMES
        + tokens(card.words) * WORDS_TIMES
        + tokens(f"{card.usage} {card.details}") * USAGE_TIMES
    )


@cache
def search() -> Search:
    """The index over all cards, made once."""
    return Search(cards())
