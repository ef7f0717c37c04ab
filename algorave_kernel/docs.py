"""The reference of Strudel's functions: what `%algorave docs WORD` and completion know, with no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .arguments import BadUsage, did_you_mean

FOUND_LIMIT = 12


@dataclass(frozen=True)
class Parameter:
    """One argument of a function."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, repr=False)
class Entry:
    """One function: what it is called, takes, does, and looks like in use."""

    name: str
    synonyms: tuple[str, ...]
    params: tuple[Parameter, ...]
    description: str
    examples: tuple[str, ...]

    @property
    def signature(self) -> str:
        """`lpf(frequency)`."""
        return f"{self.name}({', '.join(param.name for param in self.params)})"

    @property
    def sentence(self) -> str:
        """The first sentence of the description, on one line."""
        words = _plain(self.description)
        return re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]

    def to_text(self) -> str:
        """The entry for a terminal."""
        parts = [self.signature + (f"    also: {', '.join(self.synonyms)}" if self.synonyms else "")]
        parts += ["", self.description.replace("**", "")] if self.description else []
        parts += (
            ["", *(f"  {each.name}  {_plain(each.description)}" for each in self.params)]
            if self.params
            else []
        )
        for example in self.examples:
            parts += ["", *(f"    {line}" for line in example.splitlines())]
        return "\n".join(parts)

    def to_markdown(self) -> str:
        """The entry for a notebook."""
        parts = [f"**`{self.signature}`**"]
        if self.synonyms:
            parts[0] += " also " + ", ".join(f"`{synonym}`" for synonym in self.synonyms)
        parts += [self.description] if self.description else []
        if self.params:
            parts.append("\n".join(f"* `{each.name}` {_plain(each.description)}" for each in self.params))
        parts += [f"```js\n{example}\n```" for example in self.examples]
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


@dataclass(frozen=True, repr=False)
class Found:
    """Several functions that answer to a word, best first."""

    word: str
    entries: tuple[Entry, ...]

    def __repr__(self) -> str:
        width = max(len(entry.name) for entry in self.entries)
        return "\n".join(f"{entry.name:<{width}}  {entry.sentence}" for entry in self.entries)

    def _repr_markdown_(self) -> str:
        return "\n".join(f"* `{entry.name}` {entry.sentence}" for entry in self.entries)


class Reference:
    """All entries, by name and synonym. Empty when the front end has not been built."""

    def __init__(self, entries: list[Entry]) -> None:
        self._by_name = {synonym: entry for entry in entries for synonym in entry.synonyms}
        self._by_name |= {entry.name: entry for entry in entries}
        self._entries = entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> list[str]:
        """Every name and synonym, sorted."""
        return sorted(self._by_name, key=str.lower)

    def get(self, name: str) -> Entry | None:
        """The entry with this name or synonym."""
        return self._by_name.get(name)

    def find(self, word: str) -> Entry | Found:
        """One entry by its name, else all that mention the word; raise `BadUsage` when none does."""
        wanted = word.strip().strip("().").lower()
        for name, entry in self._by_name.items():
            if name.lower() == wanted:
                return entry
        named = [entry for entry in self._entries if wanted and wanted in entry.name.lower()]
        told = [entry for entry in self._entries if wanted and wanted in entry.description.lower()]
        entries = tuple(dict.fromkeys(named + told))[:FOUND_LIMIT]
        if not entries:
            raise BadUsage(f"no function is called '{word}'{did_you_mean(word, self._by_name)}")
        return Found(word, entries)


@cache
def reference() -> Reference:
    """The reference that came with the package, read once."""
    file = resources.files("algorave_widgets") / "static" / "reference.json"
    if not file.is_file():
        return Reference([])
    return Reference([_entry(each) for each in json.loads(file.read_text("utf-8"))["functions"]])


def _entry(fields: dict[str, object]) -> Entry:
    params = [each for each in _list(fields["params"]) if isinstance(each, dict)]
    return Entry(
        name=str(fields["name"]),
        synonyms=tuple(str(each) for each in _list(fields["synonyms"])),
        params=tuple(Parameter(each["name"], each["type"], each["description"]) for each in params),
        description=str(fields["description"]),
        examples=tuple(str(each) for each in _list(fields["examples"])),
    )


def _list(field: object) -> list[object]:
    return field if isinstance(field, list) else []


def _plain(text: str) -> str:
    return " ".join(text.replace("**", "").split())
