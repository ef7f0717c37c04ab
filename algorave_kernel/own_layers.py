"""The layers that cells of this kernel have made, and what the agent may do with them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from .agent.score import CannotUndo, LayerChange, taken_back
from .pattern import Pattern


@dataclass
class OwnLayer:
    """What this kernel knows of a layer: its latest code, and whether it was ever sent to be played."""

    pattern: Pattern
    has_played: bool = False


class OwnLayers(dict[str, OwnLayer]):
    """Layers by name, oldest first. A cell and the agent may come at the same time: both go through here."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()

    def put(self, name: str, pattern: Pattern) -> OwnLayer:
        """A layer's new code; the layer is made when there is none."""
        with self.lock:
            layer = self.setdefault(name, OwnLayer(pattern))
            layer.pattern = pattern
            return layer


class OwnScore:
    """The layers of this kernel as the agent's score; those of an open session are not among them."""

    def __init__(self, own: OwnLayers, shared: Callable[[], Collection[str]]) -> None:
        """`shared` gives the names of the open session's layers."""
        self._own = own
        self._shared = shared
        self._steps: list[tuple[LayerChange, ...]] = []

    def layers(self) -> list[str]:
        """The names, oldest first."""
        shared = self._shared()
        with self._own.lock:
            return [name for name in self._own if name not in shared]

    def text(self, layer: str) -> str:
        """The latest code. Raises KeyError when there is no such layer."""
        if layer in self._shared():
            raise KeyError(layer)
        with self._own.lock:
            return self._own[layer].pattern.code

    async def apply(self, made: Sequence[LayerChange]) -> bool:
        """Make all changes as one step, or none when a text is another by now."""
        shared = self._shared()
        with self._own.lock:
            if any(each.layer in shared or self._now(each.layer) != each.before for each in made):
                return False
            for each in made:
                self._put(each.layer, each.after)
            self._steps.append(tuple(made))
            return True

    def undo(self, layer: str | None = None) -> list[str]:
        """Take back the last step, or the last change of one layer; gives the layers that are other now.

        What was done since stays. Raises CannotUndo, and nothing is changed.
        """
        with self._own.lock:
            step = next(
                (each for each in reversed(self._steps) if layer in (None, *(one.layer for one in each))),
                None,
            )
            if step is None:
                raise CannotUndo(
                    f"the agent has changed nothing{f' in {layer}' if layer else ''} to take back"
                )
            taken = [each for each in step if layer in (None, each.layer)]
            back = {each.layer: taken_back(each, self._now(each.layer)) for each in taken}
            other = [name for name, text in back.items() if text != self._now(name)]
            for name in other:
                self._put(name, back[name])
            at = len(self._steps) - 1 - self._steps[::-1].index(step)
            self._steps[at] = tuple(each for each in step if each not in taken)
            self._steps = [each for each in self._steps if each]
            return other

    def _now(self, layer: str) -> str | None:
        found = self._own.get(layer)
        return None if found is None else found.pattern.code

    def _put(self, layer: str, text: str | None) -> None:
        if text is None:
            self._own.pop(layer, None)
            return
        was = self._own.get(layer)
        self._own.put(layer, Pattern(text, layer=layer, cps=was.pattern.cps if was else None))
