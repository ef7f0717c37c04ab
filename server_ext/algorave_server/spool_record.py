"""A spool as bytes: a record for each edit, with length and checksum, so that a torn end is seen. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from struct import Struct, error
from zlib import crc32

from algorave_server.journal import NewUpdate

HEADING = b"algorave spool 1\n"
"""What a spool begins with; another number is another layout."""

_FRAME = Struct(">II")
"""Length of the body in bytes, and its CRC-32."""
_BODY = Struct(">qHHH")
"""Microseconds since 1970; bytes of session and participant id; how many Yjs clients."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def record_of(edit: NewUpdate) -> bytes:
    """An edit as one record."""
    session, participant, clients = edit.session_id.encode(), edit.participant_id.encode(), edit.clients
    head = _BODY.pack((edit.at - _EPOCH) // _MICROSECOND, len(session), len(participant), len(clients))
    body = b"".join((head, session, participant, *(each.to_bytes(8) for each in clients), edit.update))
    return _FRAME.pack(len(body), crc32(body)) + body


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
        at_us, session_bytes, participant_bytes, count = _BODY.unpack_from(body)
        participant_at = _BODY.size + session_bytes
        clients_at = participant_at + participant_bytes
        update_at = clients_at + 8 * count
        return NewUpdate(
            body[_BODY.size : participant_at].decode(),
            body[participant_at:clients_at].decode(),
            _EPOCH + at_us * _MICROSECOND,
            body[update_at:],
            tuple(int.from_bytes(body[at : at + 8]) for at in range(clients_at, update_at, 8)),
        )
    except (error, UnicodeDecodeError, OverflowError):
        return None
