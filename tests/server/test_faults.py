"""Code that fails while it sounds: one page says so, and everybody hears and sees the same."""

from __future__ import annotations

from typing import Any

import pytest

from algorave_server.fault_requests import PROBATION_CYCLES
from algorave_server.piece import Piece

from .room_table import Seat, Table


@pytest.fixture
def table() -> Table:
    """A fresh room."""
    return Table()


def play(seat: Seat, words: str) -> float:
    """Type at the end of the layer and play it; the cycle it begins at."""
    seat.type(words)
    seat.ask("evaluate", layer="l1")
    return seat.last("evaluated")["playing"]["from_cycle"]


def report(seat: Seat, from_cycle: float, at_cycle: float, **more: Any) -> None:
    """Say that what plays from a cycle on has failed."""
    fields = {"message": "no such note", "hint": "use a b c", "line": 2, "column": 7, **more}
    seat.ask("report_fault", layer="l1", from_cycle=from_cycle, at_cycle=at_cycle, **fields)


def test_everybody_is_told_the_same(table: Table) -> None:
    """FAULT-1: the layer is silent for everybody, marked with place, cycle and author, also for who comes later."""
    ana, bo, vic = table.sit("ana"), table.sit("bo"), table.sit("vic")
    from_cycle = play(bo, "first")
    report(ana, from_cycle, 40)
    fault = {
        "layer": "l1",
        "by": "bo",
        "at_cycle": 40,
        "message": "no such note",
        "hint": "use a b c",
        "line": 2,
        "column": 7,
    }
    for seat in (ana, bo, vic):
        assert seat.last("failed") == {"kind": "failed", "fault": fault, "playing": None}
    late = table.sit("vic").last("welcome")
    assert (late["playing"], late["faults"]) == ([], [fault])


def test_young_code_gives_way(table: Table) -> None:
    """FAULT-2: code that fails in its first 16 cycles gives way to what the layer played before; older code does not."""
    ana, bo = table.sit("ana"), table.sit("bo")
    first = play(ana, "one")
    table.clock.ms += 20_000
    second = play(bo, " two")
    report(bo, second, second + PROBATION_CYCLES - 1)
    plays = bo.last("failed")["playing"]
    assert (plays["code"], plays["by"], plays["from_cycle"]) == ("one", "ana", first)
    assert table.sit("vic").last("welcome")["playing"] == [plays]
    table.clock.ms += 20_000
    third = play(bo, " three")
    report(bo, third, third + PROBATION_CYCLES)
    assert bo.last("failed")["playing"] is None


def test_the_first_word_counts(table: Table) -> None:
    """FAULT-3: a second word about the same code, and one about code that plays no more, change nothing."""
    ana, bo = table.sit("ana"), table.sit("bo")
    first = play(ana, "one")
    table.clock.ms += 20_000
    second = play(ana, " two")
    report(bo, first, first + 1)
    assert bo.last("refused")["reason"] == "conflict"
    report(bo, second, second + 1)
    report(ana, second, second + 1)
    assert ana.last("refused")["reason"] == "conflict"
    assert table.piece.playing["l1"].code == "one"
    assert sum(notice["kind"] == "failed" for notice in ana.notices) == 1


@pytest.mark.parametrize("kind", ["evaluate", "stop", "hush", "remove_layer", "end"])
def test_a_mark_goes(table: Table, kind: str) -> None:
    """FAULT-4: the mark goes when the layer is played or stopped again, removed, or all is hushed, as at the end."""
    ana = table.sit("ana")
    report(ana, play(ana, "one"), 40)
    ana.ask(kind, **({} if kind in ("hush", "end") else {"layer": "l1"}))
    assert table.sit("vic").last("welcome")["faults"] == []


def test_a_mark_outlives_the_room(table: Table) -> None:
    """FAULT-4: the mark is kept with the arrangement."""
    ana = table.sit("ana")
    report(ana, play(ana, "one"), 40)
    assert Piece.restored("A jam", table.piece.arrangement()).faults == table.piece.faults != {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"message": ""},
        {"message": "x" * 501},
        {"message": "two\nlines"},
        {"message": "turned \u202e around"},
        {"hint": "\x00"},
        {"line": 0},
        {"column": -1},
        {"at_cycle": -1},
        {"layer": "../x"},
    ],
)
def test_what_a_page_says_is_bounded(table: Table, wrong: dict[str, Any]) -> None:
    """FAULT-5: words of a page are one line of at most 500 characters, and places are numbers from 1."""
    ana = table.sit("ana")
    fields = {"layer": "l1", "from_cycle": play(ana, "one"), "at_cycle": 4, "message": "no", **wrong}
    ana.ask("report_fault", **fields)
    assert ana.last("refused")["reason"] == "malformed"
    assert "l1" in table.piece.playing


def test_a_locked_layer_is_told_of_by_hosts(table: Table) -> None:
    """FAULT-5: of a locked layer only who may lock can say that it failed; ROLE-1 has the roles."""
    ana, bo = table.sit("ana"), table.sit("bo")
    from_cycle = play(ana, "one")
    ana.ask("lock_layer", layer="l1", locked=True)
    report(bo, from_cycle, 40)
    assert bo.last("refused")["reason"] == "forbidden"
    report(ana, from_cycle, 40)
    assert ana.has_heard("failed")
