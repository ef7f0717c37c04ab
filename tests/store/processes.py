"""What other processes do in the tests of being killed and of starting together.

They are forks of one process that has imported everything, so that many of them start in no time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from sqlalchemy import Engine, event

from algorave_server.journal import NewUpdate
from algorave_server.store import Appended, Membership, Store, StoreFailure, Writer

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [__name__, "psycopg", "alembic.command", "sqlalchemy.dialects.sqlite.pysqlite"]
)
MAX_UNANSWERED = 64


class SleepingStore(Store):
    """Writes later than the control will live, so that not even one commit makes it look right."""

    def append(self, rows: Iterable[Appended]) -> None:
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
