"""The tempo map: cycles and server time, both ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_server.protocol import Anchor
from algorave_server.tempo import LEAD_MS, MAX_ANCHORS, TempoMap

VECTORS = Path(__file__).parents[1] / "vectors" / "tempo.json"

cps = st.floats(0.05, 4)
gaps_ms = st.floats(0, 60_000)


@st.composite
def tempo_maps(draw: st.DrawFn) -> TempoMap:
    """A map with a few tempo changes."""
    tempo = TempoMap.starting(1_000.0, draw(cps))
    now_ms = 1_000.0
    for _ in range(draw(st.integers(0, 8))):
        now_ms += draw(gaps_ms)
        tempo.set_cps(draw(cps), now_ms)
    return tempo


@given(tempo_maps(), st.floats(0, 600_000))
def test_cycles_and_times_convert_back_and_forth(tempo: TempoMap, after_ms: float) -> None:
    """CLK-1: the time of the cycle of a time is that time, over any tempo changes."""
    server_ms = 1_000.0 + after_ms
    assert tempo.server_ms_at(tempo.cycle_at(server_ms)) == pytest.approx(server_ms, abs=1e-3)


def test_the_map_agrees_with_fractions() -> None:
    """CLK-1: cycles and times are those that exact arithmetic gives, for the page's map and the server's."""
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        tempo = TempoMap([Anchor.model_validate(each) for each in vector["anchors"]])
        for point in vector["points"]:
            assert tempo.cycle_at(point["server_ms"]) == pytest.approx(point["cycle"], abs=1e-8)
            assert tempo.server_ms_at(tempo.cycle_at(point["server_ms"])) == pytest.approx(
                point["server_ms"], abs=1e-3
            )


@given(tempo_maps(), st.floats(0, 600_000), st.floats(0.001, 1_000))
def test_musical_time_never_goes_back(tempo: TempoMap, after_ms: float, step_ms: float) -> None:
    """CLK-2: a later time is never an earlier cycle."""
    assert tempo.cycle_at(1_000 + after_ms + step_ms) >= tempo.cycle_at(1_000 + after_ms)


@given(tempo_maps(), cps, gaps_ms)
def test_a_tempo_change_does_not_jump(tempo: TempoMap, new_cps: float, gap_ms: float) -> None:
    """CLK-3: at the moment of a change it is the same cycle before and after it."""
    now_ms = tempo.anchors[-1].server_ms + gap_ms
    changes_at_ms = now_ms + LEAD_MS
    before = tempo.cycle_at(changes_at_ms)
    tempo.set_cps(new_cps, now_ms)
    assert tempo.cycle_at(changes_at_ms) == pytest.approx(before, abs=1e-9)


@given(tempo_maps(), cps, gaps_ms)
def test_what_changes_leaves_everybody_time_to_know(tempo: TempoMap, new_cps: float, gap_ms: float) -> None:
    """CLK-6: a tempo change and newly evaluated code take effect half a second later at the soonest."""
    now_ms = tempo.anchors[-1].server_ms + gap_ms
    assert tempo.server_ms_at(tempo.next_cycle(now_ms)) >= now_ms + LEAD_MS - 1e-3
    soon_ms = now_ms + LEAD_MS - 1
    before = tempo.cycle_at(soon_ms)
    tempo.set_cps(new_cps, now_ms)
    assert tempo.cycle_at(soon_ms) == before


def test_the_map_does_not_grow_for_ever() -> None:
    """CLK-4: old anchors are dropped, and the present is unchanged by it."""
    tempo = TempoMap.starting(0.0, 1.0)
    for step in range(2 * MAX_ANCHORS):
        tempo.set_cps(1.0, float(step))
    assert len(tempo.anchors) == MAX_ANCHORS
    assert tempo.cycle_at(10_000.0) == pytest.approx(10.0)
