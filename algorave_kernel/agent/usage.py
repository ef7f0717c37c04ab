"""What was used and what it cost; what may be used, and who is at the end of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from .models import Model

#: Rather too few than too many, so that what is estimated is rather too much.
CHARS_A_TOKEN = 3
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, and their price in USD. Adding two gives both together."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cost_usd: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def __str__(self) -> str:
        """Say `2 requests, 1,204 tokens in (13,900 from the cache), 310 out, $0.0112`."""
        if not self.requests:
            return "nothing used"
        plural = "" if self.requests == 1 else "s"
        cached = f" ({self.cache_read_tokens:,} from the cache)" if self.cache_read_tokens else ""
        sent = self.input_tokens + self.cache_read_tokens + self.cache_write_tokens
        cost = f", ${self.cost_usd:.4f}" if self.cost_usd else ""
        return (
            f"{self.requests} request{plural}, {sent:,} tokens in{cached}, {self.output_tokens:,} out{cost}"
        )


def priced(
    model: Model, *, sent: int = 0, written: int = 0, cache_read: int = 0, cache_write: int = 0
) -> Usage:
    """One request's usage: tokens `sent`, `written`, come from the cache and gone into it."""
    cost = (
        sent * model.input_usd
        + written * model.output_usd
        + cache_read * model.cache_read_usd
        + cache_write * model.cache_write_usd
    ) / MILLION
    return Usage(1, sent, written, cache_read, cache_write, cost)


def estimate_usd(model: Model, prompt_chars: int, max_tokens: int) -> float:
    """What a request costs at most, when nothing of it comes from the cache."""
    return priced(model, sent=-(-prompt_chars // CHARS_A_TOKEN), written=max_tokens).cost_usd


class OverBudget(Exception):
    """What was asked for would cost more than is left; the text says whose limit it is."""


@dataclass
class Budget:
    """A limit in USD, for whoever `whose` says. What is on its way is reserved: many at once stay below it.

    Safe from many threads. No limit when `limit_usd` is None.
    """

    whose: str
    limit_usd: float | None = None
    used: Usage = field(default_factory=Usage)
    _reserved_usd: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def left_usd(self) -> float | None:
        """What is left; None without a limit."""
        return None if self.limit_usd is None else self.limit_usd - self.used.cost_usd - self._reserved_usd

    def reserve(self, cost_usd: float) -> None:
        """Set money aside before a request. Raises OverBudget."""
        with self._lock:
            left = self.left_usd
            if left is not None and cost_usd > left:
                raise OverBudget(
                    f"the budget {self.whose} is ${self.limit_usd:.2f}; ${max(0.0, left):.4f} of it is left "
                    f"and this could cost ${cost_usd:.4f}"
                )
            self._reserved_usd += cost_usd

    def settle(self, reserved_usd: float, usage: Usage) -> None:
        """Say what it was in the end; also when it was stopped or broke off."""
        with self._lock:
            self._reserved_usd = max(0.0, self._reserved_usd - reserved_usd)
            self.used += usage
