"""The chat of a session: its last lines. All of them are in the journal."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from algorave_server.errors import Refusal
from algorave_server.protocol import Said

LINES_KEPT = 100
"""So many lines are shown to who comes, and can be taken back."""


class Chat:
    """The last lines, oldest first."""

    def __init__(self, lines: Iterable[Said] = ()) -> None:
        self._lines = deque(lines, maxlen=LINES_KEPT)
        self._last_line = max((said.line for said in self._lines), default=0)

    @classmethod
    def restored(cls, entries: Iterable[tuple[str, str, dict[str, object]]]) -> Chat:
        """From (kind, participant id, body) of what the journal says was said and unsaid, in order."""
        chat = cls()
        for kind, by, body in entries:
            if kind == "say":
                chat.add(Said.model_validate({"by": by, **body}))
            else:
                chat.drop(int(str(body["line"])))
        return chat

    def lines(self) -> list[Said]:
        """What is shown to who comes."""
        return list(self._lines)

    def next_line(self) -> int:
        """The number of a line that is about to be added."""
        return self._last_line + 1

    def add(self, said: Said) -> None:
        """One more line."""
        self._lines.append(said)
        self._last_line = max(self._last_line, said.line)

    def find(self, line: int) -> Said:
        """A line that can be taken back, or a `not_found` refusal."""
        for said in self._lines:
            if said.line == line:
                return said
        raise Refusal("not_found", "that line is gone already, or too old to be taken back")

    def drop(self, line: int) -> None:
        """Take a line away; one that is not there is no mistake."""
        self._lines = deque((said for said in self._lines if said.line != line), maxlen=LINES_KEPT)
