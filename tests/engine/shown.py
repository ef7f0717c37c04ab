"""Haps as upstream's snapshot tests print them, and how two such texts are compared."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from algorave_kernel.hap import Hap

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
RELATIVE_TOLERANCE = 1e-12


def expected_lines(snapshot: str) -> list[str]:
    """The haps of one recorded snapshot, one text each."""
    lines = [line.strip() for line in snapshot.strip().splitlines()]
    return [line.rstrip(",").strip('"') for line in lines if line not in ("[", "]", "[]")]


def shown(hap: Hap) -> str:
    """One hap in upstream's notation: `[ 0/1 → 1/2 | s:bd ]`, fragments in brackets."""
    part = f"{_time(hap.part.begin)} → {_time(hap.part.end)}"
    if hap.whole is None:
        return f"[ ~{part} | {_value(hap.value)} ]"
    before = after = ""
    if hap.whole.begin != hap.part.begin:
        before = f"{_time(hap.whole.begin)} ⇜ "
    if hap.whole.end != hap.part.end:
        after = f" ⇝ {_time(hap.whole.end)}"
    if before or after:
        part = f"({part})"
    return f"[ {before}{part}{after} | {_value(hap.value)} ]"


def _time(time: Fraction) -> str:
    return f"{time.numerator}/{time.denominator}"


def _value(value: Any) -> str:
    if not isinstance(value, (dict, list)):
        return (
            {None: "null", True: "true", False: "false"}.get(value, str(value))
            if not isinstance(value, (int, float)) or isinstance(value, bool)
            else str(value)
        )
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text[1:-1].replace('"', "").replace(",", " ")


def same(left: str, right: str) -> bool:
    """Whether two hap texts say the same, numbers within 1e-12 of each other."""
    if left == right:
        return True
    if NUMBER.sub("#", left) != NUMBER.sub("#", right):
        return False
    pairs = zip(NUMBER.findall(left), NUMBER.findall(right), strict=True)
    return all(_close(float(a), float(b)) for a, b in pairs)


def _close(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= RELATIVE_TOLERANCE * max(abs(a), abs(b))


def differences(haps: list[Hap], snapshot: str) -> list[str]:
    """What differs between haps and a snapshot, first three."""
    wanted = expected_lines(snapshot)
    found = [shown(hap) for hap in haps]
    wrong = [f"{w!r} but {f!r}" for w, f in zip(wanted, found, strict=False) if not same(w, f)]
    if len(wanted) != len(found):
        wrong.append(f"{len(wanted)} haps expected, {len(found)} found")
    return wrong[:3]
