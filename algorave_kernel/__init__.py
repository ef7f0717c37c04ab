"""The player's side: magics, the headless Strudel engine, the gate, the command line.

`%load_ext algorave_kernel` adds the magics to a notebook; `from algorave_kernel import Pattern` gives
patterns as Python values, `algorave_kernel.open("jam")` a session as one. Importing
the package loads neither IPython nor anywidget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .pattern import Pattern as Pattern
    from .session import Session as Session
    from .session import join as join
    from .session import open as open  # noqa: A004 - one opens a session as one opens a file
    from .session import sessions as sessions

__all__ = [
    "Pattern",
    "Session",
    "join",
    "load_ipython_extension",
    "open",
    "sessions",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> object:
    """Load `Pattern`, sessions and `__version__` when they are first asked for."""
    if name == "Pattern":
        from .pattern import Pattern

        return Pattern
    if name in ("Session", "open", "join", "sessions"):
        from . import session

        return getattr(session, name)
    if name == "__version__":
        from importlib.metadata import version

        return version("algorave")
    raise AttributeError(f"module 'algorave_kernel' has no attribute {name!r}")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add `%%strudel` and `%algorave` to the shell, silently: what `%load_ext algorave_kernel` calls."""
    from .magics import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and completions away again: what `%unload_ext algorave_kernel` calls."""
    from .magics import unload

    unload(shell)
