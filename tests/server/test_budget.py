"""Token buckets, allowances and turnstiles with a clock that is a number."""

from __future__ import annotations

import pytest

from algorave_server.address import block_of, client_address, is_host, is_own_origin, is_served_host, networks
from algorave_server.budget import Allowance, Bucket, Rates, Ruling
from algorave_server.turnstile import CROWD_DELAY_S, MANY_ADDRESSES, MAX_DELAY_S, CrowdLimits, Turnstile

EDIT, CURSOR, STEP_1 = b"\x00\x02\x02\x00\x00", b"\x01\x01\x00", b"\x00\x00\x01\x00"
PROXIES = networks(["10.0.0.0/8", "::1"])


def test_a_bucket_holds_its_burst_and_no_more() -> None:
    """LIMIT-1: a burst is there at once, then as much as the rate brings, to the hundredth of a second."""
    bucket = Bucket(10, 3, now_s=100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.wait_s(100.0) == pytest.approx(0.1)
    assert not bucket.take(100.09)
    assert bucket.take(100.101)
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(("every_s", "passes"), [(0.101, True), (0.099, False)])
def test_just_within_and_just_over(every_s: float, passes: bool) -> None:
    """LIMIT-1: one every 101 ms passes a limit of ten a second for ever, one every 99 ms does not."""
    bucket = Bucket(10, 5, now_s=0.0)
    assert all(bucket.take(step * every_s) for step in range(2_000)) is passes


def test_no_rate_is_no_limit() -> None:
    """LIMIT-1: a rate of 0 lets everything through."""
    bucket = Bucket(0, 1, now_s=0.0)
    assert all(bucket.take(0.0) for _ in range(1_000))
    assert bucket.wait_s(0.0) == 0


def known(rates: Rates | None = None) -> Allowance:
    allowance = Allowance(rates or Rates(), 0.0)
    allowance.is_known = True
    return allowance


def test_an_honest_typist_is_never_limited() -> None:
    """LIMIT-2: twelve edits a second for an hour, cursors and clock beside them, all pass."""
    allowance = known()
    for step in range(12 * 3_600):
        now_s = step / 12
        assert allowance.judge(EDIT * 20, now_s) is Ruling.PASS
        assert allowance.judge(CURSOR, now_s) is Ruling.PASS
        if step % 12 == 0:
            assert allowance.judge('{"kind":"ping","client_ms":0}', now_s) is Ruling.PASS


@pytest.mark.parametrize(("frame", "burst"), [(EDIT, 90), ("{}", 60)])
def test_slowed_then_closed(frame: bytes | str, burst: int) -> None:
    """LIMIT-2: over the burst a frame waits; who goes on for two seconds is closed, who stops is forgiven."""
    allowance = known()
    assert all(allowance.judge(frame, 0.0) is Ruling.PASS for _ in range(burst))
    assert allowance.judge(frame, 0.0) is Ruling.WAIT
    now_s = allowance.wait_s(frame, 0.0)
    assert allowance.judge_again(frame, now_s + 0.001) is Ruling.PASS
    assert allowance.judge(frame, now_s + 0.002) is Ruling.WAIT
    assert allowance.judge(frame, 1.999) is Ruling.PASS
    forgiven = known()
    for _ in range(burst + 1):
        forgiven.judge(frame, 0.0)
    assert forgiven.judge(frame, 1.0) is Ruling.PASS


def test_a_flood_is_closed_after_two_seconds() -> None:
    """LIMIT-2: a connection that never stops is closed when it has been slowed down for two seconds."""
    allowance, now_s, slowed_at = known(), 0.0, None
    for _ in range(10_000):
        ruling = allowance.judge(EDIT, now_s)
        while ruling is Ruling.WAIT:
            slowed_at = now_s if slowed_at is None else slowed_at
            now_s += allowance.wait_s(EDIT, now_s) + 1e-6
            ruling = allowance.judge_again(EDIT, now_s)
        if ruling is Ruling.CLOSE:
            break
    assert slowed_at is not None
    assert 2.0 <= now_s - slowed_at < 2.1


def test_cursors_are_held() -> None:
    """LIMIT-3: too many cursors are held back, and neither slow nor close anything."""
    allowance = known()
    rulings = [allowance.judge(CURSOR, 0.0) for _ in range(100)]
    assert rulings == [Ruling.PASS] * 30 + [Ruling.HOLD] * 70
    assert allowance.judge(EDIT, 0.0) is Ruling.PASS


def test_a_flood_of_cursors_is_too_many_bytes() -> None:
    """LIMIT-6: held cursors count as bytes, so that a flood of them is slowed and closed all the same."""
    allowance = known()
    assert any(allowance.judge(CURSOR * 100, 0.0) is Ruling.WAIT for _ in range(2_000))


def test_the_largest_frame_passes_alone() -> None:
    """LIMIT-6: a frame as large as frames may be passes at once, and one larger than the burst waits for a full one."""
    assert known().judge(b"\x00\x02" + b"x" * 262_142, 0.0) is Ruling.PASS
    allowance = known(Rates(bytes_burst=1_000, bytes_per_s=100))
    assert allowance.judge(b"\x00" * 2_000, 0.0) is Ruling.PASS
    assert allowance.judge(b"\x00" * 2_000, 0.0) is Ruling.WAIT
    assert allowance.wait_s(b"\x00" * 2_000, 0.0) == pytest.approx(10)


@pytest.mark.parametrize(
    ("frames", "closes"),
    [([EDIT] * 5, False), ([EDIT] * 6, True), ([b"\x00" * 8_192], False), ([b"\x00\x02" * 4_097], True)],
)
def test_before_hello(frames: list[bytes], closes: bool) -> None:
    """LIMIT-7: five frames and eight kilobytes are read before hello, not more; asking for the text ends it."""
    allowance = Allowance(Rates(), 0.0)
    assert any(allowance.judge(frame, 0.0) is Ruling.CLOSE for frame in frames) is closes
    asked = Allowance(Rates(), 0.0)
    asked.judge(STEP_1, 0.0)
    assert all(asked.judge(frame, 0.0) is not Ruling.CLOSE for frame in frames)


def test_delays_grow() -> None:
    """LIMIT-11: after five different wrong secrets each further one doubles the wait, up to fifteen minutes."""
    turnstile, now_s, delays = Turnstile(CrowdLimits()), 0.0, list[float]()
    for number in range(20):
        turnstile.failed("a", str(number), now_s)
        delays.append(turnstile.delay_s("a", now_s))
        now_s += delays[-1]
    assert delays[:8] == [0, 0, 0, 0, 0, 2, 4, 8]
    assert delays[-1] == MAX_DELAY_S
    assert turnstile.delay_s("b", 0.0) == 0
    assert turnstile.delay_s("a", now_s + MAX_DELAY_S) == 0


def test_delays_decay() -> None:
    """LIMIT-11: ten quiet minutes, and it begins anew; one dead link counts once, however often it is tried."""
    turnstile = Turnstile(CrowdLimits(free_failures=2))
    for number in range(3):
        turnstile.failed("a", str(number), 0.0)
    assert turnstile.delay_s("a", 0.0) == 2
    turnstile.failed("a", "later", 603.0)
    assert turnstile.delay_s("a", 603.0) == 0
    for _ in range(1_000):
        turnstile.failed("crowd", "dead", 0.0)
    assert turnstile.delay_s("crowd", 0.0) == 0


def test_hammering() -> None:
    """LIMIT-12: so many tries during delays, and it is the last straw, once; ten quiet minutes begin anew; 0 is never."""
    turnstile = Turnstile(CrowdLimits(free_failures=0, automatic_ban_tries=3))
    assert not any(turnstile.hammers("a") for _ in range(10)), "nobody is delayed"
    turnstile.failed("a", "x", 0.0)
    assert [turnstile.hammers("a") for _ in range(7)] == [False, False, True, False, False, True, False]
    turnstile.failed("a", "y", 700.0)
    assert [turnstile.hammers("a") for _ in range(3)] == [False, False, True]
    never = Turnstile(CrowdLimits(free_failures=0, automatic_ban_tries=0))
    never.failed("a", "x", 0.0)
    assert not any(never.hammers("a") for _ in range(1_000))


def test_hammering_in_a_crowd() -> None:
    """LIMIT-15: where three guests are inside nobody is banned for guessing; two, one in three windows, do not count as
    a crowd, nor do those of the next address, nor who has gone."""
    turnstile = Turnstile(CrowdLimits(free_failures=0, automatic_ban_tries=1))
    for place in ("club", "home"):
        turnstile.failed(place, "x", 0.0)
    for guest in ("bo", "cy", "cy"):
        turnstile.came_in("club", guest)
    assert turnstile.hammers("club")
    turnstile.came_in("club", "di")
    assert not any(turnstile.hammers("club") for _ in range(1_000))
    assert turnstile.hammers("home")
    turnstile.went_out("club", "cy")
    assert not turnstile.hammers("club"), "cy has another window"
    turnstile.went_out("club", "cy")
    assert turnstile.hammers("club")


def test_delays_in_a_crowd() -> None:
    """LIMIT-15: where three guests are inside the delays stop growing at half a minute; elsewhere they go on."""
    turnstile = Turnstile(CrowdLimits(free_failures=0))
    for guest in ("bo", "cy", "di"):
        turnstile.came_in("club", guest)
    for number in range(10):
        for place in ("club", "home"):
            turnstile.failed(place, str(number), 0.0)
    assert [turnstile.delay_s(place, 0.0) for place in ("club", "home")] == [CROWD_DELAY_S, MAX_DELAY_S]


def test_a_crowd_is_forgotten() -> None:
    """LIMIT-15: of a crowd that has gone nothing is left in memory."""
    turnstile = Turnstile(CrowdLimits())
    for step in (turnstile.came_in, turnstile.went_out):
        for number in range(100):
            step(f"place {number % 10}", f"guest {number}")
    assert turnstile._inside == {}


def test_closed_again_and_again() -> None:
    """LIMIT-14: the tenth close within ten minutes keeps a participant out for a quarter of an hour, nine do not."""
    turnstile = Turnstile(CrowdLimits())
    for number in range(9):
        turnstile.put_out("bo", number * 60.0)
    turnstile.put_out("cy", 540.0)
    assert turnstile.kept_out_s("bo", 540.0) == 0
    turnstile.put_out("bo", 600.0)
    assert [turnstile.kept_out_s(who, 600.0) for who in ("bo", "cy")] == [900, 0]
    assert turnstile.kept_out_s("bo", 1_499.0) == 1
    assert turnstile.kept_out_s("bo", 1_500.0) == 0
    turnstile.put_out("bo", 1_500.0)
    assert turnstile.kept_out_s("bo", 1_500.0) == 0, "it begins anew"


def test_closed_now_and_then() -> None:
    """LIMIT-14: closes that are further apart keep nobody out, nor do any where it is switched off; memory is bounded."""
    turnstile, never = Turnstile(CrowdLimits()), Turnstile(CrowdLimits(forced_closes=0))
    for number in range(100):
        turnstile.put_out("bo", number * 67.0)
        never.put_out("bo", 0.0)
    assert turnstile.kept_out_s("bo", 6_700.0) == never.kept_out_s("bo", 0.0) == 0
    for number in range(3 * MANY_ADDRESSES):
        turnstile.put_out(f"v{number}", number * 1.0)
    assert len(turnstile._closes) <= MANY_ADDRESSES + 2


def test_a_turnstile_forgets() -> None:
    """LIMIT-10: addresses that come once are forgotten, so that many of them fill no memory."""
    turnstile = Turnstile(CrowdLimits())
    for number in range(3 * MANY_ADDRESSES):
        turnstile.may_connect(f"a{number}", number * 1.0)
        turnstile.failed(f"a{number}", "x", number * 1.0)
        turnstile.opened(f"a{number}")
        turnstile.closed(f"a{number}")
    assert len(turnstile._connects) <= MANY_ADDRESSES + 1
    assert len(turnstile._failures) <= MANY_ADDRESSES + 1
    assert not turnstile._sockets


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("203.0.113.1", "", "203.0.113.1"),
        ("203.0.113.1", "198.51.100.1", "203.0.113.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_whose_address_it_is(peer: str, forwarded_for: str, address: str) -> None:
    """LIMIT-10: X-Forwarded-For counts as far as trusted proxies wrote it; nobody takes another's address by it."""
    assert client_address(peer, forwarded_for, PROXIES) == address


def test_one_line_is_one_place() -> None:
    """LIMIT-10: an IPv6 /64, which one line owns whole, counts as one address; IPv4 in IPv6's clothes as IPv4."""
    assert block_of("2001:db8:0:1::1") == block_of("2001:db8:0:1:ffff::2") != block_of("2001:db8:0:2::1")
    assert block_of("::ffff:192.0.2.1") == block_of("192.0.2.1") == "192.0.2.1"
    assert block_of("unix") == "unix"


@pytest.mark.parametrize(
    ("origin", "host", "is_own"),
    [
        ("http://a.example", "a.example", True),
        ("https://a.example", "a.example", True),
        ("https://a.example", "a.example:443", True),
        ("http://A.example:8888", "a.example:8888", True),
        ("http://a.example:8889", "a.example:8888", False),
        ("https://a.example.evil", "a.example", False),
        ("https://evil.example/a.example", "a.example", False),
        ("https://jam.example", "a.example", True),
        ("https://jam.example.evil", "a.example", False),
        ("https://evil-jam.example", "a.example", False),
        ("null", "null", False),
        ("file://a.example", "a.example", False),
        ("", "", False),
        (None, "a.example", False),
    ],
)
def test_origins(origin: str | None, host: str, is_own: bool) -> None:
    """GUEST-8: an origin is ours when its host and port are the request's, or when it is listed, to the letter."""
    assert is_own_origin(origin, host, {"https://jam.example"}) is is_own


@pytest.mark.parametrize("host", ["a.example", "127.0.0.1:8888", "[::1]:8888", "localhost"])
def test_hosts(host: str) -> None:
    """GUEST-13: host names, addresses and ports can be quoted in a policy."""
    assert is_host(host)


@pytest.mark.parametrize("host", ["", "a b", "a;script-src *", "a/b", "a@b", "[::1", "a:b", "a'b"])
def test_no_hosts(host: str) -> None:
    """GUEST-13: what could end a directive of a policy is no host."""
    assert not is_host(host)


@pytest.mark.parametrize(
    ("host", "is_served"),
    [
        ("localhost:1", True),
        ("127.0.0.1", True),
        ("[::1]:8888", True),
        ("evil.example", False),
        ("10.0.0.1:80", False),
    ],
)
def test_served_hosts(host: str, is_served: bool) -> None:
    """GUEST-13: a server for this machine answers to its local names only."""
    assert is_served_host(host, ["localhost"]) is is_served
