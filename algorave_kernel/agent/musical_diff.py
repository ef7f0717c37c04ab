"""What a change does to the music: haps that came, went, moved or sound different, layer by layer. Pure."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from algorave_kernel.hap import Hap, Haps

SHOWN_CONTROLS = 4
WHO_PLAYS = frozenset({"s", "note", "n", "bank"})


@dataclass(frozen=True, slots=True)
class ControlChange:
    """One control of a layer's haps, as it was and as it is: the values it takes, least first."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        """Say `cutoff 800 → 300`, or `new room 0.5`, or `no more delay`."""
        if not self.before:
            return f"new {self.name} {_values(self.after)}"
        if not self.after:
            return f"no more {self.name}"
        return f"{self.name} {_values(self.before)} → {_values(self.after)}"


@dataclass(frozen=True, slots=True)
class LayerDiff:
    """How one layer's haps differ. `moved` begin at another time, `changed` sound different."""

    layer: str
    added: int = 0
    removed: int = 0
    moved: int = 0
    changed: int = 0
    kept: int = 0
    controls: tuple[ControlChange, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing can be heard of the change."""
        return not (self.added or self.removed or self.moved or self.changed)

    def __str__(self) -> str:
        """Say `bass: 4 haps added, 2 moved; cutoff 800 → 300`."""
        if self.is_same:
            return f"{self.layer}: sounds the same"
        counted = [
            (self.added, "added"),
            (self.removed, "removed"),
            (self.moved, "moved"),
            (self.changed, "changed"),
        ]
        told = [f"{number} {what}" for number, what in counted if number]
        told[0] = told[0].replace(" ", " hap " if told[0].startswith("1 ") else " haps ", 1)
        controls = ", ".join(map(str, self.controls[:SHOWN_CONTROLS]))
        return f"{self.layer}: {', '.join(told)}" + (f"; {controls}" if controls else "")


@dataclass(frozen=True, slots=True)
class MusicalDiff:
    """All differences over so many cycles, and the tempo's. The haps are those of all changed layers."""

    layers: tuple[LayerDiff, ...] = ()
    cycles: int = 8
    cps_before: float | None = None
    cps_after: float | None = None
    haps_before: Haps | None = field(default=None, repr=False)
    haps_after: Haps | None = field(default=None, repr=False)

    @property
    def is_same(self) -> bool:
        """Whether nothing can be heard of the change."""
        return all(each.is_same for each in self.layers) and self.cps_before == self.cps_after

    def __str__(self) -> str:
        """One line a layer, and one for the tempo."""
        lines = [str(each) for each in self.layers]
        if self.cps_before is not None and self.cps_after is not None and self.cps_before != self.cps_after:
            lines.append(f"tempo: {self.cps_before:g} → {self.cps_after:g} cycles a second")
        return "\n".join(lines) or "sounds the same"


def layer_diffs(name: str, before: Haps | None, after: Haps | None) -> list[LayerDiff]:
    """A layer's difference, split by the labels in it when it has any."""
    old, new = _by_label(name, before), _by_label(name, after)
    return [_diff(label, old.get(label, []), new.get(label, [])) for label in sorted({*old, *new})]


def _by_label(name: str, haps: Haps | None) -> dict[str, list[Hap]]:
    found: dict[str, list[Hap]] = defaultdict(list)
    for hap in haps or ():
        if hap.has_onset:
            is_named = hap.layer is not None and not hap.layer.lstrip("S").startswith("$")
            found[f"{name}/{hap.layer}" if is_named and hap.layer != name else name].append(hap)
    return found


def _diff(label: str, before: Sequence[Hap], after: Sequence[Hap]) -> LayerDiff:
    old, new = Counter(map(exactly, before)), Counter(map(exactly, after))
    kept = (old & new).total()
    gone, come = _left(before, old & new), _left(after, old & new)
    changed, gone, come = _paired(gone, come, _when_and_voice)
    restruck, gone, come = _paired(gone, come, _when_and_sound)
    revoiced, gone, come = _paired(gone, come, _when_and_note)
    moved, gone, come = _paired(gone, come, _sounding)
    return LayerDiff(
        label,
        added=len(come),
        removed=len(gone),
        moved=moved,
        changed=changed + restruck + revoiced,
        kept=kept,
        controls=_controls(before, after),
    )


def _left(haps: Sequence[Hap], kept: Counter[Any]) -> list[Hap]:
    still = Counter(kept)
    left: list[Hap] = []
    for hap in haps:
        key = exactly(hap)
        if still[key]:
            still[key] -= 1
        else:
            left.append(hap)
    return left


def _paired(gone: list[Hap], come: list[Hap], key: Any) -> tuple[int, list[Hap], list[Hap]]:
    """How many of those that went came back alike; and the rest of both."""
    both = Counter(map(key, gone)) & Counter(map(key, come))
    return both.total(), _unpaired(gone, both, key), _unpaired(come, both, key)


def _unpaired(haps: Sequence[Hap], both: Counter[Any], key: Any) -> list[Hap]:
    still = Counter(both)
    rest: list[Hap] = []
    for hap in haps:
        if still[key(hap)]:
            still[key(hap)] -= 1
        else:
            rest.append(hap)
    return rest


def _controls(before: Sequence[Hap], after: Sequence[Hap]) -> tuple[ControlChange, ...]:
    names = dict.fromkeys(name for hap in (*before, *after) for name in hap.controls)
    found = [ControlChange(name, _taken(before, name), _taken(after, name)) for name in names]
    if not before or not after:
        return ()
    # With haps more or less, other sounds and notes are no news.
    silent = WHO_PLAYS if len(before) != len(after) else frozenset[str]()
    return tuple(each for each in found if each.before != each.after and each.name not in silent)


def _taken(haps: Iterable[Hap], name: str) -> tuple[str, ...]:
    values = {
        json.dumps(hap.controls[name], default=str): hap.controls[name]
        for hap in haps
        if name in hap.controls
    }
    numbers = [value for value in values.values() if isinstance(value, (int, float))]
    if len(numbers) == len(values):
        return tuple(f"{value:.4g}" for value in sorted(numbers))
    return tuple(sorted(str(value) for value in values.values()))


def _values(values: Sequence[str]) -> str:
    if len(values) <= 3:
        return "/".join(values)
    return f"{values[0]}…{values[-1]}"


def _when_and_voice(hap: Hap) -> tuple[Any, str | None, str]:
    return _begin(hap), hap.sound, str(hap.note)


def _when_and_sound(hap: Hap) -> tuple[Any, str | None]:
    return _begin(hap), hap.sound


def _when_and_note(hap: Hap) -> tuple[Any, Any]:
    """A drum has no note: another drum at its time is another hap."""
    return _begin(hap), str(hap.note) if hap.note is not None else ("no note", hap.sound)


def _begin(hap: Hap) -> Fraction:
    return (hap.whole or hap.part).begin


def _sounding(hap: Hap) -> str:
    return json.dumps(hap.value, sort_keys=True, default=str)


def exactly(hap: Hap) -> tuple[Any, Any, str]:
    """All that can be heard of a hap; equal for two that are the same."""
    whole = hap.whole or hap.part
    return whole.begin, whole.end, _sounding(hap)
