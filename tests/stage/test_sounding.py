"""What the stage sounds like, measured on its master output."""

from __future__ import annotations

import numpy as np
import pytest
from stage.player import StagePage

pytestmark = pytest.mark.browser


def test_a4_is_440_hz(stage: StagePage) -> None:
    """STAGE-1: a note sounds at its pitch."""
    stage.evaluate('note("a4").s("sine").clip(1)')
    stage.wait_cycle(0.2)
    assert abs(stage.listen(1.5).pitch_hz() - 440) < 1


def test_onsets_lie_on_the_grid(stage: StagePage) -> None:
    """STAGE-2: onsets lie within 5 ms of the grid, the first one too."""
    stage.start_listening()
    stage.evaluate('s("bd*8")')
    onsets = stage.heard(4.0).onsets_s()
    assert len(onsets) >= 8
    np.testing.assert_allclose(np.diff(onsets[:8]), 0.25, atol=0.005)


def test_a_swap_leaves_no_gap(stage: StagePage) -> None:
    """STAGE-3: new code takes over at a cycle boundary: no onset is lost, none sounds twice."""
    stage.start_listening()
    stage.evaluate('s("bd*8")')
    stage.wait_cycle(0.3)
    reply = stage.evaluate('s("sd*8")')
    assert reply["playing"]["from_cycle"] == 1
    onsets = stage.heard(5.0).onsets_s()
    assert len(onsets) >= 16
    np.testing.assert_allclose(np.diff(onsets), 0.25, atol=0.005)
