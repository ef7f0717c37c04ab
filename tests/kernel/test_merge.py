"""A cell's text and the live text made one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_kernel.live_cell import merged_cell
from algorave_kernel.merge import applied, changes, merge
from algorave_kernel.offsets import Offsets, is_whole, utf8_offset

CODE = st.text(alphabet="ab01 \n\t\"'().,*~🎵鼓é", max_size=60)
WORDS = st.lists(st.text(alphabet="abc🎵鼓", min_size=1, max_size=4), min_size=6, max_size=20, unique=True)

MERGED = [
    # both changed one line
    ('s("bd*4")', 's("bd*8")', 's("bd*4").gain(.5)', 's("bd*8").gain(.5)'),
    # both added to one mini-notation
    ('s("bd sd")', 's("hh bd sd")', 's("bd sd cp")', 's("hh bd sd cp")'),
    # different lines
    ("a: 1\nb: 2\nc: 3", "a: 9\nb: 2\nc: 3", "a: 1\nb: 2\nc: 8", "a: 9\nb: 2\nc: 8"),
    # the same change twice is one change
    ('s("bd")', 's("cp")', 's("cp")', 's("cp")'),
    ("x\ny", "x1\ny", "x1\ny2", "x1\ny2"),
    # one removed what the other left alone
    ('s("bd").gain(.5).lpf(300)', 's("bd").lpf(300)', 's("bd").gain(.5).lpf(800)', 's("bd").lpf(800)'),
]
CONFLICTS = [
    ('s("bd*4")', 's("bd*8")', 's("bd*16")'),
    ('s("bd")', 's("bd").gain(.5)', 's("bd").lpf(300)'),
    ("a\nb\nc", "a\nc", "a\nB\nc"),
]


@pytest.mark.parametrize(("base", "mine", "theirs", "both"), MERGED)
def test_both_changes_are_kept(base: str, mine: str, theirs: str, both: str) -> None:
    """MERGE-1: what the cell changed and what others changed are both in the result, also in one line."""
    assert merge(base, mine, theirs) == both == merge(base, theirs, mine)


@pytest.mark.parametrize(("base", "mine", "theirs"), CONFLICTS)
def test_changes_of_the_same_place_are_a_conflict(base: str, mine: str, theirs: str) -> None:
    """MERGE-2: where both changed the same place differently nothing is guessed."""
    assert merge(base, mine, theirs) is None
    assert merge(base, theirs, mine) is None


@given(CODE, CODE)
def test_an_unchanged_side_changes_nothing(base: str, other: str) -> None:
    """MERGE-3: an unchanged cell leaves the live text as it is, an unchanged live text takes the cell's."""
    assert merge(base, base, other) == other
    assert merge(base, other, base) == other
    assert merge(base, other, other) == other


@given(WORDS, st.data())
def test_changes_of_different_words_are_both_kept(words: list[str], data: st.DataObject) -> None:
    """MERGE-1: any two changes with an untouched word between them are both kept, whoever is first."""
    one = data.draw(st.integers(0, len(words) - 3))
    other = data.draw(st.integers(one + 2, len(words) - 1))
    mine = [*words[:one], "MINE🎵", *words[one + 1 :]]
    theirs = [*words[:other], "THEIRS", *words[other + 1 :]]
    both = [*mine[:other], "THEIRS", *mine[other + 1 :]]
    for gap in (" ", "\n"):
        base, left, right, result = (gap.join(each) for each in (words, mine, theirs, both))
        assert merge(base, left, right) == result == merge(base, right, left)


@given(CODE, CODE, CODE)
def test_a_merge_is_settled(base: str, mine: str, theirs: str) -> None:
    """MERGE-3: after a merge, running the same cell again is no operation; and the order does not matter."""
    both = merge(base, mine, theirs)
    assert both == merge(base, theirs, mine)
    if both is not None:
        assert merge(mine, mine, both) == both


@given(CODE, CODE)
def test_changes_make_one_text_of_the_other(before: str, after: str) -> None:
    """MERGE-4: changes are in order, never touch, change something, and lead from one text to the other."""
    made = changes(before, after)
    assert applied(before, made) == after
    assert all(one.end < other.begin for one, other in pairwise(made))
    assert all(before[each.begin : each.end] != each.text for each in made)


def test_long_texts_are_compared_quickly() -> None:
    """MERGE-4: a text as long as a layer may be is compared by lines and words in no time, and small changes stay small."""
    lines = [f'n{number}: s("bd*{number % 7} hh").gain(.{number % 10})' for number in range(4_000)]
    before = "\n".join(lines)
    after = before.replace("n2000: ", "renamed: ")
    (change,) = changes(before, after)
    assert (before[change.begin : change.end], change.text) == ("n2000", "renamed")
    one_line = "a b " * 20_000
    assert applied(one_line, changes(one_line, one_line.replace("b", "c"))) == one_line.replace("b", "c")
    beat = 's("bd")\n' * 12_000
    for after in (f"// one\n{beat}// two\n{beat}", beat[3:] + "x" + beat + "y"):
        assert applied(beat, changes(beat, after)) == after


@pytest.mark.parametrize(
    ("base", "cell", "live", "merged"),
    [
        (None, "x", "", "x"),
        (None, "x", "  \n", "x"),
        (None, "x", "x", "x"),
        (None, "", "live", "live"),
        (None, "x", "live", None),
        ("x", "x", "live", "live"),
        ("x", "x", "", ""),
        ("x", "y", "", "y"),
    ],
)
def test_a_cell_without_history(base: str | None, cell: str, live: str, merged: str | None) -> None:
    """MERGE-5: without a base an empty side gives way, equal texts are one, and all else is a conflict."""
    assert merged_cell(base, cell, live) == merged


@given(st.text(alphabet="aé鼓🎵", max_size=20), st.integers(0, 20))
def test_three_ways_to_count(text: str, index: int) -> None:
    """MERGE-6: code points, UTF-8 bytes and UTF-16 units name the same place in a text."""
    index = min(index, len(text))
    assert text.encode()[: utf8_offset(text, index)].decode() == text[:index]
    assert Offsets(text).index(len(text[:index].encode("utf-16-le")) // 2) == index


def test_half_a_character_is_found() -> None:
    """MERGE-6: half a surrogate pair, which no document can hold, is found before it does harm."""
    assert is_whole("é🎵鼓")
    assert not is_whole("a\ud83c")
