"""A Yjs document that takes updates at once and applies them when somebody looks."""

from __future__ import annotations

from collections.abc import Iterable

from pycrdt import Doc, Text

from algorave_server.yjs_update import Deletion, parse_update

MAX_BACKLOG = 1_000
"""So many updates wait at most; applying one costs a few microseconds."""


class Replica:
    """The texts of a session. Only updates that the gate passed may be given to it."""

    def __init__(self, updates: Iterable[bytes] = ()) -> None:
        self._doc: Doc[Text] = Doc()
        self._texts: dict[str, Text] = {}
        self._backlog = list(updates)

    def take(self, updates: Iterable[bytes]) -> None:
        """Hold updates to be applied, in order."""
        self._backlog.extend(updates)
        if len(self._backlog) > MAX_BACKLOG:
            self._catch_up()

    def text(self, root: str) -> str:
        """The text of a root; empty when nobody ever wrote there."""
        self._catch_up()
        return str(self._root(root))

    def length_bytes(self, root: str) -> int:
        """The length of a root's text in UTF-8."""
        self._catch_up()
        return len(self._root(root))

    def state_vector(self) -> bytes:
        """What it holds, as y-protocols step 1 says it."""
        self._catch_up()
        return self._doc.get_state()

    def deletions(self) -> list[Deletion]:
        """Which units of those it holds are deleted."""
        return parse_update(self.update_since(self.state_vector())).deletions

    def update_since(self, state_vector: bytes) -> bytes:
        """What somebody with this (checked) state vector lacks."""
        self._catch_up()
        return self._doc.get_update(state_vector)

    def _root(self, root: str) -> Text:
        if root not in self._texts:
            self._texts[root] = self._doc.get(root, type=Text)
        return self._texts[root]

    def _catch_up(self) -> None:
        if self._backlog:
            with self._doc.transaction():
                for update in self._backlog:
                    self._doc.apply_update(update)
            self._backlog.clear()
