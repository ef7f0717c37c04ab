"""What is said of how well people keep time: each page's own word, the worst of a person's, and not too often."""

from __future__ import annotations

from typing import Any

import pytest

from algorave_server.roster_news import MAX_LISTED_VIEWERS
from algorave_server.timings import NEWS_EVERY_MS

from .room_table import Seat, Table
from .test_people import listed


@pytest.fixture
def table() -> Table:
    """A fresh room."""
    return Table()


def tell(seat: Seat, phase_error_ms: int = 2, *, keeps_time: bool = True) -> None:
    """A page says how well it keeps time."""
    values = {"phase_error_ms": phase_error_ms, "output_latency_ms": 12, "keeps_time": keeps_time}
    seat.say(kind="timing", timing=values)


def rosters(seat: Seat) -> int:
    """How many rosters a seat has heard."""
    return sum(notice["kind"] == "roster" for notice in seat.notices)


def test_a_page_says_how_well_it_keeps_time(table: Table) -> None:
    """TIME-1: what a page says of its time is in the roster; it is neither journalled nor a deed."""
    ana, bo = table.sit("ana"), table.sit("bo")
    table.flush()
    assert listed(ana)["bo"]["timing"] is None
    tell(bo, -4)
    table.flush()
    expected = {"phase_error_ms": -4, "output_latency_ms": 12, "keeps_time": True}
    assert listed(ana)["bo"]["timing"] == expected
    assert table.room.take_batch() is None
    assert {each["id"]: each for each in table.sit("cy").last("welcome")["roster"]}["bo"][
        "timing"
    ] == expected


def test_the_worst_page_counts(table: Table) -> None:
    """TIME-1: of several pages the worst counts, and it is forgotten when it goes or falls silent."""
    ana, good, bad = table.sit("ana"), table.sit("bo"), table.sit("bo")
    tell(good, 3)
    tell(bad, 45, keeps_time=False)
    table.flush()
    assert listed(ana)["bo"]["timing"]["phase_error_ms"] == 45
    table.room.leave(bad.connection)
    table.clock.ms += NEWS_EVERY_MS
    table.flush()
    assert listed(ana)["bo"]["timing"]["phase_error_ms"] == 3
    good.say(kind="timing", timing=None)
    table.clock.ms += NEWS_EVERY_MS
    table.flush()
    assert listed(ana)["bo"]["timing"] is None


def test_the_roster_does_not_chatter(table: Table) -> None:
    """TIME-2: however often pages speak of their time, the roster says something new every two seconds at most."""
    ana, bo = table.sit("ana"), table.sit("bo")
    table.flush()
    before = rosters(ana)
    for error_ms in range(100):
        table.clock.ms += 100
        tell(bo, error_ms)
        table.flush()
    assert 4 <= rosters(ana) - before <= 1 + 100 * 100 / NEWS_EVERY_MS
    before = rosters(ana)
    for _ in range(50):
        table.clock.ms += 100
        tell(bo, 99)
        table.flush()
    assert rosters(ana) - before <= 1


def test_a_large_audience_is_not_told_of(table: Table) -> None:
    """TIME-2: what those say who are a number only is no news for anybody."""
    ana = table.sit("ana")
    crowd: list[Seat] = []
    for at in range(MAX_LISTED_VIEWERS + 1):
        table.expect(f"v{at}", table.room.roster.members["vic"].role, waiting=False)
        crowd.append(table.sit(f"v{at}"))
    table.flush()
    before = rosters(ana)
    for seat in crowd:
        tell(seat, 40)
    table.clock.ms += NEWS_EVERY_MS
    table.flush()
    assert rosters(ana) == before


def test_who_waits_tells_nothing(table: Table) -> None:
    """TIME-1: who waits to be let in is not listened to."""
    ana = table.sit("ana")
    table.expect("wil", table.room.roster.members["vic"].role)
    tell(table.sit("wil"))
    table.flush()
    assert listed(ana)["wil"]["timing"] is None


@pytest.mark.parametrize(
    "timing",
    [
        {"phase_error_ms": 1, "output_latency_ms": 12},
        {"phase_error_ms": 1.5, "output_latency_ms": 12, "keeps_time": True},
        {"phase_error_ms": 10_001, "output_latency_ms": 12, "keeps_time": True},
        {"phase_error_ms": 1, "output_latency_ms": -1, "keeps_time": True},
        {"phase_error_ms": 1, "output_latency_ms": 5_001, "keeps_time": True},
        {"phase_error_ms": 1, "output_latency_ms": 1, "keeps_time": True, "name": "Ana"},
        "fine",
    ],
)
def test_nonsense_is_refused(table: Table, timing: Any) -> None:
    """TIME-1: a word about time that is none is refused, and nothing is said of it."""
    ana, bo = table.sit("ana"), table.sit("bo")
    table.flush()
    bo.say(kind="timing", timing=timing)
    assert bo.last("refused")["reason"] == "malformed"
    table.flush()
    assert listed(ana)["bo"]["timing"] is None
