"""What the agent reads and changes: layers of text, behind a port that sessions and notebooks both fit."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from algorave_kernel.merge import Change, applied, changes, merge


@dataclass(frozen=True, slots=True)
class LayerChange:
    """One layer as it was and as it shall be: `before` is None when it is new, `after` when it goes."""

    layer: str
    before: str | None
    after: str | None

    @property
    def edits(self) -> list[Change]:
        """The few places where the text becomes another; positions in code points of the text before."""
        return changes(self.before or "", self.after or "")


class NotTaken(Exception):
    """A change was turned down, or could not be made, and nothing of it is there. The text says why."""

    def __init__(self, why: str | None, status: Literal["stopped", "denied", "failed"] = "failed") -> None:
        self.why = why
        self.status: Literal["stopped", "denied", "failed"] = status
        super().__init__(why)


class CannotUndo(ValueError):
    """Nothing to take back, or others changed the same place since; the text says which."""


def taken_back(change: LayerChange, now: str | None) -> str | None:
    """A layer's text as it is now, without the change. Raises CannotUndo where others' changes meet it."""
    if now in (change.before, change.after):
        return change.before
    merged = (
        None
        if change.before is None or change.after is None or now is None
        else merge(change.after, change.before, now)
    )
    if merged is None:
        raise CannotUndo(f"'{change.layer}' was changed in the same place since")
    return merged


#: Asks whether changes may be made, and waits for the answer. Raises NotTaken.
Consent = Callable[[Sequence[LayerChange]], Awaitable[None]]


class Score(Protocol):
    """The layers of a session, or of a notebook without one."""

    def layers(self) -> Sequence[str]:
        """The names, in their order."""
        ...

    def text(self, layer: str) -> str:
        """The live text. Raises KeyError when there is no such layer."""
        ...

    async def apply(self, made: Sequence[LayerChange]) -> bool:
        """Make all the changes as one step that one undo takes back.

        False, and nothing changed, when any of the texts is not what it was before. Raises NotTaken.
        """
        ...


def texts_of(score: Score) -> dict[str, str]:
    """Every layer's text at this moment."""
    found: dict[str, str] = {}
    for layer in score.layers():
        try:
            found[layer] = score.text(layer)
        except KeyError:
            continue  # it went while we were looking
    return found


class MemoryScore:
    """The layers of one kernel, in memory. Safe from many threads; `heard` is told which layers changed."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts: dict[str, str] = dict(texts or {})
        self._lock = threading.RLock()
        self._undo: list[tuple[LayerChange, ...]] = []
        self.heard: Callable[[Sequence[LayerChange]], None] = lambda _: None

    def layers(self) -> list[str]:
        """The names, in their order."""
        with self._lock:
            return list(self._texts)

    def text(self, layer: str) -> str:
        """The live text. Raises KeyError when there is no such layer."""
        with self._lock:
            return self._texts[layer]

    def write(self, layer: str, text: str) -> None:
        """Put a text there as a person does: the agent's undo leaves it alone."""
        with self._lock:
            self._texts[layer] = text

    async def apply(self, made: Sequence[LayerChange]) -> bool:
        """Make all the changes as one step, or none when a text is another by now."""
        with self._lock:
            if any(self._texts.get(each.layer) != each.before for each in made):
                return False
            for each in made:
                self._put(each)
            self._undo.append(tuple(made))
        self.heard(made)
        return True

    def undo(self) -> bool:
        """Take back the last step; False when there is none, or others changed its text since."""
        with self._lock:
            if not self._undo:
                return False
            back = [LayerChange(each.layer, each.after, each.before) for each in reversed(self._undo[-1])]
            if any(self._texts.get(each.layer) != each.before for each in back):
                return False
            self._undo.pop()
            for each in back:
                self._put(each)
        self.heard(back)
        return True

    def _put(self, change: LayerChange) -> None:
        if change.after is None:
            del self._texts[change.layer]
        else:
            # By the edits, as a shared text would get it: what they are is then what everybody has.
            self._texts[change.layer] = applied(change.before or "", change.edits)
