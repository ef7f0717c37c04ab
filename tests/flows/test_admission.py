"""A host decides about somebody who redeems an invite at the same time: the same in memory, kept and opened anew."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from algorave_server import invites
from algorave_server.close import Close
from algorave_server.errors import Refusal
from algorave_server.limits import Limits
from algorave_server.protocol import Remove, Request, SetRole
from algorave_server.rights import Role
from algorave_server.room import Room
from algorave_server.session_service import Sessions, SessionService, SessionSettings
from algorave_server.store import Membership, Newcomer

ANA = Newcomer("Ana", "#aa0000", user_id="ana")
BO = Newcomer("Bo", "#00aa00")


@asynccontextmanager
async def served(folder: Path) -> AsyncGenerator[Sessions]:
    """All of a server behind its handlers."""
    settings = SessionSettings(f"sqlite:///{folder / 's.sqlite3'}", folder / "spool", 60.0, Limits())
    service = SessionService(settings, logging.getLogger("test"))
    yield await service.sessions()
    await service.stop()


async def invite(sessions: Sessions, jam: Membership) -> str:
    """An invite for co-authors, by the hash of its secret."""
    minted = invites.mint()
    terms = invites.terms(Role.CO_AUTHOR, sessions.clock.now_at())
    made = (jam.session.id, minted.sha256, terms)
    await asyncio.to_thread(lambda: sessions.store.create_invite(*made, by=jam.participant.id))
    return minted.sha256


async def role_when_opened(folder: Path, session_id: str, participant: str) -> Role | None:
    """What somebody is once the server was started anew."""
    async with served(folder) as sessions:
        await sessions.hub.open(session_id)
        return sessions.hub.role_of(session_id, participant)


@pytest.mark.parametrize("decision", ["lower", "remove"])
@pytest.mark.parametrize(
    ("kept_first", "began"), [("redemption", "before"), ("decision", "before"), ("decision", "after")]
)
async def test_whichever_is_kept_first(tmp_path: Path, kept_first: str, decision: str, began: str) -> None:
    """ADMIT-2: a decision counts that came after the redemption began, in the room and in the database.

    The control is the redemption that begins after it, and is kept after it: that one counts.
    """
    async with served(tmp_path) as sessions:
        jam = await sessions.keeper.create("Jam", ANA, "bass")
        first, second = await invite(sessions, jam), await invite(sessions, jam)
        bo = await asyncio.to_thread(sessions.store.redeem, first, BO)
        again = replace(BO, participant_id=bo.id)
        await sessions.hub.open(jam.session.id)

        async def decide() -> float:
            request: Request = (
                SetRole(request_id=1, participant=bo.id, role=Role.VIEWER)
                if decision == "lower"
                else Remove(request_id=1, participant=bo.id)
            )
            await sessions.hub.ask(jam.session.id, jam.participant.id, request)
            return sessions.clock.server_ms()

        since_ms = sessions.clock.server_ms()
        if kept_first == "redemption":
            redeemed = await asyncio.to_thread(sessions.store.redeem, second, again)
            await decide()
        else:
            decided_ms = await decide()
            since_ms = decided_ms if began == "after" else since_ms
            redeemed = await asyncio.to_thread(sessions.store.redeem, second, again)
        if began == "before" and decision == "remove":
            with pytest.raises(Refusal):
                await sessions.admit(redeemed, since_ms)
        else:
            await sessions.admit(redeemed, since_ms)
        expected = Role.CO_AUTHOR if began == "after" else {"lower": Role.VIEWER, "remove": None}[decision]
        assert sessions.hub.role_of(jam.session.id, bo.id) == expected
    assert await role_when_opened(tmp_path, jam.session.id, bo.id) == expected


async def test_a_session_that_is_being_opened_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ADMIT-3: who comes, or is put out, while a room is being read is in it, or out of it, once it is open."""
    async with served(tmp_path) as sessions:
        jam = await sessions.keeper.create("Jam", ANA, "bass")
        first, second = await invite(sessions, jam), await invite(sessions, jam)
        bo = await asyncio.to_thread(sessions.store.redeem, first, BO)
        read, was_read, go_on = sessions.keeper.open_room, asyncio.Event(), asyncio.Event()

        async def open_slowly(session_id: str) -> Room:
            room = await read(session_id)
            was_read.set()
            await go_on.wait()
            return room

        monkeypatch.setattr(sessions.keeper, "open_room", open_slowly)
        opening = asyncio.create_task(sessions.hub.open(jam.session.id))
        await was_read.wait()
        since_ms = sessions.clock.server_ms()
        cy = await asyncio.to_thread(sessions.store.redeem, second, replace(BO, name="Cy"))
        await asyncio.to_thread(sessions.store.remove_participant, bo.id)
        told = asyncio.gather(
            sessions.admit(cy, since_ms),
            sessions.hub.expel(jam.session.id, [bo.id], Close.REMOVED, "a host removed you"),
        )
        go_on.set()
        await asyncio.gather(opening, told)
        assert sessions.hub.role_of(jam.session.id, cy.id) is Role.CO_AUTHOR
        assert sessions.hub.role_of(jam.session.id, bo.id) is None
