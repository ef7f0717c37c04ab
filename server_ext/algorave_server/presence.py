"""Cursors and selections: y-protocols awareness, as the server lets it through.

A client says what it wants about itself, and only that: the server binds an awareness client id to the
connection that used it first, puts the participant's identity over whatever the client claims to be, owns
the outgoing clocks and keeps only the last state of each client, so that any flood goes out as one frame
per flush.
"""

from __future__ import annotations

import json
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

    def __init__(self) -> None:
        self._states: dict[int, State] = {}
        self._clocks: dict[int, int] = {}
        self._owners: dict[int, tuple[int, str]] = {}
        """Client → connection and member that speak for it."""
        self._dirty: set[int] = set()

    def update(self, connection: int, member_id: str, payload: bytes, identity: State) -> None:
        """Take in what a connection says of itself; what it says of others is dropped."""
        for client, state in parse_awareness(payload):
            if not self._bind(client, connection, member_id):
                continue
            self._set(client, None if state is None else {**state, "user": identity})

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

    def flush(self) -> bytes | None:
        """One frame with all that changed since the last flush."""
        changed, self._dirty = self._dirty, set()
        return self._frame(changed) if changed else None

    def everything(self) -> bytes | None:
        """One frame with all states, for somebody who joins."""
        return self._frame(set(self._states)) if self._states else None

    def _set(self, client: int, state: State | None) -> None:
        if state is None:
            if self._states.pop(client, None) is None:
                return
        else:
            self._states[client] = state
        self._clocks[client] = self._clocks.get(client, 0) + 1
        self._dirty.add(client)

    def _frame(self, clients: set[int]) -> bytes:
        payload = bytearray(write_uint(len(clients)))
        for client in clients:
            state = json.dumps(self._states.get(client), separators=(",", ":"), ensure_ascii=False)
            payload += write_uint(client) + write_uint(self._clocks[client]) + write_bytes(state.encode())
        return write_uint(AWARENESS_MESSAGE) + write_bytes(bytes(payload))
