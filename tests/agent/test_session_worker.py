"""An agent in a session that breaks down, begins anew, or is another from now on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from agent.conftest import CANARY, TEXTS
from agent.fault_cases import DARK, GOOD
from agent.live_session import PATIENCE_S, LiveSession
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import Secret
from algorave_kernel.agent.provider import Answer, Turn
from algorave_kernel.agent_seat import MAX_OFFER_BYTES, MAX_PROSE_CHARS, TOO_LONG, AgentSeat
from algorave_kernel.agent_worker import FORGOTTEN, Purse
from algorave_kernel.client import SessionClient
from algorave_kernel.served_ask import BROKE_DOWN
from algorave_kernel.testing import MessagesServer
from algorave_kernel.trouble import Trouble
from algorave_server.limits import Limits
from algorave_server.protocol import Change, Offer


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


def test_who_comes_again_has_the_same_purse(
    session: LiveSession, server: MessagesServer, judge: Judge
) -> None:
    """AGENT-39: what a person's asks may cost holds over leaving and coming again; the control: it is another's own."""
    session.begin_with(TEXTS)
    server.say(GOOD, GOOD)
    provider = AnthropicProvider(Secret(CANARY), "best", server.url)
    session.serve(lambda _: provider, judge, Purse(person_usd=0.2))
    access = session.guest("Cy")
    for coming, state in ((1, "applied"), (2, "over_budget")):
        client = SessionClient(access, session.id)
        client.until_joined()
        over = session.until(session.ask("make the bass darker", client=client), client=client)
        assert (over.state, over.asker) == (state, "Cy"), coming
        client.leave()
    assert "of Cy" in (over.reason or "")
    session.begin_with(TEXTS)
    assert session.until(session.ask("make the bass darker", client=session.second)).state == "applied"


@pytest.mark.parametrize("letter", ["x", "低", "🎛"])
def test_an_offer_is_as_long_as_its_bytes(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch, letter: str
) -> None:
    """AGENT-38: wide characters count as the bytes that they are; what does not fit is offered without the text before, or not at all."""
    offered: list[Offer] = []

    async def kept(_: AgentSeat, make: type[Offer], **fields: Any) -> None:
        offered.append(make(request_id=1, **fields))

    monkeypatch.setattr(AgentSeat, "_ask", kept)
    most = (MAX_OFFER_BYTES - 1_000) // len(letter.encode())

    def offer(before: int, after: int) -> None:
        change = Change(layer="l1", name="bass", before=letter * before, after=letter * after)
        session.run(session.seat.offer("p1", [change], letter * MAX_PROSE_CHARS))

    offer(most // 2, most // 2)
    offer(most, most)
    assert [each.changes[0].before is None for each in offered] == [False, True]
    assert offered[1].changes[0].after == letter * most
    assert max(len(each.model_dump_json().encode()) for each in offered) <= Limits().max_update_bytes
    with pytest.raises(Trouble, match=TOO_LONG):
        offer(0, most + 1_000)
    assert len(offered) == 2


def _serve(session: LiveSession, server: MessagesServer, judge: Judge) -> None:
    provider = AnthropicProvider(Secret(CANARY), "fast", server.url)
    session.serve(lambda _: provider, judge)
