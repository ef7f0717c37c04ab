"""Who is in a session, and through which connections. The server's word, never the client's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from algorave_server.budget import Bucket
from algorave_server.errors import Refusal
from algorave_server.protocol import Participant
from algorave_server.rights import MAY, Action, Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person or an agent that has a place in the session, here or away."""

    id: str
    name: str
    colour: str
    kind: str
    role: Role

    def may(self, action: Action) -> bool:
        """Whether its role allows an action."""
        return action in MAY[self.role]


@dataclass(slots=True)
class Connection:
    """One WebSocket of a member."""

    id: int
    member_id: str
    wants_json: bool = False
    is_synced: bool = False
    """Whether it has asked for the text, and so is sent what follows."""
    edits: int = 0
    """Binary edit frames it has sent."""
    chat: Bucket | None = None
    """How much it may still say; made with its first line."""


@dataclass(frozen=True, slots=True)
class Seats:
    """How many different people may be in a session at the same time. Hosts always find one."""

    max_editors: int = 20
    max_viewers: int = 500


@dataclass(slots=True)
class Roster:
    """Members by id, connections by id."""

    members: dict[str, Member] = field(default_factory=dict)
    connections: dict[int, Connection] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Iterable[Member]) -> Roster:
        """A roster of members who are all away."""
        return cls({member.id: member for member in members})

    def member_of(self, connection_id: int) -> Member:
        """Who is behind a connection."""
        return self.members[self.connections[connection_id].member_id]

    def find(self, member_id: str) -> Member:
        """A member, or a `not_found` refusal."""
        if member_id not in self.members:
            raise Refusal("not_found", "there is no such participant")
        return self.members[member_id]

    def connections_of(self, member_id: str) -> list[Connection]:
        """All connections of a member."""
        return [c for c in self.connections.values() if c.member_id == member_id]

    def set_role(self, member_id: str, role: Role) -> None:
        """Give a member another role; a session keeps at least one host."""
        member = self.find(member_id)
        if member.role is Role.HOST and role is not Role.HOST and self._host_count() == 1:
            raise Refusal("conflict", "a session needs a host; make somebody else host first")
        self.members[member_id] = replace(member, role=role)

    def remove(self, member_id: str) -> None:
        """Take a member's place away; not the last host's."""
        if self.find(member_id).role is Role.HOST and self._host_count() == 1:
            raise Refusal("conflict", "the last host cannot be removed; end the session instead")
        del self.members[member_id]

    def present(self) -> Iterator[Participant]:
        """Everybody with a connection, audience apart: they are a number."""
        counts = Counter(connection.member_id for connection in self.connections.values())
        for member_id, count in counts.items():
            member = self.members.get(member_id)
            if member is not None and member.role is not Role.VIEWER:
                yield participant(member, count)

    def listening(self) -> int:
        """How many connections viewers have."""
        here = (self.members.get(connection.member_id) for connection in self.connections.values())
        return sum(member is not None and member.role is Role.VIEWER for member in here)

    def _host_count(self) -> int:
        return sum(member.role is Role.HOST for member in self.members.values())


def is_full(roster: Roster, member: Member, seats: Seats) -> bool:
    """Whether a member who is not here yet has to stay outside. A second window takes no second seat."""
    member = roster.members.get(member.id, member)
    if member.role is Role.HOST:
        return False
    present = {connection.member_id for connection in roster.connections.values()}
    if member.id in present:
        return False
    may_edit = member.may(Action.EDIT)
    alike = (known for known in map(roster.members.get, present) if known and known.role is not Role.HOST)
    taken = sum(known.may(Action.EDIT) == may_edit for known in alike)
    return taken >= (seats.max_editors if may_edit else seats.max_viewers)


def participant(member: Member, connections: int) -> Participant:
    """A member as the wire says it."""
    return Participant(
        id=member.id,
        name=member.name,
        colour=member.colour,
        kind="agent" if member.kind == "agent" else "person",
        role=member.role,
        connections=connections,
    )
