"""The writer: what it promises to who submits."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, text

from algorave_server.journal import NewArrangement, NewUpdate
from algorave_server.store import Membership, Newcomer, NewSnapshot, Store, StoreFailure, Writer

from .conftest import SetClock

ANSWER_S = 30
"""Only reached when something is broken."""


class Answers:
    """Collects what the writer says, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[str, StoreFailure | None]] = []
        self._changed = threading.Condition()

    def of(self, name: str) -> Callable[[StoreFailure | None], None]:
        def done(failure: StoreFailure | None) -> None:
            with self._changed:
                self.all.append((name, failure))
                self._changed.notify_all()

        return done

    def wait_for(self, count: int) -> list[tuple[str, str]]:
        """Names and kinds of failure."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.all) >= count, ANSWER_S)
            return [(name, "" if failure is None else failure.kind) for name, failure in self.all]


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    writer = Writer(store)
    yield writer
    writer.close()


def update(jam: Membership, data: bytes) -> NewUpdate:
    return NewUpdate(jam.session.id, jam.participant.id, SetClock().now, data, (1,))


def kept(store: Store, jam: Membership) -> list[bytes]:
    return [it.update for it in store.updates_page(jam.session.id)]


def hold(writer: Writer) -> Callable[[], None]:
    """Keep the writer busy until the result is called, so that batches gather behind it."""
    holds, release = threading.Event(), threading.Event()

    def done(_failure: StoreFailure | None) -> None:
        holds.set()
        release.wait(ANSWER_S)

    writer.submit([], done)
    assert holds.wait(ANSWER_S)
    return release.set


def test_answers_come_after_the_commit(store: Store, jam: Membership, writer: Writer) -> None:
    """STORE-20: a batch is answered when it can be read back, and not before."""
    seen: list[list[bytes]] = []
    answered = threading.Event()

    def done(_failure: StoreFailure | None) -> None:
        seen.append(kept(store, jam))
        answered.set()

    writer.submit([update(jam, b"a"), update(jam, b"b")], done)
    assert answered.wait(ANSWER_S)
    assert seen == [[b"a", b"b"]]


def test_what_waits_is_one_commit_in_order(
    store: Store, jam: Membership, writer: Writer, answers: Answers
) -> None:
    """STORE-21: all batches that wait are written in one transaction, and answered in their order."""
    commits: list[int] = []
    release = hold(writer)
    event.listen(store.database.engine, "commit", lambda _connection: commits.append(1))
    for number in range(150):
        writer.submit([update(jam, b"%d" % number)], answers.of(str(number)))
    assert writer.waiting == 150
    release()
    assert answers.wait_for(150) == [(str(number), "") for number in range(150)]
    assert len(commits) == 1
    assert kept(store, jam) == [b"%d" % number for number in range(150)]


def test_one_bad_batch_harms_no_other(
    store: Store, jam: Membership, writer: Writer, answers: Answers
) -> None:
    """STORE-22: a batch that cannot be written is reported, and those written with it are kept all the same."""
    other = store.create_session("Other", Newcomer("Bo", "#00bb00"))
    release = hold(writer)
    writer.submit([update(jam, b"a")], answers.of("before"))
    writer.submit([NewArrangement("gone", {})], answers.of("bad"))
    writer.submit([update(other, b"b")], answers.of("behind"))
    release()
    assert answers.wait_for(3) == [("before", ""), ("bad", "conflict"), ("behind", "")]
    assert (kept(store, jam), kept(store, other)) == ([b"a"], [b"b"])


@pytest.mark.parametrize("waiting", ["together", "one by one"])
def test_nothing_is_kept_behind_a_gap(
    store: Store, jam: Membership, writer: Writer, answers: Answers, waiting: str
) -> None:
    """STORE-23: when a batch fails, the later ones of its session fail too, until the session begins anew."""
    release = hold(writer) if waiting == "together" else lambda: None
    writer.submit([update(jam, b"1"), NewArrangement("gone", {})], answers.of("bad"))
    writer.submit([update(jam, b"2 builds on 1")], answers.of("behind"))
    release()
    assert answers.wait_for(2) == [("bad", "conflict"), ("behind", "conflict")]
    writer.submit([update(jam, b"3 builds on 2")], answers.of("later"))
    writer.forgive(jam.session.id)
    writer.submit([update(jam, b"anew")], answers.of("anew"))
    assert answers.wait_for(4)[2:] == [("later", "conflict"), ("anew", "")]
    assert kept(store, jam) == [b"anew"]


def test_forgiving_counts_from_its_place(
    store: Store, jam: Membership, writer: Writer, answers: Answers
) -> None:
    """STORE-23: forgiving holds for what is submitted after it, not for what already waits."""
    release = hold(writer)
    writer.submit([NewArrangement("gone", {}), update(jam, b"1")], answers.of("bad"))
    writer.submit([update(jam, b"2 builds on 1")], answers.of("waits"))
    writer.forgive(jam.session.id)
    writer.submit([update(jam, b"anew")], answers.of("anew"))
    release()
    assert answers.wait_for(3) == [("bad", "conflict"), ("waits", "conflict"), ("anew", "")]
    assert kept(store, jam) == [b"anew"]


def test_a_failing_database_is_reported(
    store: Store, jam: Membership, writer: Writer, answers: Answers
) -> None:
    """STORE-24: when the database fails, every batch that waits is told so; nothing is dropped in silence."""
    other = store.create_session("Other", Newcomer("Bo", "#00bb00"))
    with store.database.writing() as connection:
        connection.execute(text("ALTER TABLE session_updates RENAME TO away"))
    release = hold(writer)
    writer.submit([update(jam, b"a")], answers.of("one"))
    writer.submit([update(other, b"b")], answers.of("two"))
    release()
    assert answers.wait_for(2) == [("one", "broken"), ("two", "broken")]
    with store.database.writing() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO session_updates"))
    for it in (jam, other):
        writer.forgive(it.session.id)
        writer.submit([update(it, b"again")], answers.of("again"))
    assert answers.wait_for(4)[2:] == [("again", ""), ("again", "")]


def test_closing_writes_all_that_waits(store: Store, jam: Membership, answers: Answers) -> None:
    """STORE-25: closing writes and answers all that waits; afterwards nothing is taken."""
    writer = Writer(store)
    release = hold(writer)
    for number in range(20):
        writer.submit([update(jam, b"%d" % number)], answers.of(str(number)))
    release()
    writer.close()
    assert len(answers.all) == 20
    assert len(kept(store, jam)) == 20
    with pytest.raises(RuntimeError):
        writer.submit([], answers.of("late"))
    writer.close()


def test_a_lost_listener_stops_nobody(
    store: Store, jam: Membership, writer: Writer, answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    """STORE-26: an answer that nobody takes is logged, and the writer goes on."""

    def gone(_failure: StoreFailure | None) -> None:
        raise RuntimeError("the loop is closed")

    writer.submit([update(jam, b"a")], gone)
    writer.submit([update(jam, b"b")], answers.of("b"))
    assert answers.wait_for(1) == [("b", "")]
    assert kept(store, jam) == [b"a", b"b"]
    assert "nobody took the answer" in caplog.text


def test_a_snapshot_goes_in_its_place(
    store: Store, jam: Membership, writer: Writer, answers: Answers
) -> None:
    """STORE-6: a snapshot holds the updates submitted before it and claims none submitted after, in one commit too."""
    release = hold(writer)
    writer.submit([update(jam, b"held")], answers.of("1"))
    writer.submit([NewSnapshot(jam.session.id, SetClock().now, b"state")], answers.of("2"))
    writer.submit([update(jam, b"later")], answers.of("3"))
    release()
    answers.wait_for(3)
    held, later = store.updates_page(jam.session.id)
    opened = store.open_session(jam.session.id)
    assert opened.snapshot is not None
    assert opened.snapshot.upto_id == held.id
    assert later.id in [it.id for it in opened.updates]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a niceness for each thread")
def test_the_writer_makes_way(store: Store, answers: Answers, writer: Writer) -> None:
    """STORE-48: the writer has a lower priority than the event loop, whose people wait."""
    niceness: list[int] = []
    writer.submit(
        [], lambda _failure: niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    )
    writer.submit([], answers.of("both"))
    assert answers.wait_for(1) == [("both", "")]
    assert niceness[0] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
