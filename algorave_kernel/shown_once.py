"""A secret in a notebook's output that is taken out again, so that it is not saved and passed on with it."""

from __future__ import annotations

import time
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.display import display

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import DisplayHandle

#: A secret stays at least this long: when all cells are run at once, it would be gone before anybody saw it.
SHOWN_S = 30.0
STAYS = "It is a secret: when you go on working it disappears from here, so send it now."
GONE = "The link stood here until you went on. `%algorave invite` makes another."


class ShownOnce:
    """Shows one secret at a time, and takes it back when a cell is run half a minute later."""

    def __init__(self, shell: InteractiveShell) -> None:
        """From now on cells of this shell take secrets back; `close` ends that."""
        self._shell = shell
        self._shown: DisplayHandle | None = None
        self._shown_s = 0.0
        shell.events.register("pre_run_cell", self._going_on)

    def show(self, words: str, link: str) -> None:
        """Show a link and what it is for."""
        self.take_back()
        html = (
            f'<p>{escape(words)}<br><a href="{escape(link)}" target="_blank" rel="noopener noreferrer">'
            f'<code style="user-select:all">{escape(link)}</code></a><br><small>{escape(STAYS)}</small></p>'
        )
        text = f"{words}\n\n{link}\n\n{STAYS}"
        self._shown = display({"text/html": html, "text/plain": text}, raw=True, display_id=True)
        self._shown_s = time.monotonic()

    def take_back(self) -> None:
        """Replace the secret by words."""
        if self._shown is not None:
            self._shown.update({"text/html": f"<p>{escape(GONE)}</p>", "text/plain": GONE}, raw=True)
            self._shown = None

    def close(self) -> None:
        """Take back what is shown and look at cells no more."""
        self.take_back()
        self._shell.events.unregister("pre_run_cell", self._going_on)

    def _going_on(self, _: Any) -> None:
        if time.monotonic() - self._shown_s >= SHOWN_S:
            self.take_back()
