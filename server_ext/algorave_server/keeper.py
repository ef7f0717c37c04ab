"""Between the hub and the store: sessions become rooms, edits go to the spool, rows to the writer."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from algorave_server.chat import Chat
from algorave_server.clock import Clock
from algorave_server.errors import Refusal
from algorave_server.journal import NewUpdate, Row
from algorave_server.ledger import Done
from algorave_server.leftovers import Leftovers
from algorave_server.limits import Limits
from algorave_server.piece import Piece
from algorave_server.rights import Role
from algorave_server.room import Opened, Room
from algorave_server.roster import Member, Roster
from algorave_server.spool import Spool
from algorave_server.store import (
    Claims,
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

OPEN_ELSEWHERE = "another server has this session open; go there, or close it there first"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """Where sessions are kept: for good, for the moment, and by which server."""

    store: Store
    writer: Writer
    spool: Spool
    claims: Claims
    leftovers: Leftovers

    def close(self) -> None:
        """Write all that waits, and let sessions go."""
        self.writer.close()
        self.spool.close()
        self.claims.close()


class SessionKeeper:
    """Reads and keeps sessions. The store blocks, so it is asked in threads."""

    def __init__(
        self,
        places: Places,
        clock: Clock,
        limits: Limits,
        *,
        updates_between_snapshots: int = UPDATES_BETWEEN_SNAPSHOTS,
    ) -> None:
        self._store = places.store
        self._writer = places.writer
        self._spool = places.spool
        self._claims = places.claims
        self._leftovers = places.leftovers
        self._owed: dict[str, list[NewUpdate]] = defaultdict(list)
        """By session: edits that were seen and could not be committed."""
        self._clock = clock
        self._limits = limits
        self._updates_between_snapshots = updates_between_snapshots

    def note(self, edits: Sequence[NewUpdate]) -> None:
        """Make edits outlive this process. Raises OSError when that cannot be."""
        self._spool.append(edits)

    def submit(self, batches: Sequence[tuple[Sequence[Row], Done]]) -> None:
        """Commit batches, each of one session and whole or not at all, after those submitted before."""
        self._writer.submit_all(batches)

    def settle(self, edits: int) -> None:
        """So many noted edits are committed."""
        self._spool.settle(edits)

    def owe(self, session_id: str, edits: Sequence[NewUpdate]) -> None:
        """These were seen and could not be committed: they are tried again before the session opens."""
        if edits:
            self._owed[session_id] += edits
            self._spool.owe(len(edits))

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
        self._spool.pay(len(self._owed.pop(session_id, ())))

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
        """Read a session, with all of it that was ever seen.

        Raises a `not_found` refusal when there is none, `conflict` when another server has it open.
        """
        self._writer.forgive(session_id)
        await self._until_answered()
        owed = self._owed.get(session_id, [])
        room = await asyncio.to_thread(self._open, session_id, owed)
        self._spool.pay(len(self._owed.pop(session_id, ())))
        return room

    async def _until_answered(self) -> None:
        """Wait for the answer to everything that was submitted: of a room that was lost, some may be late."""
        loop, answered = asyncio.get_running_loop(), asyncio.Event()

        def done(_: object) -> None:
            loop.call_soon_threadsafe(answered.set)

        self._writer.submit([], done)
        await answered.wait()

    def _open(self, session_id: str, owed: list[NewUpdate]) -> Room:
        """In a thread of its own: a long session takes a while to check, and others play meanwhile."""
        if not self._claims.claim(session_id):
            raise Refusal("conflict", OPEN_ELSEWHERE)
        try:
            if owed:
                self._leftovers.restore(owed)
            self._leftovers.restore_all()
            return self._read_room(session_id)
        except BaseException:
            self._claims.release(session_id)
            raise

    def _read_room(self, session_id: str) -> Room:
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
        """Keep a snapshot when reading the rows again would take longer, and let others have the session."""
        if room.kept_updates >= UPDATES_WORTH_A_SNAPSHOT:
            self._keep_snapshot(room)
            await self._until_answered()
        await self.release_room(room)

    async def release_room(self, room: Room) -> None:
        """Let other servers have the session."""
        await asyncio.to_thread(self._claims.release, room.id)

    def submitted(self, room: Room) -> None:
        """All that was seen of a room is on its way: now and then a snapshot, to open fast after a crash.

        On the event loop, whose document it is: writing it down would hold the interpreter in a thread as
        well, and takes two milliseconds after 100,000 edits.
        """
        if room.kept_updates >= self._updates_between_snapshots:
            self._keep_snapshot(room)

    def _keep_snapshot(self, room: Room) -> None:
        taken = room.take_snapshot()
        row = NewSnapshot(room.id, self._clock.now_at(), taken.state, taken.outline)
        self._writer.submit([row], _log_failure)


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
