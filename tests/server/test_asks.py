"""Asking the agent: who may, and what it may do for that. Each attack has its control."""

from __future__ import annotations

from typing import Any

import pytest

from algorave_server.close import Close
from algorave_server.journal import NewArrangement, NewUpdate
from algorave_server.layers import root_of
from algorave_server.piece import Piece
from algorave_server.proposals import LANDING_MS
from algorave_server.protocol import AGENTS_TOO, NEEDS, OF_AGENTS
from algorave_server.rights import AGENT_MAY, MAY, Action, Role

from .asks_table import AskTable, change, entries, refusal
from .room_table import Seat
from .test_room import REQUESTS

KINDS = {ask: str(ask.model_fields["kind"].default) for ask in NEEDS}


@pytest.fixture
def table() -> AskTable:
    """A room with AI on, and nobody in it."""
    return AskTable()


# -- on and off ---------------------------------------------------------------------------------------------


def test_ai_is_off_at_first() -> None:
    """ASK-1: a new session has no AI, and asking says who can switch it on; switched on, it can be asked."""
    table = AskTable()
    table.piece.ai = False
    assert Piece.new("A jam", 0).ai is False
    table.agent()
    ana, bo = table.sit("ana"), table.sit("bo")
    bo.ask("ask_agent", words="darker")
    assert refusal(bo) == ("conflict", "AI is off in this session; a host can switch it on")
    bo.ask("set_ai", on=True, review=False)
    assert refusal(bo)[0] == "forbidden"
    ana.ask("set_ai", on=True, review=False)
    assert bo.last("ai_set") == {"kind": "ai_set", "on": True, "review": False, "by": "ana"}
    assert table.asked(bo) == "p1"


def test_the_switch_outlives_the_room(table: AskTable) -> None:
    """ASK-1: whether AI is on, is reviewed and may change a layer is kept; what older sessions kept means off."""
    table.sit("ana").ask("set_ai", on=True, review=True)
    table.sit("ana").ask("set_layer_ai", layer="l1", ai="no")
    kept = [row for row in table.rows if isinstance(row, NewArrangement)][-1].arrangement
    again = Piece.restored("A jam", kept)
    assert (again.ai, again.ai_review, again.layers.get("l1").ai) == (True, True, "no")
    old = {key: kept[key] for key in ("layers", "made", "playing", "tempo")}
    assert Piece.restored("A jam", old).ai is False


def test_switching_off_ends_what_is_being_answered(table: AskTable) -> None:
    """ASK-1: a switch turned off stops what waits and what is being answered, and nothing lands any more."""
    bot, bo, cy, ana = table.agent(), table.sit("bo"), table.sit("cy"), table.sit("ana")
    landing, waiting = table.landing(bot, bo), table.asked(cy)
    ana.ask("set_ai", on=False, review=False)
    assert {table.state(landing), table.state(waiting)} == {"stopped"}
    bot.type("hostile")
    assert table.closed == {bot.connection: Close.RESET}
    assert table.text() == ""


# -- who may ask --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "may"), [("ana", True), ("bo", True), ("vic", False), ("bot", False)])
def test_who_may_ask(table: AskTable, who: str, may: bool) -> None:
    """ASK-2: hosts and co-authors ask, viewers and agents do not, and who may not leaves nothing behind."""
    bot = table.agent()
    seat = bot if who == "bot" else table.sit(who)
    table.rows.clear()
    seat.ask("ask_agent", words="darker")
    assert seat.has_heard("done") is may or who == "bot"
    assert bool(entries(table, "ask_agent")) is may
    assert seat.has_heard("refused") is not may


def test_nobody_answers() -> None:
    """ASK-2: with no agent there, asking is refused with words on how to bring one."""
    table = AskTable()
    bo = table.sit("bo")
    bo.ask("ask_agent", words="darker")
    assert refusal(bo)[0] == "conflict"
    assert "algorave agent LINK" in refusal(bo)[1]
    table.agent(serves=False)
    bo.ask("ask_agent", words="darker")
    assert refusal(bo)[0] == "conflict"


def test_words_are_shown_as_they_look(table: AskTable) -> None:
    """ASK-2: what is asked, and what an agent says, holds no controls and no directions when it is shown."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.asked(bo, "dark\u202eer\x07")
    bot.ask("take_ask", proposal=proposal)
    bot.ask("finish_ask", proposal=proposal, status="answered", says="a\ttab\u2066")
    assert table.known(proposal)["words"] == "dark er "
    assert table.known(proposal)["says"] == "a tab "


# -- what an agent may --------------------------------------------------------------------------------------

AGENTS_REQUESTS = REQUESTS | {
    "add_layer": {"name": "hats"},
    "remove_layer": {"layer": "l2"},
    "take_ask": {"proposal": "p2"},
}


@pytest.mark.parametrize("kind", [KINDS[ask] for ask in NEEDS if ask not in OF_AGENTS | AGENTS_TOO])
def test_an_agent_may_nothing_else(table: AskTable, kind: str) -> None:
    """ASK-3: of the requests of people an agent may make five; all others are refused, even while it lands."""
    bot, bo = table.agent(), table.sit("bo")
    table.landing(bot, bo)
    table.rows.clear()
    bot.ask(kind, **REQUESTS[kind])
    assert refusal(bot)[0] == "forbidden"
    assert table.rows == []


@pytest.mark.parametrize("kind", ["evaluate", "stop", "add_layer", "remove_layer"])
@pytest.mark.parametrize("lands", [True, False])
def test_an_agent_does_that_only_while_it_lands(table: AskTable, kind: str, lands: bool) -> None:
    """ASK-3: playing, stopping, adding and removing are an agent's only for the change that it is landing."""
    table.piece.layers.add("noise")
    bot, bo = table.agent(), table.sit("bo")
    if lands:
        table.landing(bot, bo, change(), change(None, "hats"), change("l2", "noise", None))
    table.rows.clear()
    bot.ask(kind, **AGENTS_REQUESTS[kind])
    assert bool(entries(table, kind)) is lands


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("evaluate", {"layer": "l2"}),
        ("stop", {"layer": "l2"}),
        ("remove_layer", {"layer": "l1"}),
        ("remove_layer", {"layer": "l2"}),
        ("add_layer", {"name": "another"}),
        ("add_layer", {"name": "bass"}),
        ("evaluate", {"layer": "l9"}),
    ],
)
def test_nothing_but_what_was_offered(table: AskTable, kind: str, fields: dict[str, Any]) -> None:
    """ASK-3: while it lands, an agent can neither play nor remove nor add what the offer does not name."""
    table.piece.layers.add("lead")
    bot = table.agent()
    table.landing(bot, table.sit("bo"))
    table.rows.clear()
    bot.ask(kind, **fields)
    assert bot.has_heard("refused")
    assert table.rows == []


@pytest.mark.parametrize("kind", sorted(KINDS[ask] for ask in OF_AGENTS))
@pytest.mark.parametrize("who", ["ana", "bo", "vic"])
def test_people_do_not_answer(table: AskTable, kind: str, who: str) -> None:
    """ASK-3: what agents say is refused from people, hosts too."""
    table.agent()
    table.asked(table.sit("bo"))
    table.rows.clear()
    seat = table.sit(who)
    seat.ask(kind, **REQUESTS[kind])
    assert refusal(seat)[0] == "forbidden"
    assert table.rows == []


def test_an_agents_rights_are_a_part_of_a_co_authors() -> None:
    """ASK-3: an agent may less than a co-author, and neither chat, mix, hush, lock nor decide about people."""
    assert MAY[Role.CO_AUTHOR] > AGENT_MAY
    assert {Action.EDIT, Action.EVALUATE, Action.ARRANGE, Action.TEMPO, Action.ASK} == AGENT_MAY


def test_an_agent_is_never_host(table: AskTable) -> None:
    """ASK-3: a host can make an agent a viewer, which silences it, and not a host."""
    table.agent()
    ana = table.sit("ana")
    ana.ask("set_role", participant="bot", role="host")
    assert refusal(ana) == ("conflict", "an agent is never a host")
    ana.ask("set_role", participant="bot", role="viewer")
    assert table.room.roster.members["bot"].role is Role.VIEWER


# -- edits --------------------------------------------------------------------------------------------------


def test_an_edit_without_a_proposal(table: AskTable) -> None:
    """ASK-4: an agent that edits out of nowhere changes nothing and is reset, as is one that only took an ask."""
    bot, bo = table.agent(), table.sit("bo")
    bot.type("hostile")
    assert table.closed[bot.connection] is Close.RESET
    again = table.agent()
    again.ask("take_ask", proposal=table.asked(bo))
    again.type("hostile")
    assert table.closed[again.connection] is Close.RESET
    table.commit()
    assert table.text() == ""


def test_an_edit_while_it_lands(table: AskTable) -> None:
    """ASK-4, the control: while it lands the same edit is kept, is the agent's, and everybody reads it."""
    bot, bo = table.agent(), table.sit("bo")
    table.landing(bot, bo)
    bot.type("new")
    table.commit()
    assert bo.read() == "new"
    assert [row.participant_id for row in table.rows if isinstance(row, NewUpdate)] == ["bot"]


def test_another_layer_is_not_its_own(table: AskTable) -> None:
    """ASK-4: while it lands one layer, an edit of another resets the agent, and neither is changed by it."""
    table.piece.layers.add("lead")
    bot = table.agent()
    table.landing(bot, table.sit("bo"), change("l2", "lead"))
    bot.type("hostile")
    assert table.closed == {bot.connection: Close.RESET}
    assert table.text() == ""


def test_landing_does_not_last(table: AskTable) -> None:
    """ASK-4: who does not land within half a minute may not any more."""
    bot = table.agent()
    table.landing(bot, table.sit("bo"))
    table.clock.ms += LANDING_MS + 1
    bot.type("late")
    assert table.closed == {bot.connection: Close.RESET}


def test_a_finished_proposal_is_closed(table: AskTable) -> None:
    """ASK-4: after `finish_ask` the agent may edit no more."""
    bot, bo = table.agent(), table.sit("bo")
    table.applied(bot, bo)
    bot.type("more")
    assert table.closed == {bot.connection: Close.RESET}
    assert table.text() == "new"


def test_another_agent_lands_nothing(table: AskTable) -> None:
    """ASK-4: while one agent lands, another may not edit, offer or finish for it."""
    bot, other = table.agent(), table.agent("other")
    proposal = table.landing(bot, table.sit("bo"))
    for kind, fields in (("offer", {"changes": [change()]}), ("finish_ask", {"status": "unchanged"})):
        other.ask(kind, proposal=proposal, **fields)
        assert refusal(other)[0] == "forbidden"
    other.type("hostile")
    assert table.closed == {other.connection: Close.RESET}
    assert table.state(proposal) == "landing"


def test_a_new_layer_and_one_that_goes(table: AskTable) -> None:
    """ASK-4: an agent adds what is new in its offer, writes into that, and removes what goes in it."""
    table.piece.layers.add("noise")
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo, change(None, "hats"), change("l2", "noise", None))
    bot.ask("add_layer", name="hats")
    made = bot.last("done")["made"]
    bot.text = bot.doc.get(f"layer:{made}", type=type(bot.text))
    bot.type("hh*8")
    bot.ask("remove_layer", layer="l2")
    bot.ask("finish_ask", proposal=proposal, status="applied")
    assert [layer["name"] for layer in bo.last("layers")["layers"]] == ["bass", "hats"]
    assert table.text(made) == "hh*8"
    bot.ask("add_layer", name="hats")
    assert bot.has_heard("refused")


def type_into(seat: Seat, layer: str, words: str) -> None:
    """Write into another layer than the first."""
    seat.text = seat.doc.get(root_of(layer), type=type(seat.text))
    seat.type(words)


def test_a_new_layer_that_comes_to_nothing(table: AskTable) -> None:
    """ASK-4: an agent that may not go on takes away the layer it has just added, and nothing was changed then."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo, change(None, "hats"), change())
    for _ in range(2):
        bot.ask("add_layer", name="hats")
        bot.ask("remove_layer", layer=bot.last("done")["made"])
    assert not bot.has_heard("refused")
    assert [layer["name"] for layer in bo.last("layers")["layers"]] == ["bass"]
    assert table.known(proposal)["changes"][0]["layer"] is None
    bot.ask("finish_ask", proposal=proposal, status="refused")
    assert table.state(proposal) == "refused"


def test_a_new_layer_that_people_write_into(table: AskTable) -> None:
    """ASK-4, the control: a new layer that somebody else has written into is not taken away any more."""
    bot, bo = table.agent(), table.sit("bo")
    table.landing(bot, bo, change(None, "hats"))
    bot.ask("add_layer", name="hats")
    type_into(bo, "l2", "mine")
    bot.ask("remove_layer", layer="l2")
    assert refusal(bot)[0] == "forbidden"
    assert table.text("l2") == "mine"


def test_a_name_that_two_changes_have(table: AskTable) -> None:
    """ASK-12: a change of one layer is not taken for the new layer that has its name, and is credited."""
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.landing(bot, bo, change("l1", "hats"), change(None, "hats"))
    bot.type("new")
    bot.ask("add_layer", name="hats")
    bot.ask("finish_ask", proposal=proposal, status="applied")
    assert [each["layer"] for each in table.known(proposal)["changes"]] == ["l1", "l2"]
    assert all(table.layer(each)["credit"] is not None for each in ("l1", "l2"))


# -- layers that are not for the agent ----------------------------------------------------------------------


def close_layer(table: AskTable, how: str) -> None:
    """The layer is not for the agent any more."""
    ana = table.sit("ana")
    if how == "no":
        ana.ask("set_layer_ai", layer="l1", ai="no")
    else:
        ana.ask("lock_layer", layer="l1", locked=True)


@pytest.mark.parametrize("how", ["no", "locked"])
def test_a_layer_that_is_not_for_the_agent(table: AskTable, how: str) -> None:
    """ASK-5: a layer with AI `no`, or a locked one, can neither be asked about nor offered, whoever asks."""
    close_layer(table, how)
    bot, ana = table.agent(), table.sit("ana")
    ana.ask("ask_agent", words="darker", only=["l1"])
    assert refusal(ana)[0] == "conflict"
    proposal = table.asked(ana)
    bot.ask("take_ask", proposal=proposal)
    bot.ask("offer", proposal=proposal, changes=[change()])
    assert refusal(bot)[0] == "conflict"
    bot.type("hostile")
    assert table.text() == ""


@pytest.mark.parametrize("how", ["no", "locked"])
def test_closed_while_it_lands(table: AskTable, how: str) -> None:
    """ASK-5: a layer closed to the agent while it lands is not changed, played or removed by it from then on."""
    bot = table.agent()
    table.landing(bot, table.sit("bo"))
    close_layer(table, how)
    bot.ask("evaluate", layer="l1")
    assert refusal(bot)[0] == "forbidden"
    bot.type("hostile")
    assert table.closed == {bot.connection: Close.RESET}
    assert table.text() == ""


def test_only_what_was_asked_for(table: AskTable) -> None:
    """ASK-5: when only some layers were asked about, others and new ones cannot be offered; those can."""
    table.piece.layers.add("lead")
    bot, bo = table.agent(), table.sit("bo")
    proposal = table.asked(bo, only=["l1"])
    bot.ask("take_ask", proposal=proposal)
    for wrong in (change("l2", "lead"), change(None, "hats")):
        bot.ask("offer", proposal=proposal, changes=[change(), wrong])
        assert refusal(bot)[0] == "conflict"
    bot.ask("offer", proposal=proposal, changes=[change()])
    assert table.state(proposal) == "landing"


def test_who_may_set_it(table: AskTable) -> None:
    """ASK-5: co-authors say whether the agent may change a layer, of a locked one hosts alone; viewers never."""
    bo, vic = table.sit("bo"), table.sit("vic")
    bo.ask("set_layer_ai", layer="l1", ai="yes")
    assert table.layer()["ai"] == "yes"
    vic.ask("set_layer_ai", layer="l1", ai="no")
    assert refusal(vic)[0] == "forbidden"
    close_layer(table, "locked")
    bo.ask("set_layer_ai", layer="l1", ai="no")
    assert refusal(bo)[0] == "forbidden"
