"""What is written behind `%algorave tempo`, `quantum` and `invite`."""

from __future__ import annotations

import pytest

from algorave_kernel.arguments import BadUsage
from algorave_kernel.session_line import (
    InviteTerms,
    NudgeLine,
    TempoLine,
    read_invite,
    read_quantum,
    read_tempo,
)


@pytest.mark.parametrize(
    ("text", "cps", "over_s"),
    [
        ("120", 0.5, 0),
        ("140 over 8s", 140 / 240, 8),
        ("140 bpm over 2.5", 140 / 240, 2.5),
        ("30cpm", 0.5, 0),
        ("0.6 cps over 0 s", 0.6, 0),
        ("124/4 CPM", 124 / 240, 0),
    ],
)
def test_tempos_are_read_as_people_write_them(text: str, cps: float, over_s: float) -> None:
    """LIVE-17: a bare number is beats a minute, four to a cycle; `over` says how long the way takes."""
    read = read_tempo(text)
    assert isinstance(read, TempoLine)
    assert (read.cps, read.over_s) == (pytest.approx(cps), over_s)


@pytest.mark.parametrize(
    ("text", "cycles"), [("nudge +0.05", 0.05), ("nudge -1/8", -0.125), ("nudge .2", 0.2)]
)
def test_nudges_are_read_as_people_write_them(text: str, cycles: float) -> None:
    """LIVE-17: a nudge is a part of a cycle, on or back."""
    assert read_tempo(text) == NudgeLine(cycles)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fast", "written such as `140`"),
        ("0.6", "written `0.6 cps`."),
        ("9 cps", "not at '9 cps'"),
        ("140 over 10m", "a time in seconds"),
        ("140 over 500", "0 to 120 seconds"),
        ("140 in 3s", "written such as `140`"),
        ("nudge", "a part of a cycle"),
        ("nudge 0", "up to 0.25 or -0.25"),
        ("nudge 3", "up to 0.25 or -0.25"),
        ("1/0", "a tempo"),
    ],
)
def test_wrong_tempos_are_one_sentence(text: str, words: str) -> None:
    """LIVE-17: what cannot be a tempo says what could."""
    with pytest.raises(BadUsage, match=r"\.$") as refused:
        read_tempo(text)
    assert words in str(refused.value)


def test_bars_are_whole_cycles() -> None:
    """LIVE-17: a bar is 1 to 64 cycles long."""
    assert read_quantum("4") == 4
    for wrong in ("0", "65", "2.5", "four"):
        with pytest.raises(BadUsage):
            read_quantum(wrong)


def test_a_link_for_an_agent_is_asked_for_alone() -> None:
    """AGENT-29: `%algorave invite --agent` makes a link for an agent, whose place has no other terms than how long."""
    assert read_invite("--agent --expires 2h") == InviteTerms("viewer", None, 7_200, is_for_agent=True)
    assert not read_invite("--role co_author").is_for_agent
    for wrong in ("--agent --role viewer", "--agent --uses 3"):
        with pytest.raises(BadUsage, match="`--agent` goes alone"):
            read_invite(wrong)
