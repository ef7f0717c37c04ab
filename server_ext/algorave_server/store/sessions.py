"""Sessions: their life, and opening one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from algorave_server.journal import NewEntry
from algorave_server.rights import Role

from .appending import write_rows
from .members import insert_participant, participants_in, select_participants
from .records import (
    EntryRecord,
    KeptUpdate,
    Membership,
    Newcomer,
    Opened,
    ParticipantRecord,
    SessionRecord,
    SnapshotRecord,
)
from .schema import Entry, Participant, Session, Snapshot, Update, YjsClient
from .verbs import Verbs, all_columns, as_record, new_id, session_in

CHAT_ENTRIES = 200
"""As many as the chat shows lines, and as many that take lines back."""
COMMIT_WINDOW_S = 60
"""On PostgreSQL a row may be committed after one with a higher id. Rows older than a snapshot by less than
this are read again, so that none is missed."""
COMMIT_WINDOW_ROWS = 1_000_000
"""More rows than all sessions together write in that time: how far back it is looked for them."""


class SessionVerbs(Verbs):
    """Create, find, change, end, delete and open sessions."""

    def create_session(
        self, title: str, host: Newcomer, arrangement: dict[str, Any] | None = None
    ) -> Membership:
        """A new session with its first host."""
        now = self.clock.now_at()
        session = SessionRecord(new_id(), title, "open", now, None, arrangement or {})
        with self.database.writing() as connection:
            connection.execute(
                insert(Session).values({name: getattr(session, name) for name in SessionRecord.__slots__})
            )
            participant = insert_participant(connection, session.id, host, Role.HOST, now=now)
            entry = NewEntry(session.id, participant.id, now, "session_created", {"title": title})
            write_rows(connection, [entry], now)
        return Membership(session, participant)

    def sessions_of(self, user_id: str) -> list[Membership]:
        """The sessions a user may enter, newest first."""
        now = self.clock.now_at()
        with self.database.reading() as connection:
            people = connection.execute(select_participants(now).where(Participant.user_id == user_id))
            mine = {row.session_id: as_record(ParticipantRecord, row) for row in people}
            sessions = connection.execute(
                all_columns(Session)
                .where(Session.id.in_(select(Participant.session_id).where(Participant.user_id == user_id)))
                .order_by(Session.created_at.desc(), Session.id)
            )
            found = [as_record(SessionRecord, row) for row in sessions]
        return [Membership(it, mine[it.id]) for it in found if it.id in mine and mine[it.id].may_enter]

    def get_session(self, session_id: str) -> SessionRecord:
        """A session by id, or a `not_found` refusal."""
        with self.database.reading() as connection:
            return session_in(connection, session_id)

    def rename_session(self, session_id: str, title: str) -> None:
        """Another title."""
        self._change(session_id, title=title)

    def end_session(self, session_id: str) -> None:
        """End it; it can still be read. Ending it twice keeps the first time."""
        now = self.clock.now_at()
        self._change(session_id, state="ended", ended_at=func.coalesce(Session.ended_at, now))

    def _change(self, session_id: str, **values: Any) -> None:
        with self.database.writing() as connection:
            session_in(connection, session_id)
            connection.execute(update(Session).where(Session.id == session_id).values(values))

    def delete_session(self, session_id: str) -> None:
        """Delete it with all that belongs to it. Deleting it twice is no mistake."""
        with self.database.writing() as connection:
            connection.execute(delete(Session).where(Session.id == session_id))

    def open_session(self, session_id: str) -> Opened:
        """Everything a room needs to begin, or a `not_found` refusal."""
        with self.database.reading() as connection:
            session = session_in(connection, session_id)
            row = connection.execute(
                all_columns(Snapshot, "session_id")
                .where(Snapshot.session_id == session_id)
                .order_by(Snapshot.upto_id.desc())
                .limit(1)
            ).one_or_none()
            snapshot = None if row is None else as_record(SnapshotRecord, row)
            updates = _updates_for(connection, session_id, snapshot)
            # Owners are read after the updates, so that none is missing when others write meanwhile.
            owners = connection.execute(
                select(YjsClient.client_id, YjsClient.participant_id).where(
                    YjsClient.session_id == session_id
                )
            )
            client_owners = {row.client_id: row.participant_id for row in owners}
            participants = participants_in(connection, session_id, self.clock.now_at())
            chat = _chat_of(connection, session_id)
        last_id = max([0 if snapshot is None else snapshot.upto_id, *(it.id for it in updates)])
        return Opened(session, snapshot, updates, participants, client_owners, chat, last_id)


def _updates_for(
    connection: Connection, session_id: str, snapshot: SnapshotRecord | None
) -> list[KeptUpdate]:
    """The updates that a snapshot may not hold."""
    rows = select(Update.id, Update.update).where(Update.session_id == session_id).order_by(Update.id)
    if snapshot is not None:
        later = Update.id > snapshot.upto_id
        if connection.dialect.name == "sqlite":
            rows = rows.where(later)
        else:
            recent = Update.at > snapshot.at - timedelta(seconds=COMMIT_WINDOW_S)
            rows = rows.where(Update.id > snapshot.upto_id - COMMIT_WINDOW_ROWS, or_(later, recent))
    return [KeptUpdate(*row) for row in connection.execute(rows)]


def _chat_of(connection: Connection, session_id: str) -> list[EntryRecord]:
    """The last entries of what was said and taken back, in order."""
    rows = (
        all_columns(Entry, "session_id")
        .where(Entry.session_id == session_id, Entry.kind.in_(("say", "unsay")))
        .order_by(Entry.id.desc())
        .limit(CHAT_ENTRIES)
    )
    return [as_record(EntryRecord, row) for row in connection.execute(rows)][::-1]
