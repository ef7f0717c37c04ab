"""The way of what happens in rooms into the database, and when it may be seen.

An edit is noted with the keeper in the same turn of the loop, all rooms' edits together, and seen by others
at once: it outlives this process from then on. It is committed a moment later with many others, and only then
acknowledged. What a request changed is seen only once it is committed, so it is committed at once; not more
often than every few milliseconds, though, because a commit costs as much as many rows.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from algorave_server.counts import COUNTS
from algorave_server.effects import Batch, Effect, Unseen
from algorave_server.journal import NewUpdate, Row
from algorave_server.live import Live
from algorave_server.room import Room

Done = Callable[[BaseException | None], None]


class Keeper(Protocol):
    """Where rows go. Called on the event loop; `done` may be called from any thread."""

    def note(self, edits: Sequence[NewUpdate]) -> None:
        """Make edits outlive this process. Raises OSError when that cannot be."""
        ...

    def submit(self, batches: Sequence[tuple[Sequence[Row], Done]]) -> None:
        """Commit batches, each of one session and whole or not at all, after those submitted before."""
        ...

    def submitted(self, room: Room) -> None:
        """All that was seen of a room is on its way to the database: a moment for a snapshot."""
        ...

    def settle(self, edits: int) -> None:
        """So many noted edits are committed."""
        ...

    def owe(self, session_id: str, edits: Sequence[NewUpdate]) -> None:
        """These were seen and could not be committed: they are tried again before the session opens."""
        ...

    async def open_room(self, session_id: str) -> Room:
        """Read a session; raises a `Refusal` when there is none, or it is open elsewhere."""
        ...

    async def close_room(self, room: Room) -> None:
        """The room is about to be forgotten: a good moment for a snapshot."""
        ...

    async def release_room(self, room: Room) -> None:
        """The room is forgotten without one."""
        ...


TOLD_A_TURN = 8
"""A commit of a hundred sessions is told as many, with what people type in between; of many an eighth."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A batch on its way to the database."""

    live: Live
    batch: Batch
    since_s: float
    """When, by the loop's clock, the first of it happened."""


class Ledger:
    """Must be made and used on one event loop."""

    def __init__(  # noqa: PLR0913 - settings, by name
        self,
        keeper: Keeper,
        log: logging.Logger,
        *,
        perform: Callable[[Live, Sequence[Effect]], None],
        announce: Callable[[Live, Sequence[Effect]], None],
        lose: Callable[[Live], None],
        turned: Callable[[Live], None],
        commit_interval_s: float,
        edits_wait_s: float,
    ) -> None:
        self._keeper = keeper
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._perform = perform
        self._announce = announce
        self._lose = lose
        self._turned = turned
        self._commit_interval_s = commit_interval_s
        self._edits_wait_s = edits_wait_s
        self._woken: dict[Live, None] = {}
        """Rooms in which something happened in this turn."""
        self._noted: dict[Live, None] = {}
        """Rooms with something to be submitted."""
        self._turn_is_due = False
        self._commit_timer: asyncio.TimerHandle | None = None
        self._commit_due_s = 0.0
        """When the timer is due. Not asked of it: libuv's loop has none for less than a millisecond."""
        self._submitted_at_s = 0.0
        """When, by the loop's clock, something last went to the keeper."""
        self._answers: deque[tuple[Submitted, BaseException | None]] = deque()
        self._answers_are_due = False
        self._to_tell: deque[Submitted] = deque()
        """What is committed, and has not been told those who wait for it."""
        self._telling_is_due = False

    def wake(self, live: Live) -> None:
        """Something may have happened in a room."""
        self._woken[live] = None
        if not self._turn_is_due:
            self._turn_is_due = True
            self._loop.call_soon(self._turn)

    def abandon(self, live: Live) -> None:
        """A room is given up. What others have seen of it is committed all the same."""
        self._woken.pop(live, None)
        self._noted.pop(live, None)
        batch = live.room.take_batch()
        if batch is not None and batch.edits:
            self._submit([(live, batch.seen())])
        if not live.in_flight:
            live.kept.set()

    def commit(self) -> None:
        """Have everything committed that has happened by now."""
        if self._woken:
            self._turn()
        if self._commit_timer is not None:
            self._commit_timer.cancel()
            self._commit_timer = None
        noted, self._noted = self._noted, {}
        taken = [(live, live.room.take_batch()) for live in noted]
        batches = [(live, batch) for live, batch in taken if batch is not None]
        if batches:
            self._submit(batches)
            for live, _ in batches:
                self._keeper.submitted(live.room)

    def _turn(self) -> None:
        """Note what came in, show it, and see when it has to be committed."""
        self._turn_is_due = False
        woken, self._woken = self._woken, {}
        unseen = [(live, live.room.take_unseen()) for live in woken if not live.is_lost]
        self._show([(live, each) for live, each in unseen if each is not None])
        is_urgent = False
        for live in woken:
            room = live.room
            if room.has_batch and not live.is_lost:
                self._noted[live] = None
                live.kept.clear()
                if live.waiting_since_s is None:
                    live.waiting_since_s = self._loop.time()
                is_urgent = is_urgent or room.is_urgent
            self._turned(live)
        if self._noted:
            self._plan(is_urgent=is_urgent)

    def _show(self, unseen: Sequence[tuple[Live, Unseen]]) -> None:
        edits = [edit for _, each in unseen for _, edit in each.edits]
        if edits:
            try:
                self._keeper.note(edits)
            except OSError as error:
                self._log.error("could not note edits: %s", error.strerror or error)
                for live, each in unseen:
                    if each.edits:
                        self._lose(live)
        for live, each in unseen:
            if not live.is_lost:
                self._show_room(live, each)

    def _show_room(self, live: Live, unseen: Unseen) -> None:
        try:
            self._perform(live, live.room.show(unseen))
        except Exception:  # noqa: BLE001 - a fault is logged, and must not take the others' edits along
            self._log.exception("fault while edits were shown: session=%s", live.room.id)
            self._lose(live)

    def _plan(self, *, is_urgent: bool) -> None:
        now_s = self._loop.time()
        earliest_s = self._submitted_at_s + self._commit_interval_s
        due_s = max(now_s if is_urgent else now_s + self._edits_wait_s, earliest_s)
        if due_s <= now_s:
            self.commit()
        elif self._commit_timer is None or due_s < self._commit_due_s:
            if self._commit_timer is not None:
                self._commit_timer.cancel()
            self._commit_due_s = due_s
            self._commit_timer = self._loop.call_at(due_s, self._commit_due)

    def _commit_due(self) -> None:
        self._commit_timer = None
        self.commit()

    def _submit(self, batches: Sequence[tuple[Live, Batch]]) -> None:
        self._submitted_at_s = self._loop.time()
        sent: list[tuple[Sequence[Row], Done]] = []
        for live, batch in batches:
            since_s, live.waiting_since_s = live.waiting_since_s or self._submitted_at_s, None
            live.in_flight += 1
            live.kept.clear()
            sent.append((batch.rows, self._answering(Submitted(live, batch, since_s))))
        self._keeper.submit(sent)

    def _answering(self, sent: Submitted) -> Done:
        """What takes the answer, in the writer's thread. One wake-up of the loop does for many answers."""

        def done(error: BaseException | None) -> None:
            self._answers.append((sent, error))
            if not self._answers_are_due:
                self._answers_are_due = True
                self._loop.call_soon_threadsafe(self._take_answers)

        return done

    def _take_answers(self) -> None:
        """What could not be committed is noted at once, for a room that opens now has to know it."""
        self._answers_are_due = False
        while self._answers:
            sent, error = self._answers.popleft()
            if error is None:
                self._to_tell.append(sent)
                continue
            self._tell(len(self._to_tell))
            self._take_answer(sent, error)
        self._tell_some()

    def _tell_some(self) -> None:
        """Tell some of those who wait; the rest when what people typed meanwhile has been heard."""
        self._telling_is_due = False
        waiting = len(self._to_tell)
        self._tell(min(waiting, max(TOLD_A_TURN, waiting // 8)))
        if self._to_tell and not self._telling_is_due:
            self._telling_is_due = True
            self._loop.call_soon(self._tell_some)

    def _tell(self, count: int) -> None:
        for _ in range(count):
            self._take_answer(self._to_tell.popleft(), None)

    def _take_answer(self, sent: Submitted, error: BaseException | None) -> None:
        live = sent.live
        live.in_flight -= 1
        try:
            if error is None:
                self._settle(sent)
            else:
                self._owe(sent, error)
        except Exception:  # noqa: BLE001 - a fault is logged, and the other answers are taken
            self._log.exception("fault while an answer was taken: session=%s", live.room.id)
            if not live.is_lost:
                self._lose(live)
        if not live.in_flight and not live.room.has_batch:
            live.kept.set()

    def _settle(self, sent: Submitted) -> None:
        COUNTS.acknowledgements.note(self._loop.time() - sent.since_s)
        self._keeper.settle(len(sent.batch.edits))
        if not sent.live.is_lost:
            tell = self._announce if sent.batch.outcomes else self._perform
            tell(sent.live, sent.live.room.committed(sent.batch))

    def _owe(self, sent: Submitted, error: BaseException) -> None:
        session_id = sent.live.room.id
        self._log.error("could not save: session=%s reason=%s", session_id, type(error).__name__)
        self._keeper.owe(session_id, sent.batch.edits)
        if not sent.live.is_lost:
            self._lose(sent.live)
