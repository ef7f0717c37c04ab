"""Makes `tempo.json`: tempo maps with cycles and times reckoned in fractions, for the server's map and the page's.

Run it anew only when the rules change: `python tests/vectors/tempo.py`.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

SEED = 20261124
MAPS = 12
POINTS = 12
FILE = Path(__file__).with_suffix(".json")


def anchors(chance: random.Random) -> list[dict[str, float]]:
    """A map that begins at a time like today's and changes tempo a few times, sometimes twice at once."""
    at = Fraction(chance.randrange(1_700_000_000_000_000, 1_900_000_000_000_000), 1000)
    cycle = Fraction(0)
    made: list[dict[str, float]] = []
    for _ in range(chance.randint(1, 9)):
        cps = Fraction(chance.uniform(0.05, 4))
        made.append({"server_ms": float(at), "cycle": float(cycle), "cps": float(cps)})
        gap_ms = Fraction(chance.choice([0.0, chance.uniform(1, 90_000)]))
        cycle = Fraction(made[-1]["cycle"]) + gap_ms / 1000 * cps
        at = Fraction(made[-1]["server_ms"]) + gap_ms
    return made


def cycle_at(made: list[dict[str, float]], server_ms: Fraction) -> Fraction:
    """The cycle at a time, exactly."""
    anchor = next((each for each in reversed(made) if each["server_ms"] <= server_ms), made[0])
    return Fraction(anchor["cycle"]) + (server_ms - Fraction(anchor["server_ms"])) / 1000 * Fraction(
        anchor["cps"]
    )


def vectors() -> list[dict[str, Any]]:
    """All maps with their points in time."""
    chance = random.Random(SEED)
    made: list[dict[str, Any]] = []
    for _ in range(MAPS):
        tempo = anchors(chance)
        first, last = tempo[0]["server_ms"], tempo[-1]["server_ms"]
        times = [chance.uniform(first - 5_000, last + 60_000) for _ in range(POINTS)]
        times += [each["server_ms"] for each in tempo]
        points = [{"server_ms": time, "cycle": float(cycle_at(tempo, Fraction(time)))} for time in times]
        made.append({"anchors": tempo, "points": points})
    return made


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=0) + "\n", encoding="utf-8")
