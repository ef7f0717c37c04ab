"""The tempo map: cycles and server time, both ways."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_server.errors import Refusal
from algorave_server.protocol import MAX_NUDGE_CYCLES, MAX_RAMP_S, Anchor
from algorave_server.tempo import LEAD_MS, MAX_ANCHORS, MAX_BENDS, NUDGE_MS, TempoMap

VECTORS = Path(__file__).parents[1] / "vectors" / "tempo.json"

Change = Callable[[TempoMap, float], list[Anchor]]
"""What somebody does to a map at a server time; gives the new anchors."""

cps = st.floats(0.05, 4)
gaps_ms = st.floats(0, 60_000)


def set_cps(wanted: tuple[float, float]) -> Change:
    """Another tempo, at once or by a ramp."""
    return lambda tempo, now_ms: tempo.set_cps(wanted[0], now_ms, wanted[1])


def nudge(cycles: float) -> Change:
    """A nudge, as far as time may bend."""

    def change(tempo: TempoMap, now_ms: float) -> list[Anchor]:
        try:
            return tempo.nudge(cycles, now_ms)
        except Refusal:
            return []

    return change


def begin(wanted: tuple[float, int]) -> Change:
    """A layer brings a tempo, from one of the next cycles on."""
    return lambda tempo, now_ms: tempo.set_cps_from(tempo.next_cycle(now_ms) + wanted[1], wanted[0])


ramps_s = st.one_of(st.just(0.0), st.floats(0.01, MAX_RAMP_S))
nudges = st.floats(-MAX_NUDGE_CYCLES, MAX_NUDGE_CYCLES)
changes = st.one_of(
    st.tuples(cps, ramps_s).map(set_cps), nudges.map(nudge), st.tuples(cps, st.integers(0, 7)).map(begin)
)


@st.composite
def played_maps(draw: st.DrawFn) -> tuple[TempoMap, float]:
    """A map after a few changes, many of them in the middle of others, and the time that it is."""
    tempo = TempoMap.starting(1_000.0, draw(cps))
    now_ms = 1_000.0
    for _ in range(draw(st.integers(0, 8))):
        now_ms += draw(gaps_ms)
        draw(changes)(tempo, now_ms)
    return tempo, now_ms


@given(played_maps(), st.floats(0, 600_000))
def test_cycles_and_times_convert_back_and_forth(played: tuple[TempoMap, float], after_ms: float) -> None:
    """CLK-1: the time of the cycle of a time is that time, over any steps, ramps and nudges."""
    tempo, _ = played
    server_ms = 1_000.0 + after_ms
    assert tempo.server_ms_at(tempo.cycle_at(server_ms)) == pytest.approx(server_ms, abs=1e-3)


def test_the_map_agrees_with_fractions() -> None:
    """CLK-1: cycles, times and tempos are those that exact arithmetic gives, for the page's map and the server's."""
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        tempo = TempoMap([Anchor.model_validate(each) for each in vector["anchors"]])
        for point in vector["points"]:
            server_ms = point["server_ms"]
            assert tempo.cycle_at(server_ms) == pytest.approx(point["cycle"], abs=1e-7)
            assert tempo.cps_at(server_ms) == pytest.approx(point["cps"], abs=1e-9)
            assert tempo.server_ms_at(point["cycle"]) == pytest.approx(server_ms, abs=2e-3)


@given(played_maps(), st.floats(0, 600_000), st.floats(0.001, 1_000))
def test_musical_time_never_goes_back(
    played: tuple[TempoMap, float], after_ms: float, step_ms: float
) -> None:
    """CLK-2: a later time is never an earlier cycle."""
    tempo, _ = played
    assert tempo.cycle_at(1_000 + after_ms + step_ms) >= tempo.cycle_at(1_000 + after_ms) - 1e-9
    assert all(anchor.cps > 0 for anchor in tempo.anchors)


@given(played_maps(), changes, gaps_ms)
def test_a_tempo_change_does_not_jump(played: tuple[TempoMap, float], change: Change, gap_ms: float) -> None:
    """CLK-3: wherever the tempo changes it is the same cycle before and after."""
    tempo, now_ms = played
    change(tempo, now_ms + gap_ms)
    for before, after in itertools.pairwise(tempo.anchors):
        assert before.cycle_at(after.server_ms) == pytest.approx(after.cycle, abs=1e-6)


@given(played_maps(), changes, gaps_ms, st.floats(0, 1))
def test_what_changes_leaves_everybody_time_to_know(
    played: tuple[TempoMap, float], change: Change, gap_ms: float, part: float
) -> None:
    """CLK-6: a change of tempo and newly evaluated code take effect half a second later at the soonest."""
    tempo, now_ms = played
    now_ms += gap_ms
    assert tempo.server_ms_at(tempo.next_cycle(now_ms)) >= now_ms + LEAD_MS - 1e-3
    soon_ms = now_ms + part * (LEAD_MS - 1)
    before = tempo.cycle_at(soon_ms)
    change(tempo, now_ms)
    assert tempo.cycle_at(soon_ms) == before


@given(played_maps(), changes, gaps_ms)
def test_who_heard_all_before_needs_the_new_anchors_only(
    played: tuple[TempoMap, float], change: Change, gap_ms: float
) -> None:
    """CLK-9: the new anchors stand for all that were from the first one's time on."""
    tempo, now_ms = played
    known = list(tempo.anchors)
    new = change(tempo, now_ms + gap_ms)
    if new:
        known = [*(anchor for anchor in known if anchor.server_ms < new[0].server_ms), *new]
    assert known == tempo.anchors


@given(played_maps(), cps, st.floats(0.01, MAX_RAMP_S))
def test_a_ramp_goes_evenly_and_ends_at_its_tempo(
    played: tuple[TempoMap, float], wanted: float, over_s: float
) -> None:
    """CLK-10: in the middle of a ramp the tempo is half way, after it the wanted one, for ever."""
    tempo, now_ms = played
    from_ms = now_ms + LEAD_MS
    was = tempo.cps_at(from_ms)
    tempo.set_cps(wanted, now_ms, over_s)
    assert tempo.cps_at(from_ms + over_s * 500) == pytest.approx((was + wanted) / 2)
    assert tempo.cps_at(from_ms + over_s * 1_000 + 1) == wanted
    assert tempo.cps_at(from_ms + over_s * 1_000 + 1e9) == wanted


def test_a_change_in_the_middle_of_a_ramp_is_on_its_line() -> None:
    """CLK-10: the last word holds: a ramp that is cut goes on from the tempo that it had."""
    tempo = TempoMap.starting(0.0, 1.0)
    tempo.set_cps(2.0, 0.0, over_s=10.0)
    tempo.set_cps(0.5, 5_000.0, over_s=1.0)
    assert tempo.cps_at(5_500.0) == 1.5
    assert tempo.cps_at(6_500.0) == 0.5
    assert tempo.cps_at(20_000.0) == 0.5
    # 0.5 s at 1 cps, 5 s from 1 to 1.5, 1 s from 1.5 to 0.5.
    assert tempo.cycle_at(6_500.0) == pytest.approx(0.5 + 6.25 + 1.0)


@given(cps, nudges, gaps_ms)
def test_a_nudge_moves_the_phase_by_as_much_as_it_says(was: float, cycles: float, now_ms: float) -> None:
    """CLK-11: afterwards it is so many cycles more than it would be, at the tempo of before, with nothing left out."""
    tempo = TempoMap.starting(0.0, was)
    done_ms = now_ms + LEAD_MS + max(NUDGE_MS, abs(cycles) / was * 4_000) + 1
    before = tempo.cycle_at(done_ms)
    tempo.nudge(cycles, now_ms)
    assert tempo.cycle_at(done_ms) == pytest.approx(before + cycles, abs=1e-6)
    assert tempo.cps_at(done_ms) == was
    assert all(0.75 * was <= anchor.cps <= 1.25 * was + 1e-9 for anchor in tempo.anchors)


@pytest.mark.parametrize("cycles", [0.2, -0.2])
def test_a_nudge_leaves_what_is_to_come_at_its_cycles(cycles: float) -> None:
    """CLK-11: a tempo that a layer brings comes at its cycle, nudged or not, and a ramp is as long in cycles."""
    tempo = TempoMap.starting(0.0, 0.5)
    tempo.set_cps_from(8.0, 1.0)
    tempo.nudge(cycles, 1_000.0)
    assert (tempo.anchors[-1].cycle, tempo.anchors[-1].cps) == (8.0, 1.0)
    assert tempo.server_ms_at(8.0) == pytest.approx(16_000 - cycles / 0.5 * 1000)
    ramped, nudged = TempoMap.starting(0.0, 0.5), TempoMap.starting(0.0, 0.5)
    for each in (ramped, nudged):
        each.set_cps(1.5, 0.0, over_s=8.0)
    nudged.nudge(cycles, 2_000.0)
    assert nudged.anchors[-1].cycle == ramped.anchors[-1].cycle
    assert nudged.anchors[-1].cps == 1.5


def test_time_bends_no_more_than_it_may() -> None:
    """CLK-11: who nudges faster than nudges pass is refused, and nothing has changed; a moment later one may again."""
    tempo = TempoMap.starting(0.0, 0.5)
    tempo.nudge(0.1, 0.0)
    tempo.nudge(0.1, 50.0)
    before = tempo.anchors
    with pytest.raises(Refusal, match="a moment"):
        tempo.nudge(0.1, 100.0)
    assert tempo.anchors == before
    assert max(anchor.cps for anchor in before) <= 0.5 * (1 + MAX_BENDS)
    tempo.nudge(0.1, 3_000.0)


def test_the_map_does_not_grow_for_ever() -> None:
    """CLK-4: old anchors are dropped, and the present is unchanged by it."""
    tempo = TempoMap.starting(0.0, 1.0)
    for step in range(2 * MAX_ANCHORS):
        tempo.set_cps(1.0, float(step))
    assert len(tempo.anchors) == MAX_ANCHORS
    assert tempo.cycle_at(10_000.0) == pytest.approx(10.0)
