"""Two ways to say the same are one wish; two wishes are never one, however alike they look."""

from __future__ import annotations

import itertools

import pytest

from agent.conftest import CANARY, TEXTS, Stage
from agent.fault_cases import GOOD
from algorave_kernel.agent import Agent
from algorave_kernel.agent.intent import intent
from algorave_kernel.agent.known_answers import KnownAnswers
from algorave_kernel.agent.known_provider import KnownProvider

SAME = [
    ("make the bass darker", "Darker bass please"),
    ("make the bass darker", "could you make the bass more dark?"),
    ("I'd like you to make the bass darker", "bass darker"),
    ("make the bass a bit darker", "slightly darker bass"),
    ("add a snare", "insert a snare drum please"),
    ("set the tempo to 120 bpm", "set the tempo to 120 beats per minute"),
    ("four bars", "4 bars"),
    ("switch to A minor", "switch to a-minor"),
    ("switch to the key of Bb major", "switch to the key of B flat major"),
    ("don't change the drums", "do not change the drum"),
    ("play it twice as fast", "play it double as quick"),
    ("remove the hi-hat", "delete the hats"),
]
#: No two of these are one wish.
DIFFERENT = [
    "make the bass louder", "make the bass quieter", "make the drums louder", "make the bass slightly louder",
    "make the bass much louder", "don't make the bass louder", "is the bass louder?", "the bass is louder",
    "switch to A minor", "switch to E minor", "switch to A major", "switch to A flat minor", "play an A", "play an E",
    "4 bars", "8 bars", "120 bpm", "140 bpm", "replace the kick with a snare", "replace the snare with a kick",
    "bass louder hats quieter", "hats louder bass quieter", "bass quieter, hats louder", "more hats", "fewer hats", "hats", "remove the hats",
    "add hats", "mute the hats", "a drop after the bass", "drop the bass", "set lpf(800)", "set lpf(300)", "note('c')",
    "note('C')", "faster", "slower", "half as fast", "double as fast", "reverse the bass", "tune the bass", "the bass tune",
    "without hats", "with hats", "only hats", "bass before drums", "drums before bass", "1/8 notes", "1/16 notes",
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_other_words(one: str, other: str) -> None:
    """AGENT-24: filler, order where it means nothing, synonyms and numbers in words make no other wish."""
    assert intent(one) == intent(other)


def test_no_two_wishes_are_one() -> None:
    """AGENT-24: direction, negation, key, number, part and order keep wishes apart."""
    alike = [
        (one, other) for one, other in itertools.combinations(DIFFERENT, 2) if intent(one) == intent(other)
    ]
    assert alike == []


def test_words_of_the_music_are_names() -> None:
    """AGENT-24: where `hh` and `hats` both stand in the music they are two things."""
    assert intent("remove the hats") == intent("remove the hh")
    music = {"hats": 's("hh*8")'}
    assert intent("remove the hats", music) != intent("remove the hh", music)


def test_a_paraphrase_is_answered_from_memory(stage: Stage) -> None:
    """AGENT-24: the second wish is known from the first, goes through the gate, and costs nothing."""
    answers = KnownAnswers()
    known = KnownProvider(stage.provider("fast"), answers, "here")
    agent, score = stage.agent()
    for words, status in (
        ("make the bass darker", "applied"),
        ("could you make the bass more dark?", "applied"),
    ):
        stage.server.say(GOOD)
        agent = Agent(score, lambda _: known, judge=stage.judge)
        result = agent.ask(words)
        assert result.status == status
        score.type("bass", "lpf(300)", "lpf(800)")
        assert score.texts == TEXTS
    assert (len(stage.server.bodies), result.is_known, result.usage.cost_usd) == (1, True, 0.0)
    assert Agent(score, lambda _: known, judge=stage.judge).ask("make the bass brighter").is_known is False
    assert CANARY not in repr(result)
