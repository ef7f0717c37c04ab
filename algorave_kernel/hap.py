"""Haps: what a pattern says happens, as Python data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A stretch of musical time, in cycles, exact."""

    begin: Fraction
    end: Fraction

    def __str__(self) -> str:
        """Say `0 → 1/2`."""
        return f"{self.begin} → {self.end}"


@dataclass(frozen=True, slots=True)
class Hap:
    """One musical event of a pattern.

    `whole` is None for a sample of a continuous signal; `part` is what lies in the asked span. `value` is
    usually a dict of controls. `locations` are (begin, end) code point indexes in the code. `layer` is the
    label, or None.
    """

    whole: TimeSpan | None
    part: TimeSpan
    value: Any
    locations: tuple[tuple[int, int], ...] = ()
    layer: str | None = None

    @property
    def begin(self) -> float:
        """Give where it begins, in cycles."""
        return float((self.whole or self.part).begin)

    @property
    def end(self) -> float:
        """Give where it ends, in cycles."""
        return float((self.whole or self.part).end)

    @property
    def has_onset(self) -> bool:
        """Say whether it starts inside the asked span, and so would sound."""
        return self.whole is not None and self.whole.begin == self.part.begin

    @property
    def controls(self) -> Mapping[str, Any]:
        """Give the value's controls; a bare value is under `value`."""
        return self.value if isinstance(self.value, dict) else {"value": self.value}

    @property
    def note(self) -> Any:
        """Give the note as written: a name, a MIDI number or None."""
        return self.controls.get("note")

    @property
    def sound(self) -> str | None:
        """Give the name of the sound, or None."""
        sound = self.controls.get("s")
        return None if sound is None else str(sound)

    @property
    def gain(self) -> float:
        """Give the gain, 1 when not set."""
        gain = self.controls.get("gain", 1.0)
        return float(gain) if isinstance(gain, (int, float)) else 1.0

    def row(self) -> dict[str, Any]:
        """Give everything as one flat dict: layer, times, locations, then all controls as they were written.

        `s` is under `sound`. A control with the name of a fixed column (`begin`, `end`, `layer`, …) is
        under `control_` and its name; so is a `gain` that is not a number.
        """
        whole = self.whole or self.part
        fixed = {
            "layer": self.layer,
            "begin": self.begin,
            "end": self.end,
            "whole_begin": whole.begin if self.whole else None,
            "whole_end": whole.end if self.whole else None,
            "part_begin": self.part.begin,
            "part_end": self.part.end,
            "has_onset": self.has_onset,
            "note": self.note,
            "sound": self.sound,
            "gain": self.gain,
            "locations": self.locations,
        }
        shown = {"s": self.sound, "note": self.note, "gain": self.gain}
        others = {
            name: value for name, value in self.controls.items() if name not in shown or value != shown[name]
        }
        return fixed | {_column(name, fixed): value for name, value in others.items()}

    def as_json(self) -> dict[str, Any]:
        """Give the stable form that `algorave haps --json` prints."""
        return {
            "whole": None if self.whole is None else _exact(self.whole),
            "part": _exact(self.part),
            "value": self.value,
            "locations": [[start, end] for start, end in self.locations],
            "layer": self.layer,
        }


def _column(name: str, fixed: Mapping[str, Any]) -> str:
    # With the prefix already there, one more: no two controls share a column.
    return f"control_{name}" if name in fixed or name == "s" or name.startswith("control_") else name


def _exact(span: TimeSpan) -> list[str]:
    return [f"{time.numerator}/{time.denominator}" for time in (span.begin, span.end)]


@dataclass(frozen=True, slots=True)
class Haps(Sequence[Hap]):
    """The haps of a span of cycles, in order of time: a sequence, a table, with pandas a data frame."""

    items: tuple[Hap, ...]
    begin: Fraction = Fraction(0)
    end: Fraction = Fraction(1)
    cps: float = 0.5
    code: str = field(default="", repr=False)

    def __len__(self) -> int:
        """Count the haps."""
        return len(self.items)

    @overload
    def __getitem__(self, index: int) -> Hap: ...
    @overload
    def __getitem__(self, index: slice) -> Haps: ...
    def __getitem__(self, index: int | slice) -> Hap | Haps:
        """Give one hap, or some of them with the same span and tempo."""
        if isinstance(index, slice):
            return Haps(self.items[index], self.begin, self.end, self.cps, self.code)
        return self.items[index]

    def __iter__(self) -> Iterator[Hap]:
        """Go through the haps in order of time."""
        return iter(self.items)

    @property
    def layers(self) -> list[str]:
        """Give the labels that sound, each once, in order of first sound."""
        return list(dict.fromkeys(hap.layer for hap in self.items if hap.layer is not None))

    def rows(self) -> list[dict[str, Any]]:
        """Give one flat dict per hap."""
        return [hap.row() for hap in self.items]

    def to_json(self) -> str:
        """Give the haps as a JSON array in the stable form."""
        return json.dumps([hap.as_json() for hap in self.items], ensure_ascii=False)

    def to_frame(self) -> pd.DataFrame:
        """Give a pandas data frame, one row per hap. Raises ImportError when pandas is not there."""
        try:
            import pandas as pd
        except ImportError:
            raise ImportError(
                "to_frame() needs pandas: install it, for example with  pip install pandas"
            ) from None
        columns = list(Hap(None, TimeSpan(Fraction(0), Fraction(0)), {}).row())
        extra = dict.fromkeys(name for row in self.rows() for name in row if name not in columns)
        return pd.DataFrame(self.rows(), columns=[*columns, *extra])

    def __repr__(self) -> str:
        """Say how many there are, and where."""
        count = "1 hap" if len(self) == 1 else f"{len(self)} haps"
        return f"<{count} in cycles {self.begin} to {self.end}>"

    def _repr_html_(self) -> str:
        """Show a table of the first haps in a notebook."""
        names = ("layer", "begin", "end", "sound", "note", "gain")
        head = "".join(f"<th scope='col'>{name}</th>" for name in (*names, "other controls"))
        body = "".join(_table_row(hap, names) for hap in self.items[:SHOWN_ROWS])
        rest = len(self) - SHOWN_ROWS
        more = f"<p>… and {rest} more</p>" if rest > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _table_row(hap: Hap, names: Sequence[str]) -> str:
    row = hap.row()
    whole = hap.whole or hap.part
    shown = row | {"begin": whole.begin, "end": whole.end}
    others = {name: value for name, value in hap.controls.items() if name not in (*names, "s")}
    cells = [*("" if shown[name] is None else str(shown[name]) for name in names)]
    cells.append(" ".join(f"{name}:{value}" for name, value in others.items()))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
