"""A room to play with in tests: people around a table, a clock that stands still, frames kept as they arrive."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from pycrdt import Doc, Text

from algorave_server.close import Close
from algorave_server.effects import Batch, Disconnect, Effect
from algorave_server.journal import Row
from algorave_server.layers import root_of
from algorave_server.lib0 import read_bytes, write_bytes, write_uint
from algorave_server.limits import Limits
from algorave_server.piece import Piece
from algorave_server.protocol import PROTOCOL_VERSION
from algorave_server.rights import Role
from algorave_server.room import Opened, Room
from algorave_server.roster import Member, Roster


class FakeClock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.ms = 1_000_000.0

    def now_at(self) -> datetime:
        """UTC time of the fake clock."""
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(milliseconds=self.ms)

    def server_ms(self) -> float:
        """Milliseconds of the fake clock."""
        return self.ms


def member(name: str, role: Role) -> Member:
    """A person whose id is the name."""
    return Member(id=name, name=name.title(), colour="#aa5500", kind="person", role=role)


class Table:
    """A room with host `ana`, co-authors `bo` and `cy`, viewer `vic`, and one layer `bass` (id `l1`)."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.clock = FakeClock()
        self.piece = Piece.new("A jam", self.clock.ms)
        self.piece.layers.add("bass")
        self.root = root_of("l1")
        self.rows: list[Row] = []
        self.heard: dict[int, list[bytes | str]] = defaultdict(list)
        self.closed: dict[int, Close] = {}
        roles = {"ana": Role.HOST, "bo": Role.CO_AUTHOR, "cy": Role.CO_AUTHOR, "vic": Role.VIEWER}
        roster = Roster.of(member(name, role) for name, role in roles.items())
        opened = Opened("s1", self.piece, roster, snapshot=None, updates=[], owners={})
        self.room = Room(opened, self.clock, limits)
        self._connections = count(1)

    def sit(self, name: str, *, json_too: bool = True) -> Seat:
        """Open a connection for somebody, synced, and with JSON unless told otherwise."""
        connection = next(self._connections)
        self.perform(self.room.join(connection, name))
        seat = Seat(self, connection, connection)
        seat.send(b"\x00\x00" + write_bytes(b"\x00"))
        self.turn()
        if json_too:
            seat.say(kind="hello", protocol_version=PROTOCOL_VERSION)
        return seat

    def expect(self, name: str, role: Role, *, waiting: bool = True) -> None:
        """Somebody has come by an invite, and waits to be let in unless told otherwise."""
        self.redeem(replace(member(name, role), waiting=waiting), self.clock.server_ms() + 1)

    def redeem(self, as_kept: Member, since_ms: float) -> None:
        """Somebody has redeemed an invite, and the database, asked at some time, says what they are."""
        self.perform(self.room.take_in(as_kept, since_ms))

    def perform(self, effects: list[Effect]) -> None:
        """Deliver frames, note closings."""
        for effect in effects:
            if isinstance(effect, Disconnect):
                self.closed[effect.connection] = effect.code
                self.room.leave(effect.connection)
            else:
                for connection in effect.connections:
                    self.heard[connection].append(effect.frame)

    def turn(self) -> None:
        """Say that what came in is noted."""
        unseen = self.room.take_unseen()
        if unseen is not None:
            self.perform(self.room.show(unseen))

    def commit(self) -> Batch | None:
        """Take the batch, with all that came in, and say that it is in the database."""
        self.turn()
        batch = self.room.take_batch()
        if batch is not None:
            self.rows += batch.rows
            self.perform(self.room.committed(batch))
        return batch

    def flush(self) -> None:
        """Let presence go out, and what else is said a few times a second."""
        if self.room.has_presence_news:
            self.perform(self.room.flush_presence())


class Seat:
    """One connection with a document of its own."""

    def __init__(self, table: Table, connection: int, client: int) -> None:
        self.table = table
        self.connection = connection
        self.doc: Doc[Text] = Doc(client_id=client)
        self.text = self.doc.get(table.root, type=Text)

    def send(self, frame: bytes | str) -> None:
        """One frame to the room."""
        self.table.perform(self.table.room.receive(self.connection, frame))

    def say(self, **message: Any) -> None:
        """One JSON message to the room."""
        self.send(json.dumps(message))

    def ask(self, kind: str, **fields: Any) -> None:
        """A request, committed at once."""
        self.say(kind=kind, request_id=1, **fields)
        self.table.commit()

    def type(self, words: str) -> bytes:
        """Type at the end of the layer; returns the update."""
        before = self.doc.get_state()
        self.text.insert(len(self.text), words)
        update = self.doc.get_update(before)
        self.send(b"\x00\x02" + write_bytes(update))
        return update

    @property
    def notices(self) -> list[dict[str, Any]]:
        """All JSON heard so far."""
        return [json.loads(frame) for frame in self.table.heard[self.connection] if isinstance(frame, str)]

    def last(self, kind: str) -> dict[str, Any]:
        """The last JSON message of a kind."""
        return [notice for notice in self.notices if notice["kind"] == kind][-1]

    def has_heard(self, kind: str) -> bool:
        """Whether a JSON message of a kind arrived."""
        return any(notice["kind"] == kind for notice in self.notices)

    def read(self) -> str:
        """The layer's text after applying all updates heard so far."""
        for frame in self.table.heard[self.connection]:
            if isinstance(frame, bytes) and frame[:2] in (b"\x00\x01", b"\x00\x02"):
                self.doc.apply_update(read_bytes(frame, 2)[0])
        return str(self.text)


def awareness(client: int, state: str) -> bytes:
    """An awareness frame with one entry."""
    entry = write_uint(client) + write_uint(1) + write_bytes(state.encode())
    return b"\x01" + write_bytes(b"\x01" + entry)
