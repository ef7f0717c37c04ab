"""The agent as a participant of a session: it says that it answers, shows drafts, offers and finishes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from algorave_server.protocol import (
    Change,
    Draft,
    Ending,
    FinishAsk,
    FromServer,
    Offer,
    Proposal,
    ServeAsks,
    TakeAsk,
    Welcome,
)

from .access import Access
from .client import SessionClient
from .draft_pace import DraftPace, size_bytes
from .trouble import NotDone, Trouble

MAX_PROSE_CHARS, MAX_PROBLEMS = 2_000, 20
#: A draft comes many times, and whole each time; longer ones are not shown.
MAX_DRAFT_BYTES = 60_000
#: What the server reads at once from an agent is more, however it is written.
MAX_OFFER_BYTES = 190_000
TOO_LONG = "the change is too long to be offered"


class AgentSeat:
    """One agent's connection. It belongs to the event loop that made it; `changed` is called in there."""

    def __init__(self, access: Access, session_id: str) -> None:
        """Join; `until_joined` of the client says when it is in."""
        self.client = SessionClient(access, session_id)
        #: Called after anything was heard of the session.
        self.changed: Callable[[], None] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._pace = DraftPace()
        self._timer: asyncio.TimerHandle | None = None
        self._serves: dict[str, Any] | None = None
        self.client.heard = self._heard

    @property
    def participant(self) -> str | None:
        """The participant that the agent is; None before the server said so."""
        return self.client.state.you

    def proposal(self, proposal_id: str) -> Proposal | None:
        """A proposal as it is now; None when the server has forgotten it."""
        return self.client.state.proposals.get(proposal_id)

    async def serve(self, *, label: str, models: Sequence[str], pays: str) -> None:
        """Answer asks from now on, also after a connection was lost. Raises Trouble."""
        self._serves = {"label": label[:80], "models": list(models), "pays": pays[:80]}
        await self._ask(ServeAsks, **self._serves)

    async def take(self, proposal_id: str) -> bool:
        """Answer this one; False when somebody else does, or it is over."""
        try:
            await self._ask(TakeAsk, proposal=proposal_id)
        except NotDone:
            return False
        return True

    def draft(self, draft: Draft) -> None:
        """Show how far an answer is, as soon as there is room for it."""
        if size_bytes(draft) <= MAX_DRAFT_BYTES:
            self._pace.put(draft)
            self._flush()

    async def offer(self, proposal_id: str, changes: Sequence[Change], says: str) -> None:
        """Offer a good answer. Afterwards the proposal's state says what comes next. Raises NotDone."""
        self._pace.drop(proposal_id)
        if _bytes(changes) > MAX_OFFER_BYTES:  # what it was made from is known to everybody
            changes = [each.model_copy(update={"before": None}) for each in changes]
        if _bytes(changes) > MAX_OFFER_BYTES:
            raise Trouble(TOO_LONG)
        await self._ask(Offer, proposal=proposal_id, changes=list(changes), says=says[:MAX_PROSE_CHARS])

    async def finish(self, proposal_id: str, status: Ending, **more: Any) -> None:
        """Say how an ask ended. Raises NotDone."""
        self._pace.drop(proposal_id)
        await self._ask(FinishAsk, proposal=proposal_id, status=status, **more)

    async def leave(self) -> None:
        """Go; what is not over fails."""
        if self._timer is not None:
            self._timer.cancel()
        self.client.heard = lambda _: None
        await asyncio.to_thread(self.client.leave)

    async def _ask(self, make: Any, **fields: Any) -> str | None:
        return await asyncio.wrap_future(self.client.request(make, **fields))

    def _heard(self, message: FromServer) -> None:
        """In the client's thread."""
        if isinstance(message, Welcome) and self._serves is not None:
            self.client.request(ServeAsks, **self._serves)
        self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self.changed()

    def _flush(self) -> None:
        if self._timer is not None:
            return
        draft = self._pace.take(time.monotonic())
        if draft is not None:
            self.client.tell(draft)
        wait_s = self._pace.wait_s(time.monotonic())
        if wait_s is not None:
            self._timer = self._loop.call_later(wait_s, self._flush_again)

    def _flush_again(self) -> None:
        self._timer = None
        self._flush()


def _bytes(changes: Sequence[Change]) -> int:
    return sum(map(size_bytes, changes))


async def seated(access: Access, session_id: str, timeout_s: float = 15.0) -> AgentSeat:
    """Join a session as its agent; raise `Trouble` when that does not work in time."""
    seat = AgentSeat(access, session_id)
    try:
        await asyncio.to_thread(seat.client.until_joined, timeout_s)
    except Trouble:
        await seat.leave()
        raise
    return seat
