"""The Algorave kernel: IPython with the magics loaded, where a cell may be plain Strudel.

`python -m algorave_kernel.kernel -f CONNECTION_FILE` starts it; Jupyter does so for notebooks with the kernel
"Algorave". `strudel_cell` says which cells are Strudel.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from ipykernel.kernelapp import IPKernelApp

from . import load_ipython_extension
from .magic_completion import StrudelMatcher
from .strudel_cell import is_strudel, to_magic

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class StrudelCells:
    """The input transformer that puts `%%strudel` in front of cells that are Strudel."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell

    def __call__(self, lines: list[str]) -> list[str]:
        """Lines with their ends in, lines with their ends out, as IPython wants it."""
        return to_magic("".join(lines), self.is_known).splitlines(keepends=True)

    def is_known(self, name: str) -> bool:
        """Whether the name means something in this kernel's Python."""
        return name in self._shell.user_ns or hasattr(builtins, name)


def install(shell: InteractiveShell) -> None:
    """Load the magics and let cells be Strudel."""
    load_ipython_extension(shell)
    cells = StrudelCells(shell)
    shell.input_transformers_cleanup.insert(0, cells)
    for matcher in shell.Completer.custom_matchers:
        if isinstance(matcher, StrudelMatcher):
            matcher.is_strudel_cell = lambda cell: is_strudel(cell, cells.is_known)


def main() -> None:
    """Start the kernel and serve until it is shut down."""
    app = IPKernelApp.instance()
    app.initialize()
    if app.shell is None:
        raise SystemExit("the kernel has no shell to play in")
    install(app.shell)
    app.start()


if __name__ == "__main__":
    main()
