"""Random pieces, random deaths, random typing: what always holds."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.by_chance import REPLIES, TYPED, answers
from agent.conftest import CANARY, DRUMS, TEXTS
from agent.shared_score import SharedScore
from algorave_kernel.agent import Agent
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import Secret
from algorave_kernel.agent.reply_parser import ReplyParser
from algorave_kernel.engine import Engine
from algorave_kernel.testing import MessagesServer, Reply


def parsed(pieces: list[str]) -> tuple[object, ...]:
    parser = ReplyParser()
    for piece in pieces:
        parser.feed(piece)
    parser.finish()
    return parser.wishes, parser.faults, parser.prose


@given(st.sampled_from(REPLIES), st.lists(st.integers(0, 200), max_size=30))
@settings(max_examples=400)
def test_any_pieces_mean_the_same(reply: str, cuts: list[int]) -> None:
    """AGENT-2: the same reply means the same, in whatever pieces it comes."""
    places = sorted({0, len(reply), *(cut for cut in cuts if cut < len(reply))})
    pieces = [reply[begin:end] for begin, end in itertools.pairwise(places)]
    assert parsed(pieces) == parsed([reply]) == parsed(list(reply))


@given(st.text(alphabet='<>/edit codfnpurmv"=x\n`', max_size=120), st.integers(0, 120))
@settings(max_examples=400)
def test_any_text_is_understood_somehow(text: str, cut: int) -> None:
    """AGENT-2: no text breaks the parser, and where it is cut makes no difference."""
    assert parsed([text[:cut], text[cut:]]) == parsed([text])


@given(st.lists(answers, min_size=9, max_size=9), st.lists(st.sampled_from(TYPED), max_size=4))
@settings(max_examples=40)
def test_one_playable_step_or_none(
    engine: Engine, script: list[Reply], typed: list[tuple[str, str, str]]
) -> None:
    """AGENT-1: whatever comes and whoever types, there is one playable step on top of what people typed, or none."""
    score, alone = SharedScore(TEXTS), dict(TEXTS)
    with MessagesServer(script) as server:
        for layer, find, put in typed:
            score.before_step.append(lambda score, each=(layer, find, put): _type(score, alone, *each))
        provider = AnthropicProvider(Secret(CANARY), "fast", server.url)
        agent = Agent(score, lambda _: provider, judge=Judge(engine))
        result = agent.ask("make the bass darker and let the drums go", limit_s=60)
    assert score.texts == score.others_texts
    assert score.steps == (result.status == "applied")
    if result.status == "applied":
        assert all(engine.check(each.after).playable for each in result.changes if each.after)
        changed = {each.layer for each in result.changes}
        others = {layer: text for layer, text in score.texts.items() if layer not in changed}
        assert others == {layer: text for layer, text in alone.items() if layer not in changed}
    else:
        assert score.texts == alone
    score.close()


def _type(score: SharedScore, alone: dict[str, str], layer: str, find: str, put: str) -> None:
    """Typed into the shared text, and into a copy that the agent never sees."""
    text = score.texts.get(layer)
    if text is not None and find in text:
        score.type(layer, find, put)
        alone[layer] = score.texts[layer]


def test_the_copy_shows_what_people_typed() -> None:
    """AGENT-1: the comparison above would see a change that nobody typed."""
    score = SharedScore({"drums": DRUMS})
    score.type("drums", "bd*4", "bd*2")
    assert score.texts == score.others_texts == {"drums": DRUMS.replace("bd*4", "bd*2")}
    score.close()
