"""A host's page sends haps through a real server to a real receiver; nobody else can."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pythonosc.osc_bundle import OscBundle

from live_server import LiveServer, running_server
from superdirt import osc_target, superdirt

from .conftest import BEHIND_A_PROXY
from .people import Member, Visitor


@pytest.fixture(scope="module")
def receiver() -> Iterator[socket.socket]:
    """What stands in for SuperDirt: a UDP socket of this machine."""
    with superdirt() as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, receiver: socket.socket) -> Iterator[LiveServer]:
    """A server that sends OSC to the receiver."""
    with running_server(
        tmp_path_factory.mktemp("osc"), arguments=[BEHIND_A_PROXY, osc_target(receiver)]
    ) as live:
        yield live


def batch(sound: str, at_ms: float) -> dict[str, Any]:
    """One hap as a page sends it."""
    hap = {"at_ms": at_ms, "cycle": 1.5, "cps": 0.5, "delta_s": 0.25, "controls": {"s": sound, "gain": 0.5}}
    return {"page": "0" * 8, "haps": [hap]}


async def test_from_a_hosts_page_to_the_receiver(host: Member, session: str, receiver: socket.socket) -> None:
    """LINK-2: a host's haps arrive in time; a co-author, a guest, a stranger and nobody at all are refused."""
    socket_of_host = await host.connect(session)
    now_ms = (await socket_of_host.hello())["server_ms"]
    path = f"algorave/api/sessions/{session}/osc"
    assert host.http.get(path).json() == {"on": True}
    co_author, stranger = Member(host.server), Member(host.server)
    (await co_author.connect(session)).close()
    guest, nobody = Visitor(host.server), Visitor(host.server)
    guest.redeem(host.invite(session, role="co_author")["link"]).raise_for_status()
    refused = [who.http.post(path, json=batch("cp", now_ms)) for who in (co_author, stranger, guest, nobody)]
    assert [reply.status_code for reply in refused] == [403, 404, 403, 403]
    await socket_of_host.send({"kind": "ping", "client_ms": 0.0})
    now_ms = (await socket_of_host.until_kind("pong"))["server_ms"]
    asked_s = time.time()
    reply = host.http.post(path, json=batch("bd", now_ms + 8_000))
    assert reply.json() == {"ok": True, "sent": 1, "left_out": 0}
    bundle = OscBundle(receiver.recv(65_536))
    # What was refused did not come: this is the first to arrive.
    assert bundle.content(0).params[:4] == ["s", "bd", "gain", 0.5]
    # Eight seconds ahead and 0.2 s of latency, by the clock that sender and receiver share.
    assert asked_s - 30 < bundle.timestamp - 8.2 < time.time()
    socket_of_host.close()


def test_bad_haps_get_words(host: Member, session: str) -> None:
    """LINK-4: what cannot be OSC is refused in a sentence that names the field, and so is too much at once."""
    path = f"algorave/api/sessions/{session}/osc"
    wrong = batch("bd", 0) | {"page": "me"}
    reply = host.http.post(path, json=wrong)
    assert (reply.status_code, reply.json()["reason"]) == (400, "malformed")
    assert reply.json()["detail"].startswith("page:")
    many = batch("bd", 0)
    reply = host.http.post(path, json={**many, "haps": many["haps"] * 65})
    assert (reply.status_code, reply.json()["detail"].partition(":")[0]) == (400, "haps")
    large = host.http.post(path, content=b" " * 140_000, headers={"Content-Type": "application/json"})
    assert (large.status_code, large.json()["detail"]) == (400, "body: at most 131072 bytes")
