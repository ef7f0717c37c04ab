"""The hub: which rooms are open, and what becomes of those that must not go on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import pytest
from pycrdt import Doc, Text

from algorave_server.close import Close
from algorave_server.hub import Hub
from algorave_server.journal import NewClientOwner, NewEntry, NewUpdate, Row
from algorave_server.ledger import Done
from algorave_server.lib0 import write_bytes
from algorave_server.room import Room

from .room_table import FakeClock, Table

LOG = logging.getLogger("test")


class MemoryWire:
    """A socket that keeps what it is given."""

    def __init__(self) -> None:
        self.frames: list[bytes | str] = []
        self.closed: Close | None = None

    @property
    def is_saved(self) -> bool:
        """Whether it was told that something is saved."""
        return any('"saved"' in frame for frame in self.frames if isinstance(frame, str))

    def send(self, frame: bytes | str) -> int:
        """Keep a frame."""
        self.frames.append(frame)
        return self.waiting_bytes()

    def close(self, code: Close, reason: str) -> None:
        """Note why."""
        self.closed = code

    def waiting_bytes(self) -> int:
        """Nothing ever waits."""
        return 0


class SlowKeeper:
    """Keeps rows when told to; opens the room of a fresh table each time."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Sequence[Row], Done]] = []
        self.closed: list[Room] = []
        self.released: list[Room] = []
        self.noted: list[NewUpdate] = []
        self.settled = 0
        self.owed: list[NewUpdate] = []
        self.is_full = False

    def note(self, edits: Sequence[NewUpdate]) -> None:
        """Edits that would outlive the process."""
        if self.is_full:
            raise OSError(28, "No space left on device")
        self.noted += edits

    def submit(self, batches: Sequence[tuple[Sequence[Row], Done]]) -> None:
        """Hold rows back."""
        self.waiting += batches

    def submitted(self, room: Room) -> None:
        """Nothing to do."""

    def settle(self, edits: int) -> None:
        """Count them."""
        self.settled += edits

    def owe(self, session_id: str, edits: Sequence[NewUpdate]) -> None:
        """Note them."""
        self.owed += edits

    async def open_room(self, session_id: str) -> Room:
        """A room whose id is the one asked for."""
        room = Table().room
        room.id = session_id
        return room

    async def close_room(self, room: Room) -> None:
        """Note it."""
        self.closed.append(room)

    async def release_room(self, room: Room) -> None:
        """Note it."""
        self.released.append(room)


def edit(client: int, root: str = "layer:l1") -> bytes:
    """A frame with the first edit of a client."""
    doc: Doc[Text] = Doc(client_id=client)
    doc.get(root, type=Text).insert(0, "x")
    return b"\x00\x02" + write_bytes(doc.get_update())


async def turn() -> None:
    """Let the loop do what is due."""
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.fixture
def keeper() -> SlowKeeper:
    """Where rows wait."""
    return SlowKeeper()


async def test_a_forgotten_room_takes_nobody_in(keeper: SlowKeeper) -> None:
    """HUB-1: a room that was forgotten while a socket was being opened closes it, and keeps nothing in vain."""
    hub = Hub(keeper, LOG)
    live = await hub.open("s1")
    await hub.close_room("s1")
    wire = MemoryWire()
    hub.connect(live, "ana", wire)
    assert wire.closed is Close.FAULT
    fresh = await hub.open("s1")
    assert fresh is not live


async def test_an_idle_session_is_closed_while_others_are_busy(keeper: SlowKeeper) -> None:
    """HUB-2: closing one session waits for its own rows, not for those of others."""
    hub = Hub(keeper, LOG)
    busy, idle = await hub.open("busy"), await hub.open("idle")
    hub.receive(busy, hub.connect(busy, "ana", MemoryWire()), edit(1))
    await turn()
    assert len(keeper.waiting) == 1
    await asyncio.wait_for(hub.close_room("idle"), 1)
    assert idle.kept.is_set()
    assert not busy.kept.is_set()


async def test_a_room_that_could_not_be_kept_is_opened_anew(keeper: SlowKeeper) -> None:
    """HUB-3: when rows cannot be kept everybody is closed with FAULT; what was seen is owed, and nobody is lost."""
    hub = Hub(keeper, LOG)
    live = await hub.open("s1")
    wire = MemoryWire()
    hub.receive(live, hub.connect(live, "ana", wire), edit(1))
    await turn()
    keeper.waiting[0][1](OSError("disk full"))
    await turn()
    assert wire.closed is Close.FAULT
    assert (keeper.owed, keeper.settled) == (keeper.noted, 0)
    assert await hub.open("s1") is not live


async def test_an_edit_is_seen_when_noted_and_saved_when_kept(keeper: SlowKeeper) -> None:
    """HUB-4: others hear an edit as soon as it is noted, and its author that it is saved when it is kept."""
    hub = Hub(keeper, LOG)
    live = await hub.open("s1")
    author, other = MemoryWire(), MemoryWire()
    writing, reading = hub.connect(live, "ana", author), hub.connect(live, "bo", other)
    hub.receive(live, writing, '{"kind":"hello","protocol_version":1}')
    hub.receive(live, reading, b"\x00\x00" + write_bytes(b"\x00"))
    await turn()
    heard = len(other.frames)
    hub.receive(live, writing, edit(1))
    assert len(other.frames) == heard
    await turn()
    assert len(keeper.noted) == 1
    assert len(other.frames) == heard + 1
    assert not author.is_saved
    keeper.waiting[0][1](None)
    await turn()
    assert author.is_saved
    assert keeper.settled == 1


async def test_an_edit_that_cannot_be_noted_is_not_seen(keeper: SlowKeeper) -> None:
    """HUB-6: when the spool's disk is full nobody sees the edit, and everybody joins anew."""
    hub = Hub(keeper, LOG)
    live = await hub.open("s1")
    author, other = MemoryWire(), MemoryWire()
    writing, reading = hub.connect(live, "ana", author), hub.connect(live, "bo", other)
    hub.receive(live, reading, b"\x00\x00" + write_bytes(b"\x00"))
    await turn()
    heard = list(other.frames)
    keeper.is_full = True
    hub.receive(live, writing, edit(1))
    await turn()
    assert other.frames == heard
    assert (author.closed, other.closed) == (Close.FAULT, Close.FAULT)
    assert keeper.waiting == []
    assert await hub.open("s1") is not live


async def test_requests_do_not_wait_for_company(keeper: SlowKeeper) -> None:
    """HUB-7: an edit alone waits to be committed; a request is committed at once, and the edit with it."""
    hub = Hub(keeper, LOG, edits_wait_s=3600)
    live = await hub.open("s1")
    writing = hub.connect(live, "ana", MemoryWire())
    hub.receive(live, writing, edit(1))
    await turn()
    assert keeper.waiting == []
    hub.receive(live, writing, '{"kind":"hush","request_id":1}')
    await turn()
    [(rows, _)] = keeper.waiting
    assert {type(row) for row in rows} >= {NewUpdate, NewEntry}


async def test_many_answers_hold_up_no_edit(keeper: SlowKeeper) -> None:
    """HUB-10: fifty sessions are told that they are saved, and an edit that came then is heard before the last."""
    hub = Hub(keeper, LOG)
    wires = [MemoryWire() for _ in range(50)]
    for number, wire in enumerate(wires):
        live = await hub.open(f"s{number}")
        writing = hub.connect(live, "ana", wire)
        hub.receive(live, writing, '{"kind":"hello","protocol_version":1}')
        hub.receive(live, writing, edit(1))
    playing, other = await hub.open("playing"), MemoryWire()
    hub.receive(playing, hub.connect(playing, "bo", other), b"\x00\x00" + write_bytes(b"\x00"))
    await turn()
    answers, heard = [done for _, done in keeper.waiting], len(other.frames)
    for done in answers:
        done(None)
    hub.receive(playing, hub.connect(playing, "ana", MemoryWire()), edit(2))
    await turn()
    assert len(other.frames) > heard
    assert sum(wire.is_saved for wire in wires) < 50
    for _ in range(5):
        await turn()
    assert all(wire.is_saved for wire in wires)


async def test_what_could_not_be_kept_is_known_at_once(keeper: SlowKeeper) -> None:
    """HUB-3: what a room was refused is owed before anybody can open it anew, however many others were answered."""
    hub = Hub(keeper, LOG)
    for number in range(50):
        live = await hub.open(f"s{number}")
        hub.receive(live, hub.connect(live, "ana", MemoryWire()), edit(1))
    await turn()
    *answers, last = [done for _, done in keeper.waiting]
    for done in answers:
        done(None)
    last(OSError("disk full"))
    await asyncio.sleep(0)
    await hub.open("s49")
    assert keeper.owed == keeper.noted[-1:]


@pytest.mark.interpreted
async def test_what_was_seen_outlives_a_fault(keeper: SlowKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """HUB-8: a fault in a room drops what was asked of it, and commits what others have seen."""
    hub = Hub(keeper, LOG, commit_interval_s=1e9)
    live = await hub.open("s1")
    wire = MemoryWire()
    writing = hub.connect(live, "ana", wire)
    hub.receive(live, writing, edit(1))
    hub.receive(live, writing, '{"kind":"hush","request_id":1}')
    await turn()
    assert keeper.waiting == []
    monkeypatch.setattr(live.room, "receive", fail)
    hub.receive(live, writing, "anything")
    [(rows, done)] = keeper.waiting
    assert [type(row) for row in rows] == [NewClientOwner, NewUpdate]
    done(None)
    await turn()
    assert (wire.closed, keeper.settled) == (Close.FAULT, 1)


def fail(*_: object) -> None:
    """What a fault of ours looks like."""
    raise ZeroDivisionError


async def test_stopping_waits_for_what_is_being_kept(keeper: SlowKeeper) -> None:
    """HUB-5: a hub that stops takes nobody in, and ends when the last row is kept."""
    hub = Hub(keeper, LOG)
    live = await hub.open("s1")
    hub.receive(live, hub.connect(live, "ana", MemoryWire()), edit(1))
    stopping = asyncio.create_task(hub.stop())
    await turn()
    assert not stopping.done()
    late = MemoryWire()
    hub.connect(live, "bo", late)
    assert late.closed is Close.FAULT
    keeper.waiting[0][1](None)
    await asyncio.wait_for(stopping, 1)
    assert keeper.closed == [live.room]


async def test_a_room_that_is_lost_before_anything_is_submitted(keeper: SlowKeeper) -> None:
    """HUB-9: a room that is given up with only a request waiting is let go, and nobody waits for it in vain."""
    hub = Hub(keeper, LOG, commit_interval_s=1e9)
    live = await hub.open("s1")
    writing = hub.connect(live, "ana", MemoryWire())
    hub.receive(live, writing, '{"kind":"hush","request_id":1}')
    await turn()
    assert not live.kept.is_set()
    keeper.is_full = True
    hub.receive(live, writing, edit(1))
    await turn()
    assert keeper.waiting == []
    await asyncio.wait_for(hub.stop(), 1)
    assert keeper.released == [live.room]


async def test_what_ends_with_the_last_connection_is_kept(
    keeper: SlowKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HUB-9: what ends because a hub that stops closes the last connection is kept, and waited for."""
    hub = Hub(keeper, LOG)
    live = await hub.open("s1")
    hub.receive(live, hub.connect(live, "ana", MemoryWire()), edit(1))
    await turn()
    ended = NewEntry("s1", None, FakeClock().now_at(), "ask_ended", {})
    monkeypatch.setattr(live.room.asks, "settle", lambda: [ended])
    stopping = asyncio.create_task(hub.stop())
    await turn()
    keeper.waiting[0][1](None)
    await turn()
    assert [list(rows) for rows, _ in keeper.waiting[1:]] == [[ended]]
    keeper.waiting[1][1](None)
    await asyncio.wait_for(stopping, 1)


@pytest.mark.interpreted
async def test_a_fault_while_an_answer_is_taken(keeper: SlowKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """HUB-8: a fault while it is said what is kept ends that room alone; the other rooms have their answers."""
    hub = Hub(keeper, LOG)
    broken, whole = await hub.open("s1"), await hub.open("s2")
    wires = [MemoryWire(), MemoryWire()]
    for live, wire in zip((broken, whole), wires, strict=True):
        hub.receive(live, hub.connect(live, "ana", wire), edit(1))
    await turn()
    monkeypatch.setattr(broken.room, "committed", fail)
    for _, done in keeper.waiting:
        done(None)
    await turn()
    assert [wire.closed for wire in wires] == [Close.FAULT, None]
    assert broken.kept.is_set()
    assert whole.kept.is_set()
    assert keeper.settled == 2


@pytest.mark.interpreted
async def test_a_fault_while_edits_are_shown(keeper: SlowKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """HUB-8: a fault while edits are shown ends that room alone; the others' are shown, and all are committed."""
    hub = Hub(keeper, LOG)
    broken, whole = await hub.open("s1"), await hub.open("s2")
    wires = [MemoryWire(), MemoryWire()]
    for live, wire in zip((broken, whole), wires, strict=True):
        hub.receive(live, hub.connect(live, "ana", wire), edit(1))
    monkeypatch.setattr(
        "algorave_server.room.share", lambda unseen, *_: fail() if unseen.owners[0].session_id == "s1" else []
    )
    await turn()
    assert [wire.closed for wire in wires] == [Close.FAULT, None]
    for _, done in keeper.waiting:
        done(None)
    await turn()
    assert broken.kept.is_set() and whole.kept.is_set()
    assert keeper.settled == 2


async def test_a_session_that_is_not_closed_well(keeper: SlowKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """HUB-9: a hub stops although one of its sessions cannot be closed, and waits for the others."""
    hub = Hub(keeper, LOG)
    for session_id in ("s1", "s2"):
        await hub.open(session_id)

    async def close_room(room: Room) -> None:
        await asyncio.sleep(0 if room.id == "s1" else 0.001)
        if room.id == "s1":
            fail()
        keeper.closed.append(room)

    monkeypatch.setattr(keeper, "close_room", close_room)
    await hub.stop()
    assert [room.id for room in keeper.closed] == ["s2"]
