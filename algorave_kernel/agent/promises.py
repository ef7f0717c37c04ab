"""What must be true of the music after a change, said as a small expression and checked on haps.

    layer('bass').unchanged
    tempo == 120 and layer('hats').density > before.layer('hats').density
    scale('C:minor') and sounds <= {'bd', 'sd', 'hh'}

The text is parsed as Python's grammar has it and walked by hand: nothing in it is ever run. Pure.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from algorave_kernel.arguments import did_you_mean
from algorave_kernel.hap import Hap

from .heard import BEATS_A_CYCLE, Heard, pitches
from .musical_diff import exactly

MAX_CHARS = 500
#: Tempi are numbers that went through a division.
NEAR = 0.05
LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "harmonic:minor": (0, 2, 3, 5, 7, 8, 11),
    "major:pentatonic": (0, 2, 4, 7, 9),
    "minor:pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "chromatic": tuple(range(12)),
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
MUSIC_FACTS = ("tempo", "cps", "sounds", "density", "unchanged", "layers")
LAYER_FACTS = (
    "unchanged",
    "changed",
    "silent",
    "sounds",
    "density",
    "lowest",
    "highest",
    "loudest",
    "exists",
)


class BadPromise(ValueError):
    """A promise that cannot be understood; the text says where and what may stand there."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise, as it was written."""

    text: str
    tree: ast.expr

    def broken(self, before: Heard, after: Heard) -> str | None:
        """What is wrong when it is not kept, in words; None when it is."""
        try:
            kept = _Walk(before, after).value(self.tree)
        except KeyError as missing:
            return f"'{self.text}' cannot be checked: there is no layer {missing}"
        except (TypeError, RecursionError):
            return f"'{self.text}' cannot be checked: it compares things that cannot be compared"
        return (
            None if bool(kept) else f"the promise is not kept: {self.text}{_found(self.tree, before, after)}"
        )


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    heard: Heard


def promise(text: str) -> Promise:
    """Understand a promise. Raises BadPromise."""
    text = text.strip()
    if not text or len(text) > MAX_CHARS:
        raise BadPromise(f"a promise has 1 to {MAX_CHARS} characters")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = getattr(error, "offset", None)
        where = f", at character {place}" if place else ""
        raise BadPromise(f"'{text}' is no promise{where}; one is  layer('bass').unchanged") from None
    _understand(tree)
    return Promise(text, tree)


def _understand(node: ast.expr) -> None:
    """Refuse whatever has no meaning here, before anything is played."""
    match node:
        case ast.BoolOp():
            each = node.values
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            each = [node.operand]
        case ast.Compare():
            each = [node.left, *node.comparators]
        case ast.Set() | ast.List() | ast.Tuple():
            each = node.elts
        case ast.Constant(value=str() | int() | float()):
            each = []
        case ast.Call():
            each = _understand_call(node)
        case ast.Attribute():
            each = _understand_fact(node)
        case ast.Name():
            _among(node.id, (*MUSIC_FACTS, "before"))
            each = []
        case _:
            raise BadPromise(f"'{ast.unparse(node)[:80]}' has no meaning in a promise")
    for inner in each:
        _understand(inner)


def _understand_call(node: ast.Call) -> list[ast.expr]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    _among(name, ("layer", "scale"))
    texts = [each for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if len(texts) != 1 or len(node.args) != 1 or node.keywords:
        raise BadPromise(
            f"{name}(…) wants one text, as in  {name}('{'bass' if name == 'layer' else 'C:minor'}')"
        )
    if name == "scale":
        _scale(str(texts[0].value))
    if isinstance(node.func, ast.Attribute) and not _is_before(node.func.value):
        raise BadPromise(f"'{ast.unparse(node)[:80]}' has no meaning in a promise")
    return []


def _understand_fact(node: ast.Attribute) -> list[ast.expr]:
    if _is_before(node.value):
        _among(node.attr, MUSIC_FACTS)
        return []
    if isinstance(node.value, ast.Call):
        _among(node.attr, LAYER_FACTS)
        return [node.value]
    if (
        isinstance(node.value, ast.Name)
        and node.value.id in ("tempo", "sounds", "layers")
        and node.attr == "unchanged"
    ):
        return []
    raise BadPromise(f"'{ast.unparse(node)[:80]}' has no meaning in a promise")


def _is_before(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "before"


def _among(name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise BadPromise(
            f"a promise knows no '{name}'{did_you_mean(name, known) or '; it knows ' + ', '.join(known)}"
        )


class _Walk:
    """Finds the value of an expression that was understood."""

    def __init__(self, before: Heard, after: Heard) -> None:
        self._before = before
        self._after = after

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.BoolOp():
                values = (bool(self.value(each)) for each in node.values)
                return all(values) if isinstance(node.op, ast.And) else any(values)
            case ast.UnaryOp():
                inner = self.value(node.operand)
                return (not inner) if isinstance(node.op, ast.Not) else -inner
            case ast.Compare():
                return self._compared(node)
            case ast.Set() | ast.List() | ast.Tuple():
                return frozenset(self.value(each) for each in node.elts)
            case ast.Constant():
                return node.value
            case ast.Call():
                return self._called(node)
            case ast.Attribute():
                return self._fact(node)
            case _:
                return self._of_music(cast("ast.Name", node).id, self._after)

    def _compared(self, node: ast.Compare) -> bool:
        values = [self.value(each) for each in (node.left, *node.comparators)]
        pairs = zip(values, node.ops, values[1:], strict=False)
        return all(_compare(kind, _as_pitch(one, other), _as_pitch(other, one)) for one, kind, other in pairs)

    def _called(self, node: ast.Call) -> Any:
        heard = self._before if isinstance(node.func, ast.Attribute) else self._after
        text = str(cast("ast.Constant", node.args[0]).value)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else cast("ast.Name", node.func).id
        if name == "layer":
            return _Layer(text, heard)
        allowed = _scale(text)
        return all(round(pitch) % 12 in allowed for pitch in pitches(heard.onsets(None)))

    def _fact(self, node: ast.Attribute) -> Any:
        if _is_before(node.value):
            return self._of_music(node.attr, self._before)
        if isinstance(node.value, ast.Name):
            return self._of_music(node.value.id, self._before) == self._of_music(node.value.id, self._after)
        return self._of_layer(node.attr, self.value(node.value))

    def _of_music(self, fact: str, heard: Heard) -> Any:
        match fact:
            case "cps":
                return heard.cps
            case "tempo":
                return heard.cps * 60 * BEATS_A_CYCLE
            case "sounds":
                return frozenset(hap.sound for hap in heard.onsets(None) if hap.sound)
            case "density":
                return len(heard.onsets(None)) / heard.cycles
            case "layers":
                return frozenset(heard.texts)
            case _:
                return _alike(self._before.onsets(None), self._after.onsets(None))

    def _of_layer(self, fact: str, layer: _Layer) -> Any:
        if fact in ("unchanged", "changed"):
            return _alike(self._before.onsets(layer.name), self._after.onsets(layer.name)) == (
                fact == "unchanged"
            )
        if fact == "exists":
            return _exists(layer)
        haps = layer.heard.onsets(layer.name)
        facts: Mapping[str, Callable[[], Any]] = {
            "silent": lambda: not haps,
            "sounds": lambda: frozenset(hap.sound for hap in haps if hap.sound),
            "density": lambda: len(haps) / layer.heard.cycles,
            "lowest": lambda: min(pitches(haps), default=0.0),
            "highest": lambda: max(pitches(haps), default=0.0),
            "loudest": lambda: max((hap.gain for hap in haps), default=0.0),
        }
        return facts[fact]()


def _exists(layer: _Layer) -> bool:
    try:
        layer.heard.onsets(layer.name)
    except KeyError:
        return False
    return True


def _alike(before: list[Hap], after: list[Hap]) -> bool:
    return sorted(map(exactly, before)) == sorted(map(exactly, after))


def _compare(kind: ast.cmpop, one: Any, other: Any) -> bool:
    if isinstance(kind, (ast.Eq, ast.NotEq)):
        numbers = isinstance(one, (int, float)) and isinstance(other, (int, float))
        same = abs(one - other) <= NEAR if numbers else one == other
        return same if isinstance(kind, ast.Eq) else not same
    found = COMPARISONS.get(type(kind))
    if found is None:
        raise TypeError
    return found(one, other)


def _as_pitch(value: Any, beside: Any) -> Any:
    """A note's name next to a number is its number."""
    if isinstance(value, str) and isinstance(beside, (int, float)):
        found = re.fullmatch(r"([a-gA-G])([#bs]?)(-?\d)", value)
        if found is None:
            raise TypeError
        shift = {"#": 1, "s": 1, "b": -1, "": 0}[found[2]]
        return LETTERS[found[1].lower()] + shift + 12 * (int(found[3]) + 1)
    return value


def _scale(text: str) -> frozenset[int]:
    """The pitch classes of `C:minor`. Raises BadPromise."""
    root, _, mode = text.strip().partition(":")
    found = re.fullmatch(r"([a-gA-G])([#b]?)\d?", root)
    steps = SCALES.get(mode.strip().lower().replace(" ", ":"))
    if found is None or steps is None:
        raise BadPromise(
            f"no scale is called '{text}'; one is  'C:minor', and there are: {', '.join(SCALES)}"
        )
    start = LETTERS[found[1].lower()] + {"#": 1, "b": -1, "": 0}[found[2]]
    return frozenset((start + step) % 12 for step in steps)


def _found(tree: ast.expr, before: Heard, after: Heard) -> str:
    """For a simple comparison, what is there instead."""
    if not isinstance(tree, ast.Compare):
        return ""
    value = _Walk(before, after).value(tree.left)
    if isinstance(value, float):
        return f" (it is {value:g})"
    return f" (there are: {', '.join(sorted(map(str, value)))})" if isinstance(value, frozenset) else ""
