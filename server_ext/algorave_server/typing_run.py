"""Edits that came together, as fewer edits: letters typed one behind the other are one piece of text. Pure.

When a server is busy, what somebody types meanwhile waits in their socket. Judged, noted, kept and shown as
one edit it costs hardly more than its first letter would alone, so a server that is behind catches up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from algorave_server.lib0 import Malformed, read_bytes, write_bytes, write_uint
from algorave_server.sync_frame import SYNC, UPDATE, sync_frame
from algorave_server.yjs_update import Deletion, Struct, parse_deletion, parse_stroke

EDIT = bytes((SYNC, UPDATE))
"""How the frame of an edit begins."""
MAX_STROKES = 64
"""Of one run: more would gain nothing, and a run is refused as a whole."""

_BEHIND, _BETWEEN = b"\x84", b"\xc4"
"""How structs of text begin: with an origin, and with both."""
_HEAD_BYTES = len(EDIT) + 1
"""Of a short frame: what it is, and its length in one byte."""
_SHORT = 0x80
"""Lengths below this are one byte."""

_uint = lru_cache(maxsize=8192)(write_uint)


class _Run:
    """Strokes of one client, each typed right behind the one before."""

    def __init__(self, frame: bytes, struct: Struct, deletion: Deletion | None) -> None:
        client = write_uint(struct.client)
        self._frame = frame
        self._first = struct
        self._end = struct.clock + struct.length
        self._texts = [(struct.text or "").encode()]
        self._deletions = [] if deletion is None else [deletion]
        self._before_clock = b"\x01\x01" + client
        self._before_origin = (_BEHIND if struct.right_origin is None else _BETWEEN) + client
        self._behind_origin = b"".join(map(write_uint, struct.right_origin or ()))

    def takes(self, frame: bytes) -> bool:
        """Take in a frame, if it is the short one of a stroke of ASCII that goes on here."""
        end = self._end
        begin = self._up_to_text(end, end - 1)
        at = _HEAD_BYTES + len(begin)
        if not frame.startswith(begin, _HEAD_BYTES) or len(frame) <= at or not _is_short_edit(frame):
            return False
        size = frame[at]
        text_end = at + 1 + size
        text = frame[at + 1 : text_end]
        if not 0 < size == len(text) or not text.isascii() or len(self._texts) == MAX_STROKES:
            return False
        if frame[text_end:] != b"\x00":
            deletion = parse_deletion(frame, text_end)
            if deletion is None:
                return False
            self._deletions.append(deletion)
        self._texts.append(text)
        self._end = end + size
        return True

    def _up_to_text(self, clock: int, origin_clock: int) -> bytes:
        behind = self._before_origin + _uint(origin_clock) + self._behind_origin
        return self._before_clock + _uint(clock) + behind

    def whole(self) -> tuple[bytes, int]:
        """The frame, and how many it stands for."""
        count = len(self._texts)
        if count == 1:
            return self._frame, 1
        origin = self._first.origin
        assert origin is not None
        ids = [*origin, *(self._first.right_origin or ())]
        info = _BEHIND if self._first.right_origin is None else _BETWEEN
        head = self._before_clock + write_uint(self._first.clock) + info + b"".join(map(write_uint, ids))
        return sync_frame(
            UPDATE, head + write_bytes(b"".join(self._texts)) + _delete_set(self._deletions)
        ), count


def fewer(frames: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """(frame, how many it stands for): the same edits in the same order."""
    if len(frames) == 1:  # beside a cursor, as editors send it: nothing to join, so nothing to read
        yield frames[0], 1
        return
    run: _Run | None = None
    for frame in frames:
        if run is not None:
            if run.takes(frame):
                continue
            yield run.whole()
        run = _run_of(frame)
        if run is None:
            yield frame, 1
    if run is not None:
        yield run.whole()


def _is_short_edit(frame: bytes) -> bool:
    return frame.startswith(EDIT) and len(frame) - _HEAD_BYTES == frame[len(EDIT)] < _SHORT


def _run_of(frame: bytes) -> _Run | None:
    """A run that a frame may begin; None when it is anything but a stroke that types."""
    if not frame.startswith(EDIT):
        return None
    try:
        update, end = read_bytes(frame, len(EDIT))
        stroke = parse_stroke(update) if end == len(frame) else None
    except Malformed:
        return None
    if stroke is None or stroke.struct is None:
        return None
    return _Run(frame, stroke.struct, stroke.deletion)


def _delete_set(deletions: list[Deletion]) -> bytes:
    by_client = [list(own) for _, own in groupby(sorted(deletions), lambda each: each.client)]
    parts = [write_uint(len(by_client))]
    for own in by_client:
        spans = _merged(own)
        parts += [write_uint(own[0].client), write_uint(len(spans))]
        parts += [_uint(number) for begin, end in spans for number in (begin, end - begin)]
    return b"".join(parts)


def _merged(deletions: list[Deletion]) -> list[tuple[int, int]]:
    """Ranges [begin, end) in order that neither touch nor overlap."""
    spans: list[tuple[int, int]] = []
    for _, clock, length in deletions:
        if spans and clock <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], clock + length))
        else:
            spans.append((clock, clock + length))
    return spans
