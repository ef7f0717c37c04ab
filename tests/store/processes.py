"""What other processes do in the tests of being killed and of starting together.

They are forks of one process that has imported everything, so that many of them start in no time.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from pycrdt import Doc, Text
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, event

from algorave_server.clock import SystemClock
from algorave_server.close import Close
from algorave_server.hub import Hub
from algorave_server.journal import NewUpdate
from algorave_server.keeper import Places, SessionKeeper
from algorave_server.leftovers import Leftovers
from algorave_server.lib0 import read_bytes, write_bytes
from algorave_server.limits import Limits
from algorave_server.spool import Spool
from algorave_server.store import Appended, Membership, Store, StoreFailure, Writer, claims_of

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [  # Not this module: the process that is forked looks in no folder of tests, and would leave it out in silence.
        "algorave_server.hub",
        "algorave_server.keeper",
        "alembic.command",
        "psycopg",
        "pytest",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
    ]
)
MAX_UNANSWERED = 64


class SleepingStore(Store):
    """Writes later than the control will live, so that not even one commit makes it look right."""

    def append(self, rows: Iterable[Appended], check: Callable[[SqlConnection], None] | None = None) -> None:
        """Wait to be killed."""
        threading.Event().wait()


def type_until_killed(url: str, jam: Membership, first: int, says: Connection, *, early: bool) -> None:
    """Type numbers from `first` on. `early` acknowledges before the commit, which is what the control does."""
    writer = Writer(SleepingStore(url) if early else Store(url))
    may_type = threading.Semaphore(MAX_UNANSWERED)

    def acknowledge(number: int, failure: StoreFailure | None) -> None:
        if failure is None and not early:
            says.send(number)
        may_type.release()

    for number in count(first):
        may_type.acquire()
        rows = [NewUpdate(jam.session.id, jam.participant.id, datetime.now(UTC), b"%d" % number, (1,))]
        writer.submit(rows, partial(acknowledge, number))
        if early:
            says.send(number)


def upgrade_with_others(url: str, start: Barrier) -> None:
    """Migrate a database at the same time as others."""
    store = Store(url)
    start.wait()
    store.upgrade()


def upgrade_and_die(url: str, statements: int) -> None:
    """Migrate a database, but be killed after so many statements."""
    left = statements

    def executed(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", executed)
    Store(url).upgrade()


def hold_and_wait(url: str, session_id: str, says: Connection) -> None:
    """Be a server that has a session open, until killed."""
    store = Store(url)
    says.send(claims_of(store.database).claim(session_id))
    threading.Event().wait()


class ForgetfulSpool(Spool):
    """Notes nothing, which is what the control of being seen does."""

    def append(self, edits: Iterable[NewUpdate]) -> None:
        """Let others see them all the same."""


def show_until_killed(url: str, folder: Path, jam: Membership, says: Connection, *, forgetful: bool) -> None:
    """Be a server in which somebody types; say what the others have seen. Nothing is ever committed by it."""
    asyncio.run(_show(url, folder, jam, says, ForgetfulSpool if forgetful else Spool))


async def _show(url: str, folder: Path, jam: Membership, says: Connection, kind: type[Spool]) -> None:
    store = SleepingStore(url)
    claims = claims_of(store.database)
    places = Places(store, Writer(store), kind(folder), claims, Leftovers(folder, store, claims))
    hub = Hub(SessionKeeper(places, SystemClock(), Limits()), logging.getLogger("test"))
    live = await hub.open(jam.session.id)
    author, watching = ListeningWire(None), ListeningWire(says)
    typing = hub.connect(live, jam.participant.id, author)
    hub.receive(live, hub.connect(live, jam.participant.id, watching), b"\x00\x00" + write_bytes(b"\x00"))
    doc: Doc[Text] = Doc(client_id=7)
    text = doc.get("layer:l1", type=Text)
    for number in count():
        before = doc.get_state()
        text.insert(len(text), f"{number};")
        hub.receive(live, typing, b"\x00\x02" + write_bytes(doc.get_update(before)))
        await asyncio.sleep(0)


class ListeningWire:
    """A socket whose other end tells what it hears."""

    def __init__(self, says: Connection | None) -> None:
        self._says = says

    def send(self, frame: bytes | str) -> int:
        """Tell of the text and of edits."""
        if self._says is not None and frame[:2] in (b"\x00\x01", b"\x00\x02"):
            assert isinstance(frame, bytes)
            self._says.send(read_bytes(frame, 2)[0])
        return self.waiting_bytes()

    def close(self, code: Close, reason: str) -> None:
        """Never."""

    def waiting_bytes(self) -> int:
        """Nothing ever waits."""
        return 0
