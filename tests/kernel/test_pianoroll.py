"""The piano roll as a picture."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_kernel import Pattern
from algorave_kernel.hap import Hap, TimeSpan
from algorave_kernel.pianoroll import draw, pitch_of

SVG = "{http://www.w3.org/2000/svg}"


def hap(begin: float | Fraction, end: float | Fraction, layer: str | None = None, **value: Any) -> Hap:
    span = TimeSpan(Fraction(begin), Fraction(end))
    return Hap(span, span, value, (), layer)


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")]


def starts(svg: str) -> list[tuple[float, float]]:
    """Where the strokes of haps begin, as (x, y)."""
    root = ET.fromstring(svg)
    paths = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("stroke-width") != "1"]
    return [(float(x), float(y)) for path in paths for x, y in re.findall(r"M(\S+) (\S+)h", path)]


def test_drums_are_named_rows_in_the_order_of_a_kit() -> None:
    """ROLL-1: a sound without pitch has a row with its name, cymbals above and bass drum below."""
    roll = draw(
        [hap(0, 1, s="bd"), hap(0, 1, s="RolandTR909_hh"), hap(0, 1, s="sd"), hap(0, 1, s="cr")], 0, 1
    )
    assert [text for text in texts(roll.svg) if not text.isdigit()] == ["cr", "hh", "sd", "bd"]


def test_notes_stand_by_pitch_and_time() -> None:
    """ROLL-1: a higher note stands higher, a later one further right."""
    low, high = starts(draw([hap(0, 0.5, note="c2"), hap(0.5, 1, note="c4")], 0, 1).svg)
    assert high[0] > low[0]
    assert high[1] < low[1]


@pytest.mark.parametrize(
    ("value", "pitch"),
    [
        ({"note": 60}, 60),
        ({"note": 60.5}, 60.5),
        ({"note": "c4"}, 60),
        ({"note": "C"}, 48),
        ({"note": "eb3"}, 51),
        ({"note": "fs5"}, 78),
        ({"note": "c##-1"}, 2),
        ({"freq": 440}, 69),
        ({"freq": 0}, None),
        ({"note": "x"}, None),
        ({"note": 1e9}, None),
        ({"s": "bd", "n": 3}, None),
    ],
)
def test_pitch_is_read_as_strudel_reads_it(value: dict[str, Any], pitch: float | None) -> None:
    """ROLL-1: names, MIDI numbers and frequencies are pitches; an octave left out is the third."""
    assert pitch_of(hap(0, 1, **value)) == pitch


def test_only_haps_that_begin_in_the_span_are_drawn() -> None:
    """ROLL-2: what began before, begins after or never begins is not drawn."""
    whole, part = TimeSpan(Fraction(0), Fraction(2)), TimeSpan(Fraction(1), Fraction(2))
    sounding_on = Hap(whole, part, {"s": "bd"})
    continuous = Hap(None, part, {"s": "bd"})
    assert starts(draw([sounding_on, continuous, hap(2, 3, s="bd")], 1, 2).svg) == []
    assert len(starts(draw([hap(1, 3, s="bd")], 1, 2).svg)) == 1


def test_silence_is_said() -> None:
    """ROLL-2: a picture of nothing says so."""
    assert draw([], 0, 4).summary == "Piano roll, cycles 0 to 4: silence"


def test_it_has_a_title_and_a_description() -> None:
    """ROLL-3: who does not see the picture hears what is in it."""
    roll = draw([hap(0, 1, s="bd"), hap(0, 1, note="c4", s="piano")], 0, 2)
    root = ET.fromstring(roll.svg)
    description = root.findtext(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title")
    assert description == "Piano roll, cycles 0 to 2: 2 haps of piano, bd"
    assert f'alt="{description}"' in roll.to_img()


HOSTILE = ['"><script>alert(1)</script>', "<b>", "&", "'", "]]>", "\x00", "\ud800", "red;}", "url(#x)"]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_and_colours_cannot_leave_their_place(text: str) -> None:
    """ROLL-4: whatever a pattern calls its sounds, layers and colours, the picture stays one of strokes and text."""
    roll = draw(
        [hap(0, 1, layer=text, s=text, note="c", color=text), hap(0, 1, s=text + "2", color=text)], 0, 1
    )
    kinds = {each.tag.removeprefix(SVG) for each in ET.fromstring(roll.svg.encode()).iter()}
    assert kinds <= {"svg", "title", "desc", "path", "text", "g"}
    assert "<script" not in roll.to_img()


def test_a_safe_colour_is_used() -> None:
    """ROLL-4: a colour that the pattern names is the colour of its hap."""
    assert 'stroke="tomato"' in draw([hap(0, 1, s="bd", color="tomato")], 0, 1).svg


def test_pictures_are_small() -> None:
    """ROLL-5: a busy four-cycle picture has less than 30 kB, and none has more than 120 kB."""
    busy = [hap(Fraction(i, 32), Fraction(i + 1, 32), s=f"s{i % 9}", gain=i % 5 / 4) for i in range(128)]
    busy += [hap(Fraction(i, 64), Fraction(i + 1, 64), note=30 + i % 50, s="saw") for i in range(256)]
    bomb = [hap(Fraction(i, 5000), Fraction(i + 1, 5000), note=i % 120, s=f"x{i}") for i in range(5000)]
    assert len(draw(busy, 0, 4).svg) < 30_000
    roll = draw(bomb, 0, 1)
    assert len(roll.svg) < 120_000
    assert roll.summary.endswith("3000 more left out")


@given(
    st.lists(
        st.builds(
            hap,
            st.fractions(0, 4),
            st.fractions(4, 9),
            layer=st.one_of(st.none(), st.text(max_size=5)),
            s=st.one_of(st.none(), st.text(max_size=30)),
            note=st.one_of(st.none(), st.floats(), st.integers(), st.text(max_size=5)),
            freq=st.one_of(st.none(), st.floats(), st.booleans()),
            gain=st.one_of(st.none(), st.floats(), st.text(max_size=3)),
            color=st.text(max_size=9),
        ),
        max_size=8,
    )
)
def test_any_haps_make_a_picture(haps: list[Hap]) -> None:
    """ROLL-4: no value that a pattern may produce breaks the picture."""
    ET.fromstring(draw(haps, 0, 4).svg.encode())


NO_TIME = [(0, 0), (1, 0), (0, float("nan")), (float("nan"), 1), (0, float("inf")), (-float("inf"), 0)]


@pytest.mark.parametrize(
    ("begin", "end"), [*NO_TIME, (0, 5e-324), (0, Fraction(1, 10**400)), (10**400, 10**400 + 1), (0, 10**9)]
)
def test_no_picture_of_no_time(begin: float | Fraction, end: float | Fraction) -> None:
    """ROLL-7: a span that no picture could have is one ValueError that says what is wanted."""
    with pytest.raises(ValueError, match="a piano roll goes from a cycle to a later one"):
        draw([hap(0, 1, s="bd")], begin, end)


@pytest.mark.parametrize("cycles", [0, -1, float("nan"), float("inf")])
def test_a_pattern_refuses_the_same(cycles: float) -> None:
    """ROLL-7: `Pattern.pianoroll` refuses in the same words, before anything is evaluated; half a cycle is drawn."""
    with pytest.raises(ValueError, match="a piano roll goes from a cycle to a later one"):
        Pattern("not even code(").pianoroll(cycles)
    assert "cycles 0 to 0.5: 1 haps" in Pattern('s("bd*2")').pianoroll(0.5).summary


def test_it_is_saved_as_a_file(tmp_path: Path) -> None:
    """ROLL-6: `save` writes the SVG."""
    file = tmp_path / "roll.svg"
    roll = draw([hap(0, 1, s="bd")], 0, 1)
    roll.save(file)
    assert file.read_text("utf-8") == roll.svg
