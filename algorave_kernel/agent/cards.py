"""What there is to say about Strudel: the shipped reference, cards of our own, and musicians' words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from algorave_kernel.docs import Entry, reference

EXAMPLES = 2
LINE_CHARS = 110


@dataclass(frozen=True, slots=True)
class Card:
    """One function or piece of notation. `words` are what people say; `also` are its other names."""

    name: str
    usage: str
    sentence: str
    details: str
    examples: tuple[str, ...]
    also: tuple[str, ...] = ()
    words: str = ""

    @property
    def line(self) -> str:
        """It in one line, for a list of all."""
        also = f" (also {', '.join(self.also)})" if self.also else ""
        return f"{self.usage}{also} {self.sentence}"[:LINE_CHARS].rstrip()

    @property
    def text(self) -> str:
        """All of it."""
        parts = [self.usage + (f"  also: {', '.join(self.also)}" if self.also else ""), self.details]
        return "\n".join([*filter(None, parts), *self.examples[:EXAMPLES]])


@cache
def cards() -> tuple[Card, ...]:
    """Every card, our own first. Without a built front end, our own alone."""
    intents = _intents()
    own = [_own(fields) for fields in _data("own_cards.json")]
    known = {card.name for card in own}
    return tuple(own + [_card(entry, intents) for entry in reference() if entry.name not in known])


@cache
def compact_index() -> str:
    """Every function in one line each: what a model has to know to invent nothing."""
    return "\n".join(card.line for card in cards())


def _intents() -> dict[str, str]:
    """The words, under every name a function may have in the reference."""
    found: dict[str, str] = {}
    for name, words in _data("intents.json").items():
        entry = reference().get(name)
        for each in {name, entry.name if entry else name}:
            found[each] = f"{found.get(each, '')} {words}".strip()
    return found


def _own(fields: dict[str, str]) -> Card:
    return Card(
        name=fields["name"],
        usage=fields["usage"],
        sentence=fields["sentence"],
        details=fields["sentence"],
        examples=(fields["example"],),
        words=fields["words"],
    )


def _card(entry: Entry, intents: dict[str, str]) -> Card:
    return Card(
        name=entry.name,
        usage=entry.signature,
        sentence=re.sub(r"\s+", " ", entry.sentence),
        details=entry.description,
        examples=entry.examples,
        also=entry.synonyms,
        words=intents.get(entry.name, ""),
    )


def _data(name: str) -> Any:
    return json.loads(resources.files(__package__ or "").joinpath(name).read_text("utf-8"))
