"""Snapshots that are kept while people play, so that a long session opens fast even when the server was killed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pycrdt import Doc, Text

from algorave_server.clock import SystemClock
from algorave_server.hub import Hub
from algorave_server.keeper import Places, SessionKeeper
from algorave_server.leftovers import Leftovers
from algorave_server.lib0 import read_bytes, write_bytes
from algorave_server.limits import Limits
from algorave_server.outline import unsealed
from algorave_server.rights import Role
from algorave_server.spool import Spool
from algorave_server.store import Newcomer, Store, Writer, claims_of

EVERY = 50
EDITS = 230
TO_ONE_COMMIT = 10


class Screen:
    """A wire that keeps the text it is sent."""

    def __init__(self) -> None:
        self.doc: Doc[Text] = Doc()

    def send(self, frame: bytes | str) -> int:
        """Take a frame."""
        if isinstance(frame, bytes) and frame[:2] in (b"\x00\x01", b"\x00\x02"):
            self.doc.apply_update(read_bytes(frame, 2)[0])
        return 0

    def close(self, code: int, reason: str) -> None:
        """When the server stops."""

    def waiting_bytes(self) -> int:
        """Nothing."""
        return 0

    @property
    def text(self) -> str:
        """The layer as it is now."""
        return str(self.doc.get("layer:l1", type=Text))


class Typist:
    """Replaces letters all over the text, which no snapshot can make small."""

    def __init__(self) -> None:
        self.doc: Doc[Text] = Doc(client_id=7)
        self.text = self.doc.get("layer:l1", type=Text)

    def edit(self, number: int) -> bytes:
        """The frame of an edit."""
        before = self.doc.get_state()
        at = number * 7 % (len(self.text) + 1)
        self.text.insert(at, chr(97 + number % 26))
        return b"\x00\x02" + write_bytes(self.doc.get_update(before))


@asynccontextmanager
async def served(path: Path, every: int) -> AsyncGenerator[tuple[Store, Writer, SessionKeeper, Hub]]:
    """All of a server that has to do with keeping."""
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    writer, claims, folder = Writer(store), claims_of(store.database), path.with_suffix(".spool")
    places = Places(store, writer, Spool(folder), claims, Leftovers(folder, store, claims))
    keeper = SessionKeeper(places, SystemClock(), Limits(), updates_between_snapshots=every)
    yield store, writer, keeper, Hub(keeper, logging.getLogger("test"), room_linger_s=3600)
    places.close()
    store.close()


async def type_long(keeper: SessionKeeper, hub: Hub) -> tuple[str, str]:
    """A session in which much was typed, and the room still lives; its id and text."""
    made = await keeper.create("Jam", Newcomer("Ana", "#aa0000", user_id="ana"), "bass")
    live = await hub.open(made.session.id)
    screen, typist = Screen(), Typist()
    connection = hub.connect(live, made.participant.id, screen)
    hub.receive(live, connection, '{"kind":"hello","protocol_version":1}')
    for number in range(EDITS):
        hub.receive(live, connection, typist.edit(number))
        if number % TO_ONE_COMMIT == 0:
            await asyncio.sleep(0)
            await live.kept.wait()
    return made.session.id, str(typist.text)


@pytest.mark.parametrize(("every", "most"), [(EVERY, EVERY + 2 * TO_ONE_COMMIT), (1_000_000, EDITS)])
async def test_a_living_room_keeps_snapshots(tmp_path: Path, every: int, most: int) -> None:
    """KEEP-1: while a room lives snapshots are kept, with outlines, and no row they hold is read again; without, all."""
    async with served(tmp_path / "s.sqlite3", every) as (store, _writer, keeper, hub):
        session_id, text = await type_long(keeper, hub)
        await hub.stop()
        opened = store.open_session(session_id)
        assert len(opened.updates) <= most
        if every == EVERY:
            assert opened.snapshot is not None
            assert unsealed(opened.snapshot.outline, opened.snapshot.state, ()) is not None
            assert min((it.id for it in opened.updates), default=EDITS) > opened.snapshot.upto_id
        room = await keeper.open_room(session_id)
        screen = Screen()
        room.join(1, next(iter(room.roster.members)))
        room.receive(1, b"\x00\x00" + write_bytes(b"\x00"))
        unseen = room.take_unseen()
        assert unseen is not None
        for effect in room.show(unseen):
            screen.send(effect.frame)  # pyright: ignore[reportAttributeAccessIssue] -- the text, and nothing else
        assert screen.text == text
        assert next(iter(room.roster.members.values())).role is Role.HOST
