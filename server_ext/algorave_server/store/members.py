"""Participants and bans."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)

from algorave_server.errors import Refusal
from algorave_server.rights import Role

from .database import insert_into
from .failures import StoreConflict
from .records import AUTOMATIC, BanRecord, Newcomer, ParticipantRecord
from .schema import Ban, Participant, User
from .verbs import Verbs, all_columns, as_record, new_id


class MemberVerbs(Verbs):
    """Who is in a session, and who may not be."""

    def add_participant(self, session_id: str, newcomer: Newcomer, role: Role) -> ParticipantRecord:
        """Take somebody in without an invite. A user who is in already stays who they are, role included."""
        try:
            return self._add(session_id, newcomer, role)
        except StoreConflict:
            # The same user came in at the same instant by another connection, and is found now.
            return self._add(session_id, newcomer, role)

    def _add(self, session_id: str, newcomer: Newcomer, role: Role) -> ParticipantRecord:
        now = self.clock.now_at()
        with self.database.writing() as connection:
            known = known_participant(connection, session_id, newcomer, now)
            return known or insert_participant(connection, session_id, newcomer, role, now=now)

    def get_participant(self, participant_id: str) -> ParticipantRecord:
        """A participant by id, or a `not_found` refusal."""
        with self.database.reading() as connection:
            return participant_in(connection, participant_id, self.clock.now_at())

    def participant_of(self, session_id: str, user_id: str) -> ParticipantRecord | None:
        """What a user is in a session."""
        newcomer = Newcomer(name="", colour="", user_id=user_id)
        with self.database.reading() as connection:
            return known_participant(connection, session_id, newcomer, self.clock.now_at())

    def participants(self, session_id: str) -> list[ParticipantRecord]:
        """Everybody who ever came, in order of coming."""
        with self.database.reading() as connection:
            return participants_in(connection, session_id, self.clock.now_at())

    def set_role(self, participant_id: str, role: Role) -> None:
        """Give a role; it does not depend on an invite any more."""
        with self.database.writing() as connection:
            give_role(connection, participant_id, role)

    def remove_participant(self, participant_id: str) -> None:
        """End a membership; its credential opens nothing any more, but a valid invite lets it in again."""
        with self.database.writing() as connection:
            connection.execute(
                update(Participant)
                .where(Participant.id == participant_id, Participant.removed_at.is_(None))
                .values(removed_at=self.clock.now_at())
            )

    def touch(self, participant_ids: Iterable[str]) -> None:
        """These were seen just now."""
        ids = list(participant_ids)
        with self.database.writing() as connection:
            connection.execute(
                update(Participant).where(Participant.id.in_(ids)).values(last_seen_at=self.clock.now_at())
            )

    def ban_participant(
        self, participant_id: str, *, reason: str, by: str | None, until_at: datetime | None = None
    ) -> BanRecord:
        """Let a participant not come back, until a time or for ever."""
        now = self.clock.now_at()
        with self.database.writing() as connection:
            session_id = participant_in(connection, participant_id, now).session_id
            return insert_ban(
                connection, BanRecord(new_id(), session_id, participant_id, None, reason, by, now, until_at)
            )

    def ban_addresses(
        self,
        cidr: str,
        *,
        reason: str,
        by: str | None,
        session_id: str | None = None,
        until_at: datetime | None = None,
    ) -> BanRecord:
        """Ban a block of addresses (`192.0.2.0/24`, or one address) from a session, or from all of them."""
        try:
            block = str(ip_network(cidr, strict=False))
        except ValueError:
            raise Refusal("malformed", f"'{cidr[:64]}' is no address and no block of addresses") from None
        now = self.clock.now_at()
        ban = BanRecord(new_id(), session_id, None, block, reason, by, now, until_at)
        with self.database.writing() as connection:
            return insert_ban(connection, ban)

    def ban_automatically(self, cidr: str, until_at: datetime) -> BanRecord:
        """Ban a block of addresses from everywhere for a while. Hosts see it, and may lift it."""
        return self.ban_addresses(cidr, reason=AUTOMATIC, by=None, until_at=until_at)

    def unban(self, ban_id: str) -> None:
        """Lift a ban. Lifting it twice is no mistake."""
        with self.database.writing() as connection:
            connection.execute(delete(Ban).where(Ban.id == ban_id))

    def bans(self, session_id: str | None) -> list[BanRecord]:
        """The bans in force in a session, those from all sessions among them; oldest first."""
        rows = (
            all_columns(Ban)
            .where(or_(Ban.session_id.is_(None), Ban.session_id == session_id), in_force(self.clock.now_at()))
            .order_by(Ban.created_at, Ban.id)
        )
        with self.database.reading() as connection:
            return [as_record(BanRecord, row) for row in connection.execute(rows)]


def in_force(now: datetime) -> ColumnElement[bool]:
    """Bans that have not run out."""
    return or_(Ban.until_at.is_(None), Ban.until_at > now)


def select_participants(now: datetime) -> Select[*tuple[Any, ...]]:
    """Participants as records want them."""
    banned = exists(select(literal(1)).where(Ban.participant_id == Participant.id, in_force(now)))
    # Credentials stay in here.
    columns = all_columns(Participant, "credential_sha256", "credential_expires_at")
    return columns.add_columns(banned.label("banned"))


def participants_in(connection: Connection, session_id: str, now: datetime) -> list[ParticipantRecord]:
    """Everybody who ever came to a session, in order of coming."""
    rows = (
        select_participants(now)
        .where(Participant.session_id == session_id)
        .order_by(Participant.joined_at, Participant.id)
    )
    return [as_record(ParticipantRecord, row) for row in connection.execute(rows)]


def participant_in(connection: Connection, participant_id: str, now: datetime) -> ParticipantRecord:
    """A participant by id, or a `not_found` refusal."""
    row = connection.execute(select_participants(now).where(Participant.id == participant_id)).one_or_none()
    if row is None:
        raise Refusal("not_found", "there is no such participant")
    return as_record(ParticipantRecord, row)


def known_participant(
    connection: Connection, session_id: str, newcomer: Newcomer, now: datetime
) -> ParticipantRecord | None:
    """Who a newcomer is in the session already: the same user, or the same credential."""
    same_user = and_(Participant.user_id.is_not(None), Participant.user_id == newcomer.user_id)
    same_credential = and_(Participant.user_id.is_(None), Participant.id == newcomer.participant_id)
    row = connection.execute(
        select_participants(now).where(
            Participant.session_id == session_id, same_user if newcomer.user_id else same_credential
        )
    ).one_or_none()
    return None if row is None else as_record(ParticipantRecord, row)


def insert_participant(  # noqa: PLR0913 - keyword arguments of one INSERT
    connection: Connection,
    session_id: str,
    newcomer: Newcomer,
    role: Role,
    *,
    now: datetime,
    invite_id: str | None = None,
    waiting: bool = False,
    agent_of: str | None = None,
) -> ParticipantRecord:
    """A new participant, and the user behind it when there is one."""
    if newcomer.user_id is not None:
        _remember_user(connection, newcomer.user_id, newcomer, now)
    values: dict[str, Any] = {
        "id": new_id(),
        "session_id": session_id,
        "user_id": newcomer.user_id,
        "name": newcomer.name,
        "colour": newcomer.colour,
        "kind": newcomer.kind,
        "role": role,
        "joined_at": now,
        "last_seen_at": now,
        "removed_at": None,
        "invite_id": invite_id,
        "may_chat": True,
        "waiting": waiting,
        "agent_of": agent_of,
    }
    connection.execute(insert(Participant).values(values))
    return ParticipantRecord(**values, banned=False)


def _remember_user(connection: Connection, user_id: str, newcomer: Newcomer, now: datetime) -> None:
    statement = insert_into(connection, User).values(
        id=user_id, name=newcomer.name, kind=newcomer.user_kind, created_at=now
    )
    connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"name": statement.excluded.name})
    )


def give_role(connection: Connection, participant_id: str, role: Role) -> None:
    """Another role, by a host. Raises `StoreConflict` when there is no such participant."""
    changed = connection.execute(
        update(Participant).where(Participant.id == participant_id).values(role=role, invite_id=None)
    )
    if changed.rowcount != 1:
        raise StoreConflict("no such participant")


def insert_ban(connection: Connection, ban: BanRecord) -> BanRecord:
    """Keep a ban."""
    connection.execute(
        insert(Ban).values({name: getattr(ban, name) for name in BanRecord.__dataclass_fields__})
    )
    return ban
