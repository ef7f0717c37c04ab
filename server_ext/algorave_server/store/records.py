"""What the store gives back, and who it lets in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any, Literal, NamedTuple

from algorave_server.invites import Invite
from algorave_server.outline import Outline
from algorave_server.rights import Role

AUTOMATIC = "automatic"
"""The reason of bans that the server makes by itself."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person or an agent that comes into a session."""

    name: str
    colour: str
    """As in `#a1b2c3`."""
    kind: Literal["person", "agent"] = "person"
    user_id: str | None = None
    """Who they are beyond the session; None for guests without an account."""
    user_kind: Literal["jupyter", "guest"] = "jupyter"
    participant_id: str | None = None
    """Who they were in the session before, as their credential proves; None when they have none."""


@dataclass(frozen=True, slots=True)
class NewSnapshot:
    """The document with everything in it that was appended before.

    It goes through the writer like updates do, so that no update gets before it that it does not hold.
    """

    session_id: str
    at: datetime
    state: bytes
    outline: Outline | None = None
    """What the gate would else have to read piece by piece."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session without its texts."""

    id: str
    title: str
    state: Literal["open", "ended"]
    created_at: datetime
    ended_at: datetime | None
    arrangement: dict[str, Any]
    door: Literal["open", "ask"] = "open"
    """Whether who comes by an invite has to wait until a host lets it in."""


@dataclass(frozen=True, slots=True)
class ParticipantRecord:
    """A person or an agent in a session."""

    id: str
    session_id: str
    user_id: str | None
    name: str
    colour: str
    kind: Literal["person", "agent"]
    role: Role
    joined_at: datetime
    last_seen_at: datetime
    removed_at: datetime | None
    """Set while this participant is no member: removed by a host, or its invite was revoked."""
    invite_id: str | None
    """The invite that its role comes from; None when a host gave it."""
    may_chat: bool
    waiting: bool
    """Whether a host has to let it in."""
    agent_of: str | None
    """Of an agent: the participant whose own it is; None when it is everybody's."""
    banned: bool

    @property
    def may_enter(self) -> bool:
        """Whether its credential still opens the session."""
        return self.removed_at is None and not self.banned


@dataclass(frozen=True, slots=True)
class Membership:
    """A session and what somebody is in it."""

    session: SessionRecord
    participant: ParticipantRecord


@dataclass(frozen=True, slots=True)
class GuestMembership:
    """A session that a guest's credential opens, and until when."""

    session: SessionRecord
    participant: ParticipantRecord
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UpdateRecord:
    """A Yjs update in the order of its id."""

    id: int
    participant_id: str
    at: datetime
    update: bytes
    clients: list[int]


class KeptUpdate(NamedTuple):
    """What a document needs of an update. There may be a hundred thousand of them to read at once."""

    id: int
    update: bytes


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """The document as one update that holds all updates up to `upto_id`."""

    upto_id: int
    state: bytes
    at: datetime
    outline: Outline | None
    """As it was kept: whether it is of this snapshot has to be checked."""


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One row of the journal."""

    id: int
    at: datetime
    participant_id: str | None
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything a room needs to begin."""

    session: SessionRecord
    snapshot: SnapshotRecord | None
    updates: list[KeptUpdate]
    """Those that the snapshot may not hold. Some may be in it; a document takes them twice without harm."""
    participants: list[ParticipantRecord]
    client_owners: dict[int, str]
    """Yjs client → participant."""
    chat: list[EntryRecord]
    """The last entries of what was said and taken back, in order."""
    last_update_id: int
    """0 when there was never any."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who came by an invite."""

    participant_id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InviteReport:
    """An invite and who came by it, in order."""

    invite: Invite
    arrivals: list[Arrival]


@dataclass(frozen=True, slots=True)
class BanRecord:
    """Who may not come back."""

    id: str
    session_id: str | None
    """None bans from all sessions."""
    participant_id: str | None
    cidr: str | None
    reason: str
    created_by: str | None
    created_at: datetime
    until_at: datetime | None
    """None for ever."""

    @property
    def is_automatic(self) -> bool:
        """Whether the server made it by itself, because somebody went on guessing."""
        return (self.session_id, self.created_by, self.reason) == (None, None, AUTOMATIC)

    def covers(self, address: str) -> bool:
        """Whether an IP address is in the banned block; IPv4 in IPv6's clothes counts as IPv4."""
        if self.cidr is None:
            return False
        ip = ip_address(address)
        return (getattr(ip, "ipv4_mapped", None) or ip) in ip_network(self.cidr)
