"""Completion of Strudel code, help for functions, names of sounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_kernel.arguments import BadUsage
from algorave_kernel.completion import Vocabulary, suggest
from algorave_kernel.docs import Entry, Found, reference
from algorave_kernel.magic_completion import complete_line
from algorave_kernel.sounds import known_sounds

WORDS = Vocabulary(
    ["fast", "late", "lpf", "note", "s", "sound", "stack"], ["bd", "sd", "hh", "piano"], ["RolandTR909"]
)

FITTING = [
    ("st", "st", ("stack",)),
    ('note("c").l', "l", ("late", "lpf")),
    ('s("bd").', "", ("fast", "late", "lpf", "note", "s", "sound", "stack")),
    ('s("bd")\n  .FA', "FA", ("fast",)),
    ('s("b', "b", ("bd",)),
    ('s("bd [h', "h", ("hh",)),
    ("sound(`p", "p", ("piano",)),
    ('stack(note("c"), s("bd s', "s", ("sd",)),
    ('s("bd").bank("Ro', "Ro", ("RolandTR909",)),
    ('n("0").scale("C:mino', "mino", ("minor", "minor:pentatonic")),
    ("/* c */ st", "st", ("stack",)),
    ("a / st", "st", ("stack",)),
]


@pytest.mark.parametrize(("code", "typed", "words"), FITTING)
def test_what_fits_is_suggested(code: str, typed: str, words: tuple[str, ...]) -> None:
    """COMP-1: functions after a dot or a letter, sounds and banks and scales inside their quotes."""
    found = suggest(code, len(code), WORDS)
    assert found is not None
    assert (code[found.begin :], found.words) == (typed, words)


@pytest.mark.parametrize(
    "code", ["", " ", "// st", "/* st", 'note("st', "'st", "`a\nst", '"\\"st', 's("zzz', "xyzzy"]
)
def test_nothing_is_suggested_where_nothing_fits(code: str) -> None:
    """COMP-1: comments and other text get no functions, and nothing typed gets no list of everything."""
    assert suggest(code, len(code), WORDS) is None


def test_the_cursor_may_be_in_the_middle() -> None:
    """COMP-1: only what stands before the cursor decides."""
    found = suggest('s("bd").lp.fast(2)', 10, WORDS)
    assert found is not None
    assert found.words == ("lpf",)


@given(st.text(max_size=200), st.integers(0, 200))
def test_any_code_can_be_completed(code: str, cursor: int) -> None:
    """COMP-2: suggestions begin before the cursor and start with what was typed, whatever the code."""
    found = suggest(code, cursor, WORDS)
    if found:
        typed = code[found.begin : cursor].lower()
        assert all(word.lower().startswith(typed) for word in found.words)


def test_odd_code_does_not_make_it_slow() -> None:
    """COMP-2: a hundred thousand quotes, slashes or stars are looked at once."""
    for sign in "\"'`/*\\a":
        suggest(sign * 100_000, 100_000, WORDS)


LINES = [
    ("algorave", " ha", "ha", ("haps",)),
    ("algorave", " ", "", None),
    ("algorave", " haps --c", "--c", ("--cycles",)),
    ("algorave", " haps dr", "dr", ("drums",)),
    ("algorave", " check ", "", ("drums", "bass")),
    ("algorave", " docs lpen", "lpen", ("lpenv",)),
    ("algorave", " sounds pian", "pian", ("piano",)),
    ("algorave", " help vers", "vers", ("version",)),
    ("algorave", " hush x", "x", ()),
    ("algorave", " model ba", "ba", ("balanced", "band")),
    ("algorave", " ask -m ba", "ba", ("balanced", "band")),
    ("%strudel", " --n", "--n", ("--no-play",)),
    ("%strudel", " drums --c", "--c", ("--cps",)),
]


@pytest.mark.parametrize(("magic", "before", "typed", "words"), LINES)
def test_magic_lines_are_completed(
    magic: str, before: str, typed: str, words: tuple[str, ...] | None
) -> None:
    """COMP-3: sub-commands, options, layers, functions and sounds are completed where they belong."""
    found = complete_line(magic, before, ["drums", "bass"])
    assert found[0] == typed
    assert words is None or set(words) <= set(found[1])


def test_the_word_model_in_a_wish_asks_for_none() -> None:
    """COMP-3: a model's name is offered where one is chosen, and not behind the word in a wish."""
    assert complete_line("algorave", " ask play it like a model ", ["bass"]) == ("", ())


def test_the_reference_answers_by_name_and_synonym() -> None:
    """HELP-1: a function is found by its name, a synonym, in any case, with or without parentheses."""
    for word in ("lpf", "cutoff", "LPF", ".lpf()"):
        entry = reference().find(word)
        assert isinstance(entry, Entry)
        assert entry.name == "lpf"
    text = reference().find("lpf").__repr__()
    assert text.startswith("lpf(frequency)")
    assert "also: cutoff" in text
    assert '    s("bd sd [~ bd] sd,hh*6")' in text


def test_every_entry_can_be_shown() -> None:
    """HELP-1: each entry has a text and a Markdown form."""
    assert len(reference()) > 300
    for entry in reference():
        assert entry.name in repr(entry)
        assert entry.name in entry.to_markdown()


def test_a_word_finds_what_mentions_it() -> None:
    """HELP-2: a word that is no name finds the functions that speak of it, at most twelve."""
    found = reference().find("reverb")
    assert isinstance(found, Found)
    assert "room" in [entry.name for entry in found.entries]
    assert len(found.entries) <= 12
    assert repr(found).splitlines()[0].split()[0] == found.entries[0].name


def test_an_unknown_word_is_refused_with_the_closest() -> None:
    """HELP-2: what nobody mentions is said, with the closest name."""
    with pytest.raises(BadUsage, match="no function is called 'lpfq': did you mean"):
        reference().find("lpfq")
    with pytest.raises(BadUsage):
        reference().find("")


def test_sounds_are_found_by_part_of_their_name() -> None:
    """HELP-3: sounds are listed by where they come from, and the list says what needs the network."""
    sounds = known_sounds().matching("piano")
    assert "piano" in sounds.offline
    assert "downloaded" in repr(sounds)
    assert "<code>piano</code>" in sounds._repr_html_()
    assert {"bd", "sd", "hh", "sawtooth"} <= set(known_sounds().offline)
    assert [bank.lower() for bank in known_sounds().matching("tr909").banks] == ["rolandtr909", "tr909"]
    assert known_sounds().matching("") == known_sounds()


def test_an_unknown_sound_is_refused_with_the_closest() -> None:
    """HELP-3: what no name contains is said, with the closest name."""
    with pytest.raises(BadUsage, match="no sound has 'piannno' in its name: did you mean 'piano'"):
        known_sounds().matching("piannno")
