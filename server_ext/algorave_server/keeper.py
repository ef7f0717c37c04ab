"""Between the hub and the store: sessions become rooms, rooms' rows go to the writer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from algorave_server.chat import Chat
from algorave_server.clock import Clock
from algorave_server.errors import Refusal
from algorave_server.hub import Done
from algorave_server.journal import Row
from algorave_server.limits import Limits
from algorave_server.piece import Piece
from algorave_server.rights import Role
from algorave_server.room import Opened, Room
from algorave_server.roster import Member, Roster
from algorave_server.store import (
    Membership,
    Newcomer,
    NewSnapshot,
    ParticipantRecord,
    Store,
    Writer,
)
from algorave_server.texts import Snapshot

UPDATES_WORTH_A_SNAPSHOT = 200
"""Fewer rows than this are read as fast as a snapshot would be."""
UPDATES_BETWEEN_SNAPSHOTS = 4_000
"""While a room lives: so many rows are read in a tenth of a second when it has to be opened again."""

_log = logging.getLogger(__name__)


class SessionKeeper:
    """Reads and keeps sessions. The store blocks, so it is asked in threads."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        clock: Clock,
        limits: Limits,
        *,
        updates_between_snapshots: int = UPDATES_BETWEEN_SNAPSHOTS,
    ) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._limits = limits
        self._updates_between_snapshots = updates_between_snapshots

    def submit(self, rows: Sequence[Row], done: Done) -> None:
        """Commit rows of one session in one transaction, after all of it that were submitted before."""
        self._writer.submit(rows, done)

    async def create(self, title: str, host: Newcomer, layer: str | None) -> Membership:
        """A new session with its host and, unless that is None, one empty layer."""
        piece = Piece.new(title, self._clock.server_ms())
        if layer is not None:
            piece.layers.add(layer)
        return await asyncio.to_thread(self._store.create_session, title, host, piece.arrangement())

    async def sessions_of(self, newcomer: Newcomer) -> list[Membership]:
        """The sessions somebody may enter, newest first."""
        return await asyncio.to_thread(self._store.sessions_of, newcomer.user_id or "")

    async def delete(self, session_id: str) -> None:
        """Delete a session with its history."""
        await asyncio.to_thread(self._store.delete_session, session_id)

    async def member(self, session_id: str, newcomer: Newcomer, role: Role) -> ParticipantRecord:
        """Who a newcomer is in a session, taken in with `role` when it is new there."""
        return await asyncio.to_thread(self._store.add_participant, session_id, newcomer, role)

    async def may_enter(self, participant_id: str) -> bool:
        """Whether somebody is still a member, as the database says now."""
        try:
            record = await asyncio.to_thread(self._store.get_participant, participant_id)
        except Refusal:
            return False
        return record.may_enter

    async def open_room(self, session_id: str) -> Room:
        """Read a session, or raise a `not_found` refusal."""
        self._writer.forgive(session_id)
        return await asyncio.to_thread(self._read_room, session_id)

    def _read_room(self, session_id: str) -> Room:
        """In a thread of its own: a long session takes a while to check, and others play meanwhile."""
        opened = self._store.open_session(session_id)
        piece = Piece.restored(opened.session.title, opened.session.arrangement)
        piece.ended = opened.session.state == "ended"
        piece.door = opened.session.door
        kept = opened.snapshot
        members = [as_member(record) for record in opened.participants if record.may_enter]
        return Room(
            Opened(
                session_id=session_id,
                piece=piece,
                roster=Roster.of(members),
                snapshot=None if kept is None else Snapshot(kept.state, kept.outline),
                updates=[each.update for each in opened.updates],
                owners=opened.client_owners,
                chat=Chat.restored((each.kind, each.participant_id or "", each.body) for each in opened.chat),
            ),
            self._clock,
            self._limits,
        )

    async def close_room(self, room: Room) -> None:
        """Keep a snapshot when reading the rows again would take longer."""
        if room.kept_updates < UPDATES_WORTH_A_SNAPSHOT:
            return
        loop, answered = asyncio.get_running_loop(), asyncio.Event()

        def done(_: BaseException | None) -> None:
            loop.call_soon_threadsafe(answered.set)

        self._keep_snapshot(room, done)
        await answered.wait()

    def kept(self, room: Room) -> None:
        """All that was submitted of a room is kept: now and then a snapshot, to open fast after a crash.

        On the event loop, whose document it is: writing it down would hold the interpreter in a thread as
        well, and takes two milliseconds after 100,000 edits.
        """
        if room.kept_updates >= self._updates_between_snapshots:
            self._keep_snapshot(room, _log_failure)

    def _keep_snapshot(self, room: Room, done: Done) -> None:
        taken = room.take_snapshot()
        row = NewSnapshot(room.id, self._clock.now_at(), taken.state, taken.outline)
        self._writer.submit([row], done)


def _log_failure(failure: BaseException | None) -> None:
    if failure is not None:
        _log.error("a snapshot could not be kept: %s", type(failure).__name__)


def as_member(record: ParticipantRecord) -> Member:
    """A participant as rooms know it."""
    return Member(
        record.id,
        record.name,
        record.colour,
        record.kind,
        record.role,
        may_chat=record.may_chat,
        waiting=record.waiting,
        agent_of=record.agent_of,
    )
