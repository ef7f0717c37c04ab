"""What a room says: to one connection, or to all."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from algorave_server.effects import Send
from algorave_server.errors import Refusal
from algorave_server.protocol import Message, Refused, Request
from algorave_server.roster import Member, Roster


def identity(member: Member) -> dict[str, Any]:
    """What others see at its cursor."""
    return {"id": member.id, "name": member.name, "color": member.colour}


def reply(connection_id: int, message: Message) -> Send:
    """One message to one connection."""
    return Send((connection_id,), message.model_dump_json())


def to_all(roster: Roster, message: Message) -> Send:
    """One message to all who speak JSON."""
    listeners = tuple(each.id for each in roster.connections.values() if each.wants_json)
    return Send(listeners, message.model_dump_json())


def saved(connection_id: int, edits: int) -> Send:
    """So many edit frames of a connection are in the database. Written out: it is said after each edit."""
    return Send((connection_id,), f'{{"kind":"saved","edits":{edits}}}')


def refused(request: Request, refusal: Refusal) -> Refused:
    """The answer to a request that changed nothing."""
    return Refused(request_id=request.request_id, reason=refusal.reason, detail=refusal.detail)


def words(error: ValidationError) -> str:
    """The first thing wrong with a message, without repeating what was sent."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
