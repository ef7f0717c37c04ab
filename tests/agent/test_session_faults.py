"""The fault suite in a session: real client, real engine, a real server's sockets, a second participant's copy."""

from __future__ import annotations

from unittest.mock import ANY

import pytest

from agent.conftest import CANARY, SHORT_SILENCE_LIMIT_S, SILENCE_LIMIT_S
from agent.fault_cases import Case, all_cases
from agent.live_session import PATIENCE_S, LiveSession
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import Secret
from algorave_kernel.agent.usage import Budget
from algorave_kernel.agent_worker import Purse
from algorave_kernel.testing import MessagesServer

#: Promises are made in notebooks; and code that never ends is what the engine is tested for without a session.
CASES = [each for each in all_cases() if not each.promises and not each.is_slow]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_ends_well_or_without_a_trace_for_everybody(
    case: Case, session: LiveSession, server: MessagesServer, judge: Judge
) -> None:
    """AGENT-27: in a session too, one step makes a playable change of what was asked, or everybody's texts are as they were."""
    session.begin_with(case.texts)
    session.before_step += case.typing
    silence_limit_s = SHORT_SILENCE_LIMIT_S if case.is_about_silence else SILENCE_LIMIT_S
    provider = AnthropicProvider(Secret(CANARY), "fast", server.url, silence_limit_s)
    purse = Purse(Budget("of this agent"), ask_usd=case.budget_usd)
    session.serve(lambda _: provider, judge, purse, limit_s=case.limit_s)
    server.say(*case.answers)
    asked = session.ask(case.words, only=case.only)
    over = session.until(asked)
    expected = {layer: text for layer, text in {**case.texts, **case.after}.items() if text is not None}
    assert (over.state, session.texts(session.host)) == (case.status, expected), over.reason
    assert session.others_see(asked) == session.texts(session.seat.client) == expected
    assert session.steps == (case.status == "applied")
    assert case.reason in (over.reason or "")
    assert session.results.get(timeout=PATIENCE_S).rounds == (case.rounds or ANY)
    assert CANARY not in over.model_dump_json()


def test_there_are_enough_cases() -> None:
    """AGENT-27: the suite in a session has at least 150 cases."""
    assert len(CASES) >= 150
