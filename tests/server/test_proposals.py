"""What becomes of an ask: who answers, what is seen meanwhile, how it ends, whose work it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from algorave_server.close import Close
from algorave_server.journal import NewArrangement, NewEntry
from algorave_server.piece import Piece
from algorave_server.proposals import LANDING_MS, MAX_OVER, MAX_RUNNING, MAX_WAITING
from algorave_server.rights import Role
from algorave_server.roster import Member, Seats, is_full

from .asks_table import AskTable, change, draft, entries, refusal
from .room_table import Seat

ENDED = {"applied", "answered", "unchanged", "stopped", "denied", "refused", "gave_up", "failed", "undone"}


@pytest.fixture
def table() -> AskTable:
    """A room with AI on, and nobody in it."""
    return AskTable()


# -- taking turns -------------------------------------------------------------------------------------------


def test_one_agent_answers(table: AskTable) -> None:
    """ASK-6: the first agent that takes an ask answers it, and the second is told so."""
    one, two, bo = table.agent("one"), table.agent("two"), table.sit("bo")
    proposal = table.asked(bo)
    one.ask("take_ask", proposal=proposal)
    two.ask("take_ask", proposal=proposal)
    assert refusal(two)[0] == "conflict"
    assert table.known(proposal)["agent"] == "one"


def test_an_ask_for_one_agent(table: AskTable) -> None:
    """ASK-6: an ask that names who shall answer is taken by nobody else."""
    one, two, bo = table.agent("one"), table.agent("two"), table.sit("bo")
    proposal = table.asked(bo, agent="two")
    one.ask("take_ask", proposal=proposal)
    assert refusal(one)[0] == "conflict"
    two.ask("take_ask", proposal=proposal)
    assert table.state(proposal) == "thinking"
    bo.ask("ask_agent", words="x", agent="nobody")
    assert refusal(bo) == ("conflict", "that agent does not answer you")


def test_one_at_a_time_for_each(table: AskTable) -> None:
    """ASK-6: of each who asks one ask runs and one waits; the third is refused, the second not taken yet."""
    bot, bo = table.agent(), table.sit("bo")
    first = table.asked(bo)
    bot.ask("take_ask", proposal=first)
    second = table.asked(bo)
    bo.ask("ask_agent", words="third")
    assert refusal(bo)[0] == "conflict"
    bot.ask("take_ask", proposal=second)
    assert refusal(bot)[0] == "conflict"
    bot.ask("finish_ask", proposal=first, status="answered")
    bot.ask("take_ask", proposal=second)
    assert table.state(second) == "thinking"


def crowd(table: AskTable, count: int) -> list[Seat]:
    """So many more co-authors."""
    names = [f"dee{index}" for index in range(count)]
    for name in names:
        table.expect(name, Role.CO_AUTHOR, waiting=False)
    return [table.sit(name) for name in names]


def test_so_many_at_once(table: AskTable) -> None:
    """ASK-6: a session has at most so many asks that run, and so many that wait."""
    bot = table.agent()
    seats = crowd(table, MAX_RUNNING + MAX_WAITING + 1)
    for seat in seats[:MAX_RUNNING]:
        bot.ask("take_ask", proposal=table.asked(seat))
    waiting = [table.asked(seat) for seat in seats[MAX_RUNNING:-1]]
    seats[-1].ask("ask_agent", words="one more")
    assert refusal(seats[-1])[0] == "too_fast"
    bot.ask("take_ask", proposal=waiting[0])
    assert refusal(bot)[0] == "conflict"


def test_offers_are_in_nobodys_way() -> None:
    """ASK-6: what is offered and undecided is no work of the agent: others are answered meanwhile."""
    table = AskTable(review=True)
    bot = table.agent()
    seats = crowd(table, MAX_RUNNING + 1)
    for seat in seats[:MAX_RUNNING]:
        assert table.state(table.landing(bot, seat)) == "offered"
    assert table.state(table.landing(bot, seats[-1])) == "offered"


# -- drafts -------------------------------------------------------------------------------------------------


def drafts(seat: Seat) -> list[dict[str, Any]]:
    """All proposals heard of while they were being written."""
    heard = [each["proposal"] for each in seat.notices if each["kind"] == "proposal"]
    return [each for each in heard if each["state"] == "streaming"]


def test_drafts_are_seen_by_all_and_kept_by_nobody(table: AskTable) -> None:
    """ASK-7: everybody sees the last draft, who joins late too; nothing of it is kept."""
    bot, bo, vic = table.agent(), table.sit("bo"), table.sit("vic")
    proposal = table.asked(bo)
    bot.ask("take_ask", proposal=proposal)
    table.rows.clear()
    for text in ("l", "lp", "lpf"):
        draft(bot, proposal, says="Darker.", changes=[change(after=text)])
    table.flush()
    table.commit()
    assert [each["changes"][0]["after"] for each in drafts(vic)] == ["lpf"]
    assert table.known(proposal)["says"] == "Darker."
    assert table.rows == []
    assert bo.read() == ""


@pytest.mark.parametrize("who", ["ana", "vic", "other"])
def test_nobody_drafts_for_another(table: AskTable, who: str) -> None:
    """ASK-7: what people, and other agents, send as a draft is nothing; as is one after the end."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.asked(bo)
    bot.ask("take_ask", proposal=proposal)
    seat = table.agent("other") if who == "other" else table.sit(who)
    draft(seat, proposal, says="hostile")
    bot.ask("finish_ask", proposal=proposal, status="answered", says="honest")
    draft(bot, proposal, says="hostile")
    assert (table.state(proposal), table.known(proposal)["says"]) == ("answered", "honest")


def test_a_flood_of_drafts_is_a_trickle(table: AskTable) -> None:
    """ASK-7: however many and large drafts come, everybody is sent a bounded number of bytes a second, and the last."""
    bot, bo, vic = table.agent(), table.sit("bo"), table.sit("vic")
    proposal = table.asked(bo)
    bot.ask("take_ask", proposal=proposal)
    table.heard.clear()
    for tick in range(100):
        for _ in range(20):
            draft(bot, proposal, changes=[change(after=f"{tick:03}" + "x" * 50_000)])
        table.clock.ms += 100
        table.flush()
    sent = sum(len(frame) for frame in table.heard[vic.connection])
    assert sent < 262_144 + 10 * 98_304 + 60_000
    table.clock.ms += 10_000
    table.flush()
    assert drafts(vic)[-1]["changes"][0]["after"].startswith("099")


def test_long_drafts_take_turns(table: AskTable) -> None:
    """ASK-7: of several drafts that do not all fit, the one that waited longest is seen next."""
    bot, vic = table.agent(), table.sit("vic")
    proposals = [table.asked(seat) for seat in crowd(table, MAX_RUNNING)]
    for proposal in proposals:
        bot.ask("take_ask", proposal=proposal)
    for _ in range(2 * MAX_RUNNING):
        for proposal in proposals:
            draft(bot, proposal, changes=[change(after="x" * 200_000)])
        table.clock.ms += 3_000
        table.flush()
    assert [each["id"] for each in drafts(vic)] == 2 * proposals


@pytest.mark.parametrize(
    "fields",
    [
        {"says": "x" * 2_001},
        {"changes": [change(after="x" * 200_001)]},
        {"changes": [change(after="x" * 120_000), change("l2", "b", "x" * 120_000)]},
        {"changes": [change()] * 65},
        {"problems": ["x"] * 21},
        {"round": 21},
    ],
)
def test_huge_drafts_are_refused(table: AskTable, fields: dict[str, Any]) -> None:
    """ASK-7: a draft beyond its limits is refused in words and shown to nobody; the one before stands."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.asked(bo)
    bot.ask("take_ask", proposal=proposal)
    draft(bot, proposal, says="fine")
    draft(bot, proposal, **fields)
    assert bot.last("refused")["reason"] == "malformed"
    assert table.known(proposal)["says"] == "fine"


def test_what_is_over_is_bounded(table: AskTable) -> None:
    """ASK-7: who joins is shown the last that are over, of large ones fewer, and what is not over always."""
    bot, bo, cy = table.agent(), table.sit("bo"), table.sit("cy")
    waiting = table.asked(cy)
    large = [change(after="x" * 60_000)]
    for _ in range(MAX_OVER + 5):
        proposal = table.asked(bo)
        bot.ask("take_ask", proposal=proposal)
        draft(bot, proposal, changes=large)
        bot.ask("finish_ask", proposal=proposal, status="gave_up")
    shown = table.sit("ana").last("welcome")["proposals"]
    assert shown[0]["id"] == waiting
    assert len(shown) == 1 + 3
    assert sum(len(each["changes"][0]["after"]) for each in shown[1:]) <= 200_000


# -- review -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "may"), [("ana", True), ("bo", True), ("cy", False), ("vic", False)])
@pytest.mark.parametrize("accept", [True, False])
def test_who_accepts(who: str, may: bool, accept: bool) -> None:
    """ASK-8: with review an offer waits, the agent may not edit, and who asked or a host accepts or turns it down."""
    table = AskTable(review=True)
    bot = table.agent()
    proposal = table.landing(bot, table.sit("bo"))
    assert table.state(proposal) == "offered"
    table.sit(who).ask("decide", proposal=proposal, accept=accept)
    assert table.state(proposal) == (("landing" if accept else "denied") if may else "offered")
    bot.type("new")
    table.commit()
    assert table.text() == ("new" if accept and may else "")


def test_deciding_once(table: AskTable) -> None:
    """ASK-8: what is not offered can be neither accepted nor turned down."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo)
    bo.ask("decide", proposal=proposal, accept=False)
    assert refusal(bo)[0] == "conflict"
    assert table.state(proposal) == "landing"


def test_an_offer_is_made_anew(table: AskTable) -> None:
    """ASK-8: as long as nothing is written, an offer that lands may be replaced; afterwards it may not."""
    bot = table.agent()
    proposal = table.landing(bot, table.sit("bo"))
    bot.ask("offer", proposal=proposal, changes=[change(after="newer")])
    assert [each["after"] for each in table.known(proposal)["changes"]] == ["newer"]
    bot.type("newer")
    bot.ask("offer", proposal=proposal, changes=[change()])
    assert refusal(bot)[0] == "conflict"


# -- the end ------------------------------------------------------------------------------------------------


def stop_asker(table: AskTable, how: str) -> None:
    """Whoever asked, `bo`, may not ask any more, or does not want to."""
    ana = table.sit("ana")
    if how == "stops":
        table.sit("bo").ask("cancel_ask", proposal="p1")
    elif how == "host stops":
        ana.ask("cancel_ask", proposal="p1")
    elif how == "lowered":
        ana.ask("set_role", participant="bo", role="viewer")
    elif how == "removed":
        ana.ask("remove", participant="bo")
    else:
        table.room.forget("bo")
        table.commit()


ASKER_GOES = ["stops", "host stops", "lowered", "removed", "expelled"]


@pytest.mark.parametrize(("who", "may"), [("ana", True), ("bo", True), ("cy", False), ("vic", False)])
def test_who_stops(table: AskTable, who: str, may: bool) -> None:
    """ASK-9: who asked, and hosts, stop an ask while it waits or is answered; nobody else does."""
    bot, bo = table.agent(), table.sit("bo")
    waiting = table.asked(bo)
    table.sit(who).ask("cancel_ask", proposal=waiting)
    assert table.state(waiting) == ("stopped" if may else "waiting")
    if not may:
        bot.ask("take_ask", proposal=waiting)
        table.sit(who).ask("cancel_ask", proposal=waiting)
        assert table.state(waiting) == "thinking"


@pytest.mark.parametrize("how", ASKER_GOES)
def test_an_agent_does_not_outlive_its_askers_rights(table: AskTable, how: str) -> None:
    """ASK-9: when who asked stops it or may not ask any more, it is stopped, and the agent lands nothing."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo)
    stop_asker(table, how)
    assert table.state(proposal) == "stopped"
    bot.type("hostile")
    table.commit()
    assert table.closed[bot.connection] is Close.RESET
    assert table.text() == ""
    assert entries(table, "ask_ended")[-1]["state"] == "stopped"


@pytest.mark.parametrize("how", ASKER_GOES)
def test_what_has_landed_is_applied(table: AskTable, how: str) -> None:
    """ASK-9: what was written before it was stopped is in the music, is said to be, and can be undone."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo)
    bot.type("new")
    stop_asker(table, how)
    assert table.state(proposal) == "applied"
    assert table.layer()["credit"] == {"agent": "Claude", "asker": "Bo"}
    table.sit("ana").ask("undo_ask", proposal=proposal)
    assert table.state(proposal) == "undoing"


@pytest.mark.parametrize("writes", [True, False])
def test_what_never_ends_is_ended(table: AskTable, writes: bool) -> None:
    """ASK-9: an agent that stays, and does not say how its landing ended, is in nobody's way for long."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo)
    if writes:
        bot.type("new")
    table.clock.ms += LANDING_MS
    table.flush()
    assert table.state(proposal) == "landing"
    table.clock.ms += 1
    table.flush()
    assert table.state(proposal) == ("applied" if writes else "failed")
    assert table.state(table.landing(bot, bo)) == "landing"


def test_a_second_window_changes_nothing(table: AskTable) -> None:
    """ASK-9, the control: when who asked closes a window, even the last, the answer still comes."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo)
    table.room.leave(bo.connection)
    assert table.state(proposal) == "landing"


@pytest.mark.parametrize("takes", [True, False])
def test_an_agent_that_leaves(table: AskTable, takes: bool) -> None:
    """ASK-9: when an agent's last connection closes, what it answers has failed, as has what waits for nobody now."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.asked(bo)
    if takes:
        bot.ask("take_ask", proposal=proposal)
    second = table.sit("bot")
    table.room.leave(bot.connection)
    assert table.state(proposal) == ("thinking" if takes else "waiting")
    table.room.leave(second.connection)
    table.flush()
    assert bo.last("proposal")["proposal"]["state"] == "failed"
    assert bo.last("agents")["agents"] == []
    table.commit()
    assert entries(table, "ask_ended")[-1]["state"] == "failed"


def test_a_waiting_ask_waits_for_the_other_agent(table: AskTable) -> None:
    """ASK-9, the control: while another agent is there that may answer, what waits goes on waiting."""
    one, _, bo = table.agent("one"), table.agent("two"), table.sit("bo")
    proposal = table.asked(bo)
    table.room.leave(one.connection)
    assert table.state(proposal) == "waiting"


@pytest.mark.parametrize("status", sorted(ENDED))
@pytest.mark.parametrize("writes", [True, False])
def test_an_end_is_what_happened(table: AskTable, status: str, writes: bool) -> None:
    """ASK-10: an agent cannot say that it changed what it did not, nor that it changed nothing when it did."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo)
    if writes:
        bot.type("new")
    bot.ask("finish_ask", proposal=proposal, status=status)
    fits = (status in ("applied", "undone")) is writes
    assert table.state(proposal) == (status if fits else "landing")
    assert bot.has_heard("refused") is not fits


def test_it_ends_once(table: AskTable) -> None:
    """ASK-10: what is over cannot be ended, stopped or offered again."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.applied(bot, bo)
    bot.ask("finish_ask", proposal=proposal, status="failed")
    bot.ask("offer", proposal=proposal, changes=[change()])
    bo.ask("cancel_ask", proposal=proposal)
    assert table.state(proposal) == "applied"
    assert refusal(bo)[0] == "conflict"


def test_asked_again_while_it_lands(table: AskTable) -> None:
    """ASK-10: before anything is written an agent may go back to work, and has to offer again."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo)
    draft(bot, proposal)
    assert table.state(proposal) == "streaming"
    bot.ask("offer", proposal=proposal, changes=[change()])
    bot.type("new")
    draft(bot, proposal)
    assert table.state(proposal) == "landing"


# -- undoing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "may"), [("ana", True), ("bo", True), ("cy", False), ("vic", False)])
def test_who_undoes(table: AskTable, who: str, may: bool) -> None:
    """ASK-11: who asked, or a host, has an applied change undone; its agent takes back what it named, nothing else."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.applied(bot, bo)
    table.sit(who).ask("undo_ask", proposal=proposal)
    assert table.state(proposal) == ("undoing" if may else "applied")
    if may:
        bot.type("!")
        bot.ask("finish_ask", proposal=proposal, status="undone")
        assert table.state(proposal) == "undone"
        assert table.layer()["credit"] is None


def test_undoing_a_new_layer_and_one_that_went(table: AskTable) -> None:
    """ASK-11: to undo, the agent removes what it added and adds what it removed."""
    table.piece.layers.add("noise")
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo, change(None, "hats"), change("l2", "noise", None))
    bot.ask("add_layer", name="hats")
    bot.ask("remove_layer", layer="l2")
    bot.ask("finish_ask", proposal=proposal, status="applied")
    bo.ask("undo_ask", proposal=proposal)
    bot.ask("remove_layer", layer="l3")
    bot.ask("add_layer", name="noise")
    bot.ask("finish_ask", proposal=proposal, status="undone")
    assert [layer["name"] for layer in bo.last("layers")["layers"]] == ["bass", "noise"]
    assert not bot.has_heard("refused")


def test_an_agent_that_is_gone_undoes_nothing(table: AskTable) -> None:
    """ASK-11: without the agent that made it, a change cannot be undone by it; one that leaves meanwhile has not."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.applied(bot, bo)
    bo.ask("undo_ask", proposal=proposal)
    table.room.leave(bot.connection)
    assert table.state(proposal) == "applied"
    bo.ask("undo_ask", proposal=proposal)
    assert refusal(bo) == ("conflict", "the agent that made it is not here any more")


# -- credit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ai", "shown"), [("credit", {"agent": "Claude", "asker": "Bo"}), ("yes", None)])
def test_credit(table: AskTable, ai: str, shown: dict[str, str] | None) -> None:
    """ASK-12: a layer says whose work it is where that is wanted; the journal says it always, and not what was offered."""
    bot, bo = table.agent(), table.sit("bo")
    bo.ask("set_layer_ai", layer="l1", ai=ai)
    table.applied(bot, bo, "secret")
    assert table.layer()["credit"] == shown
    ended = entries(table, "ask_ended")[-1]
    assert (ended["asked_by"], ended["agent"], ended["layers"]) == ("bo", "Claude", ["l1"])
    assert ended["pays"] == "nobody: house band"
    journal = [row.body for row in table.rows if isinstance(row, NewEntry)]
    assert "secret" not in str(journal)
    assert "'after'" not in str(journal)
    kept = [row for row in table.rows if isinstance(row, NewArrangement)][-1].arrangement
    restored = Piece.restored("A jam", kept).layers.get("l1").credit
    assert (None if restored is None else restored.model_dump()) == shown


def test_credit_is_taken_away_by_hand(table: AskTable) -> None:
    """ASK-12: setting a layer's AI takes away what was credited there."""
    bot, bo = table.agent(), table.sit("bo")
    table.applied(bot, bo)
    bo.ask("set_layer_ai", layer="l1", ai="credit")
    assert table.layer()["credit"] is None


# -- agents of one's own ------------------------------------------------------------------------------------


def test_ones_own_agent_answers_oneself(table: AskTable) -> None:
    """ASK-13: somebody's own agent answers nobody else, so its key pays for nobody else; and it is said whose it is."""
    own, bo, cy = table.agent("own", agent_of="bo"), table.sit("bo"), table.sit("cy")
    assert bo.last("welcome")["agents"][0]["only_for"] == "bo"
    cy.ask("ask_agent", words="darker")
    assert refusal(cy)[0] == "conflict"
    table.agent("everybodys")
    own.ask("take_ask", proposal=table.asked(cy))
    assert refusal(own)[0] == "conflict"
    own.ask("take_ask", proposal=table.asked(bo))
    assert bo.last("proposal")["proposal"]["agent"] == "own"


@pytest.mark.parametrize("how", ["lowered", "removed", "expelled"])
def test_ones_own_agent_goes_when_one_goes(table: AskTable, how: str) -> None:
    """ASK-13: who is removed, or may not ask any more, takes their own agent with them; everybody's agents stay."""
    own, everybodys = table.agent("own", agent_of="bo"), table.agent("everybodys")
    table.sit("bo")
    stop_asker(table, how)
    table.flush()
    assert "own" not in table.room.roster.members
    assert table.closed.get(own.connection) is Close.REMOVED
    assert everybodys.connection not in table.closed


def test_an_agent_takes_nobodys_seat() -> None:
    """ASK-13: agents are not counted among the people who may be in."""
    table, seats = AskTable(), Seats(max_editors=1, max_agents=1)
    table.sit("bo")
    agent = Member("bot", "Bot", "#aa5500", "agent", Role.CO_AUTHOR)
    assert not is_full(table.room.roster, agent, seats)
    assert is_full(table.room.roster, replace(agent, kind="person"), seats)
    table.agent("other")
    assert is_full(table.room.roster, agent, seats)


# -- agents that the server brings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "ai", "other", "needed"),
    [
        ("bo", True, None, True),
        ("bo", False, None, False),
        ("vic", True, None, False),
        (None, True, None, False),
        ("bo", True, "everybody's", False),
        ("bo", True, "cy's own", True),
    ],
)
def test_when_a_server_brings_an_agent(
    table: AskTable, who: str | None, ai: bool, other: str | None, needed: bool
) -> None:
    """ASK-16: an agent is needed while AI is on, somebody is there who may ask, and no other answers everybody."""
    table.piece.ai = ai
    if who is not None:
        table.sit(who)
    if other is not None:
        table.agent("other", agent_of="cy" if other == "cy's own" else None)
    assert table.room.asks.needs_agent(None) is needed


def test_it_stays_while_it_is_at_work(table: AskTable) -> None:
    """ASK-16: an agent that was brought stays until what it answers is over, also when another came meanwhile."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.asked(bo)
    bot.ask("take_ask", proposal=proposal)
    table.agent("other")
    assert table.room.asks.needs_agent("bot")
    bot.ask("finish_ask", proposal=proposal, status="answered")
    assert not table.room.asks.needs_agent("bot")
