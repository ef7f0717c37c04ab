"""Participants and bans."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from algorave_server.errors import Refusal
from algorave_server.rights import Role
from algorave_server.store import Membership, Newcomer, Store, StoreConflict

from .conftest import SetClock

ANON = Newcomer("Anon", "#123456")


def test_a_user_is_one_participant(store: Store, jam: Membership) -> None:
    """STORE-11: a user is one participant of a session, however often and however simultaneously they come."""
    bo = Newcomer("Bo", "#00bb00", user_id="bo")
    with ThreadPoolExecutor(16) as threads:
        ids = set(threads.map(lambda _: store.add_participant(jam.session.id, bo, Role.VIEWER).id, range(32)))
    assert len(ids) == 1
    again = store.add_participant(jam.session.id, bo, Role.HOST)
    assert again.role is Role.VIEWER
    assert store.participant_of(jam.session.id, "bo") == again
    assert store.participant_of(jam.session.id, "nobody") is None


def test_guests_without_an_account_are_many(store: Store, jam: Membership) -> None:
    """STORE-11: those without a user are as many participants as come, unless they prove who they were."""
    first = store.add_participant(jam.session.id, ANON, Role.VIEWER)
    second = store.add_participant(jam.session.id, ANON, Role.VIEWER)
    assert first.id != second.id
    back = Newcomer("Anon", "#123456", participant_id=first.id)
    assert store.add_participant(jam.session.id, back, Role.VIEWER) == first


def test_nobody_becomes_a_user_by_naming_their_participant(store: Store, jam: Membership) -> None:
    """STORE-11: a participant that is a user is found by the user alone, not by the participant's id."""
    thief = Newcomer("Ana", "#aa0000", participant_id=jam.participant.id)
    assert store.add_participant(jam.session.id, thief, Role.VIEWER).id != jam.participant.id


def test_a_role_given_by_a_host(store: Store, jam: Membership) -> None:
    """STORE-12: a role can be changed, and only for somebody who is there."""
    guest = store.add_participant(jam.session.id, ANON, Role.VIEWER)
    store.set_role(guest.id, Role.CO_AUTHOR)
    assert store.get_participant(guest.id).role is Role.CO_AUTHOR
    with pytest.raises(StoreConflict):
        store.set_role("nobody", Role.HOST)
    with pytest.raises(Refusal):
        store.get_participant("nobody")


def test_removed_and_seen(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-12: a removed participant may not enter any more; who was seen last is known."""
    guest = store.add_participant(jam.session.id, ANON, Role.VIEWER)
    clock.advance(30)
    store.touch([guest.id])
    assert store.get_participant(guest.id).last_seen_at == clock.now
    assert store.get_participant(guest.id).may_enter
    store.remove_participant(guest.id)
    assert not store.get_participant(guest.id).may_enter


def test_a_ban_ends(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-13: a ban holds until its time or until it is lifted."""
    guest = store.add_participant(jam.session.id, ANON, Role.VIEWER)
    until = clock.now + timedelta(minutes=5)
    ban = store.ban_participant(guest.id, reason="noise", by=jam.participant.id, until_at=until)
    assert store.bans(jam.session.id) == [ban]
    assert store.get_participant(guest.id).banned
    clock.advance(300)
    assert store.bans(jam.session.id) == []
    assert store.get_participant(guest.id).may_enter
    forever = store.ban_participant(guest.id, reason="noise", by=None)
    store.unban(forever.id)
    store.unban(forever.id)
    assert store.get_participant(guest.id).may_enter


def test_bans_of_addresses(store: Store, jam: Membership) -> None:
    """STORE-14: a block of addresses is banned from one session or from all, and nonsense is refused in words."""
    here = store.ban_addresses("192.0.2.7/24", reason="flood", by=None, session_id=jam.session.id)
    everywhere = store.ban_addresses("2001:db8::/32", reason="flood", by=None)
    assert {it.id for it in store.bans(jam.session.id)} == {here.id, everywhere.id}
    assert [it.id for it in store.bans(None)] == [everywhere.id]
    assert here.covers("192.0.2.255")
    assert here.covers("::ffff:192.0.2.1")
    assert not here.covers("192.0.3.1")
    assert everywhere.covers("2001:db8::1")
    assert not everywhere.covers("192.0.2.1")
    with pytest.raises(Refusal, match="no address"):
        store.ban_addresses("everybody", reason="", by=None)
