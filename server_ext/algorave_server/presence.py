"""Cursors and selections: y-protocols awareness, as the server lets it through.

A client says what it wants about itself, and only that: the server binds an awareness client id to the
connection that used it first, puts the participant's identity over whatever the client claims to be, owns
the outgoing clocks and keeps only the last state of each client, so that any flood goes out as one frame
per flush.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from algorave_server.lib0 import Malformed, read_string, read_uint, write_bytes, write_uint

MAX_STATE_BYTES = 4_096
MAX_CLIENTS_PER_CONNECTION = 4
"""A page has one Yjs document a session; a few more for those that rebuild it."""
AWARENESS_MESSAGE = 1
"""The y-protocols message type."""

State = dict[str, Any]


def parse_awareness(payload: bytes) -> list[tuple[int, State | None]]:
    """(client, state or None when it leaves) of every entry, or `Malformed`."""
    count, at = read_uint(payload, 0)
    if count * 3 > len(payload):
        raise Malformed("more promised than sent")
    entries: list[tuple[int, State | None]] = []
    for _ in range(count):
        client, at = read_uint(payload, at)
        _, at = read_uint(payload, at)
        text, at = read_string(payload, at)
        entries.append((client, _parse_state(text)))
    if at != len(payload):
        raise Malformed("bytes after the awareness message")
    return entries


def _parse_state(text: str) -> State | None:
    if len(text) > MAX_STATE_BYTES:
        raise Malformed("awareness state too large")
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("awareness state is not JSON") from None
    if state is None:
        return None
    if not isinstance(state, dict):
        raise Malformed("awareness state is not an object")
    return state  # pyright: ignore[reportUnknownVariableType] -- JSON from a stranger is Any by nature


class Presence:
    """The last state of every client in a room."""

    def __init__(self, first_clock: int = 0) -> None:
        self._clock = first_clock
        """Grows with every change, so that a client that comes back is never behind what was said of it;
        it begins with the time, so not even after a restart."""
        self._states: dict[int, State] = {}
        self._clocks: dict[int, int] = {}
        self._owners: dict[int, tuple[int, str]] = {}
        """Client → connection and member that speak for it."""
        self._dirty: set[int] = set()

    def update(self, connection: int, member_id: str, payload: bytes, identity: State) -> bool:
        """Take in what a connection says of itself; what it says of others is dropped.

        True when it says something else than before: clients repeat themselves to be known as there.
        """
        is_news = False
        for client, state in parse_awareness(payload):
            if not self._bind(client, connection, member_id):
                continue
            known = None if state is None else {**state, "user": identity}
            is_news = is_news or known != self._states.get(client)
            self._set(client, known)
        return is_news

    def introduce(self, member_id: str, identity: State) -> None:
        """A member has another name or colour."""
        for client, (_, owner) in self._owners.items():
            if owner == member_id and client in self._states:
                self._set(client, {**self._states[client], "user": identity})

    def _bind(self, client: int, connection: int, member_id: str) -> bool:
        """Whether a connection speaks for a client; its member may go on with it on another connection."""
        owner = self._owners.get(client)
        if owner is None and self._count(connection) >= MAX_CLIENTS_PER_CONNECTION:
            return False
        if owner is None or owner[1] == member_id:
            self._owners[client] = (connection, member_id)
            return True
        return False

    def _count(self, connection: int) -> int:
        return sum(owner[0] == connection for owner in self._owners.values())

    def drop(self, connection: int) -> None:
        """The connection is gone: its clients leave at once."""
        for client in [client for client, owner in self._owners.items() if owner[0] == connection]:
            self._set(client, None)
            del self._owners[client]

    @property
    def has_news(self) -> bool:
        """Whether anything changed since the last flush."""
        return bool(self._dirty)

    def flush(self, connections: Iterable[int]) -> list[tuple[tuple[int, ...], bytes]]:
        """(connections, frame) with all that changed since the last flush. Nobody is told of its own."""
        changed, self._dirty = self._dirty, set()
        entries = {client: self._entry(client) for client in changed}
        own: dict[int, set[int]] = {}
        for client in changed & self._owners.keys():
            own.setdefault(self._owners[client][0], set()).add(client)
        for client in changed - self._states.keys():
            del self._clocks[client]
        if not changed:
            return []
        hearers = tuple(connections)
        others = tuple(each for each in hearers if each not in own)
        frames = [(others, _frame(list(entries.values())))] if others else []
        for connection in own.keys() & hearers:
            rest = [entry for client, entry in entries.items() if client not in own[connection]]
            if rest:
                frames.append(((connection,), _frame(rest)))
        return frames

    def everything(self, connection: int) -> bytes | None:
        """One frame with all states but its own, for a connection that joins or asks."""
        others = [client for client in self._states if self._owners[client][0] != connection]
        return _frame([self._entry(client) for client in others]) if others else None

    def _set(self, client: int, state: State | None) -> None:
        if state is None:
            if self._states.pop(client, None) is None:
                return
        else:
            self._states[client] = state
        self._clock += 1
        self._clocks[client] = self._clock
        self._dirty.add(client)

    def _entry(self, client: int) -> bytes:
        state = json.dumps(self._states.get(client), separators=(",", ":"), ensure_ascii=False)
        return write_uint(client) + write_uint(self._clocks[client]) + write_bytes(state.encode())


def _frame(entries: list[bytes]) -> bytes:
    payload = write_uint(len(entries)) + b"".join(entries)
    return write_uint(AWARENESS_MESSAGE) + write_bytes(payload)
