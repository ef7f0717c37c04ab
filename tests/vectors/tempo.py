"""Makes `tempo.json`: tempo maps with cycles and tempos reckoned in fractions, for the server's map and the page's.

Run it anew only when the rules change: `python tests/vectors/tempo.py`.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

SEED = 20261124
MAPS = 16
POINTS = 12
FILE = Path(__file__).with_suffix(".json")

Anchor = dict[str, float]


def anchors(chance: random.Random) -> list[Anchor]:
    """A map that begins at a time like today's: steps and ramps of tempo, some of them at one moment."""
    at = Fraction(chance.randrange(1_700_000_000_000_000, 1_900_000_000_000_000), 1000)
    made: list[Anchor] = []
    for _ in range(chance.randint(1, 9)):
        cycle = at_time(made, at)[0] if made else Fraction(0)
        cps, gap_ms = chance.uniform(0.05, 4), chance.choice([0.0, chance.uniform(1, 90_000)])
        is_ramp = gap_ms > 0 and chance.random() < 0.5
        slope = (chance.uniform(0.05, 4) - cps) / (gap_ms / 1000) if is_ramp else 0.0
        made.append({"server_ms": float(at), "cycle": float(cycle), "cps": cps, "slope": slope})
        at = Fraction(made[-1]["server_ms"]) + Fraction(gap_ms)
    # Nothing grows or falls for ever.
    made.append({"server_ms": float(at), "cycle": float(at_time(made, at)[0]), "cps": 1.0, "slope": 0.0})
    return made


def at_time(made: list[Anchor], server_ms: Fraction) -> tuple[Fraction, Fraction]:
    """The cycle and the cycles per second at a time, exactly."""
    anchor = next((each for each in reversed(made) if each["server_ms"] <= server_ms), made[0])
    cycle, cps, slope = (Fraction(anchor[name]) for name in ("cycle", "cps", "slope"))
    passed_s = (server_ms - Fraction(anchor["server_ms"])) / 1000
    ramped_s = max(passed_s, Fraction(0))
    return cycle + cps * passed_s + slope * ramped_s**2 / 2, cps + slope * ramped_s


def point(made: list[Anchor], server_ms: float) -> dict[str, float]:
    """What a map says of a time."""
    cycle, cps = at_time(made, Fraction(server_ms))
    return {"server_ms": server_ms, "cycle": float(cycle), "cps": float(cps)}


def vectors() -> list[dict[str, Any]]:
    """All maps with their points in time."""
    chance = random.Random(SEED)
    made: list[dict[str, Any]] = []
    for _ in range(MAPS):
        tempo = anchors(chance)
        first, last = tempo[0]["server_ms"], tempo[-1]["server_ms"]
        times = [chance.uniform(first - 5_000, last + 60_000) for _ in range(POINTS)]
        times += [each["server_ms"] for each in tempo]
        made.append({"anchors": tempo, "points": [point(tempo, time) for time in times]})
    return made


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=0) + "\n", encoding="utf-8")
