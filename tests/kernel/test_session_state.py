"""What a kernel knows of a session from what the server said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from algorave_kernel.session_state import NOTHING_YET, fold
from algorave_server.protocol import Anchor, Tempo

VECTORS = Path(__file__).parents[1] / "vectors" / "tempo.json"


def test_the_kernel_knows_the_cycle_as_the_server_does() -> None:
    """CLK-1: cycles are those that exact arithmetic gives, in the kernel too."""
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        state = replace(NOTHING_YET, tempo=tuple(Anchor.model_validate(each) for each in vector["anchors"]))
        for point in vector["points"]:
            assert state.cycle(point["server_ms"]) == pytest.approx(point["cycle"], abs=1e-7)


def test_news_of_the_tempo_stand_for_what_was_to_come() -> None:
    """CLK-9: the anchors of a notice replace all that were from the first one's time on."""
    first, ramp, end = (Anchor(server_ms=at, cycle=at / 2_000, cps=0.5) for at in (0.0, 4_000.0, 8_000.0))
    state = replace(NOTHING_YET, tempo=(first, ramp, end))
    cut = Anchor(server_ms=5_000.0, cycle=2.5, cps=0.7)
    assert fold(state, Tempo(anchors=[cut], by="ana")).tempo == (first, ramp, cut)
    assert fold(state, Tempo(anchors=[ramp, cut], by="ana")).tempo == (first, ramp, cut)
