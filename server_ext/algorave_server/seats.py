"""Places of agents that come by no invite: a credential, shown once, at the end of a link."""

from __future__ import annotations

import asyncio

from algorave_server.errors import Refusal
from algorave_server.guest_rules import new_credential
from algorave_server.people import colour_of
from algorave_server.session_service import Sessions, SessionService
from algorave_server.store import Newcomer


async def seat_agent(
    service: SessionService, sessions: Sessions, session_id: str, name: str, *, agent_of: str | None
) -> tuple[str, str]:
    """The agent's participant id, and the fragment of its link. It is somebody's own, or everybody's."""
    secret, credential = new_credential(service.settings.guests, None)
    newcomer = Newcomer(name, colour_of(name), "agent")
    since_ms = sessions.clock.server_ms()
    record = await asyncio.to_thread(
        sessions.store.seat_agent, session_id, newcomer, credential, agent_of=agent_of
    )
    if not record.may_enter:
        raise Refusal("forbidden", "a host has banned that agent")
    await sessions.admit(record, since_ms)
    return record.id, f"#a={session_id}.{secret}"
