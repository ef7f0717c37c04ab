"""Haps as Python data."""

from __future__ import annotations

import json
from fractions import Fraction

import pandas as pd
import pytest

from algorave_kernel.engine import Engine
from algorave_kernel.hap import Hap, Haps, TimeSpan
from algorave_kernel.problem import Unplayable

F = Fraction


def test_times_are_exact(engine: Engine) -> None:
    """HAP-1: whole and part are exact fractions, begin and end are floats of the whole."""
    haps = engine.haps('s("bd hh sd")', 0, 1)
    assert [hap.part for hap in haps] == [TimeSpan(F(i, 3), F(i + 1, 3)) for i in range(3)]
    assert haps[1].begin == pytest.approx(1 / 3)
    assert haps[1].has_onset


def test_spans_are_not_cut_at_cycles(engine: Engine) -> None:
    """HAP-2: a hap longer than a cycle is one hap; only the asked span cuts it."""
    (long,) = engine.haps('s("bd").slow(4)', 0, 4)
    assert long.part == TimeSpan(F(0), F(4))
    (cut,) = engine.haps('s("bd").slow(4)', "1/2", "3/2")
    assert cut.part == TimeSpan(F(1, 2), F(3, 2))
    assert cut.whole == TimeSpan(F(0), F(4))
    assert not cut.has_onset


def test_continuous_signals_have_no_whole(engine: Engine) -> None:
    """HAP-3: a sample of a continuous signal has no whole."""
    (hap,) = engine.haps("gain(sine)", 0, "1/4")
    assert hap.whole is None
    assert (hap.begin, hap.end) == (0, 0.25)


def test_layers_are_stacked_and_named(engine: Engine) -> None:
    """HAP-4: the haps of all labels come together, each with its label; code without labels has none."""
    haps = engine.haps('drums: s("bd sd")\n$: note("c2").s("sawtooth")\n_quiet: s("hh")')
    assert {(hap.sound, hap.layer) for hap in haps} == {
        ("bd", "drums"),
        ("sd", "drums"),
        ("sawtooth", "$0"),
    }
    assert haps.layers == ["drums", "$0"]
    assert engine.haps('s("bd")')[0].layer is None


def test_labels_survive_all(engine: Engine) -> None:
    """HAP-4: a transformation of all layers leaves each hap its label."""
    haps = engine.haps('a: s("bd")\nb: s("hh")\nall(x => x.fast(2))')
    assert sorted((hap.layer, hap.sound) for hap in haps) == [
        ("a", "bd"),
        ("a", "bd"),
        ("b", "hh"),
        ("b", "hh"),
    ]


def test_json_is_stable(engine: Engine) -> None:
    """HAP-5: the JSON form has whole, part, value, locations and layer, times as "n/d"."""
    rows = json.loads(engine.haps('lead: note("c4").gain(0.5)').to_json())
    assert rows == [
        {
            "whole": ["0/1", "1/1"],
            "part": ["0/1", "1/1"],
            "value": {"note": "c4", "gain": 0.5},
            "locations": [[12, 14]],
            "layer": "lead",
        }
    ]


def test_frame(engine: Engine) -> None:
    """HAP-6: a pandas frame has one row per hap and one column per control."""
    frame = engine.haps('s("bd hh").gain("0.5 1").pan(0)', 0, 2).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["sound"]) == ["bd", "hh"] * 2
    assert list(frame["gain"]) == [0.5, 1] * 2
    assert list(frame["pan"]) == [0] * 4
    assert frame["part_begin"].iloc[1] == F(1, 2)


def test_without_haps_the_frame_has_its_columns(engine: Engine) -> None:
    """HAP-6: no haps give an empty frame with the same columns."""
    assert {"layer", "begin", "end", "note", "sound", "gain"} <= set(
        engine.haps("silence").to_frame().columns
    )


def test_table_in_a_notebook_is_escaped() -> None:
    """HAP-7: what code put into a value is text in the table, never markup."""
    hap = Hap(None, TimeSpan(F(0), F(1)), {"s": "<img src=x onerror=alert(1)>"})
    table = Haps((hap,))._repr_html_()
    assert "<img" not in table
    assert "&lt;img" in table


def test_slices_are_haps(engine: Engine) -> None:
    """HAP-8: a slice of haps is haps again."""
    haps = engine.haps('s("hh*4")')
    assert isinstance(haps[1:3], Haps)
    assert len(haps[1:3]) == 2
    assert repr(haps[:1]) == "<1 hap in cycles 0 to 1>"


def test_values_come_as_json(engine: Engine) -> None:
    """HAP-9: fractions inside values are numbers, functions are left out."""
    (hap,) = engine.haps("s('bd').fmap(v => ({ ...v, f: () => 1, q: Fraction(1).div(4), list: [1, [2]] }))")
    assert hap.value == {"s": "bd", "q": 0.25, "list": [1, [2]]}


def test_clashing_controls_are_in_the_rows(engine: Engine) -> None:
    """HAP-10: no control is lost in a row: one that has a fixed column's name is `control_` and its name."""
    (row,) = engine.haps("s('bd').begin(0.25).end(0.5).gain('x')").rows()
    assert (row["begin"], row["end"], row["gain"]) == (0, 1, 1)
    assert (row["control_begin"], row["control_end"], row["control_gain"]) == (0.25, 0.5, "x")
    (located,) = engine.haps('s("bd").gain(0.5)').rows()
    assert located["locations"] == ((3, 5),)
    assert "control_gain" not in located
    assert "control_s" not in located


def test_half_characters_can_be_written(engine: Engine) -> None:
    """HAP-11: half a character in a value becomes U+FFFD; whole ones stay."""
    (hap,) = engine.haps(r"s('bd').set({foo: '\ud800', bar: '\ud83e\udd41'})")
    assert hap.value == {"s": "bd", "foo": "\ufffd", "bar": "🥁"}


def test_deep_values_are_problems(engine: Engine) -> None:
    """HAP-12: a value that is nested too deeply is a problem, not a traceback."""
    deep = "let a = {}; for (let i = 0; i < 3000; i++) a = {a}\n"
    with pytest.raises(Unplayable, match="nested too deeply"):
        engine.evaluate(f"{deep}samples(a)\ns('bd')")
