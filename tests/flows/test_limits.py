"""Limits on a real server, each on both sides. The pure rules are in `tests/server/test_budget.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from live_server import LiveServer, running_server

from .conftest import BEHIND_A_PROXY
from .people import ASK_FOR_TEXT, EDIT, HELLO, Member, Socket, Visitor, new_address, refusal_of

BURST = 10
PING = {"kind": "ping", "client_ms": 0}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with small limits: bursts of ten, a few a second afterwards, and little patience."""
    small = {
        "edits_per_s": 4, "edits_burst": BURST, "controls_per_s": 4, "controls_burst": BURST,
        "cursors_per_s": 2, "cursors_burst": 2, "chat_per_s": 0.01, "chat_burst": 3,
        "bytes_per_s": 2_000, "bytes_burst": 4_096, "patience_s": 0.2,
        "hello_within_s": 1.5, "max_sockets_per_participant": 2, "max_editors": 1, "max_viewers": 2,
        "connects_per_min": 6, "max_sockets_per_address": 3, "joins_per_min": 8, "free_failures": 2,
        "automatic_ban_tries": 3, "forced_closes": 3, "max_waiting": 1, "max_sockets_per_session": 5,
    }  # fmt: skip
    arguments = [f"--AlgoraveApp.{name}={value}" for name, value in small.items()]
    with running_server(tmp_path_factory.mktemp("strict"), arguments=[BEHIND_A_PROXY, *arguments]) as live:
        yield live


@pytest.fixture
def owner(strict: LiveServer) -> Member:
    """The host of a session on the strict server."""
    return Member(strict)


@pytest.fixture
def jam(owner: Member) -> str:
    """A session on the strict server."""
    return owner.create()


def _viewer(strict: LiveServer, owner: Member, jam: str, address: str | None = None) -> Visitor:
    visitor = Visitor(strict, address)
    visitor.redeem(owner.invite(jam)["link"]).raise_for_status()
    return visitor


def _co_author(strict: LiveServer, owner: Member, jam: str, address: str | None = None) -> Visitor:
    visitor = Visitor(strict, address)
    visitor.redeem(owner.invite(jam, role="co_author")["link"]).raise_for_status()
    return visitor


@pytest.mark.parametrize("kind", ["edits", "controls"])
async def test_too_fast(strict: LiveServer, owner: Member, jam: str, kind: str) -> None:
    """LIMIT-2: a burst within the limit is answered in full; who goes on is slowed, then closed with TOO_FAST."""
    frame, answers = (EDIT, "saved") if kind == "edits" else (PING, "pong")
    viewer = _viewer(strict, owner, jam)
    calm = await viewer.connect(jam)
    await calm.hello()
    for _ in range(BURST - 1):
        await calm.send(frame)
    if kind == "edits":
        await calm.until(lambda got: isinstance(got, dict) and got.get("edits") == BURST - 1)
    else:
        for _ in range(BURST - 1):
            await calm.until_kind(answers)
    flooder = await viewer.connect(jam)
    await flooder.hello()
    for _ in range(20 * BURST):
        await flooder.send(frame)
    assert await flooder.closed() == 4429
    assert calm.code is None
    calm.close()


async def test_a_flood_of_pings(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-2: pings of the protocol itself count too: a few are answered, a flood is slowed, then closed."""
    viewer = _viewer(strict, owner, jam)
    calm, flooder = await viewer.connect(jam), await viewer.connect(jam)
    await calm.hello()
    await flooder.hello()
    for _ in range(3):
        calm.ping(b"calm")
    await calm.send(PING)
    await calm.until_kind("pong")
    assert calm.code is None
    for _ in range(20 * BURST):
        flooder.ping(b"flood")
    assert await flooder.closed() == 4429
    calm.close()


async def test_too_many_bytes(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-6: bytes count as well: a few large frames are too much where small ones are not."""
    socket = await _viewer(strict, owner, jam).connect(jam)
    await socket.hello()
    for _ in range(8):
        await socket.send({"kind": "ping", "client_ms": 0, "more": "x" * 1_500})
    assert await socket.closed() == 4429


async def test_cursors_are_thinned(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-3: of too many cursor moves some are left out, never the last; the connection stays."""
    author = _co_author(strict, owner, jam)
    moving, watching = await author.connect(jam), await owner.connect(jam)
    await moving.hello()
    await watching.hello()
    for place in range(30):
        await moving.send(_cursor(place))
    seen = await watching.until(lambda got: isinstance(got, bytes) and b'"at":29' in got)
    assert seen[0] == 1
    assert moving.code is None
    moving.close()
    watching.close()


def _cursor(place: int) -> bytes:
    state = b'{"at":%d}' % place
    entry = bytes([1, 7, place + 1, len(state)]) + state
    return bytes([1, len(entry)]) + entry


async def test_chat(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-4: so many lines of chat are said, the next is refused in words, and the connection stays."""
    socket = await _viewer(strict, owner, jam).connect(jam)
    await socket.hello()
    answers = [await socket.ask({"kind": "say", "text": str(line)}) for line in range(4)]
    assert [answer["kind"] for answer in answers] == ["done", "done", "done", "refused"]
    assert answers[-1]["reason"] == "too_fast"
    socket.close()


@pytest.mark.parametrize("first", [None, EDIT])
async def test_say_hello(strict: LiveServer, owner: Member, jam: str, first: bytes | None) -> None:
    """LIMIT-7: who neither says hello nor asks for the text in time is closed; who does either stays."""
    viewer, other = _viewer(strict, owner, jam), _viewer(strict, owner, jam)
    heard = [await other.connect(jam), await other.connect(jam)]
    await heard[0].hello()
    await heard[1].send(ASK_FOR_TEXT)
    silent = await viewer.connect(jam)
    if first is not None:
        await silent.send(first)
    assert await silent.closed() == 4408
    await heard[0].send(PING)
    await heard[0].until_kind("pong")
    assert heard[1].code is None
    for socket in heard:
        socket.close()


async def test_much_before_hello(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-7: before hello five frames are read, not six."""
    viewer = _viewer(strict, owner, jam)
    few, many = await viewer.connect(jam), await viewer.connect(jam)
    for _ in range(4):
        await few.send(EDIT)
    await few.hello()
    for _ in range(6):
        await many.send(EDIT)
    assert await many.closed() == 4429
    few.close()


async def test_windows_of_one_person(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-8: one window more than allowed closes that person's oldest, with FULL."""
    viewer = _viewer(strict, owner, jam)
    first, second = await viewer.connect(jam), await viewer.connect(jam)
    await first.hello()
    await second.hello()
    third = await viewer.connect(jam)
    assert await first.closed() == 4412
    await third.hello()
    assert second.code is None
    second.close()
    third.close()


async def test_seats(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-9: when all seats of a role are taken the next is closed with FULL; other roles and hosts find theirs."""
    viewers = [_viewer(strict, owner, jam) for _ in range(3)]
    inside = [await viewer.connect(jam) for viewer in viewers[:2]]
    for socket in inside:
        await socket.hello()
    full = await viewers[2].connect(jam)
    assert await full.closed() == 4409
    author = _co_author(strict, owner, jam)
    inside += [await author.connect(jam), await owner.connect(jam), await viewers[0].connect(jam)]
    for socket in inside[2:]:
        await socket.hello()
    inside[1].close()
    await inside[0].until(lambda got: isinstance(got, dict) and got.get("listening") == 2)
    late = await viewers[2].connect(jam)
    await late.hello()
    for socket in [*inside, late]:
        socket.close()


async def test_connections_from_one_address(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-10: one address opens so many sockets at a time; the next address behind the same proxy opens its own."""
    viewers = [_viewer(strict, owner, jam, "203.0.113.1"), _viewer(strict, owner, jam, "203.0.113.1")]
    beside = _viewer(strict, owner, jam, "203.0.113.2")
    sockets = [await viewers[0].connect(jam), await viewers[0].connect(jam), await viewers[1].connect(jam)]
    assert await refusal_of(viewers[1].connect(jam)) == 429
    sockets.append(await beside.connect(jam))
    for socket in sockets:
        socket.close()
        await socket.closed()


async def test_connects_per_minute(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-10: so many connections are opened from one address in a minute, however short they are."""
    viewer = _viewer(strict, owner, jam, "203.0.113.3")
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 20:
        try:
            socket = await viewer.connect(jam)
        except Exception as error:  # noqa: BLE001 - its code is looked at
            statuses.append(getattr(error, "code", 0))
            continue
        statuses.append(101)
        socket.close()
        await socket.closed()
    assert statuses[:6] == [101] * 6
    assert statuses[-1] == 429


def test_joining_per_minute(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-10: so many invites are redeemed from one address in a minute; the rest is told to wait."""
    link = owner.invite(jam)["link"]
    replies = [Visitor(strict, "203.0.113.4").redeem(link) for _ in range(8)]
    assert [reply.status_code for reply in replies] == [200] * 8
    while replies[-1].status_code == 200 and len(replies) < 30:
        replies.append(Visitor(strict, "203.0.113.4").redeem(link))
    assert replies[-1].json()["reason"] == "too_fast"
    assert int(replies[-1].headers["retry-after"]) >= 1
    assert Visitor(strict, "203.0.113.5").redeem(link).status_code == 200


async def test_agents_per_minute(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-10: so many places for guests' agents are made from one address in a minute; the next address makes its own."""
    ana = await owner.connect(jam, X_Forwarded_For=new_address())
    await ana.hello()
    await ana.ask({"kind": "set_ai", "on": True, "review": False})
    guest, beside = _co_author(strict, owner, jam), _co_author(strict, owner, jam)
    path = f"algorave/guest/api/agent/{jam}"
    replies = [await asyncio.to_thread(guest.http.post, path, json={}) for _ in range(7)]
    assert [reply.status_code for reply in replies] == [201] * 7, "coming in was the first of eight"
    while replies[-1].status_code == 201 and len(replies) < 30:
        replies.append(await asyncio.to_thread(guest.http.post, path, json={}))
    assert replies[-1].json()["reason"] == "too_fast"
    assert int(replies[-1].headers["retry-after"]) >= 1
    assert (await asyncio.to_thread(beside.http.post, path, json={})).status_code == 201
    ana.close()


def test_guessing(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-11: after some wrong secrets every try from there waits, a right one too; one dead link counts once."""
    wrong = [f"https://x/#i={str(number) * 43}" for number in range(4)]
    crowd = Visitor(strict, "203.0.113.6")
    assert [crowd.redeem(wrong[0]).status_code for _ in range(6)] == [404] * 6
    guesser = Visitor(strict, "203.0.113.7")
    assert [guesser.redeem(link).status_code for link in wrong[:3]] == [404] * 3
    link = owner.invite(jam)["link"]
    assert guesser.redeem(wrong[3]).status_code == 429
    assert guesser.redeem(link).status_code == 429
    assert crowd.redeem(link).status_code == 200


async def test_going_on_guessing(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-12: who goes on guessing during a delay is banned for a while; who is in from there may come back; a host
    lifts it."""
    place = "203.0.113.8"
    wrong = [f"https://x/#i={str(number) * 43}" for number in range(3)]
    inside, beside = _viewer(strict, owner, jam, place), Visitor(strict, "203.0.113.9")
    guesser = Visitor(strict, place)
    assert [guesser.redeem(link).status_code for link in wrong] == [404] * 3
    bans = f"algorave/api/sessions/{jam}/bans"
    assert [guesser.redeem(wrong[0]).status_code for _ in range(2)] == [429] * 2
    assert _automatic(owner, bans) == []
    assert guesser.redeem(wrong[0]).status_code == 429
    [ban] = _automatic(owner, bans)
    assert (ban["address"], ban["by"]) == (f"{place}/32", None)
    assert await refusal_of(guesser.connect(jam)) == 403
    back = await inside.connect(jam)
    await back.hello()
    back.close()
    await back.closed()
    assert beside.redeem(owner.invite(jam)["link"]).status_code == 200
    owner.http.delete(f"{bans}/{ban['id']}").raise_for_status()
    assert await (await guesser.connect(jam)).closed() == 4401


async def test_guessing_in_a_crowd(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-15: where three guests of one address are inside, going on guessing bans nobody; the control is the test
    before this one, where one is."""
    place = "203.0.113.10"
    guests = [_viewer(strict, owner, jam, place) for _ in range(2)] + [_co_author(strict, owner, jam, place)]
    inside = [await guest.connect(jam) for guest in guests]
    for socket in inside:
        await socket.hello()
    guesser = Visitor(strict, place)
    wrong = [f"https://x/#i={str(number) * 43}" for number in range(3)]
    assert [guesser.redeem(link).status_code for link in wrong] == [404] * 3
    bans = f"algorave/api/sessions/{jam}/bans"
    assert [guesser.redeem(wrong[0]).status_code for _ in range(3)] == [429] * 3
    assert _automatic(owner, bans) == []
    for socket in inside:
        socket.close()
        await socket.closed()


def _automatic(owner: Member, bans: str) -> list[dict[str, Any]]:
    return [ban for ban in owner.http.get(bans).json()["bans"] if ban["reason"] == "automatic"]


async def test_closed_again_and_again(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-14: a guest who is closed for nonsense three times here is kept out; others, and hosts who do so, are not."""
    viewer, calm = _viewer(strict, owner, jam), _viewer(strict, owner, jam)
    for who in (viewer, owner):
        for _ in range(3):
            socket = await who.connect(jam, X_Forwarded_For=new_address())
            await socket.hello()
            await socket.send(b"\xff nonsense")
            assert await socket.closed() == 4400
    assert await (await viewer.connect(jam)).closed() == 4429
    for who in (calm, owner):
        socket = await who.connect(jam, X_Forwarded_For=new_address())
        await socket.hello()
        socket.close()


async def test_how_many_wait(strict: LiveServer, owner: Member, jam: str) -> None:
    """DOOR-6: so many wait at the same time; one more is told that it is full, and finds the place that becomes free."""
    owner.http.patch(f"algorave/api/sessions/{jam}", json={"door": "ask"}).raise_for_status()
    first, second = _viewer(strict, owner, jam), _viewer(strict, owner, jam)
    ana = await owner.connect(jam, X_Forwarded_For=new_address())
    await ana.hello()
    waits = await first.connect(jam)
    await waits.send(HELLO)
    assert (await waits.until_kind("waiting"))["session_title"] == "Jam"
    assert await (await second.connect(jam)).closed() == 4409
    for here in (2, 1):  # seen by the host, then gone
        await ana.until(
            lambda got, here=here: isinstance(got, dict) and len(got.get("participants", "")) == here
        )
        waits.close()
    late = await second.connect(jam)
    await late.send(HELLO)
    await late.until_kind("waiting")
    for socket in (ana, late):
        socket.close()


async def test_who_waits_in_silence(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-7: who waits and said hello stays; who waits and says nothing is closed like everybody."""
    owner.http.patch(f"algorave/api/sessions/{jam}", json={"door": "ask"}).raise_for_status()
    viewer = _viewer(strict, owner, jam)
    waits, silent = await viewer.connect(jam), await viewer.connect(jam)
    await waits.send(HELLO)
    assert await silent.closed() == 4408
    assert waits.code is None
    await waits.send(PING)
    await waits.until_kind("pong")
    waits.close()


async def test_sockets_of_one_session(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-13: a session has so many connections at a time; one more is told that it is full, a host never."""
    viewers = [_viewer(strict, owner, jam), _viewer(strict, owner, jam)]
    author = _co_author(strict, owner, jam)
    sockets: list[Socket] = []
    for who in (*viewers, *viewers, author):
        sockets.append(await who.connect(jam))
        await sockets[-1].hello()
    assert await (await author.connect(jam)).closed() == 4409
    ana = await owner.connect(jam, X_Forwarded_For=new_address())
    await ana.hello()
    for socket in (*sockets, ana):
        socket.close()


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[LiveServer]:
    """A server where a session may be sent twenty edits a second, whoever sends them."""
    small = {"edits_per_s": 0, "session_edits_per_s": 20, "session_edits_burst": 20}
    arguments = [f"--AlgoraveApp.{name}={value}" for name, value in small.items()]
    with running_server(tmp_path, arguments=[BEHIND_A_PROXY, *arguments]) as live:
        yield live


async def test_who_types_most_waits_for_the_others(narrow: LiveServer) -> None:
    """LIMIT-16: while one sends far more than all may, another's edits are kept at once; nobody is closed, nothing lost."""
    host = Member(narrow)
    jam = host.create()
    typist = await host.connect(jam)
    await typist.hello()
    flooder = await _co_author(narrow, host, jam).connect(jam)
    await flooder.hello()
    flood = 80
    for _ in range(flood):
        await flooder.send(EDIT)
    for number in range(1, 6):
        await typist.send(EDIT)
        await typist.until(lambda got, number=number: isinstance(got, dict) and got.get("edits") == number)
    heard: list[int] = []
    await flooder.until(
        lambda got: (
            isinstance(got, dict)
            and got["kind"] == "saved"
            and (heard.append(got["edits"]) or got["edits"] == flood)
        )
    )
    assert len(heard) > 2, "the flood was taken in at once, so this shows nothing"
    assert flooder.code is None
    for socket in (typist, flooder):
        socket.close()


async def test_one_flooder_harms_nobody(strict: LiveServer, owner: Member, jam: str) -> None:
    """LIMIT-2: while one floods, what another sends is kept and answered, in order and in full."""
    flooder = await _viewer(strict, owner, jam).connect(jam)
    honest = await owner.connect(jam)
    await flooder.hello()
    await honest.hello()

    async def flood() -> int | None:
        for _ in range(500):
            await flooder.send(EDIT)
        return await flooder.closed()

    flooding = asyncio.create_task(flood())
    for number in range(1, BURST):
        await honest.send(EDIT)
        await honest.until(lambda got, number=number: isinstance(got, dict) and got.get("edits") == number)
    assert await flooding == 4429
    assert honest.code is None
    honest.close()
