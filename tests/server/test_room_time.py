"""Musical time in a room: who changes it, and where what is played begins."""

from __future__ import annotations

import pytest

from algorave_server.journal import NewEntry
from algorave_server.protocol import Sounding

from .room_table import Table


@pytest.fixture
def table() -> Table:
    """A fresh room."""
    return Table()


def test_tempo_changes_keep_the_phase(table: Table) -> None:
    """PIECE-3: a tempo change is an anchor on the line of the one before; a ramp to another tempo is two."""
    ana, vic = table.sit("ana"), table.sit("vic")
    table.clock.ms += 5_500
    ana.ask("set_tempo", cps=1.0)
    at_ms = table.clock.ms + 500
    news = vic.last("tempo")
    assert news["anchors"] == [{"server_ms": at_ms, "cycle": 3.0, "cps": 1.0, "slope": 0.0}]
    assert (news["by"], news["layer"]) == ("ana", None)
    table.clock.ms += 2_000
    ana.ask("set_tempo", cps=2.0, over_s=4)
    assert vic.last("tempo")["anchors"] == [
        {"server_ms": at_ms + 2_000, "cycle": 5.0, "cps": 1.0, "slope": 0.25},
        {"server_ms": at_ms + 6_000, "cycle": 11.0, "cps": 2.0, "slope": 0.0},
    ]
    assert table.sit("bo").last("welcome")["tempo"][-2:] == vic.last("tempo")["anchors"]


def test_a_nudge_is_for_everybody(table: Table) -> None:
    """PIECE-3: a nudge bends the tempo for a second, and is journalled with what became of the tempo map."""
    ana, vic = table.sit("ana"), table.sit("vic")
    ana.ask("nudge", cycles=0.05)
    bend, after = vic.last("tempo")["anchors"]
    assert after["server_ms"] - bend["server_ms"] == 1_000
    assert (bend["cps"], after["cps"]) == (pytest.approx(0.55), 0.5)
    table.commit()
    entry = next(row for row in table.rows if isinstance(row, NewEntry) and row.kind == "nudge")
    assert entry.body["anchors"] == [bend, after]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("nudge", {"cycles": 0.26}),
        ("nudge", {"cycles": -1}),
        ("set_tempo", {"cps": 1.0, "over_s": 121}),
        ("set_tempo", {"cps": 1.0, "over_s": -1}),
        ("set_tempo", {"cps": 0}),
        ("evaluate", {"layer": "l1", "quantum": 0}),
        ("evaluate", {"layer": "l1", "cps": 17}),
    ],
)
def test_musical_time_takes_sensible_numbers_only(table: Table, kind: str, wrong: dict[str, object]) -> None:
    """PIECE-3: what would tear everybody's time apart is malformed, and changes nothing."""
    ana = table.sit("ana")
    before = table.piece.arrangement()
    ana.ask(kind, **wrong)
    assert ana.last("refused")["reason"] == "malformed"
    assert table.piece.arrangement() == before


def test_bars_begin_together(table: Table) -> None:
    """PIECE-5: with a quantum a layer begins at the next cycle that it divides, whoever asks and whenever."""
    ana, bo = table.sit("ana"), table.sit("bo")
    bo.ask("add_layer", name="drums")
    table.clock.ms += 3_100
    ana.ask("evaluate", layer="l1", quantum=4)
    table.clock.ms += 2_000
    bo.ask("evaluate", layer="l2", quantum=4)
    assert [each.from_cycle for each in table.piece.playing.values()] == [4, 4]
    bo.ask("evaluate", layer="l2", quantum=8, at_cycle=9)
    assert table.piece.playing["l2"].from_cycle == 16
    bo.ask("evaluate", layer="l2", at_cycle=9.5)
    assert table.piece.playing["l2"].from_cycle == 9.5


def test_a_tempo_in_code_begins_with_its_layer(table: Table) -> None:
    """PIECE-6: a tempo that code sets becomes the session's where the layer begins, and is credited to both."""
    ana, vic = table.sit("ana"), table.sit("vic")
    table.clock.ms += 3_100
    ana.ask("evaluate", layer="l1", cps=1.0, quantum=4)
    start_ms = table.clock.ms - 3_100 + 8_000
    tempo = vic.last("tempo")
    assert tempo["anchors"] == [{"server_ms": start_ms, "cycle": 4.0, "cps": 1.0, "slope": 0.0}]
    assert (tempo["by"], tempo["layer"]) == ("ana", "l1")
    kinds = [notice["kind"] for notice in vic.notices]
    assert kinds.index("tempo") < kinds.index("evaluated")


def test_a_tempo_in_code_does_not_fight(table: Table) -> None:
    """PIECE-6: evaluated again with the tempo that it had, a layer leaves the tempo that somebody has set since."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.ask("evaluate", layer="l1", cps=1.0)
    table.clock.ms += 5_000
    bo.ask("set_tempo", cps=0.7)
    ana.type("// more")
    ana.ask("evaluate", layer="l1", cps=1.0)
    assert table.piece.tempo.anchors[-1].cps == 0.7
    ana.ask("evaluate", layer="l1", cps=1.2)
    assert table.piece.tempo.anchors[-1].cps == 1.2
    ana.ask("stop", layer="l1")
    bo.ask("set_tempo", cps=0.7)
    ana.ask("evaluate", layer="l1", cps=1.2)
    assert table.piece.tempo.anchors[-1].cps == 1.2


def test_who_comes_while_a_layer_waits_is_told_what_it_sounds(table: Table) -> None:
    """PIECE-7: until a layer's new text begins, who joins is told the text that is heard."""
    ana = table.sit("ana")
    ana.type("one")
    ana.ask("evaluate", layer="l1")
    table.clock.ms += 4_000
    ana.type(" two")
    for _ in range(2):
        ana.ask("evaluate", layer="l1", quantum=16)
        (playing,) = table.sit("vic").last("welcome")["playing"]
        assert (playing["code"], playing["from_cycle"]) == ("one two", 16)
        assert playing["before"] == {"code": "one", "by": "ana", "from_cycle": 1}
    table.clock.ms += 30_000
    ana.ask("evaluate", layer="l1")
    assert table.piece.playing["l1"].before == Sounding(code="one two", by="ana", from_cycle=16)
