"""Invites in the database: who is let in, who is not, and what is left of it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, update

from algorave_server import invites
from algorave_server.errors import Refusal
from algorave_server.journal import NewSessionState
from algorave_server.rights import Role
from algorave_server.store import Membership, Newcomer, ParticipantRecord, Store
from algorave_server.store.schema import Invite, Participant

from .conftest import SetClock

BO = Newcomer("Bo", "#00bb00", user_id="bo")
ANON = Newcomer("Anon", "#123456")
TAKERS = 200
PLACES = 10


def invite(
    store: Store, jam: Membership, role: Role = Role.VIEWER, *, max_uses: int | None = None
) -> tuple[invites.Invite, str]:
    """A new invite, and the hash it is redeemed by."""
    minted = invites.mint()
    terms = invites.terms(role, store.clock.now_at(), expires_in_s=3600, max_uses=max_uses)
    return store.create_invite(jam.session.id, minted.sha256, terms, by=jam.participant.id), minted.sha256


def entries(store: Store, jam: Membership, kind: str) -> list[dict[str, object]]:
    return [it.body for it in store.entries_page(jam.session.id, kinds=[kind])]


def uses(store: Store, jam: Membership) -> list[int]:
    return [it.invite.uses for it in store.invites(jam.session.id)]


def assert_refused(store: Store, sha256: str, newcomer: Newcomer = ANON) -> None:
    with pytest.raises(Refusal) as refusal:
        store.redeem(sha256, newcomer)
    unknown = invites.refused()
    assert (refusal.value.reason, refusal.value.detail) == (unknown.reason, unknown.detail)
    # Nothing else sticks to the exception that could be told apart.
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_an_invite_lets_in(store: Store, jam: Membership, clock: SetClock) -> None:
    """INV-3: who redeems an invite is a participant with its role, and it is known who came by which."""
    it, sha256 = invite(store, jam, Role.CO_AUTHOR, max_uses=5)
    clock.advance(10)
    bo = store.redeem(sha256, BO)
    assert (bo.role, bo.user_id, bo.name, bo.invite_id, bo.joined_at) == (
        Role.CO_AUTHOR,
        "bo",
        "Bo",
        it.id,
        clock.now,
    )
    [report] = store.invites(jam.session.id)
    assert report.invite == replace(it, uses=1)
    assert [(a.participant_id, a.name, a.at) for a in report.arrivals] == [(bo.id, "Bo", clock.now)]
    made = {"invite": it.id, "role": "co_author", "max_uses": 5, "kind": "person"}
    assert entries(store, jam, "invite_created") == [made]
    assert entries(store, jam, "invite_redeemed") == [{"invite": it.id, "role": "co_author", "name": "Bo"}]


@pytest.mark.parametrize("spoil", ["used_up", "expired", "revoked", "ended", "banned"])
def test_what_does_not_let_in_looks_unknown(
    store: Store, jam: Membership, clock: SetClock, spoil: str
) -> None:
    """INV-2: unknown, used up, expired, revoked, ended and banned change nothing and look the same; the journal knows."""
    it, sha256 = invite(store, jam, max_uses=1)
    newcomer = ANON
    if spoil == "used_up":
        store.redeem(sha256, BO)
    elif spoil == "expired":
        clock.advance(3600)
    elif spoil == "revoked":
        store.revoke_invite(jam.session.id, it.id, by=jam.participant.id)
    elif spoil == "ended":
        store.end_session(jam.session.id)
    else:
        newcomer = replace(ANON, participant_id=store.add_participant(jam.session.id, ANON, Role.VIEWER).id)
        store.ban_participant(newcomer.participant_id or "", reason="", by=None)
    before = (uses(store, jam), store.participants(jam.session.id))
    assert_refused(store, invites.sha256_of("unknown"))
    assert entries(store, jam, "invite_refused") == []
    assert_refused(store, sha256, newcomer)
    assert_refused(store, sha256, newcomer)
    assert (uses(store, jam), store.participants(jam.session.id)) == before
    # Once, not once for each try: a dead link must not fill the disk.
    assert entries(store, jam, "invite_refused") == [{"invite": it.id, "why": spoil}]


def test_no_guess_is_right(store: Store, jam: Membership) -> None:
    """INV-2: nothing but the secret itself lets in, however near it is."""
    minted = invites.mint()
    store.create_invite(jam.session.id, minted.sha256, invites.terms(Role.HOST, store.clock.now_at()), by="x")
    guess = random.Random(7)
    for _ in range(300):
        at = guess.randrange(len(minted.token))
        letter = guess.choice([it for it in "abcXYZ019-_" if it != minted.token[at]])
        assert_refused(store, invites.sha256_of(minted.token[:at] + letter + minted.token[at + 1 :]))
    assert_refused(store, minted.sha256.upper() if minted.sha256.upper() != minted.sha256 else "")
    assert_refused(store, minted.token)
    assert store.redeem(minted.sha256, BO).role is Role.HOST  # the control


@pytest.mark.parametrize("who", ["user", "guest"])
def test_the_same_person_counts_once(store: Store, jam: Membership, who: str) -> None:
    """INV-3: redeeming twice by one person counts once, also when the invite is used up by it."""
    _, sha256 = invite(store, jam, max_uses=1)
    first = store.redeem(sha256, BO if who == "user" else ANON)
    back = BO if who == "user" else replace(ANON, participant_id=first.id)
    assert store.redeem(sha256, back).id == first.id
    assert uses(store, jam) == [1]
    assert len(entries(store, jam, "invite_redeemed")) == 1
    assert_refused(store, sha256)  # the control: somebody else is not let in


def test_the_same_user_by_many_connections_counts_once(store: Store, jam: Membership) -> None:
    """INV-3: one user who redeems by many connections at once is one participant and one use."""
    _, sha256 = invite(store, jam, max_uses=1)
    with ThreadPoolExecutor(16) as threads:
        ids = set(threads.map(lambda _: store.redeem(sha256, BO).id, range(32)))
    assert len(ids) == 1
    assert uses(store, jam) == [1]


def test_a_crowd_takes_no_more_than_there_is(store: Store, jam: Membership) -> None:
    """INV-4: of 200 who redeem an invite of 10 uses at once, exactly 10 come in."""
    _, sha256 = invite(store, jam, max_uses=PLACES)
    came = _crowd(lambda: store.redeem(sha256, ANON))
    assert came == PLACES
    assert uses(store, jam) == [PLACES]
    assert len(store.participants(jam.session.id)) == PLACES + 1
    assert len(entries(store, jam, "invite_redeemed")) == PLACES


def test_looking_first_and_counting_later_takes_too_many(store: Store, jam: Membership) -> None:
    """INV-4, the control: the same crowd passes the limit when each looks first and counts afterwards."""
    it, _ = invite(store, jam, max_uses=PLACES)
    all_have_looked = threading.Barrier(TAKERS)

    def naive() -> ParticipantRecord:
        with store.database.reading() as connection:
            left = connection.execute(
                select(Invite.max_uses - Invite.uses).where(Invite.id == it.id)
            ).scalar_one()
        all_have_looked.wait()
        if left <= 0:
            raise invites.refused()
        participant = store.add_participant(jam.session.id, ANON, Role.VIEWER)
        with store.database.writing() as connection:
            connection.execute(update(Invite).where(Invite.id == it.id).values(uses=1))
        return participant

    assert _crowd(naive) > PLACES


def _crowd(redeem: Callable[[], ParticipantRecord]) -> int:
    """How many of the takers came in."""
    start = threading.Barrier(TAKERS)

    def take(_: int) -> bool:
        start.wait()
        try:
            redeem()
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(TAKERS) as threads:
        return sum(threads.map(take, range(TAKERS)))


def test_a_higher_invite_raises_and_a_lower_one_is_not_used(store: Store, jam: Membership) -> None:
    """INV-5: an invite gives a higher role to who is in already, never a lower one, and is not used for nothing."""
    _, viewer = invite(store, jam, Role.VIEWER)
    higher, co_author = invite(store, jam, Role.CO_AUTHOR)
    bo = store.redeem(viewer, BO)
    raised = store.redeem(co_author, BO)
    assert (raised.id, raised.role, raised.invite_id) == (bo.id, Role.CO_AUTHOR, higher.id)
    assert store.redeem(viewer, BO).role is Role.CO_AUTHOR
    assert store.redeem(co_author, Newcomer("Ana", "#aa0000", user_id="ana")) == jam.participant
    assert uses(store, jam) == [1, 1]


def test_a_host_has_the_last_word(store: Store, jam: Membership) -> None:
    """INV-5: coming back by an invite undoes neither a role that a host gave nor a ban."""
    _, sha256 = invite(store, jam, Role.CO_AUTHOR)
    bo = store.redeem(sha256, BO)
    store.set_role(bo.id, Role.VIEWER)
    assert store.redeem(sha256, BO).role is Role.VIEWER
    store.remove_participant(bo.id)
    back = store.redeem(sha256, BO)
    assert (back.id, back.role, back.may_enter) == (bo.id, Role.VIEWER, True)
    store.ban_participant(bo.id, reason="noise", by=jam.participant.id)
    assert_refused(store, sha256, BO)


def test_revoking_ends_what_it_gave(store: Store, jam: Membership, clock: SetClock) -> None:
    """INV-6: revoking ends the membership of those who are in by the invite, and of nobody else."""
    one, by_one = invite(store, jam)
    _, by_two = invite(store, jam, Role.CO_AUTHOR)
    out = store.redeem(by_one, ANON)
    moved_on = store.redeem(by_one, BO)
    store.redeem(by_two, BO)
    kept = store.redeem(by_one, Newcomer("Cy", "#0000cc"))
    store.set_role(kept.id, Role.CO_AUTHOR)
    assert store.revoke_invite(jam.session.id, one.id, by=jam.participant.id) == [out.id]
    assert store.revoke_invite(jam.session.id, one.id, by=jam.participant.id) == []
    may_enter = {it.id: it.may_enter for it in store.participants(jam.session.id)}
    assert may_enter == {jam.participant.id: True, out.id: False, moved_on.id: True, kept.id: True}
    assert entries(store, jam, "invite_revoked") == [{"invite": one.id, "removed": [out.id]}]
    assert_refused(store, by_one, replace(ANON, participant_id=out.id))
    again = store.redeem(by_two, replace(ANON, participant_id=out.id))
    assert (again.id, again.role, again.may_enter) == (out.id, Role.CO_AUTHOR, True)


def test_a_closed_door(store: Store, jam: Membership) -> None:
    """DOOR-5: at a closed door who is new waits, who is in and comes again does not, who was put out does."""
    _, token_sha256 = invite(store, jam)
    inside = store.redeem(token_sha256, Newcomer("In", "#00bb00"))
    out = store.redeem(token_sha256, Newcomer("Out", "#00bb00"))
    store.remove_participant(out.id)
    assert not inside.waiting
    store.append([NewSessionState(jam.session.id, "Jam", "ask", None)])
    new = store.redeem(token_sha256, Newcomer("New", "#00bb00"))
    assert new.waiting
    again = {
        who.name: store.redeem(token_sha256, Newcomer(who.name, "#00bb00", participant_id=who.id)).waiting
        for who in (inside, out, new)
    }
    assert again == {"In": False, "Out": True, "New": True}
    store.append([NewSessionState(jam.session.id, "Jam", "open", None)])
    assert not store.redeem(token_sha256, Newcomer("New", "#00bb00", participant_id=new.id)).waiting


def test_only_the_session_itself_can_revoke(store: Store, jam: Membership) -> None:
    """INV-6: an invite is revoked in its own session only."""
    other = store.create_session("Other", BO)
    it, sha256 = invite(store, jam)
    assert store.revoke_invite(other.session.id, it.id, by=other.participant.id) == []
    assert store.redeem(sha256, ANON).may_enter


def test_the_secret_is_nowhere_in_the_database(store: Store, jam: Membership, kind: str, url: str) -> None:
    """INV-1: after minting, redeeming and refusing, the secret is in no byte of the database; its hash is."""
    minted = invites.mint()
    terms = invites.terms(Role.VIEWER, store.clock.now_at(), max_uses=1)
    store.create_invite(jam.session.id, minted.sha256, terms, by=jam.participant.id)
    store.redeem(invites.sha256_of(minted.token), ANON)
    assert_refused(store, invites.sha256_of(minted.token))
    everything = _sqlite_bytes(url) if kind == "sqlite" else _postgresql_bytes(url)
    assert minted.token.encode() not in everything
    assert minted.sha256.encode() in everything  # the control: what is kept is found


def _sqlite_bytes(url: str) -> bytes:
    file = Path(url.removeprefix("sqlite:///"))
    return b"".join(it.read_bytes() for it in file.parent.iterdir() if it.name.startswith(file.name))


def _postgresql_bytes(url: str) -> bytes:
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [connection.execute(f'SELECT t::text FROM "{name}" t').fetchall() for (name,) in tables]
    return repr(rows).encode()


def test_uses_never_pass_the_limit_in_the_schema(store: Store, jam: Membership) -> None:
    """INV-4: the database itself refuses a count beyond the limit, whoever counts."""
    it, _ = invite(store, jam, max_uses=1)
    with pytest.raises(Exception, match="nothing was saved"), store.database.writing() as connection:
        connection.execute(update(Invite).where(Invite.id == it.id).values(uses=2))
    with store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Participant)).scalar_one() == 1
