"""The database schema, said once. The migrations are checked against it on SQLite and PostgreSQL.

Ids that leave the server are random text; ids that only order rows are counted by the database.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from algorave_server.rights import Role

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite has no time zones and keeps it without; it comes back with one from both."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse times of no zone, which could mean anything."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """The same moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Counted = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts rows only for a column whose type is exactly INTEGER."""
PublicId = String(64)
RoleName = Enum(
    Role,
    native_enum=False,
    length=16,
    name="role",
    create_constraint=True,
    values_callable=list,
)


class Model(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[Any] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[int]: JSON,
        bytes: LargeBinary,
    }


class User(Model):
    """Somebody the server knows beyond one session. Guests without an account are not in here."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]


class Session(Model):
    """The durable thing people share. Its texts are in its updates."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("door IN ('open', 'ask')", name="door"),
    )
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    arrangement: Mapped[dict[str, Any]]
    door: Mapped[str] = mapped_column(String(16))


class Invite(Model):
    """A secret that can be redeemed for a role. Only its hash is in here."""

    __tablename__ = "invite_tokens"
    __table_args__ = (
        CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
        CheckConstraint("kind IN ('person', 'agent')", name="kind"),
        UniqueConstraint("token_sha256"),
        Index(None, "session_id"),
    )
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    token_sha256: Mapped[str] = mapped_column(String(64))
    role: Mapped[Role] = mapped_column(RoleName)
    # No foreign key: participants refer to invites already, and are never deleted before their session.
    created_by: Mapped[str] = mapped_column(PublicId)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    max_uses: Mapped[int | None]
    uses: Mapped[int]
    revoked_at: Mapped[datetime | None]
    refused_because: Mapped[str | None] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))


class Participant(Model):
    """A person or an agent in a session. UNIQUE lets several without a user in: no NULL equals another."""

    __tablename__ = "session_participants"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id"),
        Index(None, "user_id"),
        Index(None, "invite_id"),
        Index(None, "credential_sha256"),
    )
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(Text)
    colour: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str] = mapped_column(String(16))
    role: Mapped[Role] = mapped_column(RoleName)
    joined_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    invite_id: Mapped[str | None] = mapped_column(ForeignKey("invite_tokens.id", ondelete="SET NULL"))
    may_chat: Mapped[bool]
    waiting: Mapped[bool]
    # Of guests. One credential may open several sessions, so it stands at each of their participants.
    credential_sha256: Mapped[str | None] = mapped_column(String(64))
    credential_expires_at: Mapped[datetime | None]
    # Of agents. No foreign key: participants are never deleted before their session.
    agent_of: Mapped[str | None] = mapped_column(PublicId)


class Redemption(Model):
    """Who came by which invite; one row however often they did."""

    __tablename__ = "invite_redemptions"
    __table_args__ = (Index(None, "participant_id"),)
    invite_id: Mapped[str] = mapped_column(
        ForeignKey("invite_tokens.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("session_participants.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]


class Update(Model):
    """A Yjs update that passed the gate. Kept after it is in a snapshot, for the replay."""

    # Authors have no foreign key: participants live as long as their session, and a check a row is dear here.
    __tablename__ = "session_updates"
    __table_args__ = (Index(None, "session_id", "id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    participant_id: Mapped[str] = mapped_column(PublicId)
    at: Mapped[datetime]
    update: Mapped[bytes]
    clients: Mapped[list[int]]


class YjsClient(Model):
    """Which participant a Yjs client id belongs to: the first who wrote under it."""

    __tablename__ = "yjs_clients"
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    participant_id: Mapped[str] = mapped_column(PublicId)


class Snapshot(Model):
    """The document as one update that holds all updates up to an id."""

    __tablename__ = "snapshots"
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    upto_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[bytes]
    at: Mapped[datetime]
    # Of a snapshot of a version that took other notes, or none: it is read piece by piece then.
    outline: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Entry(Model):
    """One row of the journal."""

    __tablename__ = "session_events"
    __table_args__ = (
        Index(None, "session_id", "id"),
        Index(None, "session_id", "kind", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    participant_id: Mapped[str | None] = mapped_column(PublicId)
    kind: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]


class Ban(Model):
    """Who may not come back: a participant of a session, or all addresses in a block, here or everywhere."""

    __tablename__ = "bans"
    __table_args__ = (
        CheckConstraint("(participant_id IS NULL) <> (cidr IS NULL)", name="whom"),
        Index(None, "session_id"),
        Index(None, "participant_id"),
    )
    id: Mapped[str] = mapped_column(PublicId, primary_key=True)
    session_id: Mapped[str | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    participant_id: Mapped[str | None] = mapped_column(
        ForeignKey("session_participants.id", ondelete="CASCADE")
    )
    cidr: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str | None] = mapped_column(PublicId)
    created_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
