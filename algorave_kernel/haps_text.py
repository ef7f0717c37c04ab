"""Haps as text for people and programs: an aligned table, and the JSON that `docs/cli.md` describes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .hap import Hap

HEADINGS = ("begin", "end", "layer", "value")


def in_order(haps: Iterable[Hap]) -> list[Hap]:
    """By where the part begins and ends, then the whole; haps that are alike keep the pattern's order."""
    return sorted(haps, key=_place)


def to_json(haps: Iterable[Hap]) -> str:
    """A JSON list with one object a line."""
    lines = [json.dumps(hap.as_json(), ensure_ascii=False) for hap in in_order(haps)]
    return "[" + ",".join(f"\n  {line}" for line in lines) + ("\n]" if lines else "]")


def to_table(haps: Iterable[Hap]) -> str:
    """Columns for begin, end, layer and value; a hap without a whole is a sample of a continuous signal."""
    rows = [HEADINGS, *(_row(hap) for hap in in_order(haps))]
    if all(not row[2] for row in rows[1:]):
        rows = [(row[0], row[1], row[3]) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    aligned = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in aligned)


def _place(hap: Hap) -> tuple[Fraction, ...]:
    whole = hap.whole or hap.part
    return hap.part.begin, hap.part.end, whole.begin, whole.end


def _row(hap: Hap) -> tuple[str, str, str, str]:
    span = hap.whole or hap.part
    marks = ("" if hap.has_onset else "‥", "" if hap.whole else "~")
    begin = f"{''.join(marks)}{span.begin}"
    return begin, str(span.end), hap.layer or "", _words(hap.value)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}:{_words(each)}" for name, each in value.items())
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
