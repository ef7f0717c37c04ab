"""What all participants of a session may type together."""

from __future__ import annotations

import pytest

from algorave_server.session_budget import SessionBudget, SessionRates

RATES = SessionRates(edits_per_s=30, edits_burst=60, bytes_per_s=3_000, bytes_burst=6_000)
SIZE = 10


def sent(budget: SessionBudget, who: str, times: int, at_s: float, size_bytes: int = SIZE) -> int:
    """How many of so many edits are taken in."""
    return sum(budget.passes(who, size_bytes, at_s) for _ in range(times))


def test_a_burst_and_then_the_rate() -> None:
    """LIMIT-16: all together may send the burst at once, and in the long run no more than the rate."""
    budget = SessionBudget(RATES, 0.0)
    assert sent(budget, "ana", 500, 0.0) == RATES.edits_burst
    late = sum(sent(budget, "ana", 100, second) for second in range(1, 11))
    assert late == 10 * RATES.edits_per_s


def test_who_keeps_to_a_part_is_never_slowed() -> None:
    """LIMIT-16: beside one who floods, ten edits a second of another all pass, every second."""
    budget = SessionBudget(RATES, 0.0)
    for tenth in range(100):
        sent(budget, "flooder", 500, tenth / 10)
        assert sent(budget, "typist", 1, tenth / 10) == 1


def test_who_floods_waits() -> None:
    """LIMIT-16, the other side: of what a flooder sends, what is left and its part pass, which is twice the rate at most."""
    budget = SessionBudget(RATES, 0.0)
    sent(budget, "flooder", 500, 0.0)
    passed = 0
    for tenth in range(10, 110):
        sent(budget, "typist", 1, tenth / 10)
        passed += sent(budget, "flooder", 500, tenth / 10)
    assert 0 < passed <= 2 * 10 * RATES.edits_per_s


def test_bytes_count_too() -> None:
    """LIMIT-16: few large edits are too much as well, and one that is larger than the burst still passes."""
    budget = SessionBudget(RATES, 0.0)
    assert sent(budget, "ana", 1, 0.0, size_bytes=50_000) == 1
    assert sent(budget, "ana", 1, 0.0, size_bytes=50_000) == 0
    assert sent(budget, "bo", 1, 0.0, size_bytes=1_000) == 1
    assert sent(budget, "bo", 1, 0.0, size_bytes=1_000) == 0


@pytest.mark.parametrize(
    ("rates", "is_limited"),
    [(SessionRates(0, 1, 0, 1), False), (SessionRates(0, 1, 1, 1), True), (RATES, True)],
)
def test_no_limit(rates: SessionRates, is_limited: bool) -> None:
    """LIMIT-16: a rate of 0 is no limit."""
    assert rates.is_limited is is_limited
    if not is_limited:
        assert sent(SessionBudget(rates, 0.0), "ana", 10_000, 0.0) == 10_000
