"""A session as a text that Strudel plays too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_kernel.gate import check
from algorave_kernel.statements import last_expression
from algorave_kernel.strudel_file import FileLayer, StrudelFile, free_name, read_file, write_file

CODE = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab$_:;.\n\t\"'`(){}[]/*, 🎵é\r"), st.characters(exclude_categories=["Cs"])
    )
) | st.sampled_from(
    [
        "// algorave: layer x\ny",
        "x: // algorave: label\ny",
        "// algorave:: layer x",
        "setcps(1) // algorave: tempo\n",
    ]
)
LAYER = st.builds(
    FileLayer,
    st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_-]{0,39}\Z"),
    CODE,
    st.floats(0, 2).map(lambda gain: round(gain, 3)),
    st.booleans(),
)
TITLE = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=40)


@given(
    st.builds(
        StrudelFile,
        st.lists(LAYER, min_size=1, max_size=5).map(tuple),
        st.none() | TITLE,
        st.none() | st.floats(0.001, 16),
    )
)
def test_a_file_comes_back_to_the_last_character(file: StrudelFile) -> None:
    """FILE-1: whatever layers say, the file read again gives the same layers, levels, title and tempo."""
    assert read_file(write_file(file), "else") == file


def test_strudel_plays_the_file() -> None:
    """FILE-2: the file is Strudel: its layers sound together, under their names, at its tempo."""
    layers = (
        FileLayer("drums", 's("bd*4, ~ cp ~ cp")\n  .gain(.8)\n'),
        FileLayer("bass-line", '// low\nconst notes = "c2 e2"\nnote(notes).s("sawtooth")', 0.8),
        FileLayer("own", '$: s("hh*8")\nchime: note("c5").s("sine")'),
        FileLayer("quiet", 's("oh")', mute=True),
        FileLayer("blank", ""),
    )
    verdict = check(write_file(StrudelFile(layers, "Jam", 0.6)))
    assert verdict.playable, verdict
    assert verdict.cps == 0.6
    assert set(verdict.layers) == {"drums", "bass_line", "$0", "chime", "_quiet"}


@pytest.mark.parametrize(
    ("code", "labelled"),
    [
        ('s("bd")', 's("bd")'),
        ('const x = 1\ns("bd")', 's("bd")'),
        ('const x = 1; s("bd")', 's("bd")'),
        ('// hi\n\ns("bd")\n  .fast(2)\n  // there\n  .gain(1)', 's("bd")'),
        ('stack(\n s("bd"),\n s("hh")\n)', "stack("),
        ('setcps(.5)\nnote("a").add(\n1)', 'note("a")'),
        ("const f = x =>\n  x.fast(2)\nnote('c').apply(f)", "note('c')"),
        ('note(`c\n;e`).s("saw")', "note(`c"),
        ('$: s("bd")\n', None),
        ('s("bd")\nhats: s("hh")', None),
        ("const x = 1", None),
        ("setcps(1)", None),
        ("", None),
        ("// only words", None),
        ("s({a: 1}.b)", "s({a"),
    ],
)  # fmt: skip
def test_where_the_pattern_is(code: str, labelled: str | None) -> None:
    """FILE-2: the label goes before the last statement, and nowhere where it would do harm."""
    place = last_expression(code)
    assert (place is None) == (labelled is None)
    if labelled is not None:
        assert code[place:].startswith(labelled)


def test_any_strudel_file_is_one_layer() -> None:
    """FILE-3: a file that is not ours is one layer, called like the file."""
    assert read_file('s("bd")\n', "song").layers == (FileLayer("song", 's("bd")'),)


def test_a_name_that_is_taken_gets_a_number() -> None:
    """FILE-4: what is imported beside a layer of its name gets the next free one, within the length of names."""
    assert free_name("bass", ["drums"]) == "bass"
    assert free_name("bass", ["bass", "bass-2"]) == "bass-3"
    assert len(free_name("x" * 40, ["x" * 40])) <= 40
