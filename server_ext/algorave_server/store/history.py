"""What happened in a session: appending to it, and reading it page by page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from algorave_server.journal import NewClientOwner, NewUpdate

from .appending import Appended, write_rows
from .records import EntryRecord, SnapshotRecord, UpdateRecord
from .schema import Entry, Snapshot, Update
from .verbs import Verbs, all_columns, as_record, session_in

PAGE_ROWS = 500


class HistoryVerbs(Verbs):
    """Updates, snapshots and the journal. Nothing of them is changed or deleted before their session."""

    def append(self, rows: Iterable[Appended], check: Callable[[Connection], None] | None = None) -> None:
        """Write rows in one transaction: all of them are kept when this returns, none when it raises.

        Raises `StoreConflict` when a row refers to what is not there, another `StoreFailure`, or what `check`
        raises, which is called in the transaction.
        """
        with self.database.writing() as connection:
            if check is not None:
                check(connection)
            write_rows(connection, rows, self.clock.now_at())

    def restore(self, edits: Sequence[NewUpdate]) -> int:
        """Append those edits of one session that are not there yet; returns how many were not.

        An edit is known by its update: the same one is never news twice, so no two rows of a session hold it.
        Raises a `not_found` refusal when the session is gone.
        """
        session_id, since_at = edits[0].session_id, min(edit.at for edit in edits)
        rows = select(Update.update).where(Update.session_id == session_id, Update.at >= since_at)
        with self.database.writing() as connection:
            session_in(connection, session_id)
            known = {bytes(update) for (update,) in connection.execute(rows)}
            missing = [edit for edit in edits if edit.update not in known]
            owners = {client: edit.participant_id for edit in reversed(missing) for client in edit.clients}
            owned = [NewClientOwner(session_id, client, owner) for client, owner in owners.items()]
            write_rows(connection, [*owned, *missing], self.clock.now_at())
        return len(missing)

    def snapshot_before(self, session_id: str, update_id: int) -> SnapshotRecord | None:
        """The last snapshot that holds nothing after an update; where a replay to that moment begins."""
        rows = (
            all_columns(Snapshot, "session_id")
            .where(Snapshot.session_id == session_id, Snapshot.upto_id <= update_id)
            .order_by(Snapshot.upto_id.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            row = connection.execute(rows).one_or_none()
        return None if row is None else as_record(SnapshotRecord, row)

    def updates_page(
        self, session_id: str, *, after_id: int = 0, until_at: datetime | None = None, limit: int = PAGE_ROWS
    ) -> list[UpdateRecord]:
        """The updates that follow an id, in order."""
        rows = all_columns(Update, "session_id").where(Update.session_id == session_id, Update.id > after_id)
        if until_at is not None:
            rows = rows.where(Update.at <= until_at)
        with self.database.reading() as connection:
            found = connection.execute(rows.order_by(Update.id).limit(limit))
            return [as_record(UpdateRecord, row) for row in found]

    def entries_page(  # noqa: PLR0913 - a page is cut from a list in as many ways
        self,
        session_id: str,
        *,
        after_id: int = 0,
        before_id: int | None = None,
        kinds: Collection[str] | None = None,
        limit: int = PAGE_ROWS,
        newest_first: bool = False,
    ) -> list[EntryRecord]:
        """Entries of the journal between two ids, of some kinds or all."""
        rows = all_columns(Entry, "session_id").where(Entry.session_id == session_id, Entry.id > after_id)
        if before_id is not None:
            rows = rows.where(Entry.id < before_id)
        if kinds is not None:
            rows = rows.where(Entry.kind.in_(kinds))
        rows = rows.order_by(Entry.id.desc() if newest_first else Entry.id).limit(limit)
        with self.database.reading() as connection:
            return [as_record(EntryRecord, row) for row in connection.execute(rows)]
