"""The writer: one thread that commits what rooms want kept, many batches at once.

A commit costs the same for one row as for hundreds, so all that waits is written together. Each batch is
answered after its commit, in order. When a batch of a session fails, the batches of this session behind it
fail as well: later updates build on earlier ones, and one that is kept without those before it could never be
read again. The session can be written to again after `forgive`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue

from sqlalchemy import Connection

from algorave_server.counts import COUNTS
from algorave_server.interpreter import make_way

from .appending import Appended
from .claims import Claims
from .failures import StoreFailure
from .history import HistoryVerbs

Done = Callable[[StoreFailure | None], None]
"""Called in the writer's thread: with None when the batch is kept, with the failure when it is not."""

MAX_GROUP_ROWS = 5_000
"""A transaction larger than this would keep those behind it waiting for too long."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    rows: Sequence[Appended]
    done: Done
    sessions: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Forgive:
    session_id: str


class _Close:
    """Nothing comes behind it."""


class Writer:
    """Takes batches from any thread."""

    def __init__(self, store: HistoryVerbs, claims: Claims | None = None) -> None:
        self._store = store
        self._check = None if claims is None else claims.check
        # Wakes its reader without handing over the interpreter: it is the event loop that submits.
        self._inbox: SimpleQueue[tuple[_Batch | _Forgive, ...] | _Close] = SimpleQueue()
        self._queue: deque[_Batch | _Forgive] = deque()
        """What the thread has taken out of the inbox and not written yet."""
        self._submitting = threading.Lock()
        self._closing = False
        self._closed = False
        self._failed: dict[str, StoreFailure] = {}
        self._thread = threading.Thread(target=self._run, name="algorave-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many batches wait."""
        return self._inbox.qsize() + len(self._queue)

    def submit(self, rows: Sequence[Appended], done: Done) -> None:
        """Write these rows together, after all that was submitted before. Raises RuntimeError when closed."""
        self.submit_all([(rows, done)])

    def submit_all(self, batches: Iterable[tuple[Sequence[Appended], Done]]) -> None:
        """Write batches in their order, in one transaction unless they are too many."""
        self._put(*(_Batch(rows, done, frozenset(row.session_id for row in rows)) for rows, done in batches))

    def forgive(self, session_id: str) -> None:
        """Take batches of a session again, from here on: its room has started anew from what is kept."""
        self._put(_Forgive(session_id))

    def close(self) -> None:
        """Write all that waits, then stop. Returns when every batch has its answer."""
        with self._submitting:
            if not self._closing:
                self._closing = True
                self._inbox.put(_Close())
        self._thread.join()

    def _put(self, *items: _Batch | _Forgive) -> None:
        with self._submitting:
            if self._closing:
                raise RuntimeError("the writer is closed")
            self._inbox.put(items)

    def _run(self) -> None:
        make_way()
        while self._wait_for_work():
            group = self._next_group()
            if group:
                self._write_group(group)

    def _wait_for_work(self) -> bool:
        """Take in all that waits; False when the writer is closed and all is written."""
        if not self._queue and not self._closed:
            self._take(self._inbox.get())
        with suppress(Empty):
            while True:
                self._take(self._inbox.get_nowait())
        return bool(self._queue) or not self._closed

    def _take(self, items: tuple[_Batch | _Forgive, ...] | _Close) -> None:
        if isinstance(items, _Close):
            self._closed = True
        else:
            self._queue.extend(items)

    def _next_group(self) -> list[_Batch]:
        """The batches to write together; those of failed sessions are answered at once."""
        group: list[_Batch] = []
        rows = 0
        while self._queue and rows < MAX_GROUP_ROWS:
            item = self._queue[0]
            if isinstance(item, _Forgive):
                if group:  # batches before it must have their outcome first
                    break
                self._failed.pop(item.session_id, None)
            elif not self._refuse_if_failed(item):
                group.append(item)
                rows += len(item.rows)
            self._queue.popleft()
        return group

    def _refuse_if_failed(self, batch: _Batch) -> bool:
        for session_id in batch.sessions:
            if session_id in self._failed:
                _answer(batch, self._failed[session_id])
                return True
        return False

    def _write_group(self, group: list[_Batch]) -> None:
        failure = self._try_to_write(group)
        if isinstance(failure, StoreFailure) and failure.kind in ("conflict", "broken") and len(group) > 1:
            for batch in group:  # one of them is to blame; the others must not suffer for it
                self._write_alone(batch)
            return
        for batch in group:
            self._settle(batch, failure)

    def _write_alone(self, batch: _Batch) -> None:
        if not self._refuse_if_failed(batch):
            self._settle(batch, self._try_to_write([batch]))

    def _try_to_write(self, group: Sequence[_Batch]) -> StoreFailure | None:
        rows = [row for batch in group for row in batch.rows]
        if not rows:
            return None
        check = self._check_of(group)
        began_s = time.monotonic()
        try:
            self._store.append(rows, check)
        except StoreFailure as failure:
            return failure
        except Exception as error:  # noqa: BLE001 - the thread must live on, whatever a row holds
            _log.exception("rows could not be written")
            return StoreFailure("broken", type(error).__name__)
        finally:
            COUNTS.commits.note(time.monotonic() - began_s)
        return None

    def _check_of(self, group: Sequence[_Batch]) -> Callable[[Connection], None] | None:
        if self._check is None:
            return None
        session_ids = frozenset[str]().union(*(batch.sessions for batch in group))
        return partial(self._check, session_ids=session_ids)

    def _settle(self, batch: _Batch, failure: StoreFailure | None) -> None:
        if failure is not None:
            self._failed.update(dict.fromkeys(batch.sessions, failure))
        _answer(batch, failure)


def _answer(batch: _Batch, failure: StoreFailure | None) -> None:
    try:
        batch.done(failure)
    except Exception:  # noqa: BLE001 - whoever asked is gone, and others wait for their answers
        _log.exception("nobody took the answer of the writer")
