"""How many come from where: connections, redemptions and failures by address, sockets by participant. Pure.

A venue with its whole audience is one address, so the limits by address are wide, and milder where a crowd is
inside; those by connection and by participant are the real ones. Failures count by the secret that was wrong:
fifty people with one dead link are one failure, fifty guesses of one person are fifty.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from algorave_server.budget import Bucket

MAX_DELAY_S = 900.0
CROWD = 3
"""So many guests from one address who are inside are a venue: one who guesses there must not shut it out."""
CROWD_DELAY_S = 30.0
"""The longest delay where a crowd is."""
FAILURE_WINDOW_S = 300.0
FORGET_AFTER_S = 600.0
CLOSED_WITHIN_S = 600.0
MANY_ADDRESSES = 10_000
"""More than this are looked through for those that can be forgotten."""


@dataclass(frozen=True, slots=True)
class CrowdLimits:
    """How many may come from one place. A rate of 0 is no limit."""

    connects_per_min: float = 600.0
    max_sockets_per_address: int = 1_000
    joins_per_min: float = 600.0
    """Invites looked at and redeemed, as who comes by a page does both; attempts at it; guests' agents."""
    free_failures: int = 5
    """Wrong secrets within five minutes after which every further one is followed by a longer delay."""
    automatic_ban_tries: int = 100
    """So many more tries during a delay, and the address is banned for a while; 0 is never."""
    automatic_ban_s: float = 3_600.0
    max_sockets_per_participant: int = 4
    forced_closes: int = 10
    """So often within ten minutes a participant is closed for what it sends, and is kept out; 0 is never."""
    keep_out_s: float = 900.0


@dataclass(slots=True)
class _Failures:
    secrets: set[str] = field(default_factory=set)
    last_s: float = 0.0
    until_s: float = 0.0
    tries: int = 0
    """Made although nothing is tried for a while."""


class Turnstile:
    """Counts per address (`address.block_of`). Times are seconds of a steady clock."""

    def __init__(self, limits: CrowdLimits) -> None:
        self.limits = limits
        self._connects: dict[str, Bucket] = {}
        self._joins: dict[str, Bucket] = {}
        self._failures: dict[str, _Failures] = {}
        self._sockets: Counter[str] = Counter()
        self._inside: dict[str, Counter[str]] = {}
        """By address: the sockets of guests who are inside, by participant."""
        self._closes: dict[str, deque[float]] = {}
        """By participant: when its last connections were closed for what they sent."""
        self._kept_out: dict[str, float] = {}
        """By participant: until when."""

    def may_connect(self, address: str, now_s: float) -> bool:
        """Whether one more socket may be opened from there; counts the attempt."""
        rate = self.limits.connects_per_min
        if not _bucket(self._connects, address, rate, now_s).take(now_s):
            return False
        return self._sockets[address] < self.limits.max_sockets_per_address

    def may_try(self, address: str, now_s: float) -> bool:
        """Whether one more invite may be tried from there; counts the attempt."""
        return _bucket(self._joins, address, self.limits.joins_per_min, now_s).take(now_s)

    def opened(self, address: str) -> None:
        """A socket from there is open."""
        self._sockets[address] += 1

    def closed(self, address: str) -> None:
        """A socket from there is closed."""
        self._sockets[address] -= 1
        if self._sockets[address] <= 0:
            del self._sockets[address]

    def came_in(self, address: str, participant_id: str) -> None:
        """A guest from there is inside, by one more socket."""
        self._inside.setdefault(address, Counter())[participant_id] += 1

    def went_out(self, address: str, participant_id: str) -> None:
        """That socket is closed."""
        inside = self._inside[address]
        inside[participant_id] -= 1
        if inside[participant_id] <= 0:
            del inside[participant_id]
        if not inside:
            del self._inside[address]

    def is_crowded(self, address: str) -> bool:
        """Whether several guests from there are inside."""
        return len(self._inside.get(address, ())) >= CROWD

    def failed(self, address: str, secret_sha256: str, now_s: float) -> None:
        """A secret that opens nothing was tried from there."""
        self._forget_old(now_s)
        failures = self._failures.setdefault(address, _Failures())
        quiet_s = now_s - max(failures.last_s, failures.until_s)
        is_within_reason = len(failures.secrets) <= self.limits.free_failures
        if quiet_s > FORGET_AFTER_S or (is_within_reason and quiet_s > FAILURE_WINDOW_S):
            failures.secrets.clear()
            failures.tries = 0
        if secret_sha256 in failures.secrets:
            return
        failures.secrets.add(secret_sha256)
        failures.last_s = now_s
        over = len(failures.secrets) - self.limits.free_failures
        if over > 0:
            longest_s = CROWD_DELAY_S if self.is_crowded(address) else MAX_DELAY_S
            failures.until_s = now_s + min(2.0 ** min(over, 20), longest_s)

    def delay_s(self, address: str, now_s: float) -> float:
        """How long nothing is tried from there any more; 0 when something may be."""
        failures = self._failures.get(address)
        return 0.0 if failures is None else max(0.0, failures.until_s - now_s)

    def hammers(self, address: str) -> bool:
        """One more try came during a delay; True when that was the last straw. Counting begins anew then.

        It never is where a crowd is.
        """
        failures = self._failures.get(address)
        if failures is None or self.limits.automatic_ban_tries == 0 or self.is_crowded(address):
            return False
        failures.tries += 1
        if failures.tries < self.limits.automatic_ban_tries:
            return False
        failures.tries = 0
        return True

    def put_out(self, participant_id: str, now_s: float) -> None:
        """A connection of a participant was closed for what it sent."""
        if self.limits.forced_closes == 0:
            return
        if len(self._closes) > MANY_ADDRESSES:
            self._closes = {who: at for who, at in self._closes.items() if now_s - at[-1] <= CLOSED_WITHIN_S}
            self._kept_out = {who: until for who, until in self._kept_out.items() if until > now_s}
        closes = self._closes.setdefault(participant_id, deque(maxlen=self.limits.forced_closes))
        closes.append(now_s)
        if len(closes) == self.limits.forced_closes and now_s - closes[0] <= CLOSED_WITHIN_S:
            self._kept_out[participant_id] = now_s + self.limits.keep_out_s
            del self._closes[participant_id]

    def kept_out_s(self, participant_id: str, now_s: float) -> float:
        """How long a participant is kept out; 0 when it is not."""
        return max(0.0, self._kept_out.get(participant_id, now_s) - now_s)

    def _forget_old(self, now_s: float) -> None:
        if len(self._failures) > MANY_ADDRESSES:
            self._failures = {
                address: each
                for address, each in self._failures.items()
                if now_s - max(each.last_s, each.until_s) <= FORGET_AFTER_S
            }


def _bucket(buckets: dict[str, Bucket], address: str, per_min: float, now_s: float) -> Bucket:
    bucket = buckets.get(address)
    if bucket is None:
        if len(buckets) > MANY_ADDRESSES:
            for known in [known for known, each in buckets.items() if each.is_full(now_s)]:
                del buckets[known]
        bucket = buckets[address] = Bucket(per_min / 60, per_min, now_s)
    return bucket
