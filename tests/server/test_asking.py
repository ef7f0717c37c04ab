"""Requests over HTTP: at the same door, with the same promise, and without being seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from algorave_server.close import Close
from algorave_server.errors import Refusal
from algorave_server.hub import Hub
from algorave_server.journal import Row
from algorave_server.ledger import Done
from algorave_server.live import Live
from algorave_server.protocol import Hush, Rename

from .test_hub import LOG, MemoryWire, SlowKeeper

RENAME = Rename(request_id=0, title="Another jam")


class AwaitedKeeper(SlowKeeper):
    """Tells when rows have come."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted = asyncio.Event()

    def submit(self, batches: Sequence[tuple[Sequence[Row], Done]]) -> None:
        """Hold rows back."""
        super().submit(batches)
        self.submitted.set()


@pytest.fixture
async def keeper() -> AwaitedKeeper:
    """Where rows wait."""
    return AwaitedKeeper()


async def test_answered_when_it_is_kept(keeper: AwaitedKeeper) -> None:
    """REST-1: a change is answered when it is in the database and not before, and everybody hears of it then."""
    hub = Hub(keeper, LOG)
    live, wire = await hub.open("s1"), MemoryWire()
    hub.receive(live, hub.connect(live, "vic", wire), '{"kind":"hello","protocol_version":1}')
    asking = asyncio.create_task(hub.ask("s1", "ana", RENAME))
    await keeper.submitted.wait()
    [(_, done)] = keeper.waiting
    assert not asking.done()
    assert not any("Another jam" in str(frame) for frame in wire.frames)
    done(None)
    await asking
    assert any('"renamed"' in str(frame) for frame in wire.frames)


async def test_not_kept_is_said(keeper: AwaitedKeeper) -> None:
    """REST-1: a change that could not be kept is answered so, and so is one that the server's stop cuts off."""
    hub = Hub(keeper, LOG)
    asking = asyncio.create_task(hub.ask("s1", "ana", RENAME))
    await keeper.submitted.wait()
    keeper.waiting[0][1](OSError("full"))
    with pytest.raises(Refusal) as refused:
        await asking
    assert refused.value.reason == "not_saved"


@pytest.mark.parametrize(("who", "reason"), [("bo", "forbidden"), ("stranger", "not_found")])
async def test_the_room_decides(keeper: AwaitedKeeper, who: str, reason: str) -> None:
    """REST-1: the room refuses who has no right to it, and who is not in it, whatever the database said before."""
    hub = Hub(keeper, LOG)
    with pytest.raises(Refusal) as refused:
        await hub.ask("s1", who, Hush(request_id=0))
    assert refused.value.reason == reason
    assert keeper.waiting == []
    assert who not in (await hub.open("s1")).room.roster.members or who == "bo"


async def test_nobody_is_seen(keeper: AwaitedKeeper) -> None:
    """REST-1: a change over HTTP makes nobody present: no connection in the roster, and no news of one."""
    hub = Hub(keeper, LOG)
    asking = asyncio.create_task(hub.ask("s1", "ana", RENAME))
    await keeper.submitted.wait()
    live = await hub.open("s1")
    assert live.room.roster.connections == {}
    assert hub.presence("s1") == {}
    keeper.waiting[0][1](None)
    await asking
    assert live.wires == {}


async def test_wires_that_are_meant_are_closed(keeper: AwaitedKeeper) -> None:
    """GUEST-15: of one session, or of all, exactly the wires that are meant are closed."""
    hub = Hub(keeper, LOG)
    wires = {name: MemoryWire() for name in ("one", "other")}
    for name, wire in wires.items():
        hub.connect(await hub.open(name), "ana", wire)
    hub.drop_where(lambda _: True, Close.REMOVED, "out", session_id="one")
    assert [wire.closed for wire in wires.values()] == [Close.REMOVED, None]
    hub.drop_where(lambda wire: wire is wires["one"], Close.REMOVED, "out")
    assert wires["other"].closed is None
    hub.drop_where(lambda wire: wire is wires["other"], Close.REMOVED, "out")
    assert wires["other"].closed is Close.REMOVED


class ForgetfulHub(Hub):
    """Loses each room right after it was opened, as a deletion or a full disk does at the wrong moment."""

    async def open(self, session_id: str) -> Live:
        """A room that is not there any more."""
        opened = await super().open(session_id)
        await self.close_room(session_id)
        return opened


@pytest.mark.interpreted
async def test_a_room_that_is_lost_meanwhile(keeper: AwaitedKeeper) -> None:
    """REST-1: a change asked of a room that was lost while it was asked for is answered, not left waiting for ever."""
    with pytest.raises(Refusal) as refused:
        await ForgetfulHub(keeper, LOG).ask("s1", "ana", RENAME)
    assert refused.value.reason == "not_saved"
