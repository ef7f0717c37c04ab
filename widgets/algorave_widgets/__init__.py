"""Screen and sound: the widget and its built front end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .assets import static_path

if TYPE_CHECKING:
    from .player import Player

__all__ = ["Player", "static_path"]


def __getattr__(name: str) -> object:
    # anywidget and ipywidgets take a quarter of a second: only who shows a widget pays for it.
    if name == "Player":
        from .player import Player

        return Player
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
