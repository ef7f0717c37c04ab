"""The lessons as files; `pytest --nbval-lax notebooks` runs them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from algorave_kernel.gate import check
from algorave_kernel.hap import Hap
from algorave_kernel.pattern import Pattern
from algorave_kernel.sounds import known_sounds

LESSON = Path(__file__).parents[2] / "notebooks" / "01_first_pattern.ipynb"
TEACHES_MISTAKES = "mistake"


def cells() -> list[tuple[str, str]]:
    """The Strudel code of the lesson by the id of its cell."""
    page = nbformat.read(LESSON, as_version=4)
    return [
        (cell.id, cell.source.split("\n", 1)[1]) for cell in page.cells if cell.source.startswith("%%strudel")
    ]


@pytest.mark.parametrize(("name", "code"), cells())
def test_every_cell_is_playable(name: str, code: str) -> None:
    """NB-1: the cells play, and the one about mistakes is wrong where it says so."""
    verdict = check(code, cycles=16)
    if name == TEACHES_MISTAKES:
        assert (verdict.playable, verdict.line, verdict.column) == (False, 2, 4)
        assert "lpf" in (verdict.hint or "")
    else:
        assert verdict.playable
        assert verdict.warnings == ()


def test_the_lesson_needs_no_network() -> None:
    """NB-2: every sound in it is made by the player itself."""
    haps: list[Hap] = [
        hap for name, code in cells() if name != TEACHES_MISTAKES for hap in Pattern(code).haps(0, 16)
    ]
    assert {hap.sound for hap in haps if hap.sound} <= set(known_sounds().offline)


def test_the_lesson_is_stored_clean() -> None:
    """NB-2: no outputs and no counts, so that a change of it is a change of its words."""
    page = nbformat.read(LESSON, as_version=4)
    nbformat.validate(page)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in page.cells)
    assert page.metadata.kernelspec.name == "python3"


def test_suggestions_in_the_text_are_playable() -> None:
    """NB-1: what the text asks the reader to try is playable too."""
    text = "\n".join(
        cell.source for cell in nbformat.read(LESSON, as_version=4).cells if cell.cell_type == "markdown"
    )
    for code in ('s("bd sd hh")', 's("bd hh sd hh")'):
        assert code in text
        assert check(code).playable
    groove = dict(cells())["groove-cell"]
    for before, after in (
        ("bd*4", "bd(3,8)"), ("124/4", "90/4"), ("bass:", "_bass:"), (".add(note(12)))", ".add(note(12))).jux(rev)"),
    ):  # fmt: skip
        assert before in groove
        assert check(groove.replace(before, after)).playable
