"""The names of sounds: what plays with no network, what is downloaded first, and the drum machines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from importlib import resources

from .arguments import BadUsage, did_you_mean


@dataclass(frozen=True, repr=False)
class Sounds:
    """Names by where they come from, in the order in which one would look for them."""

    offline: tuple[str, ...]
    download: tuple[str, ...]
    banks: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that may stand in `s("…")`: those that need no network first."""
        return tuple(dict.fromkeys(self.offline + self.download))

    def matching(self, word: str) -> Sounds:
        """Those whose name has the word, whatever its case; raise `BadUsage` when none has."""
        wanted = word.lower()
        kept = [
            tuple(name for name in names if wanted in name.lower())
            for names in (self.offline, self.download, self.banks)
        ]
        if not any(kept):
            close = did_you_mean(wanted, [*self.names, *self.banks])
            raise BadUsage(f"no sound has '{word}' in its name{close}")
        return Sounds(*kept)

    def _groups(self) -> list[tuple[str, tuple[str, ...]]]:
        groups = [
            ("Sounds that need no network", self.offline),
            ("Sounds that are downloaded when first played", self.download),
            ('Drum machines, for bank("…")', self.banks),
        ]
        return [(title, names) for title, names in groups if names]

    def __repr__(self) -> str:
        return "\n\n".join(f"{title}:\n{_columns(names)}" for title, names in self._groups())

    def _repr_html_(self) -> str:
        return "".join(
            f"<p><strong>{title}</strong><br>{_codes(names)}</p>" for title, names in self._groups()
        )


@cache
def known_sounds() -> Sounds:
    """The names that came with the package, read once; none when the front end has not been built."""
    file = resources.files("algorave_widgets") / "static" / "sounds.json"
    if not file.is_file():
        return Sounds((), (), ())
    found = json.loads(file.read_text("utf-8"))
    banks = [name for pair in found["banks"] for name in pair]
    return Sounds(tuple(found["offline"]), tuple(sorted(found["download"])), tuple(dict.fromkeys(banks)))


def _codes(names: tuple[str, ...]) -> str:
    return " ".join(f"<code>{escape(name)}</code>" for name in names)


def _columns(names: tuple[str, ...], width: int = 100) -> str:
    """Names in columns, read downwards by line."""
    size = max(len(name) for name in names) + 2
    across = max(1, width // size)
    rows = [names[start : start + across] for start in range(0, len(names), across)]
    return "\n".join("  " + "".join(f"{name:<{size}}" for name in row).rstrip() for row in rows)
