"""The gate's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .problem import Problem, problem_from


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether code may sound. `problems` is empty exactly when it is playable; `warnings` never refuse it."""

    playable: bool
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    cps: float = 0.5
    layers: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """Say what is wrong first, or None."""
        return self.problems[0].message if self.problems else None

    @property
    def line(self) -> int | None:
        """Give the line of the first problem, from 1."""
        return self.problems[0].line if self.problems else None

    @property
    def column(self) -> int | None:
        """Give the column of the first problem, from 1, in code points."""
        return self.problems[0].column if self.problems else None

    @property
    def hint(self) -> str | None:
        """Say what to do about the first problem."""
        return self.problems[0].hint if self.problems else None

    def __str__(self) -> str:
        """Say `playable`, or the first problem as `line:column: message (hint)`."""
        return str(self.problems[0]) if self.problems else "playable"

    def __bool__(self) -> bool:
        """Be true when the code may sound."""
        return self.playable


def verdict_from(data: object) -> Verdict:
    """Make a verdict of what an isolate says, which is data from a stranger."""
    fields: Mapping[str, object] = data if isinstance(data, Mapping) else {}
    problems = _problems(fields.get("problems"))
    if fields.get("playable") is not True and not problems:
        problems = (Problem("engine", "the engine gave no verdict"),)
    cps = fields.get("cps")
    layers = fields.get("layers")
    return Verdict(
        playable=not problems,
        problems=problems,
        warnings=_problems(fields.get("warnings")),
        cps=float(cps) if isinstance(cps, (int, float)) else 0.5,
        layers=tuple(str(label) for label in layers) if isinstance(layers, list) else (),
    )


def _problems(data: object) -> tuple[Problem, ...]:
    return tuple(problem_from(item) for item in data) if isinstance(data, list) else ()
