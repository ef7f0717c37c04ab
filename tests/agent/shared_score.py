"""Layers in a shared document, as a session has them, with a second participant's copy of it beside."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from pycrdt import Doc, Text

from algorave_kernel.agent.score import LayerChange
from algorave_kernel.merge import changes
from algorave_kernel.offsets import utf8_offset

T = TypeVar("T")


class SharedScore:
    """A score on a document whose every transaction reaches another document, and the other way round.

    `steps` counts the agent's transactions. `before_step` runs just before the next one, as somebody's typing does.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        # Documents belong to the thread that made them.
        self._thread = ThreadPoolExecutor(1)
        self.steps = 0
        self.before_step: list[Callable[[SharedScore], None]] = []
        self._do(lambda: self._make(texts))

    def _do(self, work: Callable[[], T]) -> T:
        return self._thread.submit(work).result()

    def _make(self, texts: Mapping[str, str]) -> None:
        self._numbers = itertools.count(1)
        self._docs: tuple[Doc[Any], Doc[Any]] = (Doc(), Doc())
        self._order: dict[str, str] = {}
        self._is_in_step = False
        for layer, text in texts.items():
            self._add(0, layer, text)

    def _goes_over(self, place: int) -> None:
        """What was changed in one document comes to the other, as an update."""
        here, there = self._docs[place], self._docs[1 - place]
        there.apply_update(here.get_update(there.get_state()))

    def _text(self, place: int, layer: str) -> Text:
        return self._docs[place].get(self._order[layer], type=Text)

    def _add(self, place: int, layer: str, text: str) -> None:
        self._order[layer] = f"layer:{next(self._numbers)}"
        self._put(place, layer, text)

    def _put(self, place: int, layer: str, text: str) -> None:
        """The few places where it differs, from the back, counted in UTF-8 bytes."""
        shared = self._text(place, layer)
        before = str(shared)
        for change in reversed(changes(before, text)):
            begin, end = utf8_offset(before, change.begin), utf8_offset(before, change.end)
            if end > begin:
                del shared[begin:end]
            if change.text:
                shared.insert(begin, change.text)
        if not self._is_in_step:
            self._goes_over(place)

    def layers(self) -> list[str]:
        return self._do(lambda: list(self._order))

    def text(self, layer: str) -> str:
        return self._do(lambda: str(self._text(0, layer)))

    @property
    def texts(self) -> dict[str, str]:
        return self._do(lambda: {layer: str(self._text(0, layer)) for layer in self._order})

    @property
    def others_texts(self) -> dict[str, str]:
        """As the second participant sees them."""
        return self._do(lambda: {layer: str(self._text(1, layer)) for layer in self._order})

    def type(self, layer: str, find: str, put: str) -> None:
        """The second participant types; an empty `find` is the end."""

        def work() -> None:
            text = str(self._text(1, layer))
            assert find in text
            self._put(1, layer, text.replace(find, put, 1) if find else text + put)

        self._do(work)

    def add(self, layer: str, text: str) -> None:
        """The second participant adds a layer."""
        self._do(lambda: self._add(1, layer, text))

    def remove(self, layer: str) -> None:
        """The second participant removes a layer."""
        self._do(lambda: self._order.pop(layer) and None)

    async def apply(self, made: Sequence[LayerChange]) -> bool:
        if self.before_step:
            self.before_step.pop(0)(self)
        return self._do(lambda: self._apply(made))

    def _apply(self, made: Sequence[LayerChange]) -> bool:
        for each in made:
            now = str(self._text(0, each.layer)) if each.layer in self._order else None
            if now != each.before:
                return False
        self._is_in_step = True
        with self._docs[0].transaction():
            for each in made:
                if each.after is None:
                    del self._order[each.layer]
                elif each.before is None:
                    self._add(0, each.layer, each.after)
                else:
                    self._put(0, each.layer, each.after)
        self._is_in_step = False
        self._goes_over(0)
        self.steps += 1
        return True

    def close(self) -> None:
        self._thread.shutdown()
