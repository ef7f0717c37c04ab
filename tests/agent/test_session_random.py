"""Random pieces, random deaths and random typing in a session: what always holds for everybody."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.by_chance import TYPED, answers
from agent.conftest import CANARY, TEXTS
from agent.live_session import PATIENCE_S, LiveSession
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import Secret
from algorave_kernel.testing import MessagesServer, Reply


#: A server starts, and many asks are answered one after the other.
@pytest.mark.timeout(400)
@given(st.lists(answers, min_size=9, max_size=9), st.lists(st.sampled_from(TYPED), max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_playable_step_for_everybody_or_none(
    session: LiveSession, judge: Judge, script: list[Reply], typed: list[tuple[str, str, str]]
) -> None:
    """AGENT-27: whatever comes and whoever types, everybody has one playable step on top of it, or what people typed."""
    session.begin_with(TEXTS)
    alone = dict(TEXTS)
    for each in typed:
        session.before_step.append(lambda session, each=each: _type(session, alone, *each))
    with MessagesServer(script) as server:
        provider = AnthropicProvider(Secret(CANARY), "fast", server.url)
        session.serve(lambda _: provider, judge, limit_s=60)
        asked = session.ask("make the bass darker and let the drums go")
        over = session.until(asked)
        result = session.results.get(timeout=PATIENCE_S)
    texts = session.others_see(asked)
    assert texts == session.texts(session.host) == session.texts(session.seat.client)
    assert over.state == result.status
    assert session.steps == (result.status == "applied")
    changed = {each.layer for each in result.changes} if result.status == "applied" else set[str]()
    assert all(judge.engine.check(texts[layer]).playable for layer in changed if layer in texts)
    assert _but(texts, changed) == _but(alone, changed)


def _but(texts: dict[str, str], changed: set[str]) -> dict[str, str]:
    return {layer: text for layer, text in texts.items() if layer not in changed}


def _type(session: LiveSession, alone: dict[str, str], layer: str, find: str, put: str) -> None:
    """Typed by the second participant, and into a copy that the agent never sees."""
    text = session.texts(session.second).get(layer)
    if text is not None and find in text:
        session.type(layer, find, put)
        alone[layer] = session.texts(session.second)[layer]
