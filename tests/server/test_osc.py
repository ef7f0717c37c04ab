"""Haps as OSC: what arrives at a real receiver, what is refused, and what is left out."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from traitlets import TraitError

from algorave_server.api_models import OscHap
from algorave_server.errors import Refusal
from algorave_server.osc import LATEST_MS, SOONEST_MS, OscOutlet, OscSettings, datagram, target_of
from algorave_server.session_traits import SessionTraits

NOW_MS = 1_000_000.0
SINCE_1900_S = 2_208_988_800
PAGE, OTHER_PAGE = "0" * 8, "1" * 8


def hap(at_ms: float = NOW_MS, **controls: Any) -> OscHap:
    """A hap at a time of the session's clock."""
    return OscHap(at_ms=at_ms, cycle=4.25, cps=0.5, delta_s=0.25, controls={"s": "bd", **controls})


def read_text(data: bytes, at: int) -> tuple[str, int]:
    """A text of an OSC packet and where what follows begins: texts end with 1 to 4 zeros."""
    end = data.index(b"\0", at)
    return data[at:end].decode(), at + (end - at) // 4 * 4 + 4


def read(data: bytes) -> tuple[float, str, dict[str, Any]]:
    """A bundle of one message by the letter of OSC 1.0: seconds since 1970, address, values by name."""
    assert data[:8] == b"#bundle\0"
    seconds, fraction, size = struct.unpack(">III", data[8:20])
    message = data[20:]
    assert len(message) == size
    address, at = read_text(message, 0)
    types, at = read_text(message, at)
    values: list[Any] = []
    for kind in types.removeprefix(","):
        if kind == "s":
            value, at = read_text(message, at)
        else:
            [value] = struct.unpack(">i" if kind == "i" else ">f", message[at : at + 4])
            at += 4
        values.append(value)
    return (
        seconds - SINCE_1900_S + fraction / 2**32,
        address,
        dict(zip(values[::2], values[1::2], strict=True)),
    )


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    """A UDP socket of this machine that listens as SuperDirt would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(20)
        yield made


def outlet_to(receiver: socket.socket, **settings: Any) -> OscOutlet:
    """An outlet that sends there."""
    return OscOutlet(OscSettings(targets=(receiver.getsockname(),), **settings))


def test_a_hap_arrives_as_superdirt_reads_it(receiver: socket.socket) -> None:
    """LINK-3: a hap is a bundle with one `/dirt/play`, names and values in turn, its moment as the time tag."""
    outlet = outlet_to(receiver, latency_ms=150)
    before_s = time.time()
    outlet.send("jam", PAGE, [hap(NOW_MS + 500, gain=0.75, n=3, vowel="é", midinote=60.5)], NOW_MS)
    after_s = time.time()
    outlet.close()
    at_s, address, values = read(receiver.recv(65_536))
    assert before_s + 0.65 - 1e-3 <= at_s <= after_s + 0.65 + 1e-3
    assert address == "/dirt/play"
    assert values == {
        "s": "bd", "gain": 0.75, "n": 3, "vowel": "é", "midinote": 60.5, "cps": 0.5, "cycle": 4.25, "delta": 0.25,
    }  # fmt: skip


def test_the_moment_is_the_sessions(receiver: socket.socket) -> None:
    """LINK-3: a hap's own words about time do not count, and large integers stay numbers."""
    data = datagram(hap(cps=9.0, cycle=1, delta=7.0, big=2**40), 1_700_000_000.5)
    at_s, _, values = read(data)
    assert at_s == pytest.approx(1_700_000_000.5, abs=1e-6)
    assert (values["cps"], values["cycle"], values["delta"], values["big"]) == (0.5, 4.25, 0.25, 2.0**40)


@pytest.mark.parametrize(
    "controls",
    [
        {"bad name": 1},
        {"1st": 1},
        {"x" * 33: 1},
        {"s": "b\0d"},
        {"s": "b\nd"},
        {"s": "x" * 257},
        {"gain": float("nan")},
        {"gain": float("inf")},
        {"gain": True},
        {"gain": None},
        {"gain": [1]},
        {"gain": {"a": 1}},
        {f"c{number}": 1 for number in range(65)},
    ],
    ids=lambda controls: str(next(iter(controls.items())))[:30],
)
def test_every_value_is_checked(controls: dict[str, Any]) -> None:
    """LINK-4: names are words, numbers finite, texts short and without controls; nothing else becomes OSC."""
    with pytest.raises(ValidationError):
        OscHap(at_ms=0, cycle=0, cps=1, delta_s=1, controls=controls)
    assert OscHap(at_ms=0, cycle=0, cps=1, delta_s=1, controls={"gain": 1, "s": "x" * 256}).controls


def test_nothing_without_receivers() -> None:
    """LINK-1: without receivers that the operator named nothing is sent, and the page is told how that is changed."""
    assert OscSettings().targets == ()
    with pytest.raises(Refusal, match="osc_targets") as refused:
        OscOutlet(OscSettings()).send("jam", PAGE, [hap()], NOW_MS)
    assert refused.value.reason == "not_found"


def test_one_page_sends(receiver: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """LINK-5: of a session one page sends; another is refused until the first has been silent for three seconds."""
    now_s = 100.0
    monkeypatch.setattr("algorave_server.osc.time.monotonic", lambda: now_s)
    outlet = outlet_to(receiver)
    assert outlet.send("jam", PAGE, [hap()], NOW_MS).sent == 1
    with pytest.raises(Refusal, match="another page"):
        outlet.send("jam", OTHER_PAGE, [hap()], NOW_MS)
    assert outlet.send("other jam", OTHER_PAGE, [hap()], NOW_MS).sent == 1
    now_s = 103.5
    assert outlet.send("jam", OTHER_PAGE, [hap()], NOW_MS).sent == 1
    outlet.close()


def test_only_what_is_near_is_sent(receiver: socket.socket) -> None:
    """LINK-6: haps long past or far ahead are left out and counted; those at both limits are sent."""
    outlet = outlet_to(receiver)
    near = [hap(NOW_MS - LATEST_MS), hap(NOW_MS + SOONEST_MS)]
    far = [hap(NOW_MS - LATEST_MS - 1), hap(NOW_MS + SOONEST_MS + 1)]
    done = outlet.send("jam", PAGE, near + far, NOW_MS)
    outlet.close()
    assert (done.sent, done.left_out) == (2, 2)
    receiver.recv(65_536)
    receiver.recv(65_536)
    receiver.setblocking(False)
    with pytest.raises(BlockingIOError):
        receiver.recv(65_536)


def test_a_rate_is_kept(receiver: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """LINK-6: as many haps as the burst go at once; one more is refused whole, with the time to wait."""
    now_s = 100.0
    monkeypatch.setattr("algorave_server.osc.time.monotonic", lambda: now_s)
    outlet = outlet_to(receiver, haps_per_s=10, haps_burst=20)
    assert outlet.send("jam", PAGE, [hap()] * 20, NOW_MS).sent == 20
    with pytest.raises(Refusal) as refused:
        outlet.send("jam", PAGE, [hap()], NOW_MS)
    assert refused.value.reason == "too_fast"
    assert refused.value.retry_after_s == pytest.approx(0.1)
    now_s = 100.2
    assert outlet.send("jam", PAGE, [hap()] * 2, NOW_MS).sent == 2
    outlet.close()


def test_a_receiver_that_is_gone_stops_nobody(receiver: socket.socket) -> None:
    """LINK-6: when nobody listens at one receiver, the next one still gets everything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        nobody = gone.getsockname()
    outlet = OscOutlet(OscSettings(targets=(nobody, receiver.getsockname())))
    for _ in range(3):
        assert outlet.send("jam", PAGE, [hap()], NOW_MS).sent == 1
        receiver.recv(65_536)
    outlet.close()


def test_receivers_are_numbers() -> None:
    """LINK-7: a receiver is an address in numbers and a port; anything else is refused when the server starts."""
    assert target_of("127.0.0.1:57120") == ("127.0.0.1", 57120)
    assert target_of(":57121") == ("127.0.0.1", 57121)
    assert target_of("[::1]:57120") == ("::1", 57120)
    for wrong in (
        "",
        "superdirt",
        "superdirt:57120",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:x",
        "1.2.3:57120",
    ):
        with pytest.raises(TraitError, match="osc_targets"):
            SessionTraits(osc_targets=[wrong])
    assert SessionTraits(osc_targets=["127.0.0.1:57120"]).read_session_settings().osc.targets
