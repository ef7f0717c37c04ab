"""Who has redeemed an invite while a host decided about them: the decision counts, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from algorave_server.journal import NewMemberValues, NewRemoval, NewRole, Row
from algorave_server.roster import Member, Roster


def as_decided(member: Member, roster: Roster, since_ms: float) -> Member | None:
    """What somebody is who was read from the database at some time or later; None when put out since."""
    if not roster.is_ruled_since(member.id, since_ms):
        return member
    now = roster.members.get(member.id)
    return now and replace(member, role=now.role, may_chat=now.may_chat, waiting=now.waiting)


def correction(session_id: str, read: Member, decided: Member | None, now_at: datetime) -> list[Row]:
    """What was decided about somebody, to be kept once more when the database says otherwise."""
    if decided is None:
        return [NewRemoval(session_id, read.id, now_at, banned=False)]
    if decided == read:
        return []
    values = NewMemberValues(session_id, read.id, may_chat=decided.may_chat, waiting=decided.waiting)
    return [NewRole(session_id, read.id, decided.role.value), values]
