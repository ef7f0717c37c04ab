"""The structure of a Yjs update (version 1), read without building anything from it.

Only what a document of root `Y.Text`s can hold is understood: text and deletions. Everything else that
the format knows (nested types, embeds, formats, sub-documents, JSON, binary, skips, garbage) is
`Malformed`, because there it is where parsers of CRDT updates crash, loop and disagree.

Layout, as written by Yjs 13 and yrs: a count of clients, for each a count of structs, the client, the
first clock and the structs; then the delete set, a count of clients, for each the client and its (clock,
length) ranges.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from algorave_server.lib0 import Malformed, read_string, read_uint

MAX_CLOCK = 2**31 - 1
"""Yjs counts UTF-16 units ever typed by one client; past this, engines use other integer types."""

_CONTENT_DELETED = 1
_CONTENT_STRING = 4
_HAS_PARENT_SUB = 0x20
_HAS_RIGHT_ORIGIN = 0x40
_HAS_ORIGIN = 0x80

_UINT = rb"([\x80-\xff]{0,7}[\x00-\x7f])"
_TYPING = re.compile(
    rb"\x01\x01" + 2 * _UINT + rb"(?:\x84" + 2 * _UINT + rb"|\xc4" + 4 * _UINT + rb")" + _UINT, re.DOTALL
)
"""One struct of one client: text behind something, perhaps in front of something."""
_ONE_DELETION = re.compile(rb"\x01" + _UINT + rb"\x01" + 2 * _UINT, re.DOTALL)
"""One stretch of one client."""

Id = tuple[int, int]
"""(client, clock): one UTF-16 unit, for ever."""


class Struct(NamedTuple):
    """A run of text by one client, `length` UTF-16 units long; `text` is None when it is already deleted."""

    client: int
    clock: int
    length: int
    origin: Id | None
    right_origin: Id | None
    root: str | None
    text: str | None


class Deletion(NamedTuple):
    """`length` units of `client` from `clock` on are deleted."""

    client: int
    clock: int
    length: int


class Stroke(NamedTuple):
    """What one stroke of a key makes: a bit of text, a stretch deleted, or both. One of them is there."""

    struct: Struct | None
    deletion: Deletion | None


class Update(NamedTuple):
    """A parsed update: per client its structs in clock order, and the deletions."""

    structs: dict[int, list[Struct]]
    deletions: list[Deletion]


def utf16_length(text: str) -> int:
    """How many UTF-16 units Yjs counts for `text`."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def parse_update(data: bytes) -> Update:
    """Read a whole update, or raise `Malformed`."""
    structs, at = _read_structs(data, 0)
    deletions, at = _read_deletions(data, at)
    if at != len(data):
        raise Malformed("bytes after the update")
    return Update(structs, deletions)


def parse_stroke(data: bytes) -> Stroke | None:
    """What an update does that is what nearly all are: typed, deleted, or the one in place of the other.

    None for most others, right or wrong: `parse_update` says what they are, in three times the time.
    """
    found = _TYPING.match(data)
    if found is None:
        deletion = parse_deletion(data, 1) if data[:1] == b"\x00" else None
        return None if deletion is None else Stroke(None, deletion)
    client, clock, *ids, size = found.groups()
    begin = found.end()
    end = begin + _uint(size)
    deletion = None
    if end + 1 != len(data) or data[end] != 0:
        deletion = parse_deletion(data, end)
        if deletion is None:
            return None
    try:
        text = data[begin:end].decode()
    except UnicodeDecodeError:
        return None
    length, first = utf16_length(text), _uint(clock)
    if length == 0 or first + length > MAX_CLOCK:
        return None
    origin, right_origin = ids[0:2], None
    if ids[0] is None:
        origin, right_origin = ids[2:4], (_uint(ids[4]), _uint(ids[5]))
    behind = (_uint(origin[0]), _uint(origin[1]))
    return Stroke(Struct(_uint(client), first, length, behind, right_origin, None, text), deletion)


def parse_deletion(data: bytes, at: int) -> Deletion | None:
    """The only deletion of an update whose deletions begin at `at`; None when that is not what it is."""
    found = _ONE_DELETION.fullmatch(data, at)
    if found is None:
        return None
    try:
        deletion = Deletion(*map(_uint, found.groups()))
    except Malformed:
        return None
    return deletion if deletion.length else None


@lru_cache(maxsize=8192)
def _uint(varint: bytes) -> int:
    """The same few clients and clocks come again and again."""
    return read_uint(varint, 0)[0]


def parse_state_vector(data: bytes) -> dict[int, int]:
    """Read a state vector: client → next clock."""
    count, at = _read_count(data, 0)
    clocks: dict[int, int] = {}
    for _ in range(count):
        client, at = read_uint(data, at)
        clock, at = read_uint(data, at)
        if client in clocks:
            raise Malformed("client twice")
        if clock > MAX_CLOCK:
            raise Malformed("clock too large")
        clocks[client] = clock
    if at != len(data):
        raise Malformed("bytes after the state vector")
    return clocks


def _read_count(data: bytes, at: int) -> tuple[int, int]:
    """A count of things of at least two bytes each; no count can promise more than there is."""
    count, at = read_uint(data, at)
    if count * 2 > len(data) - at:
        raise Malformed("more promised than sent")
    return count, at


def _read_structs(data: bytes, at: int) -> tuple[dict[int, list[Struct]], int]:
    clients, at = _read_count(data, at)
    structs: dict[int, list[Struct]] = {}
    for _ in range(clients):
        count, at = _read_count(data, at)
        client, at = read_uint(data, at)
        clock, at = read_uint(data, at)
        if client in structs:
            raise Malformed("client twice")
        if count == 0:
            raise Malformed("client without structs")
        run: list[Struct] = []
        for _ in range(count):
            struct, at = _read_struct(data, at, client, clock)
            clock += struct.length
            if clock > MAX_CLOCK:
                raise Malformed("clock too large")
            run.append(struct)
        structs[client] = run
    return structs, at


def _read_struct(data: bytes, at: int, client: int, clock: int) -> tuple[Struct, int]:
    if at >= len(data):
        raise Malformed("cut off in a struct")
    info = data[at]
    at += 1
    origin = right_origin = root = None
    if info & _HAS_ORIGIN:
        origin, at = _read_id(data, at)
    if info & _HAS_RIGHT_ORIGIN:
        right_origin, at = _read_id(data, at)
    if info & _HAS_PARENT_SUB:
        raise Malformed("map entry")
    if not info & (_HAS_ORIGIN | _HAS_RIGHT_ORIGIN):
        root, at = _read_root(data, at)
    content = info & 0x1F
    if content == _CONTENT_STRING:
        text, at = read_string(data, at)
        length = utf16_length(text)
    elif content == _CONTENT_DELETED:
        text = None
        length, at = read_uint(data, at)
    else:
        raise Malformed("content that is not text")
    if length == 0:
        raise Malformed("empty struct")
    return Struct(client, clock, length, origin, right_origin, root, text), at


def _read_id(data: bytes, at: int) -> tuple[Id, int]:
    client, at = read_uint(data, at)
    clock, at = read_uint(data, at)
    return (client, clock), at


def _read_root(data: bytes, at: int) -> tuple[str, int]:
    kind, at = read_uint(data, at)
    if kind != 1:
        raise Malformed("nested type")
    return read_string(data, at)


def _read_deletions(data: bytes, at: int) -> tuple[list[Deletion], int]:
    clients, at = _read_count(data, at)
    deletions: list[Deletion] = []
    seen: set[int] = set()
    for _ in range(clients):
        client, at = read_uint(data, at)
        count, at = _read_count(data, at)
        if client in seen:
            raise Malformed("client twice")
        seen.add(client)
        end = 0
        for _ in range(count):
            clock, at = read_uint(data, at)
            length, at = read_uint(data, at)
            if length == 0:
                raise Malformed("empty deletion")
            if clock < end:
                raise Malformed("deletions out of order")
            end = clock + length
            deletions.append(Deletion(client, clock, length))
    return deletions, at
