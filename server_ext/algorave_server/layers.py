"""The layers of a session: their order, names and mix. Their texts are in the Doc."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from algorave_server.errors import Refusal
from algorave_server.protocol import LAYER_ROOT_PREFIX, Credit, Layer, LayerAi

MAX_LAYERS = 64
_ID_PREFIX = "l"
_MAX_DIGITS = 18


def root_of(layer_id: str) -> str:
    """The name of the Doc's root that holds the text of a layer."""
    return LAYER_ROOT_PREFIX + layer_id


class Layers:
    """An ordered list of layers with unique names."""

    def __init__(self, layers: Iterable[Layer] = (), made: int = 0) -> None:
        self._layers = list(layers)
        self.made = made
        """How many layers there ever were. Their ids count them, so those of removed ones need no list."""

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._layers)

    def get(self, layer_id: str) -> Layer:
        """The layer, or a `not_found` refusal."""
        return self._layers[self._index(layer_id)]

    def by_root(self, root: str) -> Layer | None:
        """The layer whose text a root of the Doc is."""
        for layer in self._layers:
            if LAYER_ROOT_PREFIX + layer.id == root:
                return layer
        return None

    def add(self, name: str) -> Layer:
        """A new layer at the end."""
        if len(self._layers) >= MAX_LAYERS:
            raise Refusal("conflict", f"a session holds at most {MAX_LAYERS} layers; remove one first")
        self._check_free(name)
        self.made += 1
        layer = Layer(id=_id(self.made), name=name)
        self._layers.append(layer)
        return layer

    def rename(self, layer_id: str, name: str) -> None:
        """Call a layer something else."""
        if self.get(layer_id).name != name:
            self._check_free(name)
            self._replace(layer_id, name=name)

    def move(self, layer_id: str, index: int) -> None:
        """Put a layer at `index`, or at the end when there are fewer."""
        layer = self.get(layer_id)
        self._layers.remove(layer)
        self._layers.insert(min(index, len(self._layers)), layer)

    def remove(self, layer_id: str) -> None:
        """Take a layer away."""
        del self._layers[self._index(layer_id)]

    def was_removed(self, layer_id: str) -> bool:
        """Whether there was such a layer; what was typed into it meanwhile is harmless."""
        number = layer_id.removeprefix(_ID_PREFIX)
        is_number = number.isascii() and number.isdecimal() and len(number) <= _MAX_DIGITS
        was_there = is_number and 1 <= int(number) <= self.made and layer_id == _id(int(number))
        return was_there and all(layer.id != layer_id for layer in self._layers)

    def mix(self, layer_id: str, *, gain: float | None, mute: bool | None, solo: bool | None) -> None:
        """Set what is not None."""
        wanted = {"gain": gain, "mute": mute, "solo": solo}
        self._replace(layer_id, **{key: value for key, value in wanted.items() if value is not None})

    def lock(self, layer_id: str, locked: bool) -> None:
        """Let only those edit it who may lock, or everybody again."""
        self._replace(layer_id, locked=locked)

    def set_ai(self, layer_id: str, ai: LayerAi) -> None:
        """Whether the agent may change it; what was credited to the agent is not shown any more."""
        self._replace(layer_id, ai=ai, credit=None)

    def credit(self, layer_id: str, credit: Credit | None) -> None:
        """Say beside it that it is the agent's work, or no more."""
        self._replace(layer_id, credit=credit)

    def _index(self, layer_id: str) -> int:
        for index, layer in enumerate(self._layers):
            if layer.id == layer_id:
                return index
        raise Refusal("not_found", "that layer is gone")

    def _replace(self, layer_id: str, **changes: object) -> None:
        index = self._index(layer_id)
        self._layers[index] = self._layers[index].model_copy(update=changes)

    def _check_free(self, name: str) -> None:
        if any(layer.name == name for layer in self._layers):
            raise Refusal("conflict", f"there is a layer '{name}' already; choose another name")


def _id(number: int) -> str:
    return f"{_ID_PREFIX}{number}"
