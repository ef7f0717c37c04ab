"""What a server that died had noted, and which server has a session open."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pycrdt import Doc, Text
from sqlalchemy import text as sql

from algorave_server.clock import SystemClock
from algorave_server.errors import Refusal
from algorave_server.journal import NewUpdate
from algorave_server.keeper import Places, SessionKeeper
from algorave_server.leftovers import Leftovers
from algorave_server.limits import Limits
from algorave_server.piece import Piece
from algorave_server.spool import Spool
from algorave_server.spool_record import edits_of
from algorave_server.store import Claims, Membership, Newcomer, Store, StoreFailure, Writer, claims_of

from .cluster import Cluster
from .conftest import SetClock
from .processes import PROCESSES, hold_and_wait, show_until_killed

KILLS = 5


@pytest.fixture
def claims(store: Store) -> Iterator[Claims]:
    """Of the server that is tested."""
    claims = claims_of(store.database)
    yield claims
    claims.close()


@pytest.fixture
def leftovers(tmp_path: Path, store: Store, claims: Claims) -> Leftovers:
    """What is left in the test's folder."""
    tmp_path.joinpath("lock").touch()
    return Leftovers(tmp_path, store, claims)


@pytest.fixture
def played(store: Store) -> Membership:
    """A session with one layer, as rooms want it."""
    return a_session(store)


def edit(jam: Membership, number: int) -> NewUpdate:
    """One of many."""
    at = SetClock().now + timedelta(milliseconds=number)
    return NewUpdate(jam.session.id, jam.participant.id, at, b"%d" % number, (7,))


def die_with(folder: Path, *edits: NewUpdate) -> None:
    """Leave a spool as a killed server does."""
    spool = Spool(folder)
    spool.append(edits)
    spool.close()


def kept(store: Store, jam: Membership) -> list[bytes]:
    """The updates of a session."""
    return [it.update for it in store.updates_page(jam.session.id, limit=1_000_000)]


def test_what_the_dead_noted_is_committed(
    store: Store, jam: Membership, leftovers: Leftovers, tmp_path: Path
) -> None:
    """SPOOL-5: edits of several sessions and servers are committed in order, with their owners, and the spools go."""
    other = store.create_session("Other", Newcomer("Bo", "#00bb00"))
    die_with(tmp_path, edit(jam, 1), edit(other, 2), edit(jam, 3))
    leftovers.restore_all()
    assert (kept(store, jam), kept(store, other)) == ([b"1", b"3"], [b"2"])
    assert store.open_session(jam.session.id).client_owners == {7: jam.participant.id}
    assert list(tmp_path.glob("*.spool")) == []


def test_restoring_again_does_nothing(
    store: Store, jam: Membership, leftovers: Leftovers, tmp_path: Path
) -> None:
    """SPOOL-6: what is in the database already, all or the first of it, is not written again."""
    noted = [edit(jam, number) for number in range(5)]
    store.append(noted[:2])
    for _ in range(2):
        die_with(tmp_path, *noted)
        leftovers.restore_all()
    assert kept(store, jam) == [each.update for each in noted]


def test_a_session_that_is_gone(store: Store, jam: Membership, leftovers: Leftovers, tmp_path: Path) -> None:
    """SPOOL-5: edits of a deleted session keep nobody from opening others."""
    store.delete_session(jam.session.id)
    other = store.create_session("Other", Newcomer("Bo", "#00bb00"))
    die_with(tmp_path, edit(jam, 1), edit(other, 2))
    leftovers.restore_all()
    assert kept(store, other) == [b"2"]
    assert list(tmp_path.glob("*.spool")) == []


def test_what_is_open_elsewhere_waits(
    store: Store, url: str, jam: Membership, leftovers: Leftovers, tmp_path: Path
) -> None:
    """SPOOL-5: edits of a session that another server has open stay in the spool until it has not."""
    die_with(tmp_path, edit(jam, 1))
    with another_server(url, jam) as has_it:
        assert has_it
        leftovers.restore_all()
        assert kept(store, jam) == []
    until(lambda: (leftovers.restore_all(), kept(store, jam))[1] == [b"1"])


@contextmanager
def another_server(url: str, jam: Membership) -> Generator[bool]:
    """A server that wants a session and is killed in the end; gives whether it has it."""
    hears, says = PROCESSES.Pipe(duplex=False)
    other = PROCESSES.Process(target=hold_and_wait, args=(url, jam.session.id, says))
    other.start()
    try:
        yield hears.recv()
    finally:
        other.kill()
        other.join()


def url_of(store: Store) -> str:
    """Where its database is, for another process."""
    return store.database.url.render_as_string(hide_password=False)


def wait_for_claim(claims: Claims, jam: Membership) -> None:
    """Wait until the server that was killed has the session open no more."""
    until(lambda: claims.claim(jam.session.id))
    claims.release(jam.session.id)


def until(is_so: Callable[[], bool]) -> None:
    """PostgreSQL may need a moment to see that a connection is gone."""
    while not is_so():
        pass


class RefusingStore(Store):
    """A database that takes no edits, for a reason that may go away or not."""

    kind = "full"

    def restore(self, edits: list[NewUpdate]) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] -- given lists only
        """Refuse."""
        raise StoreFailure(self.kind)  # pyright: ignore[reportArgumentType] -- one of the kinds


def test_what_is_refused_for_now_is_tried_again(
    store: Store, url: str, jam: Membership, claims: Claims, tmp_path: Path
) -> None:
    """SPOOL-7: while the database takes nothing the spool stays; when it does all is committed."""
    die_with(tmp_path, edit(jam, 1))
    with pytest.raises(StoreFailure):
        Leftovers(tmp_path, RefusingStore(url), claims).restore_all()
    Leftovers(tmp_path, store, claims).restore_all()
    assert kept(store, jam) == [b"1"]


def test_what_is_refused_for_good_is_set_aside(
    url: str, jam: Membership, claims: Claims, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SPOOL-7: edits that the database will never take are in a file for somebody to look at, and are named."""
    refusing = RefusingStore(url)
    refusing.kind = "broken"
    die_with(tmp_path, edit(jam, 1))
    Leftovers(tmp_path, refusing, claims).restore_all()
    assert list(tmp_path.glob("*.spool")) == []
    [aside] = tmp_path.glob("*.refused")
    assert list(edits_of(aside.read_bytes())) == [edit(jam, 1)]
    assert str(aside) in caplog.text


def test_what_is_refused_is_set_aside_once(
    url: str, jam: Membership, claims: Claims, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SPOOL-7: a refused edit is set aside and named once while another session keeps the spool; new ones are added."""
    refusing = RefusingStore(url)
    refusing.kind = "broken"
    leftovers = Leftovers(tmp_path, refusing, claims)
    elsewhere = refusing.create_session("Elsewhere", Newcomer("Bo", "#00bb00"))
    die_with(tmp_path, edit(jam, 1), edit(elsewhere, 2))
    with another_server(url, elsewhere) as has_it:
        assert has_it
        for _ in range(3):
            leftovers.restore_all()
        assert len(list(tmp_path.glob("*.spool"))) == 1
        [aside] = tmp_path.glob("*.refused")
        assert list(edits_of(aside.read_bytes())) == [edit(jam, 1)]
        assert caplog.text.count(str(aside)) == 1
        die_with(tmp_path, edit(jam, 1), edit(jam, 3))
        leftovers.restore_all()
    assert list(edits_of(aside.read_bytes())) == [edit(jam, 1), edit(jam, 3)]
    assert caplog.text.count(str(aside)) == 2


async def test_what_could_not_be_committed_is_before_the_session_opens(
    store: Store, claims: Claims, leftovers: Leftovers, played: Membership, tmp_path: Path
) -> None:
    """SPOOL-7: edits that were seen and not committed are in the room that opens next, and not owed any more."""
    doc: Doc[Text] = Doc(client_id=7)
    doc.get("layer:l1", type=Text).insert(0, "seen")
    noted = NewUpdate(played.session.id, played.participant.id, SetClock().now, doc.get_update(), (7,))
    spool, writer = Spool(tmp_path), Writer(store)
    keeper = SessionKeeper(Places(store, writer, spool, claims, leftovers), SystemClock(), Limits())
    keeper.note([noted])
    keeper.owe(played.session.id, [noted])
    room = await keeper.open_room(played.session.id)
    read: Doc[Text] = Doc()
    read.apply_update(room.take_snapshot().state)
    assert str(read.get("layer:l1", type=Text)) == "seen"
    assert spool.waiting == 0
    await keeper.close_room(room)
    writer.close()


def test_one_server_has_a_session(store: Store, url: str, jam: Membership, claims: Claims) -> None:
    """CLAIM-1: what another server has cannot be had, others can; when it is killed, it can."""
    with another_server(url, jam) as has_it:
        assert has_it
        assert not claims.claim(jam.session.id)
        assert claims.claim("another session")
    until(lambda: claims.claim(jam.session.id))


def test_claims_are_counted(url: str, store: Store, jam: Membership, claims: Claims) -> None:
    """CLAIM-1: what was claimed twice is ours until it is released twice, and then another's."""
    for _ in range(2):
        assert claims.claim(jam.session.id)
    claims.release(jam.session.id)
    assert taken_by_another(url, jam) is False
    claims.release(jam.session.id)
    until(lambda: taken_by_another(url, jam))


def test_letting_go_of_what_is_lost(cluster: Cluster) -> None:
    """CLAIM-3: releasing while PostgreSQL is away is no failure, claiming is; when it is back the session can be had."""
    store = Store(cluster.url(cluster.create()))
    claims = claims_of(store.database)
    assert claims.claim("jam")
    cluster.kill()
    try:
        claims.release("jam")
        with pytest.raises(StoreFailure):
            claims.claim("jam")
    finally:
        cluster.start()
    other = claims_of(store.database)
    assert other.claim("jam")
    assert not claims.claim("jam")
    for each in (claims, other, store):
        each.close()


def test_a_lost_claim_stays_lost(store: Store, jam: Membership, claims: Claims) -> None:
    """CLAIM-4: when PostgreSQL has dropped the claims, claiming another session does not bring the first one back."""
    if store.database.is_sqlite:
        pytest.skip("a lock of a file is lost only with its process")
    assert claims.claim(jam.session.id)
    with store.database.writing() as connection:
        claims.check(connection, {jam.session.id})
        connection.execute(sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    with pytest.raises(StoreFailure):
        claims.claim("another session")
    assert claims.claim("another session")
    with store.database.writing() as connection:
        claims.check(connection, {"another session"})
        with pytest.raises(StoreFailure, match="its claim on a session was lost"):
            claims.check(connection, {"another session", jam.session.id})
    claims.release("another session")


def taken_by_another(url: str, jam: Membership) -> bool:
    """Whether another server gets a session now; it is gone afterwards."""
    with another_server(url, jam) as has_it:
        return has_it


async def test_a_session_that_is_open_elsewhere_is_refused(
    store: Store, claims: Claims, leftovers: Leftovers, played: Membership, tmp_path: Path
) -> None:
    """CLAIM-2: a session that another server has open is refused in words, and opens when it has not."""
    spool, writer = Spool(tmp_path), Writer(store)
    keeper = SessionKeeper(Places(store, writer, spool, claims, leftovers), SystemClock(), Limits())
    with another_server(url_of(store), played) as has_it:
        assert has_it
        with pytest.raises(Refusal, match="another server has this session open"):
            await keeper.open_room(played.session.id)
    until(lambda: claims.claim(played.session.id))
    claims.release(played.session.id)
    assert (await keeper.open_room(played.session.id)).id == played.session.id
    writer.close()


def seen_by_others(url: str, folder: Path, jam: Membership, enough: int, *, forgetful: bool) -> Doc[Text]:
    """What others saw of a server that was killed once it had shown so many frames."""
    hears, says = PROCESSES.Pipe(duplex=False)
    server = PROCESSES.Process(
        target=show_until_killed, args=(url, folder, jam, says), kwargs={"forgetful": forgetful}
    )
    server.start()
    says.close()
    seen: Doc[Text] = Doc()
    try:
        for shown in range(1_000_000):
            seen.apply_update(hears.recv())
            if shown == enough:
                server.kill()
    except (EOFError, OSError):
        server.join()
    return seen


def text_in(store: Store, jam: Membership) -> str:
    """The layer as the database has it."""
    doc: Doc[Text] = Doc()
    for update in kept(store, jam):
        doc.apply_update(update)
    return str(doc.get("layer:l1", type=Text))


@pytest.mark.timeout(300)
def test_what_others_saw_survives_a_kill(
    store: Store, claims: Claims, leftovers: Leftovers, tmp_path: Path
) -> None:
    """SPOOL-8: of five processes killed before any commit, everything that others saw is in the database."""
    dice, url = random.Random(8), url_of(store)
    for _ in range(KILLS):
        session = a_session(store)
        seen = seen_by_others(url, tmp_path, session, dice.randrange(1, 60), forgetful=False)
        wait_for_claim(claims, session)
        leftovers.restore_all()
        text = str(seen.get("layer:l1", type=Text))
        assert text.startswith("0;")
        assert text_in(store, session).startswith(text)


def test_without_a_spool_what_others_saw_is_lost(
    store: Store, claims: Claims, leftovers: Leftovers, tmp_path: Path
) -> None:
    """SPOOL-8, the control: a server that notes nothing loses to the same kill what others saw."""
    session = a_session(store)
    seen = seen_by_others(url_of(store), tmp_path, session, 20, forgetful=True)
    wait_for_claim(claims, session)
    leftovers.restore_all()
    assert str(seen.get("layer:l1", type=Text)).startswith("0;")
    assert text_in(store, session) == ""


def a_session(store: Store) -> Membership:
    """With one layer."""
    piece = Piece.new("Jam", 0.0)
    piece.layers.add("bass")
    return store.create_session("Jam", Newcomer("Ana", "#aa0000"), piece.arrangement())
