"""The magics in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from algorave_kernel.display import SESSION_MIME, WIDGET_MIME
from algorave_kernel.magic_line import COMMANDS
from kernel_client import Kernel, Ran, running_kernel

DRUMS = '%%strudel drums\ns("bd*4")'


@pytest.fixture(scope="module")
def python() -> Iterator[Kernel]:
    with running_kernel("python3") as kernel:
        loaded = kernel.run("%load_ext algorave_kernel")
        assert loaded == Ran()
        yield kernel


def only_output(ran: Ran) -> dict[str, object]:
    """The one display of a cell that printed nothing, returned nothing and failed nowhere."""
    assert (ran.streams, ran.results, ran.errors, len(ran.displays)) == ("", [], [], 1)
    return ran.displays[0]


def layer_of(ran: Ran) -> str:
    return only_output(ran)[SESSION_MIME]["layer"]


def test_a_cell_is_one_output_in_four_forms(python: Kernel) -> None:
    """MAG-1, MAG-2: a cell shows session data, a widget, HTML and the code, and nothing else."""
    bundle = only_output(python.run(DRUMS))
    assert set(bundle) == {SESSION_MIME, WIDGET_MIME, "text/html", "text/plain"}
    assert bundle[SESSION_MIME]["code"] == 's("bd*4")' == bundle["text/plain"]
    assert bundle[SESSION_MIME]["play"] is True
    assert "data:image/svg+xml;base64," in bundle["text/html"]


def test_options_reach_the_output(python: Kernel) -> None:
    """MAG-4: `--no-play` waits for the button, `--cps` sets the tempo."""
    payload = only_output(python.run('%%strudel drums --no-play --cps 3/4\ns("bd")'))[SESSION_MIME]
    assert (payload["layer"], payload["play"], payload["cps"]) == ("drums", False, 0.75)


def test_a_cell_without_a_name_keeps_its_layer(python: Kernel) -> None:
    """MAG-3: run again, also with other code, it is the same layer; another cell is another layer."""
    first = layer_of(python.run('%%strudel\ns("bd")', "cell-one"))
    again = layer_of(python.run('%%strudel\ns("bd sd")', "cell-one"))
    other = layer_of(python.run('%%strudel\ns("bd sd")', "cell-two"))
    assert first == again != other


def widget_of(ran: Ran) -> str:
    return only_output(ran)[WIDGET_MIME]["model_id"]


def closed_by(ran: Ran) -> set[str]:
    return {content["comm_id"] for kind, content in ran.comms if kind == "comm_close"}


def test_running_again_closes_the_older_widget(python: Kernel) -> None:
    """MAG-11: a cell's older widget is closed; another cell's widget of the same layer stays, as its output does."""
    python.run("import algorave_kernel.display as output\noutput.SETTLE_S = 0")
    first = widget_of(python.run('%%strudel once\ns("bd")', "cell-a"))
    other = python.run('%%strudel once\ns("bd")', "cell-b")
    again = python.run('%%strudel once\ns("sd")', "cell-a")
    assert first not in closed_by(other)
    assert closed_by(again) == {first}
    assert widget_of(again) != first


def test_a_widget_that_is_being_set_up_is_not_closed(python: Kernel) -> None:
    """MAG-11: what was opened a moment ago is closed by a later run, since pages complain otherwise."""
    python.run("output.SETTLE_S = 1e9")
    first = widget_of(python.run('%%strudel quick\ns("bd")', "cell-c"))
    assert closed_by(python.run('%%strudel quick\ns("sd")', "cell-c")) == set()
    python.run("output.SETTLE_S = 0")
    assert first in closed_by(python.run('%%strudel quick\ns("hh")', "cell-c"))


def test_a_mistake_is_said_and_the_music_goes_on(python: Kernel) -> None:
    """MAG-5: a problem is an output with line, column and hint; it says what goes on, and is no error of the cell."""
    python.run('%%strudel tune\nnote("c4")')
    bundle = only_output(python.run('%%strudel tune\nnote("c4")\n  .lpff(3)'))
    problem = bundle[SESSION_MIME]["problems"][0]
    assert (problem["line"], problem["column"]) == (2, 4)
    assert "lpf" in problem["hint"]
    assert bundle[SESSION_MIME]["play"] is False
    assert "The last good version of tune keeps playing." in bundle["text/html"]


def test_a_mistake_before_any_music_promises_none(python: Kernel) -> None:
    """MAG-5: where nothing good was played before, nothing is said to go on."""
    bundle = only_output(python.run('%%strudel never\nnote("c4").lpff(3)'))
    assert "keeps playing" not in bundle["text/html"]
    assert "never stays silent until this is put right." in bundle["text/html"]


def test_nothing_is_expanded(python: Kernel) -> None:
    """MAG-6: `{x}` and `$x` are Strudel's, not Python's, in lines and in cells."""
    python.run("x = 42")
    cell = only_output(python.run('%%strudel drums\ns("{bd sd}%4 $x {x}")'))
    assert "{x}" in cell[SESSION_MIME]["code"]
    checked = python.run('%algorave check s("{bd hh}%{x}")')
    assert "42" not in repr(checked)
    haps = python.run('%algorave haps note("{c e}%4").s("sine")')
    assert len(haps.results) == 1
    assert "4 haps" in haps.results[0]["text/plain"]


WRONG = [
    ("%%strudel drums --plya\ns('bd')", "UsageError: unknown option '--plya': did you mean '--play'?"),
    ("%%strudel 7up\ns('bd')", "is no name for a layer"),
    ("%algorave hapz drums", "there is no `%algorave hapz`: did you mean 'haps'?"),
    ("%algorave docs lpfq", "no function is called 'lpfq': did you mean"),
    ("%algorave sounds piannno", "did you mean 'piano'?"),
    ("%algorave haps drums --cycles 2 1", "--cycles takes a number of cycles"),
    ("%algorave help docto", "did you mean 'doctor'?"),
]


@pytest.mark.parametrize(("cell", "words"), WRONG)
def test_wrong_use_is_one_sentence(python: Kernel, cell: str, words: str) -> None:
    """MAG-7: wrong options, sub-commands and words are a UsageError with the closest there is, and no traceback."""
    ran = python.run(cell)
    said = ran.streams + "".join(ran.errors)
    assert words in said
    assert "Traceback" not in said
    assert ran.displays == []


@pytest.mark.parametrize(
    "cell", ["%%strudel --help\n", *(f"%algorave {name} --help" for name in ("", *COMMANDS))]
)
def test_help_is_printed(python: Kernel, cell: str) -> None:
    """MAG-8: `--help` prints how it is used and does nothing else."""
    ran = python.run(cell)
    assert ran.streams.strip()
    assert ran.displays == ran.results == ran.errors == []


def test_hush_is_an_output(python: Kernel) -> None:
    """MAG-9: hush is an output that the page acts upon."""
    assert only_output(python.run("%algorave hush"))[SESSION_MIME]["action"] == "hush"


def test_haps_and_check_take_code_or_a_layer(python: Kernel) -> None:
    """MAG-10: a layer's name stands for its latest code; `check` without a name judges every layer."""
    python.run('%%strudel pair --no-play\nnote("c4 e4").s("sine")')
    named = python.run("h = %algorave haps pair --cycles 1/2 3\nlen(h), float(h[0].part.begin)")
    assert named.results[0]["text/plain"] == "(5, 0.5)"
    written = python.run('%algorave haps note("c4 e4 g4")')
    assert "3 haps" in written.results[0]["text/plain"]
    assert "<table" in written.results[0]["text/html"]
    assert "pair: playable" in python.run("%algorave check").streams
    verdict = python.run('v = %algorave check s("bd").lpff(2)\nprint(v.playable, v.line, v.column)')
    assert verdict.streams == "False 1 9\n"


def test_haps_of_a_mistake_are_words(python: Kernel) -> None:
    """MAG-10: code that gives no haps says why, with line and column."""
    ran = python.run('%algorave haps s("bd").lpff(2)')
    assert ran.streams.startswith("1:9: lpff is not a function")
    assert ran.errors == []


def test_docs_sounds_and_versions(python: Kernel) -> None:
    """MAG-12: docs and sounds are results with a rich form, versions and the doctor's report are text."""
    docs = python.run("%algorave docs cutoff").results[0]
    assert "lpf(frequency)" in docs["text/plain"]
    assert "```js" in docs["text/markdown"]
    assert "hh" in python.run("%algorave sounds hh").results[0]["text/plain"]
    assert "mini-racer" in python.run("%algorave version").streams
    assert "engine:" in python.run("%algorave doctor").streams


def test_examples_play(python: Kernel) -> None:
    """MAG-14: examples answer to what one would say, each of them plays, and without words there are some too."""
    markdown = python.run("%algorave examples make it darker").results[0]["text/markdown"]
    assert "lpf" in markdown
    assert "```js" in markdown
    python.run("found = %algorave examples euclidean rhythm")
    assert (
        "True"
        in python.run(
            "from algorave_kernel.gate import check; all(check(it.code).playable for it in found)"
        ).results[0]["text/plain"]
    )
    assert 's("hh*8")' in python.run("%algorave examples").results[0]["text/plain"]
    assert "no example answers to 'qqqq'" in python.run("%algorave examples qqqq").streams


def test_code_is_completed_in_strudel_cells(python: Kernel) -> None:
    """COMP-4: Tab in a Strudel cell gives Strudel's words and not Python's."""
    matches, replaced = python.complete('%%strudel drums\nnote("c").lp')
    assert replaced == "lp"
    assert {"lpf", "lpq"} <= set(matches)
    sounds, replaced = python.complete('%%strudel drums\n  s("bd h')
    assert (replaced, "hh" in sounds) == ("h", True)
    assert python.complete("%%strudel drums\n// import sy")[0] == ["sy"]


def test_magic_lines_are_completed(python: Kernel) -> None:
    """COMP-4: Tab after a magic gives its options, sub-commands and layers."""
    python.run('%%strudel completed --no-play\ns("bd")')
    assert python.complete("%%strudel drums --no") == (["--no-play"], "--no")
    assert python.complete("%algorave ver") == (["version"], "ver")
    assert "completed" in python.complete("%algorave haps comp")[0]


def test_python_cells_are_completed_as_before(python: Kernel) -> None:
    """COMP-4: completion of Python is Python's."""
    python.run("import string")
    matches, _ = python.complete("string.ascii_low")
    assert any(match.endswith("ascii_lowercase") for match in matches)


def test_a_pattern_in_python(python: Kernel) -> None:
    """PAT-1: a pattern as the last line of a cell shows itself with a widget, and does not sound."""
    ran = python.run("from algorave_kernel import Pattern\nPattern('s(\"bd\")')")
    assert ran.results[0][SESSION_MIME]["play"] is False
    assert WIDGET_MIME in ran.results[0]


def test_an_unplayable_pattern_in_python_is_a_sentence(python: Kernel) -> None:
    """PAT-2: asking a wrong pattern for haps gives a sentence with its place."""
    ran = python.run("Pattern('s(\"bd\").lpff(2)').haps()")
    assert ran.errors[0].startswith("Unplayable: 1:9: lpff is not a function")


def test_loading_twice_and_unloading() -> None:
    """MAG-13: loading again changes nothing, unloading takes magics, completion and widgets away."""
    with running_kernel("python3") as kernel:
        kernel.run("%load_ext algorave_kernel")
        assert kernel.run("%reload_ext algorave_kernel") == Ran()
        shown = kernel.run(DRUMS).displays[0][WIDGET_MIME]["model_id"]
        gone = kernel.run("%unload_ext algorave_kernel")
        assert shown in {content["comm_id"] for kind, content in gone.comms if kind == "comm_close"}
        missing = kernel.run("%algorave version")
        assert "algorave" in "".join(missing.errors) + missing.streams
        assert "UsageError" in "".join(missing.errors) + missing.streams
        assert "lpf" not in kernel.complete('%%strudel x\nnote("c").lp')[0]
