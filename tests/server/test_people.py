"""People in a room: who waits, who chats, who is active, and what is said of them to whom."""

from __future__ import annotations

from typing import Any

import pytest

from algorave_server.activity import ACTIVE_FOR_MS, Activity
from algorave_server.chat import LINES_KEPT, Chat
from algorave_server.chat_budget import MANY_SPEAKERS, ChatBudget, ChatRates
from algorave_server.close import Close
from algorave_server.errors import Refusal
from algorave_server.journal import NewEntry, NewMemberValues, NewRemoval, NewSessionState
from algorave_server.lib0 import write_bytes
from algorave_server.limits import Limits
from algorave_server.presence import Presence
from algorave_server.rights import Role
from algorave_server.roster import Seats
from algorave_server.roster_news import MAX_LISTED_VIEWERS

from .room_table import Seat, Table, awareness


@pytest.fixture
def table() -> Table:
    """A fresh room."""
    return Table()


def waiting_for(table: Table, name: str = "wil", role: Role = Role.VIEWER) -> Seat:
    """Somebody who has come by an invite, waits and said hello."""
    table.expect(name, role)
    return table.sit(name)


def listed(seat: Seat) -> dict[str, dict[str, Any]]:
    """Who is in the last roster that a seat has heard, by id."""
    return {each["id"]: each for each in seat.last("roster")["participants"]}


# -- the waiting room ---------------------------------------------------------------------------------------


def test_who_waits_gets_nothing(table: Table) -> None:
    """DOOR-1: who waits is told the title, and gets neither text nor cursors nor roster nor notices."""
    ana = table.sit("ana")
    ana.type("secret")
    table.commit()
    ana.send(awareness(11, '{"cursor":1}'))
    wil = waiting_for(table, role=Role.CO_AUTHOR)
    ana.ask("say", text="secret")
    ana.ask("evaluate", layer="l1")
    ana.type("more")
    table.commit()
    wil.send(b"\x03")
    wil.send(b"\x00\x00" + write_bytes(b"\x00"))
    table.flush()
    assert wil.notices == [{"kind": "waiting", "session_title": "A jam"}]
    assert table.heard[wil.connection] == [f for f in table.heard[wil.connection] if isinstance(f, str)]


def test_who_is_in_gets_all_of_it(table: Table) -> None:
    """DOOR-1, the control: who does not wait gets every one of these."""
    ana, vic = table.sit("ana"), table.sit("vic")
    ana.send(awareness(11, '{"cursor":1}'))
    ana.ask("say", text="hello")
    ana.type("more")
    table.commit()
    table.flush()
    assert vic.has_heard("welcome")
    assert vic.has_heard("said")
    assert vic.has_heard("roster")
    assert vic.read() == "more"
    assert any(isinstance(frame, bytes) and frame[0] == 1 for frame in table.heard[vic.connection])


@pytest.mark.parametrize("kind", ["say", "introduce", "unsay", "add_layer"])
def test_who_waits_may_do_nothing(table: Table, kind: str) -> None:
    """DOOR-1: every request of who waits is refused, and what it types or points at changes nothing."""
    ana, wil = table.sit("ana"), waiting_for(table, role=Role.CO_AUTHOR)
    fields = {"say": {"text": "x"}, "unsay": {"line": 1}, "add_layer": {"name": "x"}}
    wil.ask(kind, **fields.get(kind, {"name": "Ana", "colour": "#aa5500"}))
    wil.type("x")
    wil.send(awareness(12, '{"cursor":1}'))
    table.flush()
    assert wil.last("refused")["reason"] == "forbidden"
    assert table.rows == []
    assert ana.read() == ""
    assert not any(isinstance(frame, bytes) and frame[0] == 1 for frame in table.heard[ana.connection])


def test_only_hosts_see_who_waits(table: Table) -> None:
    """DOOR-2: hosts find who waits in the roster; for everybody else they are not there, and not counted."""
    ana, bo, vic = table.sit("ana"), table.sit("bo"), table.sit("vic")
    table.flush()
    waiting_for(table)
    table.flush()
    assert listed(ana)["wil"]["waiting"] is True
    assert listed(ana)["vic"]["waiting"] is False
    assert "wil" not in listed(bo)
    assert "wil" not in listed(vic)
    assert ana.last("roster")["listening"] == 1
    assert "wil" in {each["id"] for each in table.sit("ana").last("welcome")["roster"]}
    assert "wil" not in {each["id"] for each in table.sit("bo").last("welcome")["roster"]}


def test_letting_in(table: Table) -> None:
    """DOOR-3: who is let in hears so once that is kept, says hello again on the same connection, and is in."""
    ana, wil = table.sit("ana"), waiting_for(table, role=Role.CO_AUTHOR)
    ana.type("bd")
    ana.say(kind="admit", request_id=1, participant="wil")
    assert not wil.has_heard("admitted")
    table.commit()
    assert wil.has_heard("admitted")
    assert NewMemberValues("s1", "wil", waiting=False) in table.rows
    wil.send(b"\x00\x00" + write_bytes(b"\x00"))
    wil.say(kind="hello", protocol_version=1)
    assert wil.last("welcome")["you"] == "wil"
    table.turn()
    assert wil.read() == "bd"
    wil.type(" sd")
    table.commit()
    assert ana.read() == "bd sd"
    table.flush()
    assert listed(ana)["wil"]["waiting"] is False


def test_a_stock_client_that_waits_joins_anew(table: Table) -> None:
    """DOOR-3: a connection that said no hello cannot hear that it is let in, so it is reset."""
    ana = table.sit("ana")
    table.expect("wil", Role.CO_AUTHOR)
    stock = table.sit("wil", json_too=False)
    ana.ask("admit", participant="wil")
    assert table.closed == {stock.connection: Close.RESET}


def test_turning_down(table: Table) -> None:
    """DOOR-4: who is turned down is closed with REMOVED, and has to come by an invite again."""
    ana, wil = table.sit("ana"), waiting_for(table)
    ana.ask("remove", participant="wil")
    assert table.closed == {wil.connection: Close.REMOVED}
    assert any(isinstance(row, NewRemoval) and not row.banned for row in table.rows)
    ana.ask("admit", participant="wil")
    assert ana.last("refused")["reason"] == "not_found"


def test_an_opened_door_lets_everybody_in(table: Table) -> None:
    """DOOR-5: opening the door lets in who waits; closing it puts nobody out, and who joins is told how it is."""
    ana, wil = table.sit("ana"), waiting_for(table)
    ana.ask("set_door", door="ask")
    assert ana.last("door_set") == {"kind": "door_set", "door": "ask"}
    assert table.sit("vic").last("welcome")["door"] == "ask"
    assert not wil.has_heard("admitted")
    ana.ask("set_door", door="open")
    assert wil.has_heard("admitted")
    doors = [row.door for row in table.rows if isinstance(row, NewSessionState)]
    assert doors == ["ask", "open"]


def test_seats_are_kept_when_letting_in() -> None:
    """DOOR-6: nobody is let in beyond the seats there are; up to them everybody is."""
    table = Table(Limits(seats=Seats(max_viewers=2)))
    ana, wil, wim = table.sit("ana"), waiting_for(table, "wil"), waiting_for(table, "wim")
    table.sit("vic")
    ana.ask("admit", participant="wil")
    assert wil.has_heard("admitted")
    ana.ask("admit", participant="wim")
    assert ana.last("refused")["reason"] == "conflict"
    ana.ask("set_door", door="open")
    assert not wim.has_heard("admitted")


def test_who_waits_is_given_nothing_else(table: Table) -> None:
    """DOOR-4: who waits cannot be made host or silenced, only let in or turned down; who is in is not let in twice."""
    ana = table.sit("ana")
    waiting_for(table)
    ana.ask("set_role", participant="wil", role="host")
    assert ana.last("refused")["reason"] == "conflict"
    ana.ask("set_chat", participant="wil", allowed=False)
    assert ana.last("refused")["reason"] == "conflict"
    ana.ask("admit", participant="bo")
    assert ana.last("refused")["reason"] == "conflict"


def test_coming_by_a_better_invite_starts_anew(table: Table) -> None:
    """DOOR-3: who comes by an invite again and does not have to wait any more is reset, and then is in."""
    wil = waiting_for(table)
    table.expect("wil", Role.VIEWER, waiting=False)
    assert table.closed == {wil.connection: Close.RESET}
    assert table.sit("wil").has_heard("welcome")


# -- chat ---------------------------------------------------------------------------------------------------


def test_who_joins_reads_the_chat(table: Table) -> None:
    """CHAT-1: lines are numbered, carry the name they were said under, and are shown to who joins."""
    ana, vic = table.sit("ana"), table.sit("vic")
    ana.ask("say", text="one\ntwo")
    vic.ask("say", text="three")
    lines = table.sit("bo").last("welcome")["chat"]
    assert [(each["line"], each["by"], each["name"], each["text"]) for each in lines] == [
        (1, "ana", "Ana", "one\ntwo"),
        (2, "vic", "Vic", "three"),
    ]
    assert ana.last("said") == lines[1]


def test_the_chat_is_bounded_and_comes_back(table: Table) -> None:
    """CHAT-1: a hundred lines are kept in memory, and the journal gives the same hundred after a restart."""
    ana = table.sit("ana")
    for number in range(LINES_KEPT + 30):
        table.clock.ms += 2_000
        ana.ask("say", text=f"line {number}")
    ana.ask("unsay", line=LINES_KEPT + 30)
    entries = [row for row in table.rows if isinstance(row, NewEntry)]
    again = Chat.restored((row.kind, row.participant_id or "", row.body) for row in entries)
    assert again.lines() == table.room.chat.lines()
    assert len(again.lines()) == LINES_KEPT - 1
    assert again.next_line() == table.room.chat.next_line() == LINES_KEPT + 31


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b", "a\x1b[31mb", "a\u202eb", "a\u2028b", "x" * 2_001])
def test_what_is_no_line_of_chat(table: Table, text: str) -> None:
    """CHAT-2: a line of chat is seen: not empty, at most 2,000 characters, no controls but new lines."""
    ana = table.sit("ana")
    ana.ask("say", text=text)
    assert ana.last("refused")["reason"] == "malformed"
    assert "\\u" not in ana.last("refused")["detail"]
    assert table.rows == []


@pytest.mark.parametrize("text", ["x" * 2_000, "👩‍👩‍👧 日本 é\n\nfin"])
def test_what_is_a_line_of_chat(table: Table, text: str) -> None:
    """CHAT-2: two thousand characters of any language, emoji and empty lines between are said as they are."""
    ana = table.sit("ana")
    ana.ask("say", text=text)
    assert ana.last("said")["text"] == text


@pytest.mark.parametrize("title", ["", " ", "a\nb", "a\x00b", "a\u202eb", "x" * 121])
def test_what_is_no_title(table: Table, title: str) -> None:
    """CHAT-2: a title is one line of 1 to 120 characters without controls and directions."""
    ana = table.sit("ana")
    ana.ask("rename", title=title)
    assert ana.last("refused")["reason"] == "malformed"
    ana.ask("rename", title="é 🎵")
    assert ana.last("renamed")["title"] == "é 🎵"


def test_taking_back(table: Table) -> None:
    """CHAT-3: everybody takes back their own lines, hosts anybody's, nobody else another's; once."""
    ana, bo, vic = table.sit("ana"), table.sit("bo"), table.sit("vic")
    for seat in (ana, bo, vic):
        seat.ask("say", text="hm")
    vic.ask("unsay", line=2)
    assert vic.last("refused")["reason"] == "forbidden"
    bo.ask("unsay", line=2)
    ana.ask("unsay", line=3)
    assert vic.last("unsaid") == {"kind": "unsaid", "line": 3, "by": "ana"}
    assert [each["line"] for each in table.sit("cy").last("welcome")["chat"]] == [1]
    bo.ask("unsay", line=2)
    assert bo.last("refused")["reason"] == "not_found"


def test_silencing(table: Table) -> None:
    """CHAT-4: who may not chat is refused, says so to everybody, may still take lines back, and hosts always may."""
    ana, vic = table.sit("ana"), table.sit("vic")
    vic.ask("say", text="noise")
    ana.ask("set_chat", participant="vic", allowed=False)
    assert vic.last("chat_set") == {"kind": "chat_set", "participant": "vic", "allowed": False}
    vic.ask("say", text="noise")
    assert vic.last("refused")["reason"] == "forbidden"
    vic.ask("unsay", line=1)
    assert ana.last("unsaid")["line"] == 1
    assert table.sit("vic").last("welcome")["may_chat"] is False
    table.flush()
    assert listed(ana)["vic"]["may_chat"] is False
    ana.ask("set_chat", participant="vic", allowed=True)
    vic.ask("say", text="sorry")
    assert ana.last("said")["text"] == "sorry"
    ana.ask("set_chat", participant="ana", allowed=False)
    assert ana.last("refused")["reason"] == "conflict"


def test_one_person_in_many_windows(table: Table) -> None:
    """LIMIT-4: five lines at once and one a second, however many windows say them; others are not held up."""
    windows = [table.sit("vic") for _ in range(3)]
    for number in range(5):
        windows[number % 3].ask("say", text="x")
    windows[0].ask("say", text="x")
    assert windows[0].last("refused")["reason"] == "too_fast"
    assert len(table.room.chat.lines()) == 5
    table.sit("bo").ask("say", text="calm")
    table.clock.ms += 1_000
    windows[1].ask("say", text="x")
    assert len(table.room.chat.lines()) == 7


def test_everybody_at_once() -> None:
    """LIMIT-4: fifty lines at once and ten a second for all together; hosts are heard all the same."""
    budget = ChatBudget(ChatRates(), 0.0)
    for number in range(50):
        budget.take(f"v{number}", 0.0, is_host=False)
    with pytest.raises(Refusal, match="everybody"):
        budget.take("late", 0.0, is_host=False)
    budget.take("host", 0.0, is_host=True)
    budget.take("late", 0.1, is_host=False)
    with pytest.raises(Refusal, match="everybody"):
        budget.take("later", 0.1, is_host=False)


def test_who_may_not_chat_uses_nothing_up(table: Table) -> None:
    """LIMIT-4: lines of those who wait or were silenced are refused, and leave the budget of the session alone."""
    ana, bo, vic = table.sit("ana"), table.sit("bo"), table.sit("vic")
    ana.ask("set_chat", participant="vic", allowed=False)
    crowd = [waiting_for(table, f"w{number}") for number in range(20)]
    for seat in [*crowd, vic] * 5:
        seat.ask("say", text="noise")
    assert {seat.last("refused")["reason"] for seat in [*crowd, vic]} == {"forbidden"}
    bo.ask("say", text="calm")
    assert ana.last("said")["text"] == "calm"


def test_speakers_are_forgotten() -> None:
    """LIMIT-4: many who said something once fill no memory; who speaks on is not forgotten."""
    budget = ChatBudget(ChatRates(session_per_s=0), 0.0)
    for number in range(3 * MANY_SPEAKERS):
        budget.take(f"v{number}", number * 1.0, is_host=False)
    assert len(budget._speakers) <= MANY_SPEAKERS
    no_limit = ChatBudget(ChatRates(per_s=0, session_per_s=0), 0.0)
    for _ in range(1_000):
        no_limit.take("v", 0.0, is_host=False)


# -- who one is ---------------------------------------------------------------------------------------------


def test_introducing_oneself(table: Table) -> None:
    """WHO-1: a participant's own name and colour are the server's once kept: in the roster, at its cursor, in chat."""
    ana, bo = table.sit("ana"), table.sit("bo")
    bo.send(awareness(11, '{"cursor":1}'))
    table.flush()
    bo.ask("introduce", name="  Bo\u200b  Ba ", colour="#123456")
    table.flush()
    assert (listed(ana)["bo"]["name"], listed(ana)["bo"]["colour"]) == ("Bo Ba", "#123456")
    assert NewMemberValues("s1", "bo", name="Bo Ba", colour="#123456") in table.rows
    cursors = [f for f in table.heard[ana.connection] if isinstance(f, bytes) and f[0] == 1]
    assert b'"name":"Bo Ba"' in cursors[-1]
    assert b'"cursor":1' in cursors[-1]
    bo.ask("say", text="hi")
    assert ana.last("said")["name"] == "Bo Ba"


@pytest.mark.parametrize("name", ["", "\u200b", "x" * 41])
def test_names_that_are_none(table: Table, name: str) -> None:
    """WHO-1: a name is 1 to 40 characters that can be seen, as for guests."""
    bo = table.sit("bo")
    bo.ask("introduce", name=name, colour="#123456")
    assert bo.last("refused")["reason"] == "malformed"
    assert table.room.roster.members["bo"].name == "Bo"


def test_nobody_is_told_where_their_own_cursor_is(table: Table) -> None:
    """WHO-2: a cursor goes to everybody but its own connection, also when several have moved."""
    ana, bo, cy = table.sit("ana"), table.sit("bo"), table.sit("cy")
    table.flush()
    table.heard.clear()
    ana.send(awareness(11, '{"cursor":"at-ana"}'))
    bo.send(awareness(12, '{"cursor":"at-bo"}'))
    table.flush()
    frames = {
        seat: b"".join(f for f in table.heard[seat.connection] if isinstance(f, bytes))
        for seat in (ana, bo, cy)
    }
    assert (b"at-ana" in frames[ana], b"at-bo" in frames[ana]) == (False, True)
    assert (b"at-ana" in frames[bo], b"at-bo" in frames[bo]) == (True, False)
    assert (b"at-ana" in frames[cy], b"at-bo" in frames[cy]) == (True, True)
    ana.send(b"\x03")
    assert b"at-ana" not in table.heard[ana.connection][-1]  # type: ignore[operator]  # bytes, as asked for


def test_cursors_that_left_are_forgotten() -> None:
    """WHO-2: many cursors that come and go fill no memory, and one that comes back is never older than its end."""
    presence = Presence()
    for client in range(1_000):
        presence.update(client, "bo", awareness(client, '{"cursor":1}')[2:], {})
        presence.flush([])
        presence.drop(client)
    [(_, gone)] = presence.flush([1])
    assert len(presence._clocks) == len(presence._states) == len(presence._owners) == 0
    presence.update(7, "bo", awareness(999, '{"cursor":1}')[2:], {})
    [(_, back)] = presence.flush([1])
    assert gone != back


# -- who is active ------------------------------------------------------------------------------------------


def test_five_quiet_minutes() -> None:
    """WHO-3: who did something within five minutes is active, to the millisecond; each change is news once."""
    activity = Activity()
    assert not activity.note("bo", 0)
    assert not activity.settle(ACTIVE_FOR_MS - 1)
    assert activity.is_active("bo")
    assert activity.settle(ACTIVE_FOR_MS)
    assert not activity.is_active("bo")
    assert not activity.settle(ACTIVE_FOR_MS + 1)
    assert activity.note("bo", ACTIVE_FOR_MS + 2)
    assert activity.is_active("bo")
    assert not activity.settle(2 * ACTIVE_FOR_MS + 1)
    assert activity.settle(2 * ACTIVE_FOR_MS + 2)


def test_who_goes_is_not_counted_on() -> None:
    """WHO-3: who has left is not looked after any more, and one who is busy keeps nobody else awake."""
    activity = Activity()
    activity.note("ana", 0)
    activity.note("bo", 1_000)
    activity.forget("ana")
    assert not activity.settle(ACTIVE_FOR_MS)
    activity.note("cy", ACTIVE_FOR_MS)
    assert activity.settle(ACTIVE_FOR_MS + 1_000)
    assert (activity.is_active("bo"), activity.is_active("cy")) == (False, True)


def test_doing_something_is_seen(table: Table) -> None:
    """WHO-3: edits, requests and moves of a cursor count; pings and repeating oneself do not."""
    ana, bo = table.sit("ana"), table.sit("bo")
    bo.send(awareness(11, '{"cursor":1}'))
    table.flush()
    table.clock.ms += ACTIVE_FOR_MS
    bo.send(awareness(11, '{"cursor":1}'))
    ana.say(kind="ping", client_ms=0)
    table.flush()
    assert [each["active"] for each in listed(ana).values()] == [False, False]
    bo.type("x")
    ana.ask("hush")
    table.flush()
    assert [each["active"] for each in listed(bo).values()] == [True, True]
    table.clock.ms += ACTIVE_FOR_MS
    table.flush()
    bo.send(awareness(11, '{"cursor":2}'))
    table.flush()
    assert {who: each["active"] for who, each in listed(ana).items()} == {"ana": False, "bo": True}


# -- a large audience ---------------------------------------------------------------------------------------


def crowd(table: Table, size: int) -> list[Seat]:
    """So many viewers, each of them somebody."""
    for number in range(size):
        table.expect(f"v{number}", Role.VIEWER, waiting=False)
    seats = [table.sit(f"v{number}") for number in range(size)]
    table.flush()
    return seats


def test_a_small_audience_is_listed(table: Table) -> None:
    """WHO-4: up to 24 viewers are in the roster by name, more are a number; in the same room, both ways."""
    ana = table.sit("ana")
    seats = crowd(table, MAX_LISTED_VIEWERS)
    assert len(listed(ana)) == MAX_LISTED_VIEWERS + 1
    vic = table.sit("vic")
    table.flush()
    assert list(listed(ana)) == ["ana"]
    assert ana.last("roster")["listening"] == MAX_LISTED_VIEWERS + 1
    table.room.leave(vic.connection)
    table.flush()
    assert len(listed(seats[0])) == MAX_LISTED_VIEWERS + 1


def test_a_large_audience_costs_bytes_not_rosters(table: Table) -> None:
    """WHO-4: while 200 viewers listen, one more is a frame of a few bytes to each, and one frame a flush."""
    ana = table.sit("ana")
    crowd(table, 200)
    assert list(listed(ana)) == ["ana"]
    table.heard.clear()
    late = [table.sit("vic"), table.sit("vic")]
    for seat in late:
        table.heard[seat.connection].clear()
    table.flush()
    frames = [frame for heard in table.heard.values() for frame in heard]
    assert len(frames) == 203
    assert set(frames) == {'{"kind":"listening","listening":202}'}


def test_nobody_keeps_a_roster_that_was_over_at_once(table: Table) -> None:
    """WHO-4: who said hello while somebody was there who left before the next flush is told so."""
    ana = table.sit("ana")
    crowd(table, 200)
    bo = table.sit("bo")
    vic = table.sit("vic")
    assert [each["id"] for each in vic.last("welcome")["roster"]] == ["ana", "bo"]
    table.room.leave(bo.connection)
    table.flush()
    assert list(listed(vic)) == ["ana"]
    gone, late = table.sit("v7"), table.sit("vic")
    assert late.last("welcome")["listening"] == 203
    table.room.leave(gone.connection)
    table.room.leave(vic.connection)
    table.flush()
    assert late.last("listening")["listening"] == ana.last("listening")["listening"] == 201


def test_nothing_new_is_not_said(table: Table) -> None:
    """WHO-4: a roster that is as it was goes to nobody: who came and went between two flushes was never there."""
    ana = table.sit("ana")
    table.flush()
    table.heard.clear()
    table.room.leave(table.sit("bo", json_too=False).connection)
    table.flush()
    assert table.heard[ana.connection] == []
