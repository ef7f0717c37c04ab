"""What came of an ask: the change in text and in music, what it took, and why not when it was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from algorave_kernel.verdict import Verdict

from .musical_diff import MusicalDiff
from .result_html import diff_lines, result_html
from .score import LayerChange
from .usage import Usage

Status = Literal[
    "applied",  # the change is in the music
    "proposed",  # it is good, and waits for somebody to take it
    "answered",  # it was a question
    "unchanged",  # the answer leaves everything as it is
    "stopped",
    "denied",  # it would have done what no agent may
    "refused",  # by the model
    "gave_up",  # no good change was found
    "over_budget",
    "failed",  # no whole answer came
]
GOOD: frozenset[Status] = frozenset({"applied", "proposed", "answered"})


@dataclass(frozen=True, slots=True)
class AskResult:
    """One ask and what became of it. `changes` are in the music only when `status` is `applied`."""

    words: str
    status: Status
    says: str = ""
    reason: str | None = None
    changes: tuple[LayerChange, ...] = ()
    verdict: Verdict | None = None
    music: MusicalDiff = field(default_factory=MusicalDiff)
    rounds: int = 0
    usage: Usage = field(default_factory=Usage)
    provider: str = ""
    model: str = ""
    took_s: float = 0.0
    request_id: str | None = None
    is_known: bool = False

    @property
    def ok(self) -> bool:
        """Whether it came to something."""
        return self.status in GOOD

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty without one."""
        return "\n".join(line for change in self.changes for line in diff_lines(change))

    @property
    def sentence(self) -> str:
        """What became of it, in one line."""
        named = ", ".join(f"'{each.layer}'" for each in self.changes)
        plain: dict[Status, str] = {
            "applied": f"changed {named}",
            "proposed": f"proposes a change of {named}",
            "answered": "answered",
            "unchanged": "nothing to change",
            "stopped": "stopped; the music is as it was",
            "denied": f"not allowed: {self.reason}",
            "refused": f"the model refused{f': {self.reason}' if self.reason else ''}",
            "gave_up": f"gave up, the music is as it was: {self.reason}",
            "over_budget": f"not asked: {self.reason}",
            "failed": f"no answer, the music is as it was: {self.reason}",
        }
        return f"{self.provider}: {plain[self.status]}" if self.provider else plain[self.status]

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        parts = [self.sentence]
        if self.says and self.status != "failed":
            parts.append(self.says)
        if self.changes:
            parts += ["", str(self.music), "", self.diff]
        if self.usage.requests:
            parts += ["", str(self.usage)]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """All of it as one box."""
        used = f", {self.usage}" if self.usage.requests else ""
        rounds = f", {self.rounds} rounds" if self.rounds > 1 else ""
        known = ", known from before" if self.is_known else ""
        foot = f"{self.provider} ({self.model}){rounds}{used}{known}"
        return result_html(self.sentence, self.says, self.changes, self.music, foot, is_good=self.ok)
