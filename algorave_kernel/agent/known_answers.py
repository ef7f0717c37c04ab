"""Answers that were good before: in memory, and on the kernel's disk when there is a place for them.

What comes from here goes through the gate like any other answer. Losing it costs a question to a model.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

IN_MEMORY = 200
ON_DISK = 2_000
WAIT_S = 0.2


class Answers(Protocol):
    """Where good answers are kept: on this machine, or where several share them. Nothing it does raises."""

    def get(self, key: str) -> str | None:
        """The answer, or None."""
        ...

    def put(self, key: str, answer: str) -> None:
        """Keep a good answer."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


class KnownAnswers:
    """Answers by a digest of all that was asked. Safe from many threads; a broken disk is no trouble."""

    def __init__(self, place: Path | None = None) -> None:
        """`place` is a database's file; without one answers live as long as this process."""
        self._known: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()
        self._place = place
        self._disk: sqlite3.Connection | None = None

    def get(self, key: str) -> str | None:
        """The answer, or None."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
            found = None
            with contextlib.suppress(sqlite3.Error, OSError):
                row = self._opened().execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
                found = row[0] if row and isinstance(row[0], str) else None
            return found

    def put(self, key: str, answer: str) -> None:
        """Keep a good answer; the oldest go when there are too many."""
        with self._lock:
            self._known[key] = answer
            while len(self._known) > IN_MEMORY:
                self._known.popitem(last=False)
            with contextlib.suppress(sqlite3.Error, OSError):
                disk = self._opened()
                disk.execute("REPLACE INTO answers (key, answer) VALUES (?, ?)", (key, answer))
                disk.execute(
                    "DELETE FROM answers WHERE rowid NOT IN "
                    "(SELECT rowid FROM answers ORDER BY rowid DESC LIMIT ?)",
                    (ON_DISK,),
                )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._disk is not None:
                self._disk.close()
                self._disk = None

    def _opened(self) -> sqlite3.Connection:
        if self._disk is None:
            where = ":memory:" if self._place is None else str(self._private(self._place))
            disk = sqlite3.connect(where, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
            disk.execute(
                "CREATE TABLE IF NOT EXISTS answers (key TEXT UNIQUE NOT NULL, answer TEXT NOT NULL)"
            )
            self._disk = disk
        return self._disk

    def _private(self, place: Path) -> Path:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))
        return place
