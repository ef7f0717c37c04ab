"""Invites in the database. One conditional UPDATE counts the uses: no crowd of takers can pass the limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from algorave_server import invites
from algorave_server.invites import Credential, Terms, WhyNot
from algorave_server.journal import NewEntry

from .appending import write_rows
from .failures import StoreConflict
from .guests import give_credential, holder_of
from .members import insert_participant, known_participant, participant_in
from .records import Arrival, InviteReport, Newcomer, ParticipantRecord
from .schema import Invite, Participant, Redemption
from .verbs import Verbs, all_columns, as_record, new_id, session_in

TRIES = 3
"""One person may redeem by several connections at once; on a new try the others find who the first became."""


class InviteVerbs(Verbs):
    """Create, list, revoke and redeem invites. Each of them leaves an entry in the journal."""

    def create_invite(self, session_id: str, token_sha256: str, terms: Terms, *, by: str) -> invites.Invite:
        """Keep a minted invite, made by a participant."""
        now = self.clock.now_at()
        invite = invites.Invite(
            new_id(),
            session_id,
            token_sha256,
            terms.role,
            by,
            now,
            terms.expires_at,
            terms.max_uses,
            0,
            None,
            terms.kind,
        )
        with self.database.writing() as connection:
            session_in(connection, session_id)
            connection.execute(
                insert(Invite).values({name: getattr(invite, name) for name in invites.Invite.__slots__})
            )
            body = {"invite": invite.id, "role": terms.role, "max_uses": terms.max_uses, "kind": terms.kind}
            write_rows(connection, [NewEntry(session_id, by, now, "invite_created", body)], now)
        return invite

    def invites(self, session_id: str) -> list[InviteReport]:
        """All invites of a session, oldest first, and who came by which."""
        came = (
            select(Redemption.invite_id, Redemption.participant_id, Participant.name, Redemption.at)
            .join(Participant, Participant.id == Redemption.participant_id)
            .where(Participant.session_id == session_id)
            .order_by(Redemption.at, Redemption.participant_id)
        )
        with self.database.reading() as connection:
            rows = connection.execute(
                _select_invites()
                .where(Invite.session_id == session_id)
                .order_by(Invite.created_at, Invite.id)
            )
            reports = {row.id: InviteReport(as_record(invites.Invite, row), []) for row in rows}
            for invite_id, participant_id, name, at in connection.execute(came):
                if invite_id in reports:
                    reports[invite_id].arrivals.append(Arrival(participant_id, name, at))
        return list(reports.values())

    def look_at(self, token_sha256: str) -> invites.Invitation:
        """What an invite is to; no use is counted. Raises the refusal of `invites.refused()`."""
        now = self.clock.now_at()
        with self.database.reading() as connection:
            is_it = _select_invites().where(Invite.token_sha256 == token_sha256)
            row = connection.execute(is_it).one_or_none()
            if row is None or not invites.is_same(row.token_sha256, token_sha256):
                raise invites.refused()
            invite = as_record(invites.Invite, row)
            session = session_in(connection, invite.session_id)
            if session.state == "ended" or invites.why_not(invite, now) is not None:
                raise invites.refused()
            host = participant_in(connection, invite.created_by, now)
        return invites.Invitation(session.title, invite.role, host.name, invite.kind)

    def revoke_invite(self, session_id: str, invite_id: str, *, by: str) -> list[str]:
        """Let nobody come by it any more, and end the membership of those who are in by it; gives their ids.

        Revoking twice, or what is not there, does nothing.
        """
        now = self.clock.now_at()
        in_by_it = (Participant.invite_id == invite_id, Participant.removed_at.is_(None))
        with self.database.writing() as connection:
            revoked = connection.execute(
                update(Invite)
                .where(Invite.id == invite_id, Invite.session_id == session_id, Invite.revoked_at.is_(None))
                .values(revoked_at=now)
            )
            if revoked.rowcount == 0:
                return []
            removed = list(connection.execute(select(Participant.id).where(*in_by_it)).scalars())
            connection.execute(update(Participant).where(*in_by_it).values(removed_at=now))
            body = {"invite": invite_id, "removed": removed}
            write_rows(connection, [NewEntry(session_id, by, now, "invite_revoked", body)], now)
        return removed

    def redeem(
        self, token_sha256: str, newcomer: Newcomer, credential: Credential | None = None
    ) -> ParticipantRecord:
        """Take somebody in by an invite. The same person by the same invite counts once.

        A guest comes with a credential: it says who they were, and is what they are known by from now on.
        Raises the refusal of `invites.refused()`, the same for every reason; the journal knows the reason.
        """
        for attempt in range(TRIES):
            now = self.clock.now_at()
            try:
                with self.database.writing() as connection:
                    if credential is None:
                        return _redeem(connection, token_sha256, newcomer, now)
                    return _redeem_as_guest(connection, token_sha256, newcomer, credential, now)
            except _Refused as refused:
                if refused.invite is not None:
                    self._note_refusal(refused.invite, refused.why, now)
                raise invites.refused() from None
            except StoreConflict:
                if attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def _note_refusal(self, invite: invites.Invite, why: WhyNot, now: datetime) -> None:
        """An entry for the journal, but not one for each try: a dead link must not fill the disk."""
        is_news = or_(Invite.refused_because.is_(None), Invite.refused_because != why)
        with self.database.writing() as connection:
            noted = connection.execute(
                update(Invite).where(Invite.id == invite.id, is_news).values(refused_because=why)
            )
            if noted.rowcount == 1:
                body = {"invite": invite.id, "why": why}
                entry = NewEntry(invite.session_id, None, now, "invite_refused", body)
                write_rows(connection, [entry], now)


class _Refused(Exception):
    """Leaves the transaction, so that nothing of it is kept."""

    def __init__(self, invite: invites.Invite | None, why: WhyNot) -> None:
        super().__init__(why)
        self.invite = invite
        self.why = why


def _redeem_as_guest(
    connection: Connection, token_sha256: str, newcomer: Newcomer, credential: Credential, now: datetime
) -> ParticipantRecord:
    row = connection.execute(
        select(Invite.id, Invite.session_id).where(Invite.token_sha256 == token_sha256)
    ).one_or_none()
    if row is None:
        holder = None
    elif newcomer.kind == "agent":
        holder = _agent_of_link(connection, row.id)
    else:
        holder = holder_of(connection, row.session_id, credential, now)
    participant = _redeem(connection, token_sha256, replace(newcomer, participant_id=holder), now)
    give_credential(connection, participant.id, credential, now)
    connection.execute(
        update(Participant)
        .where(Participant.id == participant.id)
        .values(name=newcomer.name, colour=newcomer.colour)
    )
    return participant_in(connection, participant.id, now)


def _redeem(
    connection: Connection, token_sha256: str, newcomer: Newcomer, now: datetime
) -> ParticipantRecord:
    # On PostgreSQL takers of one invite wait for each other here, so that whoever comes twice at once is
    # found the second time. On SQLite all writers take turns anyway.
    is_it = _select_invites().where(Invite.token_sha256 == token_sha256).with_for_update()
    row = connection.execute(is_it).one_or_none()
    if row is None or not invites.is_same(row.token_sha256, token_sha256):
        raise _Refused(None, WhyNot.UNKNOWN)
    invite = as_record(invites.Invite, row)
    session = session_in(connection, invite.session_id)
    if session.state == "ended":
        raise _Refused(invite, WhyNot.ENDED)
    if invite.kind != newcomer.kind:
        raise invites.not_for(newcomer.kind)
    known = known_participant(connection, invite.session_id, newcomer, now)
    if known is not None and known.banned:
        raise _Refused(invite, WhyNot.BANNED)
    if known is not None and _came_by(connection, invite, known):
        return _let_back_in(connection, invite, known, session.door, now)
    if known is not None and known.removed_at is None and not invites.is_more(invite.role, known.role):
        return _already_in(invite, known, now)
    _count_use(connection, invite, now)
    if known is None:
        participant = insert_participant(
            connection,
            invite.session_id,
            newcomer,
            invite.role,
            now=now,
            invite_id=invite.id,
            # A host made an agent's link for that one agent, so it is let in already.
            waiting=session.door == "ask" and newcomer.kind == "person",
        )
    else:
        participant = _join_again(connection, invite, known, session.door, now)
    connection.execute(insert(Redemption).values(invite_id=invite.id, participant_id=participant.id, at=now))
    body = {"invite": invite.id, "role": invite.role, "name": participant.name}
    entry = NewEntry(invite.session_id, participant.id, now, "invite_redeemed", body)
    write_rows(connection, [entry], now)
    return participant


def _agent_of_link(connection: Connection, invite_id: str) -> str | None:
    """Who came by an agent's link before: whoever holds the link is that agent."""
    rows = select(Redemption.participant_id).where(Redemption.invite_id == invite_id)
    return connection.execute(rows.limit(1)).scalar_one_or_none()


def _select_invites() -> Any:
    return all_columns(Invite, "refused_because")


def _came_by(connection: Connection, invite: invites.Invite, known: ParticipantRecord) -> bool:
    """Whether this participant redeemed this invite before."""
    mine = (Redemption.invite_id == invite.id, Redemption.participant_id == known.id)
    return connection.execute(select(Redemption.at).where(*mine)).first() is not None


def _let_back_in(
    connection: Connection, invite: invites.Invite, known: ParticipantRecord, door: str, now: datetime
) -> ParticipantRecord:
    """By the invite they came by before. Their role is what it was: a host may have changed it meanwhile."""
    why = invites.why_not(invite, now)
    if why is not None and why is not WhyNot.USED_UP:  # one of the uses is theirs
        raise _Refused(invite, why)
    connection.execute(
        update(Participant)
        .where(Participant.id == known.id)
        .values(removed_at=None, waiting=_has_to_wait(known, door), last_seen_at=now)
    )
    return participant_in(connection, known.id, now)


def _already_in(invite: invites.Invite, known: ParticipantRecord, now: datetime) -> ParticipantRecord:
    """The invite gives nothing they do not have, so it is not used."""
    why = invites.why_not(invite, now)
    if why is not None:
        raise _Refused(invite, why)
    return known


def _count_use(connection: Connection, invite: invites.Invite, now: datetime) -> None:
    """The one statement that decides: it looks and counts at once."""
    counted = connection.execute(
        update(Invite)
        .where(
            Invite.id == invite.id,
            Invite.revoked_at.is_(None),
            Invite.expires_at > now,
            or_(Invite.max_uses.is_(None), Invite.uses < Invite.max_uses),
        )
        .values(uses=Invite.uses + 1)
    )
    if counted.rowcount != 1:
        current = connection.execute(_select_invites().where(Invite.id == invite.id)).one()
        raise _Refused(invite, invites.why_not(as_record(invites.Invite, current), now) or WhyNot.USED_UP)


def _join_again(
    connection: Connection, invite: invites.Invite, known: ParticipantRecord, door: str, now: datetime
) -> ParticipantRecord:
    """A higher role for somebody who is in, or the invite's role for somebody who was removed."""
    connection.execute(
        update(Participant)
        .where(Participant.id == known.id)
        .values(
            role=invite.role,
            invite_id=invite.id,
            removed_at=None,
            waiting=_has_to_wait(known, door),
            last_seen_at=now,
        )
    )
    return participant_in(connection, known.id, now)


def _has_to_wait(known: ParticipantRecord, door: str) -> bool:
    """Behind a closed door who is in stays in; who was put out, or waits already, has to be let in."""
    return door == "ask" and known.kind == "person" and (known.waiting or known.removed_at is not None)
