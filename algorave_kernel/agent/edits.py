"""What a reply asks for: places in a layer to put something else, a layer's whole code, or its end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `put` where `find` is; an empty `find` is the end of the layer. `layer` is None when unsaid."""

    layer: str | None
    find: str
    put: str


@dataclass(frozen=True, slots=True)
class Code:
    """All of a layer's text, new; the layer may be new too."""

    layer: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Removal:
    """A layer that shall be no more."""

    layer: str


Wish = Edit | Code | Removal
