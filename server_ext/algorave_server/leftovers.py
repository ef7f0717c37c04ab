"""What servers noted that died before they could commit it: written into the database before it is missed.

Whoever is about to open a session looks, one server at a time, so that no session is opened in between. Edits
that the database has already are no news, so nothing is lost or doubled when a server dies while it looks.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from algorave_server.errors import Refusal
from algorave_server.journal import NewUpdate
from algorave_server.spool import SUFFIX, left_behind, locked
from algorave_server.spool_record import HEADING, edits_of, record_of
from algorave_server.store import Claims, Store, StoreFailure

REFUSED = ".refused"
"""What the database would not have, for somebody to look at; a spool with another ending."""
_FINAL = ("conflict", "broken")
"""Kinds of failure that do not go away by trying again."""

_log = logging.getLogger(__name__)


class Leftovers:
    """Those in one folder. Blocks, and may be used from any thread."""

    def __init__(self, folder: Path, store: Store, claims: Claims) -> None:
        self._folder = folder
        self._store = store
        self._claims = claims

    def restore_all(self) -> None:
        """Have all committed that dead servers left behind, but for sessions that another server has open.

        Raises `StoreFailure` when the database does not take it now.
        """
        with locked(self._folder):
            for path in left_behind(self._folder):
                left = [self.restore(edits) for edits in _by_session(path)]
                if all(left):
                    path.unlink()

    def restore(self, edits: list[NewUpdate]) -> bool:
        """Have edits of one session committed; False when another server has it open.

        Raises `StoreFailure` when the database does not take them now.
        """
        session_id = edits[0].session_id
        if not self._claims.claim(session_id):
            return False
        try:
            count = self._store.restore(edits)
            if count:
                _log.warning(
                    "edits that had been seen were saved late: session=%s count=%d", session_id, count
                )
        except Refusal:
            _log.warning("%d edits of a session that is gone: session=%s", len(edits), session_id)
        except StoreFailure as failure:
            if failure.kind not in _FINAL:
                raise
            self._set_aside(edits, failure)
        finally:
            self._claims.release(session_id)
        return True

    def _set_aside(self, edits: list[NewUpdate], failure: StoreFailure) -> None:
        """Once each, however often the spool is looked at: for the sake of other sessions it may stay."""
        path = self._folder / f"{edits[0].session_id}{SUFFIX}{REFUSED}"
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab+") as file:
            file.seek(0)
            held = file.read()
            known = set(edits_of(held))
            news = [edit for edit in edits if edit not in known]
            if news:
                _log.error("edits could not be saved, and are in %s: %s", path, failure)
                file.write((b"" if held else HEADING) + b"".join(map(record_of, news)))


def _by_session(path: Path) -> Iterable[list[NewUpdate]]:
    found: dict[str, list[NewUpdate]] = defaultdict(list)
    for edit in edits_of(path.read_bytes()):
        found[edit.session_id].append(edit)
    return found.values()
