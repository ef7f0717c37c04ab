"""What is known of cells that ran before."""

from __future__ import annotations

import os
import time
from pathlib import Path

from algorave_kernel.cell_bases import DAY_S, KEPT_DAYS, CellBases


def test_each_session_has_its_own(tmp_path: Path) -> None:
    """LIVE-16: what a cell last said is found again by its session, its layer and itself."""
    CellBases("one", tmp_path).put("l1", "c1", 's("bd") // 🎵')
    CellBases("one", tmp_path).put_name("bass", "l1")
    assert CellBases("one", tmp_path).get("l1", "c1") == 's("bd") // 🎵'
    assert CellBases("one", tmp_path).get("l1", "another cell") == 's("bd") // 🎵'
    assert CellBases("one", tmp_path).layer_named("bass") == "l1"
    assert CellBases("one", tmp_path).get("l2", "c1") is None
    assert CellBases("two", tmp_path).get("l1", "c1") is None
    assert CellBases("two", tmp_path).layer_named("bass") is None


def test_old_sessions_are_forgotten(tmp_path: Path) -> None:
    """LIVE-16: a session in which no cell was run for more than half a year is forgotten, a younger one is not."""
    for session, days in (("old", KEPT_DAYS + 1), ("young", KEPT_DAYS - 1)):
        there = set(tmp_path.iterdir())
        CellBases(session, tmp_path).put("l1", "c1", session)
        (folder,) = set(tmp_path.iterdir()) - there
        then_s = time.time() - days * DAY_S
        os.utime(folder, (then_s, then_s))
    assert CellBases("young", tmp_path).get("l1", "c1") == "young"
    assert CellBases("old", tmp_path).get("l1", "c1") is None
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cell_that_runs_keeps_its_session(tmp_path: Path) -> None:
    """LIVE-16: running a cell makes its session young again."""
    CellBases("jam", tmp_path).put("l1", "c1", "then")
    (folder,) = tmp_path.iterdir()
    then_s = time.time() - (KEPT_DAYS - 1) * DAY_S
    os.utime(folder, (then_s, then_s))
    CellBases("jam", tmp_path).put("l1", "c1", "then")
    assert folder.stat().st_mtime > time.time() - DAY_S
