"""How much somebody may send or try. Pure: who asks says what time it is, in seconds of any steady clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

_AWARENESS = b"\x01"
"""How an awareness message of y-protocols begins."""
_STEP_1 = b"\x00\x00"
"""How a sync message begins that asks for the text."""


class Bucket:
    """A token bucket: `burst` at once, `per_s` in the long run. A rate of 0 is no limit."""

    __slots__ = ("_at_s", "_burst", "_left", "_per_s")

    def __init__(self, per_s: float, burst: float, now_s: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._left = burst
        self._at_s = now_s

    def take(self, now_s: float, amount: float = 1.0) -> bool:
        """Take so much if it is there; takes nothing when it is not."""
        if self._per_s <= 0:
            return True
        left = self._left + (now_s - self._at_s) * self._per_s
        left = min(left, self._burst)
        self._at_s = now_s
        self._left = left
        if left < amount:
            return False
        self._left = left - amount
        return True

    def give_back(self, amount: float) -> None:
        """What was taken is not needed after all."""
        self._left += amount

    def wait_s(self, now_s: float, amount: float = 1.0) -> float:
        """How long until so much is there. More than the burst is there as soon as the bucket is full."""
        if self._per_s <= 0:
            return 0.0
        left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
        return max(0.0, (min(amount, self._burst) - left) / self._per_s)

    def is_full(self, now_s: float) -> bool:
        """Whether nothing was taken lately, so that the bucket can be forgotten."""
        return self._left + (now_s - self._at_s) * self._per_s >= self._burst


@dataclass(frozen=True, slots=True)
class Rates:
    """What one connection may send. A rate of 0 is no limit."""

    edits_per_s: float = 30.0
    edits_burst: int = 90
    cursors_per_s: float = 15.0
    cursors_burst: int = 30
    controls_per_s: float = 20.0
    """JSON messages of all kinds."""
    controls_burst: int = 60
    bytes_per_s: float = 65_536.0
    bytes_burst: int = 524_288
    patience_s: float = 2.0
    """How long a connection that sends too fast is slowed down before it is closed."""
    frames_before_hello: int = 5
    bytes_before_hello: int = 8_192


class Ruling(Enum):
    """What is to become of a frame."""

    PASS = auto()
    HOLD = auto()
    """A cursor that comes too soon: the last one held back goes through later, those before it never."""
    WAIT = auto()
    """Too fast: read nothing more of this connection until there is room."""
    CLOSE = auto()
    """Too fast for too long."""


class Allowance:
    """What one connection may still send. Costs about a microsecond a frame."""

    __slots__ = (
        "_bytes",
        "_controls",
        "_cursors",
        "_edits",
        "_rates",
        "_slowed_since_s",
        "_unheard_bytes",
        "_unheard_frames",
        "is_known",
    )

    def __init__(self, rates: Rates, now_s: float) -> None:
        self._rates = rates
        self._edits = Bucket(rates.edits_per_s, rates.edits_burst, now_s)
        self._cursors = Bucket(rates.cursors_per_s, rates.cursors_burst, now_s)
        self._controls = Bucket(rates.controls_per_s, rates.controls_burst, now_s)
        self._bytes = Bucket(rates.bytes_per_s, rates.bytes_burst, now_s)
        self._slowed_since_s: float | None = None
        self.is_known = False
        """Whether it has said hello or asked for the text."""
        self._unheard_frames = 0
        self._unheard_bytes = 0

    def judge(self, frame: bytes | str, now_s: float) -> Ruling:
        """What is to become of a frame that came just now."""
        if not self.is_known and not self._may_be_heard(frame):
            return Ruling.CLOSE
        ruling = self._take(frame, now_s)
        if ruling is Ruling.PASS:
            self._slowed_since_s = None
        return ruling

    def judge_again(self, frame: bytes | str, now_s: float) -> Ruling:
        """What is to become of a frame that had to wait. Passing now is no sign of going slower."""
        return self._take(frame, now_s)

    def wait_s(self, frame: bytes | str, now_s: float) -> float:
        """How long a frame has to wait."""
        first = self._controls if isinstance(frame, str) else self._edits
        return max(first.wait_s(now_s), self._bytes.wait_s(now_s, len(frame)))

    def _take(self, frame: bytes | str, now_s: float) -> Ruling:
        # A frame larger than the burst would wait for ever.
        size_bytes = min(len(frame), self._rates.bytes_burst)
        if not self._bytes.take(now_s, size_bytes):
            return self._slow(now_s)
        if isinstance(frame, str):
            bucket = self._controls
        elif frame[:1] == _AWARENESS:
            return Ruling.PASS if self._cursors.take(now_s) else Ruling.HOLD
        else:
            bucket = self._edits
        if bucket.take(now_s):
            return Ruling.PASS
        self._bytes.give_back(size_bytes)
        return self._slow(now_s)

    def _slow(self, now_s: float) -> Ruling:
        if self._slowed_since_s is None:
            self._slowed_since_s = now_s
        return Ruling.CLOSE if now_s - self._slowed_since_s >= self._rates.patience_s else Ruling.WAIT

    def _may_be_heard(self, frame: bytes | str) -> bool:
        """Before hello only a few small frames are read; asking for the text is as good as hello."""
        if frame[:2] == _STEP_1:
            self.is_known = True
            return True
        self._unheard_frames += 1
        self._unheard_bytes += len(frame)
        return (
            self._unheard_frames <= self._rates.frames_before_hello
            and self._unheard_bytes <= self._rates.bytes_before_hello
        )
