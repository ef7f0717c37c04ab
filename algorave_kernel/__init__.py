"""The player's side: magics, the headless Strudel engine, the gate, the command line.

`%load_ext algorave_kernel` adds the magics to a notebook; `from algorave_kernel import Pattern` gives
patterns as Python values. Importing the package loads neither IPython nor anywidget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .pattern import Pattern as Pattern

__all__ = ["Pattern", "load_ipython_extension", "unload_ipython_extension"]


def __getattr__(name: str) -> object:
    """Load `Pattern` and `__version__` when they are first asked for."""
    if name == "Pattern":
        from .pattern import Pattern

        return Pattern
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
