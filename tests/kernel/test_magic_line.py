"""What may stand behind the magics, and what is said when it is wrong."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_kernel import magic_line
from algorave_kernel.arguments import BadUsage

GOOD = [
    ("", (None, True, None)),
    ("drums", ("drums", True, None)),
    ("drums --no-play", ("drums", False, None)),
    ("--play drums", ("drums", True, None)),
    ("--cps 0.6", (None, True, 0.6)),
    ("--cps=3/5 drums", ("drums", True, 0.6)),
    ("café-2_a", ("café-2_a", True, None)),
]
BAD = [
    ("--plya", "unknown option '--plya': did you mean '--play'?"),
    ("drums --cpm 120", "unknown option '--cpm': did you mean '--cps'?"),
    ("--xyzzy", "unknown option '--xyzzy'."),
    ("drums bass", "'bass' is one word too many."),
    ("2drums", "'2drums' is no name for a layer"),
    ("a" * 41, "is no name for a layer"),
    ("--cps", "expected one argument"),
    ("--cps 0", "above 0 and up to 20"),
    ("--cps 21", "above 0 and up to 20"),
    ("--cps fast", "a number such as 2, 0.5 or 1/3, not 'fast'"),
    ("--cps 1/0", "a number such as"),
    ("--cps 1e999999999", "a number such as"),
    ("--cps nan", "a number such as"),
]


@pytest.mark.parametrize(("line", "wanted"), GOOD)
def test_a_strudel_line_is_understood(line: str, wanted: tuple[str | None, bool, float | None]) -> None:
    """MAG-4: a cell plays unless `--no-play` says not; name and tempo are optional."""
    found = magic_line.read_strudel(line)
    assert (found.layer, found.play, found.cps) == wanted


@pytest.mark.parametrize(("line", "words"), BAD)
def test_a_wrong_strudel_line_is_refused_in_words(line: str, words: str) -> None:
    """MAG-7: the refusal says what is wrong and names the closest option and where help is."""
    with pytest.raises(BadUsage) as refused:
        magic_line.read_strudel(line)
    assert words in str(refused.value)
    assert str(refused.value).endswith("See `%%strudel --help`.")


HAPS = [
    ('haps s("bd*4")', 's("bd*4")', None),
    ('haps s("bd*4") --cycles 2', 's("bd*4")', (Fraction(0), Fraction(2))),
    ("haps drums --cycles 1/2 3", "drums", (Fraction(1, 2), Fraction(3))),
    ("haps --cycles 0 0.25 drums", "drums", (Fraction(0), Fraction(1, 4))),
    ('haps --cycles=4 s("bd --cycles 9")', 's("bd --cycles 9")', (Fraction(0), Fraction(4))),
    ("haps note('{}$x')", "note('{}$x')", None),
    ('haps s("bd --cycles 2 sd")', 's("bd --cycles 2 sd")', None),
    ('haps s("bd --cycles 2 sd") --cycles -1/2 1', 's("bd --cycles 2 sd")', (Fraction(-1, 2), Fraction(1))),
]


@pytest.mark.parametrize(("line", "text", "span"), HAPS)
def test_haps_takes_code_and_cycles(line: str, text: str, span: tuple[Fraction, Fraction] | None) -> None:
    """MAG-10: code is taken as it is written, and the cycles may stand before or behind it."""
    found = magic_line.read_algorave(line)
    assert (found.command, found.text, found.span) == ("haps", text, span)


REFUSED = [
    ("hapz drums", "there is no `%algorave hapz`: did you mean 'haps'?"),
    ("frobnicate", "there is no `%algorave frobnicate`. See `%algorave help`."),
    ("haps drums --cycle 2", "`%algorave haps` has no option '--cycle': did you mean '--cycles'?"),
    ("check drums --cycles 2", "`%algorave check` has no option '--cycles'."),
    ("haps", "`%algorave haps` needs CODE|LAYER."),
    ("docs", "`%algorave docs` needs WORD."),
    ("hush now", "`%algorave hush` takes nothing more, not 'now'."),
    ("haps drums --cycles", "--cycles takes a number of cycles"),
    ("haps drums --cycles 3 2", "--cycles takes a number of cycles"),
    ("haps drums --cycles x", "a cycle is a number such as"),
    ("haps drums --cycles 99999", "cycles lie between"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED)
def test_a_wrong_algorave_line_is_refused_in_words(line: str, words: str) -> None:
    """MAG-7: an unknown sub-command, option or number is refused with the closest there is."""
    with pytest.raises(BadUsage) as refused:
        magic_line.read_algorave(line)
    assert words in str(refused.value)


@pytest.mark.parametrize("command", ["", *magic_line.COMMANDS])
def test_help_is_everywhere(command: str) -> None:
    """MAG-8: `--help` and `-h` are understood by everything and say how it is used."""
    for option in ("-h", "--help"):
        asked = magic_line.read_algorave(f"{command} {option}".strip())
        assert asked.help or asked.command == "help"
        assert magic_line.read_strudel(f"drums {option}").help
    assert magic_line.help_text(command).strip()
    assert "--cps" in magic_line.strudel_arguments().format_help()


def test_help_of_what_is_not_there_is_refused() -> None:
    """MAG-7: also `%algorave help` knows the closest word."""
    with pytest.raises(BadUsage, match="did you mean 'doctor'"):
        magic_line.help_text("docto")


@given(st.text(max_size=60))
def test_nothing_written_there_is_a_traceback(line: str) -> None:
    """MAG-7: whatever is written behind a magic is understood or refused in a sentence."""
    for read in (magic_line.read_strudel, magic_line.read_algorave):
        for text in (line, f"haps {line}", f"drums --cps {line}"):
            with contextlib.suppress(BadUsage):
                read(text)
