"""Six people who type at once and two hundred who listen, over real sockets."""

from __future__ import annotations

import asyncio
import random

from pycrdt import Doc, Text

from algorave_server.lib0 import read_bytes, read_uint, write_bytes, write_uint
from algorave_server.presence import parse_awareness
from algorave_server.protocol import LAYER_ROOT_PREFIX
from live_server import LiveServer

from .people import ASK_FOR_TEXT, Member, Socket, Visitor

EDITORS, LETTERS = 6, 30
FIRST = 0x4E00
"""Every letter that is typed is another Chinese one: three bytes each, which is what pycrdt counts."""
LISTENERS, WINDOWS = 50, 4
"""So many people, with so many windows each."""


class Copy:
    """A socket's copy of the only layer, and whose cursors it was told of."""

    def __init__(self, socket: Socket, layer: str) -> None:
        self.socket = socket
        self.doc: Doc[Text] = Doc()
        self.text = self.doc.get(LAYER_ROOT_PREFIX + layer, type=Text)
        self.cursors: set[int] = set()
        self.listening = 0

    async def type(self, letters: str, at: random.Random) -> None:
        """Letters one after the other, each somewhere in the text."""
        for letter in letters:
            before = self.doc.get_state()
            self.text.insert(3 * at.randint(0, len(self.text) // 3), letter)
            await self.socket.send(b"\x00\x02" + write_bytes(self.doc.get_update(before)))
            await asyncio.sleep(0)

    async def point(self) -> None:
        """Show a cursor."""
        entry = write_uint(self.doc.client_id) + write_uint(1) + write_bytes(b'{"cursor":null}')
        await self.socket.send(b"\x01" + write_bytes(write_uint(1) + entry))

    async def read_until(self, letters: int, cursors: int, listening: int) -> None:
        """Until so many letters, cursors and listeners are known."""
        while (len(str(self.text)), len(self.cursors), self.listening) != (letters, cursors, listening):
            frame = await self.socket.read()
            assert frame is not None, f"closed with {self.socket.code}"
            if isinstance(frame, dict):
                self.listening = frame.get("listening", self.listening)
            else:
                self._take(frame)

    def _take(self, frame: bytes) -> None:
        kind, at = read_uint(frame, 0)
        step, after = read_uint(frame, at)
        if kind == 1:
            entries = parse_awareness(read_bytes(frame, at)[0])
            self.cursors |= {client for client, state in entries if state is not None}
        elif step != 0:
            self.doc.apply_update(read_bytes(frame, after)[0])


async def joined(person: Member | Visitor, session: str) -> Copy:
    """A new window of somebody, with the text as it is."""
    socket = await person.connect(session)
    welcome = await socket.hello()
    copy = Copy(socket, welcome["layers"][0]["id"])
    copy.listening = welcome["listening"]
    await socket.send(ASK_FOR_TEXT)
    return copy


def guests(server: LiveServer, host: Member, session: str, role: str, count: int) -> list[Visitor]:
    """So many people who came by one link."""
    link = host.invite(session, role=role, max_uses=count)["link"]
    people = [Visitor(server) for _ in range(count)]
    for person in people:
        person.redeem(link).raise_for_status()
    return people


async def test_six_type_and_two_hundred_listen(server: LiveServer, host: Member, session: str) -> None:
    """CROWD-1: all texts become equal, nobody sees a viewer's cursor or their own, everybody knows how many listen."""
    authors = [host, *guests(server, host, session, "co_author", EDITORS - 1)]
    audience = guests(server, host, session, "viewer", LISTENERS)
    editors = [await joined(person, session) for person in authors]
    listeners = [await joined(person, session) for person in audience for _ in range(WINDOWS)]
    typed = [
        "".join(chr(FIRST + who * LETTERS + number) for number in range(LETTERS)) for who in range(EDITORS)
    ]
    all_letters, all_listeners = EDITORS * LETTERS, LISTENERS * WINDOWS

    async with asyncio.TaskGroup() as group:
        for who, copy in enumerate(editors):
            group.create_task(copy.point())
            group.create_task(copy.type(typed[who], random.Random(who)))
            group.create_task(copy.read_until(all_letters, EDITORS - 1, all_listeners))
        for copy in listeners:
            group.create_task(copy.point())
            group.create_task(copy.read_until(all_letters, EDITORS, all_listeners))

    assert {str(copy.text) for copy in (*editors, *listeners)} == {str(editors[0].text)}
    assert sorted(str(editors[0].text)) == sorted("".join(typed))
    theirs = {copy.doc.client_id for copy in editors}
    for copy in editors:
        assert copy.cursors == theirs - {copy.doc.client_id}
    assert all(copy.cursors == theirs for copy in listeners)
    for copy in (*editors, *listeners):
        copy.socket.close()
    for person in (*authors[1:], *audience):
        person.http.close()
