"""What somebody asks for, and its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .promises import Promise

LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish in words. `may_change` are the only layers to touch; empty is all but those that are `locked`.

    `focus` is the layer somebody looks at, `values` what they sent along, `earlier` what was asked before and
    became of it. `is_fresh` wants a new answer, also where one is known.
    """

    words: str
    may_change: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    focus: str | None = None
    promises: tuple[Promise, ...] = ()
    is_dry: bool = False
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    earlier: Sequence[tuple[str, str]] = ()
    effort: Literal["low", "medium", "high"] = "low"
    limit_s: float = LIMIT_S
    seed: int = 0
    is_fresh: bool = False
