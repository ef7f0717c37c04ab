"""A spool as bytes: a record for each edit, with length and checksum, so that a torn end is seen. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct, error
from zlib import crc32

from algorave_server.journal import NewUpdate

HEADING = b"algorave spool 1\n"
"""What a spool begins with; another number is another layout."""

_FRAME = Struct(">II")
"""Length of the body in bytes, and its CRC-32."""
_AT = Struct(">q")
"""Microseconds since 1970."""
_WHOSE = Struct(">HHH")
"""Bytes of session and participant id; how many Yjs clients."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def record_of(edit: NewUpdate) -> bytes:
    """An edit as one record."""
    whose = _whose(edit.session_id, edit.participant_id, edit.clients)
    body = _AT.pack((edit.at - _EPOCH) // _MICROSECOND) + whose + edit.update
    return _FRAME.pack(len(body), crc32(body)) + body


@lru_cache(maxsize=4096)
def _whose(session_id: str, participant_id: str, clients: tuple[int, ...]) -> bytes:
    """The same for most edits of somebody."""
    session, participant = session_id.encode(), participant_id.encode()
    sizes = _WHOSE.pack(len(session), len(participant), len(clients))
    return b"".join((sizes, session, participant, *(each.to_bytes(8) for each in clients)))


def edits_of(spool: bytes) -> Iterator[NewUpdate]:
    """The edits of a spool in order, up to the first record that is not whole; none when it is no spool."""
    at = len(HEADING) if spool.startswith(HEADING) else len(spool)
    while at + _FRAME.size <= len(spool):
        length, checksum = _FRAME.unpack_from(spool, at)
        at += _FRAME.size
        body = spool[at : at + length]
        if len(body) < length or crc32(body) != checksum:
            return
        edit = _edit_of(body)
        if edit is None:
            return
        yield edit
        at += length


def _edit_of(body: bytes) -> NewUpdate | None:
    try:
        (at_us,) = _AT.unpack_from(body)
        session_bytes, participant_bytes, count = _WHOSE.unpack_from(body, _AT.size)
        session_at = _AT.size + _WHOSE.size
        participant_at = session_at + session_bytes
        clients_at = participant_at + participant_bytes
        update_at = clients_at + 8 * count
        return NewUpdate(
            body[session_at:participant_at].decode(),
            body[participant_at:clients_at].decode(),
            _EPOCH + at_us * _MICROSECOND,
            body[update_at:],
            tuple(int.from_bytes(body[at : at + 8]) for at in range(clients_at, update_at, 8)),
        )
    except (error, UnicodeDecodeError, OverflowError):
        return None
