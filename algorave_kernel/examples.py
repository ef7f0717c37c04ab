"""Code that plays as it is, found by what one would say: what `%algorave examples WORDS` shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .arguments import BadUsage
from .gate import check

MOST = 6
MOST_EACH = 2
CARDS_TRIED = 20


@dataclass(frozen=True)
class Example:
    """A piece of code, and the function or notation that it shows."""

    about: str
    sentence: str
    code: str


@dataclass(frozen=True, repr=False)
class Examples:
    """Several, the most fitting first."""

    words: str
    found: tuple[Example, ...]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Example]:
        return iter(self.found)

    def __repr__(self) -> str:
        return "\n\n".join(f"{each.about}: {each.sentence}\n{_indented(each.code)}" for each in self.found)

    def _repr_markdown_(self) -> str:
        return "\n\n".join(
            f"**`{each.about}`** {each.sentence}\n\n```js\n{each.code}\n```" for each in self.found
        )


def examples(words: str) -> Examples:
    """Playable examples for words such as `darker bass`; without any, of how patterns are written.

    Raises `BadUsage` when nothing answers to the words.
    """
    found: list[Example] = []
    for example in _candidates(words):
        if check(example.code).playable:
            found.append(example)
        if len(found) == MOST:
            break
    if not found:
        raise BadUsage(f"no example answers to '{words}'; try other words, such as `darker` or `euclid`")
    return Examples(words, tuple(found))


def _candidates(words: str) -> Iterable[Example]:
    from .agent.cards import cards
    from .agent.search import search

    for card in search().best(words, CARDS_TRIED) if words.strip() else cards()[:CARDS_TRIED]:
        for code in card.examples[:MOST_EACH]:
            yield Example(card.name, card.sentence, code)


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines())
