"""This kernel's copy of a session's texts, and the frames that keep it equal to the server's.

pycrdt's documents belong to the thread that made them: everything here is called by one thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pycrdt import (
    Doc,
    Text,
    TransactionEvent,
    UndoManager,
    create_sync_message,
    create_update_message,
    read_message,
    write_message,
)

from algorave_server.protocol import LAYER_ROOT_PREFIX

from .merge import Change, changes
from .offsets import utf8_offset

NO_CHANGE = b"\x00\x00"
ORIGIN = "kernel"
SYNC, STEP_1, STEP_2 = 0, 0, 1


class Replica:
    """A document whose edits go out as they are made; what is not saved is counted."""

    def __init__(self, send: Callable[[bytes], bool]) -> None:
        self._send = send
        self._doc: Doc[Any] = Doc()
        self._undo = UndoManager(capture_timeout_millis=0)
        self._undo.include_origin(ORIGIN)
        self._texts: dict[str, Text] = {}
        self._made: list[bytes] = []
        self._is_taking = False
        self._watching = self._doc.observe(self._noted)
        #: Whether the server has said on this connection what it has, and was given the rest.
        self._is_even = False
        self._sent = 0
        #: For each edit that is not saved the frame that carried it; None while it has not gone out.
        self._unsaved: list[int | None] = []
        #: Whether the server has given its text, now or before.
        self.has_text = False

    @property
    def unsaved(self) -> int:
        """How many edits the server does not keep yet."""
        return len(self._unsaved)

    def text(self, layer_id: str) -> str:
        """The text of a layer."""
        return str(self._text(layer_id))

    def write(self, layer_id: str, after: str) -> bool:
        """Make the layer's text this, by as few and as small changes as there can be; False when it is."""
        return self.write_all({layer_id: after})

    def write_all(self, texts: Mapping[str, str]) -> bool:
        """Make the texts of layers these, by id, all in one step; False when they are."""
        made = {layer_id: changes(self.text(layer_id), after) for layer_id, after in texts.items()}
        with self._doc.transaction(origin=ORIGIN):
            for layer_id, found in made.items():
                self._make(self._text(layer_id), found)
        self._share()
        return any(made.values())

    def _make(self, text: Text, made: Sequence[Change]) -> None:
        before = str(text)
        for change in reversed(made):  # from behind, so that what comes before stays where it is
            begin, end = utf8_offset(before, change.begin), utf8_offset(before, change.end)
            if end > begin:
                del text[begin:end]
            if change.text:
                text.insert(begin, change.text)

    def undo(self) -> bool:
        """Take this kernel's last change back, and nobody else's; False when there is none."""
        undone = self._undo.can_undo() and self._undo.undo()
        self._share()
        return undone

    def opened(self) -> bytes:
        """A connection opened: what to say first."""
        self._is_even = False
        return create_sync_message(self._doc)

    def closed(self) -> None:
        """The connection is gone: nothing that was on its way counts as sent."""
        self._is_even = False
        self._sent = 0
        self._unsaved = [None] * len(self._unsaved)

    def receive(self, frame: bytes) -> None:
        """A binary frame of the server."""
        if frame[0] != SYNC:  # cursors: a kernel has no eyes
            return
        payload = read_message(frame[2:])
        if frame[1] == STEP_1:
            self._sent = 1  # a new connection counts from zero, and this carries all that is not saved
            self._unsaved = [1] * len(self._unsaved)
            rest = self._doc.get_update(payload)
            self._is_even = self._send(bytes([SYNC, STEP_2]) + write_message(rest))
            return
        self._is_taking = True
        try:
            if payload != NO_CHANGE:
                self._doc.apply_update(payload)
        finally:
            self._is_taking = False
        self.has_text = True

    def saved(self, frames: int) -> None:
        """The server keeps the first `frames` edit frames of this connection."""
        self._unsaved = [frame for frame in self._unsaved if frame is None or frame > frames]

    def dispose(self) -> None:
        """Let go of the document, which otherwise is kept alive by being watched."""
        self._doc.unobserve(self._watching)
        self._texts.clear()

    def _text(self, layer_id: str) -> Text:
        if layer_id not in self._texts:
            text = self._texts[layer_id] = self._doc.get(LAYER_ROOT_PREFIX + layer_id, type=Text)
            self._undo.expand_scope(text)
        return self._texts[layer_id]

    def _noted(self, change: TransactionEvent) -> None:
        # The document may not be read in here, so the update only waits to be sent.
        if not self._is_taking and change.update != NO_CHANGE:
            self._made.append(change.update)

    def _share(self) -> None:
        for update in self._made:
            # Sent before what is unsaved, an edit could build on letters that the server does not have.
            is_sent = self._is_even and self._send(create_update_message(update))
            self._sent += is_sent
            self._unsaved.append(self._sent if is_sent else None)
        self._made.clear()
