"""The agent: asked in words, it changes the music in place, and nothing broken is ever offered.

`Agent(score).ask("make the bass darker")` is the whole of it; everything else is how that is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notebook_agent import Agent as Agent

__all__ = ["Agent"]


def __getattr__(name: str) -> object:
    """Load `Agent` when it is first asked for."""
    if name == "Agent":
        from .notebook_agent import Agent

        return Agent
    raise AttributeError(f"module 'algorave_kernel.agent' has no attribute {name!r}")
