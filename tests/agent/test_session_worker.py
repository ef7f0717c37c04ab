"""An agent in a session that breaks down, begins anew, or is another from now on."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from agent.conftest import CANARY, TEXTS
from agent.fault_cases import DARK, GOOD
from agent.live_session import PATIENCE_S, LiveSession
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import Secret
from algorave_kernel.agent.provider import Answer, Turn
from algorave_kernel.agent_worker import FORGOTTEN
from algorave_kernel.served_ask import BROKE_DOWN
from algorave_kernel.testing import MessagesServer


class Broken:
    """A provider with a fault of its own, which nobody has foreseen."""

    name, model = "Broken", "broken"

    def estimate_usd(self, turn: Turn) -> float:
        return 0.0

    async def stream(self, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        yield "Darker"
        raise ZeroDivisionError(CANARY)


def test_a_fault_of_its_own_fails_the_ask(session: LiveSession, server: MessagesServer, judge: Judge) -> None:
    """AGENT-35: an ask on which the agent breaks down has failed in words, and the next one is answered."""
    session.begin_with(TEXTS)
    session.serve(lambda _: Broken(), judge)
    over = session.until(session.ask("make the bass darker"))
    assert (over.state, over.reason) == ("failed", BROKE_DOWN)
    assert session.results.get(timeout=PATIENCE_S).status == "failed"
    assert CANARY not in over.model_dump_json()
    server.say(GOOD)
    _serve(session, server, judge)
    again = session.until(session.ask("make the bass darker"))
    assert (again.state, session.others_see(again.id)["bass"]) == ("applied", DARK)


def test_what_it_does_not_remember_it_does_not_take_back(
    session: LiveSession, server: MessagesServer, judge: Judge
) -> None:
    """AGENT-35: an agent that began anew says that it cannot take back what it did before; the texts stay."""
    session.begin_with(TEXTS)
    server.say(GOOD)
    _serve(session, server, judge)
    asked = session.ask("make the bass darker")
    assert session.until(asked).state == "applied"
    _serve(session, server, judge)
    session.undo(asked)
    over = session.until(asked)
    assert (over.state, over.reason) == ("applied", FORGOTTEN)
    assert session.others_see(asked)["bass"] == DARK


def _serve(session: LiveSession, server: MessagesServer, judge: Judge) -> None:
    provider = AnthropicProvider(Secret(CANARY), "fast", server.url)
    session.serve(lambda _: provider, judge)
