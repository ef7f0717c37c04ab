"""The room: one door, and what may be seen when."""

from __future__ import annotations

import json

import pytest

from algorave_server.close import Close
from algorave_server.journal import NewArrangement, NewClientOwner, NewEntry, NewUpdate
from algorave_server.lib0 import write_bytes, write_uint
from algorave_server.limits import Limits
from algorave_server.piece import Piece
from algorave_server.protocol import (
    NEEDS,
    OF_AGENTS,
    AskAgent,
    CancelAsk,
    Decide,
    Playing,
    ReportFault,
    UndoAsk,
    Unsay,
)
from algorave_server.rights import MAY, Role

from .room_table import Seat, Table, awareness


@pytest.fixture
def table() -> Table:
    """A fresh room."""
    return Table()


def test_an_edit_is_seen_when_noted_and_saved_when_committed(table: Table) -> None:
    """ROOM-1: an edit reaches others once it is noted, and its sender hears `saved` only when it is committed."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.type("bd")
    assert bo.read() == ""
    table.turn()
    assert bo.read() == "bd"
    assert not ana.has_heard("saved")
    table.commit()
    assert ana.last("saved") == {"kind": "saved", "edits": 1}


def test_who_joins_between_edit_and_commit_reads_what_others_see(table: Table) -> None:
    """ROOM-1: a joiner is given what others have seen, committed or not, and nothing twice."""
    table.sit("ana").type("bd")
    late = table.sit("bo")
    assert late.read() == "bd"
    before = len(table.heard[late.connection])
    table.commit()
    assert len(table.heard[late.connection]) == before


def test_what_a_request_changed_is_seen_when_it_is_committed(table: Table) -> None:
    """ROOM-1: what a request changed is announced, and answered, only when it is committed."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.say(kind="rename", request_id=1, title="Late")
    table.turn()
    assert not bo.has_heard("renamed")
    assert not ana.has_heard("done")
    assert table.room.is_urgent
    table.commit()
    assert bo.last("renamed")["title"] == "Late"


def test_what_is_known_already_is_saved_when_all_before_it_is(table: Table) -> None:
    """ROOM-18: an edit that says nothing new is acknowledged with what was noted before it, and not sooner."""
    ana = table.sit("ana")
    update = ana.type("bd")
    table.turn()
    batch = table.room.take_batch()
    ana.send(b"\x00\x02" + write_bytes(update))
    table.turn()
    assert not ana.has_heard("saved")
    assert batch is not None
    table.perform(table.room.committed(batch))
    assert ana.last("saved")["edits"] == 1
    table.commit()
    assert ana.last("saved")["edits"] == 2


def test_a_lone_author_does_not_hear_itself(table: Table) -> None:
    """ROOM-2: a turn with edits of one connection only is not sent back to it."""
    ana = table.sit("ana")
    before = len(table.heard[ana.connection])
    ana.type("bd")
    table.commit()
    assert [frame for frame in table.heard[ana.connection][before:] if isinstance(frame, bytes)] == []


def test_edits_of_one_turn_go_out_as_one_frame(table: Table) -> None:
    """ROOM-2: what came in during one turn is merged into one frame for everybody."""
    ana, bo, vic = table.sit("ana"), table.sit("bo"), table.sit("vic")
    before = len(table.heard[vic.connection])
    ana.type("bd ")
    bo.type("sd ")
    ana.type("hh ")
    table.commit()
    frames = [frame for frame in table.heard[vic.connection][before:] if isinstance(frame, bytes)]
    assert len(frames) == 1
    assert ana.read() == bo.read() == vic.read()
    assert sorted(vic.read().split()) == ["bd", "hh", "sd"]


def test_a_viewers_edit_changes_nothing_and_resets_it(table: Table) -> None:
    """ROOM-3: a non-empty update of somebody without the right to edit is not kept, and closes with RESET."""
    ana, vic = table.sit("ana"), table.sit("vic")
    vic.type("hostile")
    assert table.commit() is None
    assert table.closed == {vic.connection: Close.RESET}
    assert ana.read() == ""


def test_an_empty_update_is_anybodys_right(table: Table) -> None:
    """ROOM-4: an empty sync step 2, which every client sends, closes nothing."""
    vic = table.sit("vic")
    vic.send(b"\x00\x01" + write_bytes(b"\x00\x00"))
    assert table.closed == {}


def test_awareness_does_not_say_who_one_is(table: Table) -> None:
    """ROOM-5: names in awareness are the server's, and nobody speaks for another's Yjs client."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.send(awareness(11, '{"user":{"name":"Root"},"cursor":1}'))
    bo.send(awareness(11, '{"cursor":99}'))
    table.perform(table.room.flush_presence())
    frame = next(f for f in reversed(table.heard[bo.connection]) if isinstance(f, bytes) and f[0] == 1)
    assert b'"name":"Ana"' in frame
    assert b"Root" not in frame
    assert b"99" not in frame


def test_a_cursor_leaves_with_its_connection(table: Table) -> None:
    """ROOM-5: when a connection closes, its cursors go at the next flush."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.send(awareness(11, '{"cursor":1}'))
    table.perform(table.room.flush_presence())
    table.room.leave(ana.connection)
    table.perform(table.room.flush_presence())
    last = next(f for f in reversed(table.heard[bo.connection]) if isinstance(f, bytes) and f[0] == 1)
    assert last.endswith(b"null")


def test_viewers_have_no_cursor(table: Table) -> None:
    """ROOM-6: what a viewer says in awareness is not shown, and viewers are counted."""
    ana, vic = table.sit("ana"), table.sit("vic")
    vic.send(awareness(12, '{"cursor":1}'))
    table.perform(table.room.flush_presence())
    assert not any(isinstance(f, bytes) and f[0] == 1 for f in table.heard[ana.connection])
    assert ana.last("roster")["listening"] == 1
    assert [p["id"] for p in ana.last("roster")["participants"]] == ["ana", "vic"]


def test_a_yjs_client_belongs_to_who_used_it_first(table: Table) -> None:
    """ROOM-7: new text under another participant's Yjs client id is refused; the same participant may come back."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.type("bd")
    table.commit()
    thief = Seat(table, bo.connection, ana.doc.client_id)
    thief.doc.apply_update(ana.doc.get_update())
    thief.type("!")
    assert table.closed == {bo.connection: Close.RESET}
    again = Seat(table, table.sit("ana").connection, ana.doc.client_id)
    again.doc.apply_update(ana.doc.get_update())
    again.type(" sd")
    table.commit()
    assert table.sit("cy").read() == "bd sd"


def test_a_stock_client_hears_no_json(table: Table) -> None:
    """ROOM-8: a connection that never said hello is sent binary frames only, and can edit."""
    stock, bo = table.sit("ana", json_too=False), table.sit("bo")
    stock.type("bd")
    bo.ask("add_layer", name="drums")
    table.perform(table.room.flush_presence())
    assert stock.notices == []
    assert bo.read() == "bd"


def test_a_locked_layer_takes_edits_of_hosts_only(table: Table) -> None:
    """ROOM-9: an edit of a locked layer resets who may not lock, and passes for who may."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.ask("lock_layer", layer="l1", locked=True)
    bo.type("x")
    ana.type("y")
    table.commit()
    assert table.closed == {bo.connection: Close.RESET}
    assert table.sit("cy").read() == "y"


def test_text_for_a_layer_that_never_was_is_refused(table: Table) -> None:
    """ROOM-9: only roots of layers may be written; a removed layer's root takes late edits without harm."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.ask("remove_layer", layer="l1")
    bo.type("late")
    table.commit()
    assert table.closed == {}
    bo.table.root = "layer:nosuch"
    Seat(table, bo.connection, 77).type("x")
    assert table.closed == {bo.connection: Close.RESET}


def test_a_full_layer_takes_no_more() -> None:
    """ROOM-10: a layer never grows past its limit, and takes the last byte up to it."""
    table = Table(Limits(max_layer_bytes=4))
    ana = table.sit("ana")
    ana.type("1234")
    table.commit()
    assert table.closed == {}
    ana.type("5")
    assert table.closed == {ana.connection: Close.RESET}


@pytest.mark.parametrize(
    "frame", [b"", b"\x09", b"\x00\x07\x00", b"\x00\x00", b"\x01\x00\x00", b"\x00\x00\x01\x00\x00"]
)
def test_garbage_closes_the_connection(table: Table, frame: bytes) -> None:
    """ROOM-11: a frame that is not what it claims to be closes its connection with MALFORMED and changes nothing."""
    ana = table.sit("ana")
    ana.send(frame)
    assert table.closed == {ana.connection: Close.MALFORMED}
    assert table.room.take_batch() is None


def test_a_wrong_message_is_answered_in_words(table: Table) -> None:
    """ROOM-12: JSON that is no message is refused with the field that is wrong, and nothing it said is repeated."""
    ana = table.sit("ana")
    ana.say(kind="evaluate", request_id=1, layer="NO SUCH canary")
    refused = ana.last("refused")
    assert refused["reason"] == "malformed"
    assert "layer" in refused["detail"]
    assert "canary" not in refused["detail"]
    assert table.closed == {}


REQUESTS = {
    "evaluate": {"layer": "l1"},
    "stop": {"layer": "l1"},
    "hush": {},
    "report_fault": {"layer": "l1", "from_cycle": 1, "at_cycle": 3, "message": "no"},
    "add_layer": {"name": "drums"},
    "rename_layer": {"layer": "l1", "name": "sub"},
    "move_layer": {"layer": "l1", "index": 0},
    "remove_layer": {"layer": "l1"},
    "mix_layer": {"layer": "l1", "mute": True},
    "lock_layer": {"layer": "l1", "locked": True},
    "set_tempo": {"cps": 0.75},
    "nudge": {"cycles": 0.05},
    "say": {"text": "hello"},
    "unsay": {"line": 1},
    "set_chat": {"participant": "cy", "allowed": False},
    "introduce": {"name": "Dee", "colour": "#112233"},
    "set_door": {"door": "ask"},
    "admit": {"participant": "wil"},
    "set_role": {"participant": "cy", "role": "viewer"},
    "remove": {"participant": "cy"},
    "rename": {"title": "Another jam"},
    "end": {},
    "set_ai": {"on": True, "review": True},
    "set_layer_ai": {"layer": "l1", "ai": "no"},
    "ask_agent": {"words": "darker"},
    "cancel_ask": {"proposal": "p1"},
    "decide": {"proposal": "p1", "accept": True},
    "undo_ask": {"proposal": "p1"},
    "serve_asks": {"models": [], "label": "Claude", "pays": "nobody"},
    "take_ask": {"proposal": "p1"},
    "offer": {"proposal": "p1", "changes": []},
    "finish_ask": {"proposal": "p1", "status": "answered"},
}
ASKS = (AskAgent, CancelAsk, Decide, UndoAsk, *OF_AGENTS)
"""These are tried with an agent there, in `test_asks.py`."""


def test_every_request_is_tried() -> None:
    """ROLE-1: the matrix below leaves no request out."""
    assert set(REQUESTS) == {str(ask.model_fields["kind"].default) for ask in NEEDS}


@pytest.mark.parametrize("who", ["ana", "bo", "vic"])
@pytest.mark.parametrize(
    "ask", [ask for ask in NEEDS if ask not in ASKS], ids=lambda ask: str(ask.model_fields["kind"].default)
)
def test_the_role_decides(table: Table, who: str, ask: type) -> None:
    """ROLE-1: a request is carried out and journalled exactly when the role's row of the table has its action."""
    table.expect("wil", Role.VIEWER)
    seat = table.sit(who)
    if ask is Unsay:
        seat.ask("say", text="my line")
        table.heard.clear()
    if ask is ReportFault:
        table.piece.playing["l1"] = Playing(layer="l1", code="bd", by="ana", from_cycle=1)
    role = table.room.roster.members[who].role
    kind = str(ask.model_fields["kind"].default)  # pyright: ignore[reportAttributeAccessIssue] -- a pydantic model
    seat.ask(kind, **REQUESTS[kind])
    allowed = NEEDS[ask] in {None, *MAY[role]}
    assert seat.has_heard("done") is allowed
    assert seat.has_heard("refused") is not allowed
    assert any(isinstance(row, NewEntry) and row.kind == kind for row in table.rows) is allowed


def test_a_changed_role_starts_the_connection_anew(table: Table) -> None:
    """ROLE-2: whoever gets another role is reset at once, and its next frame is judged by the new role."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.ask("set_role", participant="bo", role="viewer")
    assert table.closed == {bo.connection: Close.RESET}
    again = table.sit("bo")
    assert again.last("welcome")["role"] == Role.VIEWER
    again.type("x")
    assert table.closed[again.connection] == Close.RESET


def test_a_session_keeps_a_host(table: Table) -> None:
    """ROLE-3: the last host cannot give the role away or be removed."""
    ana = table.sit("ana")
    ana.ask("set_role", participant="ana", role="viewer")
    assert ana.last("refused")["reason"] == "conflict"
    ana.ask("remove", participant="ana")
    assert ana.last("refused")["reason"] == "conflict"


def test_handing_over(table: Table) -> None:
    """ROLE-3: a host makes another one and steps down; then the other is the last one, and has all rights."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.ask("set_role", participant="bo", role="host")
    ana.ask("set_role", participant="ana", role="co_author")
    assert table.closed == {ana.connection: Close.RESET, bo.connection: Close.RESET}
    ana, bo = table.sit("ana"), table.sit("bo")
    assert (ana.last("welcome")["role"], bo.last("welcome")["role"]) == ("co_author", "host")
    ana.ask("set_role", participant="ana", role="host")
    assert ana.last("refused")["reason"] == "forbidden"
    bo.ask("set_role", participant="bo", role="co_author")
    assert bo.last("refused")["reason"] == "conflict"
    bo.ask("remove", participant="ana")
    assert bo.has_heard("done")


def test_evaluate_takes_the_text_as_its_author_sees_it(table: Table) -> None:
    """PIECE-1: what is evaluated includes the edits sent before it, and sounds from the next whole cycle on."""
    ana, vic = table.sit("ana"), table.sit("vic")
    table.clock.ms += 3_100
    ana.type("s('bd')")
    ana.ask("evaluate", layer="l1")
    playing = vic.last("evaluated")["playing"]
    assert (playing["code"], playing["from_cycle"], playing["by"]) == ("s('bd')", 2, "ana")
    assert any(isinstance(row, NewArrangement) for row in table.rows)


def test_what_is_played_was_checked(table: Table) -> None:
    """PIECE-4: code that is another than the layer's text by now is not played; the text as it is, is."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.type("s('bd')")
    table.commit()
    bo.ask("evaluate", layer="l1", code="s('bd')")
    assert ana.last("evaluated")["playing"]["code"] == "s('bd')"
    ana.type("  // more")
    bo.ask("evaluate", layer="l1", code="s('bd')")
    assert bo.last("refused")["reason"] == "conflict"
    assert table.piece.playing["l1"].code == "s('bd')"
    bo.ask("evaluate", layer="l1", code="s('bd')  // more")
    assert table.piece.playing["l1"].code == "s('bd')  // more"
    entries = [row.body for row in table.rows if isinstance(row, NewEntry) and row.kind == "evaluate"]
    assert all("code" not in body and body["playing"]["by"] == "bo" for body in entries)


@pytest.mark.parametrize(("who", "closed"), [("bo", False), ("vic", True)])
def test_long_code_is_checked_by_who_may_play_it(table: Table, who: str, closed: bool) -> None:
    """PIECE-4: a message may carry the code of a long layer when its sender may evaluate, and not otherwise."""
    seat = table.sit(who)
    seat.ask("evaluate", layer="l1", code="x" * 100_000)
    assert (seat.connection in table.closed) is closed
    assert seat.has_heard("refused") is not closed


def test_hush_stops_everything_for_everybody(table: Table) -> None:
    """PIECE-2: after hush nothing plays, and who joins is told so."""
    ana = table.sit("ana")
    ana.ask("evaluate", layer="l1")
    ana.ask("hush")
    assert table.sit("vic").last("welcome")["playing"] == []


def test_the_journal_knows_who_wrote_what(table: Table) -> None:
    """ROOM-13: each kept update has its author, and a Yjs client's first use is kept before its text."""
    table.sit("bo").type("x")
    table.commit()
    owner, update = table.rows
    assert isinstance(owner, NewClientOwner)
    assert isinstance(update, NewUpdate)
    assert (owner.participant_id, update.participant_id, update.clients) == ("bo", "bo", (owner.client_id,))


def test_an_ended_session_takes_nothing(table: Table) -> None:
    """ROOM-14: when a session ends everybody is told and closed with ENDED."""
    ana, vic = table.sit("ana"), table.sit("vic")
    ana.ask("end")
    assert table.closed == {ana.connection: Close.ENDED, vic.connection: Close.ENDED}


def test_a_layer_is_moved_anywhere(table: Table) -> None:
    """ROOM-15: a place beyond the end is the end, and no request leaves the room half changed."""
    ana = table.sit("ana")
    ana.ask("add_layer", name="drums")
    ana.ask("move_layer", layer="l1", index=99)
    assert [layer["id"] for layer in ana.last("layers")["layers"]] == ["l2", "l1"]
    ana.say(kind="move_layer", request_id=1, layer="l1", index=10**30)
    assert ana.last("refused")["reason"] == "malformed"
    assert [layer.id for layer in table.piece.layers] == ["l2", "l1"]


def test_who_is_reset_has_heard_that_its_words_are_kept(table: Table) -> None:
    """ROOM-16: when an edit and the end of its author's role are kept together, `saved` comes first."""
    ana, bo = table.sit("ana"), table.sit("bo")
    bo.type("kept")
    ana.ask("set_role", participant="bo", role="viewer")
    assert bo.last("saved")["edits"] == 1
    assert table.closed == {bo.connection: Close.RESET}
    assert ana.read() == "kept"


def test_an_ended_session_can_be_read(table: Table) -> None:
    """ROOM-14: who comes to an ended session reads it; sending what is known already does no harm, news does."""
    bo = table.sit("bo")
    bo.type("the end")
    table.commit()
    table.sit("ana").ask("end")
    reader = table.sit("bo")
    assert reader.read() == "the end"
    reader.send(b"\x00\x01" + write_bytes(reader.doc.get_update()))
    assert reader.connection not in table.closed
    reader.type("!")
    assert table.closed[reader.connection] == Close.ENDED


@pytest.mark.parametrize(
    "kind", ["evaluate", "stop", "rename_layer", "move_layer", "mix_layer", "remove_layer"]
)
def test_a_locked_layer_stays_as_it_is(table: Table, kind: str) -> None:
    """ROOM-9: playing, mixing, naming, moving and removing a locked layer takes the right to lock; unlocked, it does not."""
    ana, bo = table.sit("ana"), table.sit("bo")
    ana.ask("lock_layer", layer="l1", locked=True)
    bo.ask(kind, **REQUESTS[kind])
    assert bo.last("refused")["reason"] == "forbidden"
    assert "bass" in bo.last("refused")["detail"]
    ana.ask("lock_layer", layer="l1", locked=False)
    bo.ask(kind, **REQUESTS[kind])
    assert bo.has_heard("done")


def test_hosts_do_with_a_locked_layer_what_they_like(table: Table) -> None:
    """ROOM-9: who may lock does everything with a locked layer."""
    ana = table.sit("ana")
    ana.ask("lock_layer", layer="l1", locked=True)
    for kind in ("evaluate", "stop", "rename_layer", "move_layer", "mix_layer", "remove_layer"):
        ana.ask(kind, **REQUESTS[kind])
    assert not ana.has_heard("refused")
    assert list(table.piece.layers) == []


def test_removed_layers_are_counted_not_listed(table: Table) -> None:
    """ROOM-17: the arrangement does not grow with layers that are gone; ids never come back, and old ones stay known."""
    ana = table.sit("ana")
    ana.ask("add_layer", name="x")
    ana.ask("remove_layer", layer="l2")
    small = len(json.dumps(table.piece.arrangement()))
    for _ in range(50):
        ana.ask("add_layer", name="x")
        ana.ask("remove_layer", layer=ana.last("layers")["layers"][-1]["id"])
    assert len(json.dumps(table.piece.arrangement())) <= small + 2
    layers = Piece.restored("A jam", table.piece.arrangement()).layers
    assert layers.add("y").id == "l53"
    assert [layers.was_removed(each) for each in ("l2", "l52")] == [True, True]
    unknown = ("l1", "l53", "l54", "l0", "l02", "l-1", "l", "x", "l²", "l" + "9" * 30)
    assert not any(layers.was_removed(each) for each in unknown)


def test_coming_back_to_a_locked_layer(table: Table) -> None:
    """ROOM-9: a client that comes back sends all deletions it knows of, and a lock does not mind them."""
    ana, bo = table.sit("ana"), table.sit("bo")
    bo.type("abc")
    before = bo.doc.get_state()
    del bo.text[0:1]
    bo.send(b"\x00\x02" + write_bytes(bo.doc.get_update(before)))
    table.commit()
    ana.ask("lock_layer", layer="l1", locked=True)
    rows = len(table.rows)
    bo.send(b"\x00\x01" + write_bytes(bo.doc.get_update(bo.doc.get_state())))
    table.commit()
    assert table.closed == {}
    assert len(table.rows) == rows


def test_a_member_goes_on_with_its_cursor_on_another_connection(table: Table) -> None:
    """ROOM-5: after a connection that hangs, the same member's next one speaks for its Yjs client."""
    first, again, cy = table.sit("bo"), table.sit("bo"), table.sit("cy")
    first.send(awareness(11, '{"cursor":1}'))
    again.send(awareness(11, '{"cursor":2}'))
    table.room.leave(first.connection)
    table.perform(table.room.flush_presence())
    frame = next(f for f in reversed(table.heard[cy.connection]) if isinstance(f, bytes) and f[0] == 1)
    assert b'"cursor":2' in frame


def test_a_viewer_with_a_long_memory_may_join(table: Table) -> None:
    """ROOM-4: a state vector of a long session is no attack, whoever sends it."""
    vic = table.sit("vic")
    clients = b"".join(write_uint(2**31 + n) + write_uint(1) for n in range(1_000))
    vic.send(b"\x00\x00" + write_bytes(write_uint(1_000) + clients))
    assert table.closed == {}
