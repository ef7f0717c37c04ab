"""The output of a layer as data, HTML and text, and a pattern as a Python value."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

from algorave_kernel import Pattern
from algorave_kernel.display import SESSION_MIME, WIDGET_MIME, Showing, hush_bundle, removal_bundle
from algorave_kernel.layer_name import name_for_cell, name_for_code
from algorave_kernel.problem import Problem, Unplayable

PROBLEM = Problem("reference", "lpff is not a function", 2, 4, "did you mean lpf?")


def test_importing_the_package_is_light() -> None:
    """MAG-1: `import algorave_kernel` loads neither IPython nor anywidget nor an engine."""
    code = "import algorave_kernel, sys; print([n for n in ('IPython','anywidget','ipykernel','py_mini_racer') if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_session_data_is_complete() -> None:
    """OUT-1: the session data has exactly the fields that the front end reads, and the code as it is."""
    showing = Showing("drums", 's("bd")', cps=0.6, play=True)
    payload = showing.to_bundle()[SESSION_MIME]
    assert payload == {
        "version": 1,
        "session": None,
        "layer": "drums",
        "code": 's("bd")',
        "cps": 0.6,
        "play": True,
        "run_id": showing.run_id,
        "issued_at_ms": showing.issued_at_ms,
        "problems": [],
        "words": "",
        "conflict": None,
    }
    assert showing.run_id != Showing("drums", 's("bd")').run_id


def test_words_are_for_the_page_too() -> None:
    """OUT-1: what the kernel has to say of a run is in the data, unless the page says it with the problems."""
    words = "Only you hear this."
    assert Showing("drums", 's("bd")', words=words).to_payload()["words"] == words
    assert Showing("drums", 's("bd")', words=words, problems=[PROBLEM]).to_payload()["words"] == ""


def test_what_is_wrong_is_never_asked_to_play() -> None:
    """OUT-2: with a problem, `play` is false and the problem is data with line and column."""
    payload = Showing("drums", 's("bd")\n  .lpff(3)', play=True, problems=[PROBLEM]).to_bundle()[SESSION_MIME]
    assert payload["play"] is False
    assert payload["problems"] == [
        {"kind": "reference", "message": "lpff is not a function", "line": 2, "column": 4, "hint": "did you mean lpf?", "layer": None}
    ]  # fmt: skip


def test_a_problem_is_said_in_words_where_nothing_runs() -> None:
    """OUT-2: HTML and text say the problem with its place, and mark its line."""
    bundle = Showing("drums", 's("bd")\n  .lpff(3)', problems=[PROBLEM], words="It goes on.").to_bundle()
    assert "<mark>  .lpff(3)</mark>" in bundle["text/html"]
    assert "2:4: lpff is not a function (did you mean lpf?)" in bundle["text/html"]
    assert bundle["text/plain"].splitlines()[2:] == [
        "// 2:4: lpff is not a function (did you mean lpf?)",
        "// It goes on.",
    ]


def test_code_cannot_leave_the_html() -> None:
    """OUT-3: code and problems are text in the HTML, whatever they contain."""
    evil = "</pre><script>alert(1)</script>"
    problem = Problem("runtime", evil, 1, 1)
    html = Showing("x", evil, problems=[problem], words=evil).to_bundle()["text/html"]
    assert "<script" not in html
    assert html.count("</pre>") == 1


def test_outside_a_kernel_there_is_no_widget() -> None:
    """OUT-1: only a kernel can hold a widget."""
    assert WIDGET_MIME not in Showing("x", "").to_bundle()


def test_hush_is_an_output_for_the_page() -> None:
    """MAG-9: hush travels as session data with an action, and asks nothing to play."""
    payload = hush_bundle()[SESSION_MIME]
    assert (payload["action"], payload["play"], payload["version"]) == ("hush", False, 1)


def test_a_layer_that_is_no_more_is_said_in_words() -> None:
    """OUT-4: what is shown of a layer that was taken away has its name and words, and no code to play."""
    bundle = removal_bundle("pad<b>", "a1")
    payload = bundle[SESSION_MIME]
    assert (payload["action"], payload["layer"], payload["code"]) == ("remove", "pad<b>", "")
    assert payload["words"] == bundle["text/plain"] == "pad<b> is no more."
    assert "pad&lt;b&gt; is no more." in bundle["text/html"]


def test_names_stay_with_their_cell() -> None:
    """MAG-3: the cell's id decides, not the code; without an id, the code does."""
    assert name_for_cell("a1", "x") == name_for_cell("a1", "y")
    assert name_for_cell("a1", "x") != name_for_cell("b2", "x")
    assert name_for_cell(None, "x") == name_for_cell("", "x") != name_for_cell(None, "y")
    assert name_for_code("x") == name_for_code("x") != name_for_code("y")


def test_a_pattern_shows_itself_without_sounding() -> None:
    """PAT-1: a pattern as a value shows code and picture and waits for the play button."""
    bundle = Pattern('s("bd*4")')._repr_mimebundle_()
    assert bundle[SESSION_MIME]["play"] is False
    assert "data:image/svg+xml;base64," in bundle["text/html"]
    assert bundle["text/plain"] == 's("bd*4")'


def test_a_pattern_that_is_wrong_shows_why() -> None:
    """PAT-1: what is wrong is shown, not raised."""
    bundle = Pattern('s("bd").lpff(2)')._repr_mimebundle_()
    assert bundle[SESSION_MIME]["problems"][0]["line"] == 1
    assert "lpf" in bundle["text/html"]


def test_a_pattern_is_data() -> None:
    """PAT-2: haps, verdict and picture of a pattern."""
    pattern = Pattern('note("c4 e4")', layer="tune")
    haps = pattern.haps(0, 1)
    assert [(hap.begin, hap.end, hap.note) for hap in haps] == [(0, 0.5, "c4"), (0.5, 1, "e4")]
    assert pattern.check().playable
    assert pattern.pianoroll(Fraction(1, 2)).summary == "Piano roll, cycles 0 to 0.5: 1 haps of triangle"
    assert (pattern.layer, repr(pattern)) == ("tune", "Pattern('note(\"c4 e4\")')")


def test_haps_of_a_wrong_pattern_are_an_error_in_words() -> None:
    """PAT-2: asking a pattern that cannot be evaluated for haps raises Unplayable with line and column."""
    with pytest.raises(Unplayable, match=r"^1:9: lpff is not a function"):
        Pattern('s("bd").lpff(2)').haps()


def test_a_crowded_pattern_is_shown_one_cycle_wide() -> None:
    """PAT-3: the picture beside the code stays readable and small."""
    roll = Pattern('s("bd*16, hh*256")').glance()
    assert roll is not None
    assert roll.summary.startswith("Piano roll, cycles 0 to 1")
    assert len(roll.svg) < 30_000
