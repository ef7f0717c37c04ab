"""Haps of a session as OSC, for SuperDirt and its like; off until an operator says where to.

Each hap becomes one bundle with one message `/dirt/play`: names and values in turn, as SuperDirt reads them.
Its time tag is the hap's moment by this machine's clock, so the receiver plays it in time.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass

from pythonosc.parsing import osc_types

from algorave_server.api_models import OscHap, OscSent
from algorave_server.budget import Bucket
from algorave_server.errors import Refusal

ADDRESS = "/dirt/play"
BUNDLE = b"#bundle\0"
DEFAULT_PORT = 57_120
"""Where SuperDirt listens."""
LATEST_MS = 500.0
"""A hap that is later by more is left out: heard now, it would be wrong."""
SOONEST_MS = 10_000.0
"""A hap further ahead is left out: what is stopped meanwhile could not be taken back."""
SEAT_S = 3.0
"""So long a page that says nothing more keeps others of its session from sending."""
INT32 = range(-(2**31), 2**31)

Target = tuple[str, int]
"""Host and port of a receiver."""


@dataclass(frozen=True, slots=True)
class OscSettings:
    """What an operator can set. Without targets nothing is sent."""

    targets: tuple[Target, ...] = ()
    latency_ms: float = 200.0
    """How much later than the session's moment receivers are asked to play, to have it in time."""
    haps_per_s: float = 200.0
    """Of one session. 0 is no limit."""
    haps_burst: int = 400


@dataclass(slots=True)
class _Seat:
    """Who sends the haps of one session: two pages would play everything twice."""

    page: str
    heard_s: float
    bucket: Bucket


class OscOutlet:
    """Sends haps by UDP to the operator's receivers; a client chooses neither address nor port."""

    def __init__(self, settings: OscSettings) -> None:
        self.settings = settings
        self._seats: dict[str, _Seat] = {}
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}

    @property
    def is_on(self) -> bool:
        """Whether there is anybody to send to."""
        return bool(self.settings.targets)

    def send(self, session: str, page: str, haps: Iterable[OscHap], now_ms: float) -> OscSent:
        """Send what is due soon; `now_ms` is the session's clock. Raises `Refusal` and sends nothing else."""
        wanted = list(haps)
        self._take_seat(session, page, len(wanted), time.monotonic())
        # The session's clock never steps, the machine's may: what both say now connects them.
        ahead_s = time.time() - now_ms / 1000 + self.settings.latency_ms / 1000
        due = [hap for hap in wanted if now_ms - LATEST_MS <= hap.at_ms <= now_ms + SOONEST_MS]
        for hap in due:
            self._transmit(datagram(hap, hap.at_ms / 1000 + ahead_s))
        return OscSent(sent=len(due), left_out=len(wanted) - len(due))

    def close(self) -> None:
        """Nothing is sent any more."""
        for each in self._sockets.values():
            each.close()
        self._sockets.clear()

    def _take_seat(self, session: str, page: str, haps: int, now_s: float) -> None:
        if not self.is_on:
            raise Refusal("not_found", "this server sends no OSC: start it with --AlgoraveApp.osc_targets")
        self._seats = {key: each for key, each in self._seats.items() if not _is_stale(each, now_s)}
        seat = self._seats.get(session)
        if seat is None:
            bucket = Bucket(self.settings.haps_per_s, self.settings.haps_burst, now_s)
            seat = self._seats[session] = _Seat(page, now_s, bucket)
        if seat.page != page:
            raise Refusal("conflict", "another page sends this session by OSC already")
        seat.heard_s = now_s
        if not seat.bucket.take(now_s, haps):
            wait_s = seat.bucket.wait_s(now_s, haps)
            raise Refusal("too_fast", "more haps than this server sends by OSC", retry_after_s=wait_s)

    def _transmit(self, data: bytes) -> None:
        for host, port in self.settings.targets:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            try:
                self._socket(family).sendto(data, (host, port))
            except OSError:
                # Nobody listens there, or its buffer is full: music goes on without it, as UDP does.
                continue

    def _socket(self, family: socket.AddressFamily) -> socket.socket:
        if family not in self._sockets:
            made = socket.socket(family, socket.SOCK_DGRAM)
            made.setblocking(False)
            self._sockets[family] = made
        return self._sockets[family]


def _is_stale(seat: _Seat, now_s: float) -> bool:
    return now_s - seat.heard_s > SEAT_S


def datagram(hap: OscHap, at_s: float) -> bytes:
    """One hap as a bundle to be played at `at_s`, in seconds since 1970 of this machine's clock."""
    timing = {"cps": hap.cps, "cycle": hap.cycle, "delta": hap.delta_s}
    types, values = ",", b""
    # The library's builders read everything again that they wrote: a hap would cost ten times as much.
    for name, value in {**hap.controls, **timing}.items():
        kind, written = _argument(value)
        types += f"s{kind}"
        values += osc_types.write_string(name) + written
    message = osc_types.write_string(ADDRESS) + osc_types.write_string(types) + values
    return BUNDLE + osc_types.write_date(at_s) + osc_types.write_int(len(message)) + message


def _argument(value: str | float) -> tuple[str, bytes]:
    """An OSC type and the value in it."""
    if isinstance(value, str):
        return "s", osc_types.write_string(value)
    if isinstance(value, int) and value in INT32:
        return "i", osc_types.write_int(value)
    return "f", osc_types.write_float(float(value))


def target_of(text: str) -> Target:
    """`host:port`, `[::1]:port` or a port of this machine. Raises ValueError with a sentence.

    The host is an address in numbers: a name would be looked up, and could lead elsewhere tomorrow.
    """
    host, _, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError(f"{text!r} is not like 127.0.0.1:{DEFAULT_PORT}")
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return host, int(port)
    raise ValueError(f"{text!r}: the host must be an address in numbers, as in 127.0.0.1:{DEFAULT_PORT}")
