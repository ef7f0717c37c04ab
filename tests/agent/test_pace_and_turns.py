"""Which draft goes out when, and whose ask comes next: pure rules, in a time that the test makes."""

from __future__ import annotations

import pytest

from algorave_kernel.agent.usage import Budget
from algorave_kernel.agent_worker import Purse
from algorave_kernel.ask_queue import AskQueue
from algorave_kernel.draft_pace import BYTES_BURST, BYTES_PER_S, EVERY_S, DraftPace
from algorave_server.protocol import Draft, Proposal


def draft(proposal: str, says: str = "x") -> Draft:
    return Draft(proposal=proposal, state="streaming", says=says)


def ask(number: int, asker: str) -> Proposal:
    return Proposal(
        id=f"p{number}", asked_by=asker, asker=asker, words="x", only=[], model=None, seed=0, server_ms=number,
        state="waiting", agent=None, agent_label=None, pays=None, round=0, says="", problems=[], changes=[],
        reason=None, usd=0, ended_ms=None,
    )  # fmt: skip


def sent(pace: DraftPace, seconds: float) -> list[Draft]:
    """What goes out in so many seconds, looked at every millisecond."""
    found = (pace.take(step / 1000) for step in range(round(seconds * 1000)))
    return [each for each in found if each is not None]


def test_the_newest_of_each_in_turn() -> None:
    """AGENT-32: what is old is left out, those that waited longest come first, ten a second together."""
    pace = DraftPace()
    pace.put(draft("p1", "old"))
    pace.put(draft("p2"))
    pace.put(draft("p1", "new"))
    assert [(each.proposal, each.says) for each in sent(pace, 1)] == [("p1", "new"), ("p2", "x")]
    assert pace.wait_s(1) is None
    told = 0
    pace = DraftPace()
    for step in range(1000):
        for name in ("p1", "p2", "p3"):
            pace.put(draft(name))
        told += pace.take(step / 1000) is not None
    assert told == round(1 / EVERY_S)


@pytest.mark.parametrize("letter", ["x", "低"])
def test_long_ones_come_less_often(letter: str) -> None:
    """AGENT-32: drafts keep within a budget of bytes; short ones after them do not have to make up for it for ever."""
    pace, long = DraftPace(), letter * 2_000
    size, told = len(draft("p1", long).model_dump_json().encode()), 0
    for step in range(60_000):
        pace.put(draft("p1", long))
        told += pace.take(step / 1000) is not None
    assert told * size <= BYTES_BURST + 60 * BYTES_PER_S
    assert told <= 60 / EVERY_S


def test_none_after_the_offer() -> None:
    """AGENT-32: what was dropped does not go out, which would take an offer back."""
    pace = DraftPace()
    pace.put(draft("p1"))
    pace.put(draft("p2"))
    pace.drop("p1")
    assert [each.proposal for each in sent(pace, 1)] == ["p2"]


def test_everybody_in_turn() -> None:
    """AGENT-30: who asks much waits longer than who asks once, and who has one running waits for it."""
    waiting = [ask(1, "ada"), ask(2, "ada"), ask(3, "ada"), ask(4, "bo"), ask(5, "cy")]
    queue, order = AskQueue(), []
    while (chosen := queue.next(waiting)) is not None:
        waiting.remove(chosen)
        queue.served(chosen.asked_by)
        order.append(chosen.id)
    assert order == ["p1", "p4", "p5", "p2", "p3"]
    assert AskQueue().next([ask(1, "ada")], busy=["ada"]) is None


def test_each_has_budgets_of_their_own() -> None:
    """AGENT-30: an ask fits into what it may cost, what its asker may, and what the agent may."""
    purse = Purse(Budget("of this agent", 5.0), person_usd=1.0)
    one, again, other = (purse.of(who, who) for who in ("ada", "ada", "bo"))
    assert [each.limit_usd for each in one] == [0.25, 1.0, 5.0]
    assert one[1] is again[1] is not other[1]
    assert one[0] is not again[0]
    assert one[2] is other[2] is purse.all
    assert purse.of("ada", "ada", 0.01)[0].limit_usd == 0.01
