"""The spool: edits on their way to the database, in a file that outlives this process.

An edit may be seen by others as soon as it stands here, which is long before its commit. A process that is
killed leaves its spool behind, and whoever opens sessions next writes what is in it into the database
(`leftovers.py`). Nothing waits for the disk: a power cut may take what no author was told to be saved.

A spool is for its owner alone, and locked while its process lives.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from algorave_server.journal import NewUpdate
from algorave_server.spool_record import HEADING, record_of

SUFFIX = ".spool"
LARGE_BYTES = 4_194_304
"""Of one file, before the next is begun. Mostly it is emptied long before."""


@dataclass(slots=True)
class _File:
    path: Path
    descriptor: int
    size_bytes: int = len(HEADING)
    last: int = 0
    """Which edit of the spool, counted from 1, was the last to go in here."""


class Spool:
    """The edits of one process. To be used by one thread."""

    def __init__(self, folder: Path, *, large_bytes: int = LARGE_BYTES) -> None:
        self._folder = folder
        self._large_bytes = large_bytes
        self._name = secrets.token_hex(8)
        self._appended = 0
        self._settled = 0
        self._owed = 0
        self._made = 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(folder):
            self._files = deque([self._make()])

    @property
    def waiting(self) -> int:
        """How many edits are not in the database yet."""
        return self._appended - self._settled

    def append(self, edits: Iterable[NewUpdate]) -> None:
        """Note edits, in order and with one system call: all, or none and an OSError."""
        records = [record_of(edit) for edit in edits]
        data = b"".join(records)
        file = self._current()
        try:
            written = os.write(file.descriptor, data)
            if written < len(data):
                raise OSError("the spool's disk is full")
        except OSError:
            os.ftruncate(file.descriptor, file.size_bytes)
            raise
        self._appended += len(records)
        file.last = self._appended
        file.size_bytes += len(data)

    def settle(self, count: int) -> None:
        """So many edits are in the database, in the order they were appended but for those that are owed."""
        self._settled += count
        self._clear()

    def owe(self, count: int) -> None:
        """So many edits could not be committed, and stay here until they can be: until `pay`."""
        self._owed += count

    def pay(self, count: int) -> None:
        """So many edits that were owed are in the database, or will never be."""
        self._owed -= count
        self.settle(count)

    def close(self) -> None:
        """Take the files away when all is settled, and leave them to be found when not."""
        for file in self._files:
            if not self.waiting:
                file.path.unlink(missing_ok=True)
            os.close(file.descriptor)
        self._files.clear()

    def _clear(self) -> None:
        """Give back the space of what is settled."""
        if self._owed:
            return
        while len(self._files) > 1 and self._files[0].last <= self._settled:
            done = self._files.popleft()
            done.path.unlink()
            os.close(done.descriptor)
        if self._appended == self._settled and self._files[-1].size_bytes > len(HEADING):
            self._files[-1].size_bytes = len(HEADING)
            os.ftruncate(self._files[-1].descriptor, len(HEADING))

    def _current(self) -> _File:
        """The file that is written to. While there can be no new one the last one goes on."""
        if self._files[-1].size_bytes > self._large_bytes:
            with suppress(OSError), locked(self._folder, wait=False):
                self._files.append(self._make())
        return self._files[-1]

    def _make(self) -> _File:
        self._made += 1
        path = self._folder / f"{self._name}-{self._made:06}{SUFFIX}"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.write(descriptor, HEADING) < len(HEADING):
                raise OSError("the spool's disk is full")
        except OSError:
            path.unlink()
            os.close(descriptor)
            raise
        return _File(path, descriptor, last=self._appended)


@contextmanager
def locked(folder: Path, *, wait: bool = True) -> Generator[None]:
    """Be alone in the folder of spools. Raises BlockingIOError when others are and one will not wait."""
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def left_behind(folder: Path) -> Generator[Path]:
    """The spools of processes that are gone, in the order they were written, each while it is locked here."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # its owner has taken it away
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            if path.exists():
                yield path
        finally:
            os.close(descriptor)
