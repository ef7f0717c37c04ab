"""Offsets of JavaScript in Python's texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_kernel.engine import Engine
from algorave_kernel.offsets import Offsets
from algorave_kernel.problem import Unplayable


@given(st.text(st.sampled_from("ab \n🥁低é\u0301👩")))
def test_every_offset_of_every_character(text: str) -> None:
    """ENG-8: a UTF-16 offset becomes the index of the same character."""
    offsets = Offsets(text)
    for index in range(len(text) + 1):
        utf16 = len(text[:index].encode("utf-16-le")) // 2
        assert offsets.index(utf16) == index


@pytest.mark.parametrize("offset", [-5, 99])
def test_offsets_outside_are_kept_inside(offset: int) -> None:
    """ENG-8: an offset outside the text, as hostile code may give, is moved to its nearest end."""
    assert Offsets("a🥁").index(offset) in (0, 2)


@pytest.mark.parametrize("before", ["", "/* é */ ", "/* 低音 */ ", "/* 🥁🥁 */ ", "/* 👩‍🎤 */\n"])
def test_locations_point_at_the_same_text(engine: Engine, before: str) -> None:
    """ENG-8: a hap's locations are the place of its text, whatever characters stand before it."""
    code = f'{before}s("bd hh")'
    places = [code[start:end] for hap in engine.haps(code) for start, end in hap.locations]
    assert places == ["bd", "hh"]


def test_columns_count_code_points(engine: Engine) -> None:
    """ENG-8: a column counts what people see as characters of the text, not UTF-16 units."""
    with pytest.raises(Unplayable) as refused:
        engine.haps('/* 🥁 */ s("bd").fasst(2)')
    assert (refused.value.problem.line, refused.value.problem.column) == (1, 17)
    assert '/* 🥁 */ s("bd").fasst(2)'[16:].startswith("fasst")


def test_wide_mini_notation_errors(engine: Engine) -> None:
    """ENG-8: half a character never appears in a message."""
    with pytest.raises(Unplayable) as refused:
        engine.haps('s("bd 🥁 hh")')
    assert "🥁" in refused.value.problem.message
    assert refused.value.problem.column == 7
