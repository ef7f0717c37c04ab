"""An ask in a cell's output: it streams in place, and becomes the result."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from IPython.display import display

from .agent.asking import Progress
from .agent.result import AskResult
from .ask_view import AskView, over
from .display import in_kernel

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import DisplayHandle

    from .agent.asked import Asked

#: Ten pictures a second are a stream to the eye, and few enough for a page.
EVERY_S = 0.1

Finish = Callable[[AskResult], Sequence[str]]


class ShownResult(AskResult):
    """A result that stands in the cell's output already: as the cell's value it is not shown again."""

    __slots__ = ("cell", "notes", "shell")
    cell: int
    notes: Sequence[str]
    shell: InteractiveShell

    def _ipython_display_(self) -> None:
        if self.shell.execution_count != self.cell:
            display(over(self, self.notes), raw=True)


class ShownResults(list[AskResult]):
    """Several of them; each knows whether it stands there already."""

    def _ipython_display_(self) -> None:
        for each in self:
            display(each)


class AskOutput:
    """Shows one ask. `finish` is told the result, puts the music into place, and gives what to say."""

    def __init__(self, shell: InteractiveShell, view: AskView) -> None:
        self._shell = shell
        self._view = view
        self._progress = Progress("waiting")
        self._shown: Progress | None = None
        self._texts: dict[str, str | None] = {}
        self._handle: DisplayHandle | None = None

    def seen(self, progress: Progress) -> None:
        """What the agent's thread tells: only noted here, and drawn when it is time."""
        self._progress = progress

    def follow(self, asked: Asked, finish: Finish) -> AskResult:
        """Show it until it is over. Interrupting stops the ask."""
        return follow_all([self], [asked], [finish])[0]

    def follow_behind(self, asked: Asked, finish: Finish) -> None:
        """Show it from a thread of its own, in the output of the cell that is running now."""
        self.draw()
        # Which cell the output belongs to is in the context.
        here = contextvars.copy_context()
        work = threading.Thread(
            target=lambda: here.run(self.follow, asked, finish), name="algorave-ask", daemon=True
        )
        work.start()

    def draw(self) -> None:
        """Show how far it is, when that is news."""
        progress = self._progress
        if progress is self._shown or (self._handle is not None and not in_kernel()):
            return  # a terminal cannot take back what it has printed
        if progress.state != "checking":
            self._texts = dict(progress.texts)
        self._shown = progress
        self._show(self._view.progress(progress, self._texts))

    def end(self, result: AskResult, notes: Sequence[str]) -> AskResult:
        """Show what became of it; gives the cell's value."""
        self._show(over(result, notes))
        return self._returned(result, notes)

    def _show(self, bundle: dict[str, str]) -> None:
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def _returned(self, result: AskResult, notes: Sequence[str]) -> ShownResult:
        shown = ShownResult(**{each.name: getattr(result, each.name) for each in fields(result)})
        # A result is frozen; these are not part of it.
        for name, value in (("cell", self._shell.execution_count), ("notes", notes), ("shell", self._shell)):
            object.__setattr__(shown, name, value)
        return shown


def follow_all(
    outputs: Sequence[AskOutput], asked: Sequence[Asked], finish: Sequence[Finish]
) -> list[AskResult]:
    """Show asks beside each other until all are over. Interrupting stops them all."""
    try:
        while True:
            for each in outputs:
                each.draw()
            waited = [each.wait(EVERY_S / len(asked)) for each in asked]
            if all(waited):
                break
    except KeyboardInterrupt:
        for each in asked:
            each.stop()
    results = [each.result() for each in asked]
    return ShownResults(
        output.end(result, list(told(result)))
        for output, result, told in zip(outputs, results, finish, strict=True)
    )
