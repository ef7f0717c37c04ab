"""Measuring what was heard on a machine that may be too busy for music."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stage.player import StagePage

ATTEMPTS = 4
Measured = TypeVar("Measured")


def in_time(stage: StagePage, measure: Callable[[], Measured]) -> Measured:
    """What `measure` gives in an attempt during which the stage left out no hap for want of time."""
    measured = measure()
    for _ in range(ATTEMPTS - 1):
        if stage.late_haps() == 0:
            break
        stage.anew()
        measured = measure()
    return measured


def assert_on_grid(onsets_s: NDArray[np.float64], step_s: float, least: int) -> None:
    """There are so many onsets at least, each within 5 ms of its place on a grid."""
    assert len(onsets_s) >= least
    grid = onsets_s[0] + step_s * np.arange(len(onsets_s))
    np.testing.assert_allclose(onsets_s, grid, atol=0.005)
