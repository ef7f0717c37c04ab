"""What is used is counted, and nobody pays more than was agreed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.conftest import TEXTS, Stage
from agent.fault_cases import EDIT, GOOD
from algorave_kernel.agent import Agent
from algorave_kernel.agent.models import ALIASES, KNOWN, model_named
from algorave_kernel.agent.usage import Budget, OverBudget, Usage, estimate_usd, priced
from algorave_kernel.testing import Reply


def test_usage_is_what_the_server_counted(stage: Stage) -> None:
    """AGENT-12: the second ask pays little for the prompt that the first has left in the cache."""
    agent, _ = stage.agent()
    stage.server.say(
        Reply(GOOD.text, output_tokens=40),
        Reply(EDIT.replace("800", "300").replace("300)</put>", "200)</put>"), output_tokens=30),
    )
    first, second = agent.ask("make the bass darker").usage, agent.ask("and darker").usage
    assert (first.requests, first.output_tokens, first.cache_read_tokens) == (1, 40, 0)
    assert second.cache_read_tokens == first.cache_write_tokens > 10_000
    assert second.cost_usd < first.cost_usd / 2
    assert agent.usage == first + second


def test_broken_answers_are_paid_for(stage: Stage) -> None:
    """AGENT-12: what came before an answer broke off is counted, each time it was asked for again."""
    agent, _ = stage.agent()
    stage.server.say(*[Reply(EDIT, dies="rst", dies_after=3)] * 3)
    result = agent.ask("make the bass darker")
    assert result.status == "failed"
    assert result.usage.requests == 3
    assert result.usage.output_tokens >= 3 * 10
    assert agent.usage == result.usage


def test_the_session_ends_when_its_money_does(stage: Stage) -> None:
    """AGENT-12: an ask that could go over the budget of the session is not sent, and the result says whose it is."""
    score = stage.agent()[1]
    agent = Agent(
        score, stage.provider, model="best", judge=stage.judge, session_budget=Budget("of this session", 0.2)
    )
    stage.server.say(GOOD)
    assert agent.ask("make the bass darker").status == "applied"
    result = agent.ask("and darker")
    assert (result.status, len(stage.server.bodies)) == ("over_budget", 1)
    assert "of this session" in (result.reason or "")
    assert "$0.20" in (result.reason or "")


def test_without_a_limit_it_goes_on(stage: Stage) -> None:
    """AGENT-12: the control: without a limit the same second ask is sent."""
    agent, _ = stage.agent()
    agent.model = "best"
    stage.server.say(GOOD, Reply("Dark enough."))
    assert agent.ask("make the bass darker").status == "applied"
    assert agent.ask("and darker").status == "answered"


def test_many_at_once_stay_below() -> None:
    """AGENT-12: money that is on its way is set aside, so that many at once do not spend it twice."""
    budget = Budget("of this session", 1.0)

    def take(_: int) -> bool:
        try:
            budget.reserve(0.3)
        except OverBudget:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(40))) == 3
    budget.settle(0.3, Usage(1, cost_usd=0.01))
    assert budget.left_usd == pytest.approx(0.39)


def test_prices() -> None:
    """AGENT-12: an alias is one model, one that is unknown costs what the dearest does, and estimates are no less."""
    assert set(ALIASES.values()) == set(KNOWN)
    assert model_named("fast").id == "claude-haiku-5-5"
    assert model_named("anthropic.claude-sonnet-5-5-v1:0").output_usd == 10
    assert model_named("claude-of-tomorrow").output_usd == max(model.output_usd for model in KNOWN.values())
    assert model_named("llama", is_free=True).output_usd == 0
    million = priced(model_named("balanced"), sent=1_000_000, written=1_000_000)
    assert million.cost_usd == pytest.approx(12.0)
    assert estimate_usd(model_named("fast"), 3_000_000, 1_000_000) == pytest.approx(0.6)


def test_usage_says_itself() -> None:
    """AGENT-12: usage is a sentence, and nothing used is said too."""
    assert str(Usage()) == "nothing used"
    assert (
        str(Usage(2, 1204, 310, 13_900, 0, 0.0112))
        == "2 requests, 15,104 tokens in (13,900 from the cache), 310 out, $0.0112"
    )


def test_the_part_that_never_changes_comes_first(stage: Stage) -> None:
    """AGENT-12: every request begins with the same text to the letter, marked to be kept, and asks for no sampling."""
    agent, _ = stage.agent()
    stage.server.say(GOOD, Reply("Yes."))
    agent.ask("make the bass darker")
    agent.ask("is it dark?")
    first, second = stage.server.bodies
    assert first["system"] == second["system"]
    assert first["system"][-1]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}
    assert set(first) == {"model", "max_tokens", "messages", "system", "output_config", "stream"}
    assert TEXTS["bass"] in first["messages"][0]["content"]
    assert first["messages"][0]["content"].rstrip().endswith("</request>")
