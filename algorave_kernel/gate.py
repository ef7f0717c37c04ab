"""The gate: nothing is heard until it has been shown to be playable."""

from __future__ import annotations

from collections.abc import Iterable

from .engine import Engine, default_engine
from .verdict import Verdict

__all__ = ["Verdict", "check"]


def check(
    code: str, engine: Engine | None = None, cycles: int = 8, known_sounds: Iterable[str] | None = None
) -> Verdict:
    """Judge code by evaluating it and looking at its first cycles. Never raises for what the code does."""
    return (engine or default_engine()).check(code, cycles, known_sounds)
