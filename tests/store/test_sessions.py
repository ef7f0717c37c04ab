"""Sessions: their life, and what opening one gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from algorave_server.errors import Refusal
from algorave_server.journal import (
    NewArrangement,
    NewClientOwner,
    NewEntry,
    NewMemberValues,
    NewRemoval,
    NewRole,
    NewSessionState,
    NewUpdate,
)
from algorave_server.rights import Role
from algorave_server.store import Membership, Newcomer, NewSnapshot, Store, StoreFailure
from algorave_server.store.schema import Model

from .conftest import SetClock


def typed(jam: Membership, clock: SetClock, updates: Iterable[bytes]) -> list[NewUpdate]:
    return [NewUpdate(jam.session.id, jam.participant.id, clock.now, it, (7, 2**32)) for it in updates]


def test_a_new_session_has_its_host(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-1: a session begins with its host and an entry in the journal, all at once."""
    assert store.get_session(jam.session.id) == jam.session
    assert (jam.session.state, jam.session.created_at) == ("open", clock.now)
    assert store.participants(jam.session.id) == [jam.participant]
    assert jam.participant.role is Role.HOST
    [entry] = store.entries_page(jam.session.id)
    assert (entry.kind, entry.participant_id, entry.body) == (
        "session_created",
        jam.participant.id,
        {"title": "Jam"},
    )


def test_a_user_finds_the_sessions_they_may_enter(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-2: a user's sessions are those they may enter, newest first."""
    clock.advance(60)
    second = store.create_session("Second", Newcomer("Bo", "#00bb00", user_id="bo"))
    other = store.add_participant(second.session.id, Newcomer("Ana", "#aa0000", user_id="ana"), Role.VIEWER)
    assert [it.session.title for it in store.sessions_of("ana")] == ["Second", "Jam"]
    assert [it.participant.role for it in store.sessions_of("ana")] == [Role.VIEWER, Role.HOST]
    store.remove_participant(other.id)
    assert [it.session.title for it in store.sessions_of("ana")] == ["Jam"]
    store.ban_participant(jam.participant.id, reason="", by=None)
    assert store.sessions_of("ana") == []
    assert store.sessions_of("nobody") == []


def test_rename_and_end(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-3: a session can be renamed and ended, and what it was first ended at stays."""
    store.rename_session(jam.session.id, "Late 🎵 jam")
    store.end_session(jam.session.id)
    ended_at = clock.now
    clock.advance(5)
    store.end_session(jam.session.id)
    session = store.get_session(jam.session.id)
    assert (session.title, session.state, session.ended_at) == ("Late 🎵 jam", "ended", ended_at)


def test_what_is_not_there_is_refused(store: Store) -> None:
    """STORE-4: a session that is not there is refused as not found, whatever is asked of it."""
    for ask in (
        lambda: store.get_session("gone"),
        lambda: store.open_session("gone"),
        lambda: store.rename_session("gone", "x"),
        lambda: store.end_session("gone"),
    ):
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.reason == "not_found"


def test_opening_without_a_snapshot(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-5: opening gives all updates in order, owners, participants and the arrangement."""
    store.append(
        [
            *typed(jam, clock, [b"one", b"two"]),
            NewClientOwner(jam.session.id, 2**32, jam.participant.id),
            NewArrangement(jam.session.id, {"layers": ["bass\ud800\x00"]}),
        ]
    )
    opened = store.open_session(jam.session.id)
    assert [it.update for it in opened.updates] == [b"one", b"two"]
    assert [it.clients for it in store.updates_page(jam.session.id)] == [[7, 2**32]] * 2
    assert opened.client_owners == {2**32: jam.participant.id}
    assert opened.session.arrangement == {"layers": ["bass\ud800\x00"]}
    assert opened.participants == [jam.participant]
    assert opened.snapshot is None
    assert opened.last_update_id == opened.updates[-1].id


def test_opening_from_a_snapshot(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-6: opening gives the last snapshot and every update that it may not hold."""
    store.append([*typed(jam, clock, [b"one"]), NewSnapshot(jam.session.id, clock.now, b"state 1")])
    clock.advance(3600)
    store.append(
        [
            *typed(jam, clock, [b"two"]),
            NewSnapshot(jam.session.id, clock.now + timedelta(hours=1), b"state 2"),
            *typed(jam, clock, [b"three"]),
        ]
    )
    opened = store.open_session(jam.session.id)
    assert opened.snapshot is not None
    assert opened.snapshot.state == b"state 2"
    assert [it.update for it in opened.updates] == [b"three"]
    assert opened.last_update_id == opened.updates[-1].id


def test_a_snapshot_claims_nothing_behind_it(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-6: an update appended after a snapshot is read again, also when both are in one transaction."""
    store.append([NewSnapshot(jam.session.id, clock.now, b"empty"), *typed(jam, clock, [b"one"])])
    opened = store.open_session(jam.session.id)
    assert opened.snapshot is not None
    assert opened.snapshot.upto_id == 0
    assert [it.update for it in opened.updates] == [b"one"]


def test_a_row_that_was_committed_late_is_found(
    kind: str, store: Store, jam: Membership, clock: SetClock
) -> None:
    """STORE-6: a row that another server commits after a snapshot, with a lower id, is read all the same."""
    if kind == "sqlite":
        pytest.skip("SQLite has one writer at a time, so ids are in the order of commits")
    late = typed(jam, clock, [b"late"])
    with store.database.writing() as slow:
        slow.execute(
            text(
                "INSERT INTO session_updates (session_id, participant_id, at, update, clients)"
                " VALUES (:s, :p, :at, :u, '[]')"
            ),
            {"s": late[0].session_id, "p": late[0].participant_id, "at": clock.now, "u": b"late"},
        )
        store.append([*typed(jam, clock, [b"quick"]), NewSnapshot(jam.session.id, clock.now, b"quick")])
    opened = store.open_session(jam.session.id)
    assert opened.snapshot is not None
    # The control: by ids alone it would be missing.
    assert opened.snapshot.upto_id > min(it.id for it in opened.updates)
    assert b"late" in [it.update for it in opened.updates]


def test_the_first_owner_of_a_client_stays(store: Store, jam: Membership) -> None:
    """STORE-7: a Yjs client belongs to the participant who used it first, for ever."""
    store.append([NewClientOwner(jam.session.id, 5, jam.participant.id)])
    store.append(
        [NewClientOwner(jam.session.id, 5, "somebody else"), NewClientOwner(jam.session.id, 6, "bo")]
    )
    assert store.open_session(jam.session.id).client_owners == {5: jam.participant.id, 6: "bo"}


def test_what_a_room_decides_is_kept(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-8: roles, names, rights, bans, title, door and end that a room decides are written like updates."""
    bo = store.add_participant(jam.session.id, Newcomer("Bo", "#00bb00"), Role.VIEWER)
    store.append(
        [
            NewRole(jam.session.id, bo.id, "co_author"),
            NewMemberValues(jam.session.id, bo.id, may_chat=False),
            NewMemberValues(jam.session.id, bo.id, name="Bob", colour="#00cc00", waiting=True),
            NewSessionState(jam.session.id, "Encore", "ask", None),
        ]
    )
    kept = store.get_participant(bo.id)
    assert (kept.role, kept.name, kept.colour, kept.may_chat, kept.waiting) == (
        Role.CO_AUTHOR,
        "Bob",
        "#00cc00",
        False,
        True,
    )
    session = store.get_session(jam.session.id)
    assert (session.title, session.door, session.state) == ("Encore", "ask", "open")
    removal = NewRemoval(jam.session.id, bo.id, clock.now, banned=True)
    store.append([removal, removal, NewSessionState(jam.session.id, "Encore", "ask", clock.now)])
    assert store.get_participant(bo.id).banned
    assert len(store.bans(jam.session.id)) == 1
    assert store.get_session(jam.session.id).state == "ended"
    store.append([NewRole(jam.session.id, bo.id, "viewer")])
    assert store.get_participant(bo.id).banned, "a change of role that was on its way lifts no ban"


def test_a_guest_put_out_comes_back_by_invite_only(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-8: putting a guest out ends its membership; who is logged in stays known and may come back."""
    guest = store.add_participant(jam.session.id, Newcomer("Bo", "#00bb00"), Role.VIEWER)
    user = store.add_participant(jam.session.id, Newcomer("Cy", "#00bb00", user_id="cy"), Role.VIEWER)
    store.append([NewRemoval(jam.session.id, each.id, clock.now, banned=False) for each in (guest, user)])
    assert not store.get_participant(guest.id).may_enter
    assert store.get_participant(user.id).may_enter


def test_opening_reads_the_last_of_the_chat(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-47: opening reads the last entries of what was said and taken back, in order, and no other."""
    said = [
        NewEntry(jam.session.id, jam.participant.id, clock.now, "say", {"line": n}) for n in range(1, 301)
    ]
    unsaid = NewEntry(jam.session.id, jam.participant.id, clock.now, "unsay", {"line": 300})
    noise = NewEntry(jam.session.id, jam.participant.id, clock.now, "hush", {})
    store.append([*said, noise, unsaid])
    chat = store.open_session(jam.session.id).chat
    assert len(chat) == 200
    assert [each.body["line"] for each in chat] == [*range(102, 301), 300]
    assert chat[-1].kind == "unsay"


def test_deleting_takes_all_that_belongs_to_it(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-9: deleting a session deletes everything that belongs to it, and nothing of another."""
    other = store.create_session("Other", Newcomer("Bo", "#00bb00", user_id="bo"))
    for it in (jam, other):
        store.append([*typed(it, clock, [b"x"]), NewClientOwner(it.session.id, 5, it.participant.id)])
        store.append([NewSnapshot(it.session.id, clock.now, b"state")])
        store.ban_participant(it.participant.id, reason="", by=None)
    before = _rows(store)
    store.delete_session(jam.session.id)
    store.delete_session(jam.session.id)
    after = _rows(store)
    assert after == {table: rows // 2 for table, rows in before.items()} | {"users": before["users"]}
    assert store.updates_page(other.session.id)


def _rows(store: Store) -> dict[str, int]:
    with store.database.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Model.metadata.tables.items()
        }


def test_times_keep_their_zone(store: Store, jam: Membership) -> None:
    """STORE-10: times come back in UTC, and a time without a zone is never kept."""
    assert store.get_session(jam.session.id).created_at.utcoffset() == timedelta(0)
    naive = jam.session.created_at.replace(tzinfo=None)
    for row in (
        NewUpdate(jam.session.id, jam.participant.id, naive, b"x", ()),
        NewEntry(jam.session.id, jam.participant.id, naive, "said", {}),
    ):
        with pytest.raises((StoreFailure, ValueError)):
            store.append([row])
