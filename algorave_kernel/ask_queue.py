"""Whose ask comes next: everybody in turn, so that who asks much waits longer than who asks once. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from algorave_server.protocol import Proposal


class AskQueue:
    """Remembers who was served when."""

    def __init__(self) -> None:
        self._served: dict[str, int] = {}
        self._turns = 0

    def next(self, waiting: Iterable[Proposal], busy: Iterable[str] = ()) -> Proposal | None:
        """The oldest ask of who was served least lately; `busy` are askers who have one running."""
        not_now = set(busy)
        could = [each for each in waiting if each.asked_by not in not_now]
        return min(could, key=lambda each: (self._served.get(each.asked_by, 0), each.server_ms), default=None)

    def served(self, asker: str) -> None:
        """An ask of theirs was taken."""
        self._turns += 1
        self._served[asker] = self._turns
