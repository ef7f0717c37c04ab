"""Appending, and reading page by page."""

from __future__ import annotations

import pytest

from algorave_server.journal import NewArrangement, NewEntry, NewMemberValues, NewRemoval, NewRole, NewUpdate
from algorave_server.store import Membership, NewSnapshot, Store, StoreConflict

from .conftest import SetClock


def update(jam: Membership, clock: SetClock, data: bytes) -> NewUpdate:
    return NewUpdate(jam.session.id, jam.participant.id, clock.now, data, (1,))


def entry(jam: Membership, clock: SetClock, kind: str, **body: object) -> NewEntry:
    return NewEntry(jam.session.id, jam.participant.id, clock.now, kind, dict(body))


@pytest.mark.parametrize(
    "bad",
    [
        NewArrangement("gone", {}),
        NewRole("gone", "nobody", "viewer"),
        NewRemoval("gone", "nobody", SetClock().now, banned=False),
        NewMemberValues("gone", "nobody", waiting=False),
        NewSnapshot("gone", SetClock().now, b""),
        NewEntry("gone", None, SetClock().now, "said", {}),
    ],
    ids=lambda row: type(row).__name__,
)
def test_all_or_nothing(store: Store, jam: Membership, clock: SetClock, bad: NewEntry) -> None:
    """STORE-15: of rows that are appended together all are kept, or none."""
    with pytest.raises(StoreConflict):
        store.append([update(jam, clock, b"good"), entry(jam, clock, "said"), bad])
    assert store.updates_page(jam.session.id) == []
    assert store.entries_page(jam.session.id, kinds=["said"]) == []
    store.append([update(jam, clock, b"good"), entry(jam, clock, "said")])
    assert len(store.updates_page(jam.session.id)) == 1


def test_pages_of_updates(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-16: updates are read in order, page by page, up to a moment; a snapshot takes none of them away."""
    for number in range(5):
        store.append([update(jam, clock, b"%d" % number)])
        clock.advance(1)
    store.append([NewSnapshot(jam.session.id, clock.now, b"state")])
    first = store.updates_page(jam.session.id, limit=2)
    rest = store.updates_page(jam.session.id, after_id=first[-1].id)
    assert [it.update for it in first + rest] == [b"0", b"1", b"2", b"3", b"4"]
    early = store.updates_page(jam.session.id, until_at=first[-1].at)
    assert [it.update for it in early] == [b"0", b"1"]


def test_the_snapshot_a_replay_begins_at(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-17: a replay to a moment begins at the last snapshot that holds nothing later."""
    store.append([update(jam, clock, b"0"), NewSnapshot(jam.session.id, clock.now, b"first")])
    store.append([update(jam, clock, b"1"), NewSnapshot(jam.session.id, clock.now, b"second")])
    zero, one = store.updates_page(jam.session.id)
    found = [store.snapshot_before(jam.session.id, it) for it in (zero.id - 1, zero.id, one.id)]
    assert [it and it.state for it in found] == [None, b"first", b"second"]


def test_pages_of_the_journal(store: Store, jam: Membership, clock: SetClock) -> None:
    """STORE-18: the journal is read forwards or backwards, page by page, some kinds or all."""
    for number in range(4):
        store.append([entry(jam, clock, "said", text=f"{number} 🎵"), entry(jam, clock, "hushed")])
    said = store.entries_page(jam.session.id, kinds=["said"])
    assert [it.body["text"] for it in said] == ["0 🎵", "1 🎵", "2 🎵", "3 🎵"]
    last = store.entries_page(jam.session.id, kinds=["said"], newest_first=True, limit=2)
    assert [it.id for it in last] == [said[3].id, said[2].id]
    before = store.entries_page(jam.session.id, kinds=["said"], newest_first=True, before_id=last[-1].id)
    assert [it.id for it in before] == [said[1].id, said[0].id]
    assert len(store.entries_page(jam.session.id, after_id=said[0].id)) == 7
    assert said[0].participant_id == jam.participant.id
