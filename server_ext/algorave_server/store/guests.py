"""Guests by their credential. Only its hash is kept, at each participant that it opens the door for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from algorave_server.invites import Credential

from .members import in_force, select_participants
from .records import BanRecord, GuestMembership, ParticipantRecord, SessionRecord
from .schema import Ban, Invite, Participant, Session
from .verbs import Verbs, all_columns, as_record


class GuestVerbs(Verbs):
    """What a credential opens, and its end."""

    def guest_memberships(self, credential_sha256: str, idle_since: datetime) -> list[GuestMembership]:
        """The sessions a credential opens; one that was not used since `idle_since` opens none."""
        now = self.clock.now_at()
        valid = is_valid(credential_sha256, now, idle_since)
        with self.database.reading() as connection:
            people = connection.execute(
                select_participants(now).add_columns(Participant.credential_expires_at).where(*valid)
            ).all()
            sessions = connection.execute(
                all_columns(Session).where(Session.id.in_([row.session_id for row in people]))
            )
            by_id = {row.id: as_record(SessionRecord, row) for row in sessions}
        found = [_membership(row._asdict(), by_id) for row in people]  # pyright: ignore[reportPrivateUsage] -- public in spite of its name
        return [membership for membership in found if membership.participant.may_enter]

    def is_banned(self, session_id: str | None, address: str, *, automatic_too: bool = True) -> bool:
        """Whether an address is banned from a session, or from all."""
        now = self.clock.now_at()
        rows = all_columns(Ban).where(
            or_(Ban.session_id.is_(None), Ban.session_id == session_id), Ban.cidr.is_not(None), in_force(now)
        )
        with self.database.reading() as connection:
            bans = [as_record(BanRecord, row) for row in connection.execute(rows)]
        return any(ban.covers(address) for ban in bans if automatic_too or not ban.is_automatic)

    def is_banned_by_invite(self, token_sha256: str, address: str) -> bool:
        """Whether an address is banned from the session that an invite leads to."""
        with self.database.reading() as connection:
            session_id = connection.execute(
                select(Invite.session_id).where(Invite.token_sha256 == token_sha256)
            ).scalar_one_or_none()
        return self.is_banned(session_id, address)

    def end_credential(self, credential_sha256: str) -> list[tuple[str, str]]:
        """Let a credential open nothing any more; gives (session, participant) of what it opened."""
        holds = Participant.credential_sha256 == credential_sha256
        with self.database.writing() as connection:
            opened = connection.execute(select(Participant.session_id, Participant.id).where(holds)).all()
            connection.execute(
                update(Participant).where(holds).values(credential_sha256=None, credential_expires_at=None)
            )
        return [(row.session_id, row.id) for row in opened]


def is_valid(credential_sha256: str, now: datetime, idle_since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Participants whom a credential is good for."""
    return (
        Participant.credential_sha256 == credential_sha256,
        Participant.credential_expires_at > now,
        Participant.last_seen_at > idle_since,
    )


def holder_of(connection: Connection, session_id: str, credential: Credential, now: datetime) -> str | None:
    """The participant of a session whom the credential shown is good for."""
    if credential.shown_sha256 is None:
        return None
    valid = is_valid(credential.shown_sha256, now, now - credential.idle)
    rows = select(Participant.id).where(Participant.session_id == session_id, *valid)
    return connection.execute(rows).scalar_one_or_none()


def give_credential(
    connection: Connection, participant_id: str, credential: Credential, now: datetime
) -> None:
    """A new credential for a participant. What the one shown was good for, the new one is good for now."""
    if credential.shown_sha256 is not None:
        # As long as before: coming into a second session does not make the first one last.
        connection.execute(
            update(Participant)
            .where(*is_valid(credential.shown_sha256, now, now - credential.idle))
            .values(credential_sha256=credential.sha256)
        )
    connection.execute(
        update(Participant)
        .where(Participant.id == participant_id)
        .values(
            credential_sha256=credential.sha256,
            credential_expires_at=now + credential.lifetime,
            last_seen_at=now,
        )
    )


def _membership(row: dict[str, Any], sessions: dict[str, SessionRecord]) -> GuestMembership:
    expires_at = row.pop("credential_expires_at")
    participant = ParticipantRecord(**row)
    return GuestMembership(sessions[participant.session_id], participant, expires_at)
