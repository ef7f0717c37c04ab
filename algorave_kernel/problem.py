"""What is wrong with a piece of pattern code, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. Lines and columns count from 1, columns in code points; None when unknown.

    `kind` is one of syntax, mini, reference, runtime, query, value, sound, silence, density, time, memory,
    not_pattern, size, engine.
    """

    kind: str
    message: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    layer: str | None = None

    def __str__(self) -> str:
        """Say `line:column: message (hint)`, as far as it is known."""
        place = "" if self.line is None else f"{self.line}:{self.column}: "
        where = "" if self.layer is None or self.line is not None else f" in {self.layer}"
        hint = "" if self.hint is None else f" ({self.hint})"
        return f"{place}{self.message}{where}{hint}"


class Unplayable(Exception):
    """Code that cannot be played; `problems` says why and is never empty."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems; the text of the exception is one line for each."""
        self.problems = tuple(problems) or (Problem("engine", "the engine gave no reason"),)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def problem(self) -> Problem:
        """Give the first thing wrong."""
        return self.problems[0]

    def _render_traceback_(self) -> list[str]:
        """Show people the sentences, not a traceback (IPython asks for this)."""
        return [f"Unplayable: {problem}" for problem in self.problems]


def problem_from(data: object) -> Problem:
    """Make a problem of what an isolate says, which is data from a stranger: every field is checked."""
    fields: Mapping[object, object] = data if isinstance(data, Mapping) else {}
    return Problem(
        kind=_text(fields.get("kind")) or "runtime",
        message=_text(fields.get("message")) or "something is wrong",
        line=_count(fields.get("line")),
        column=_count(fields.get("column")),
        hint=_text(fields.get("hint")),
        layer=_text(fields.get("layer")),
    )


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    # Half a character, as JavaScript allows, could not be printed.
    return value[:2000].encode("utf-8", "replace").decode("utf-8")


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float)) and 0 < value < 1e9 else None
