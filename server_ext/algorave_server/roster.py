"""Who is in a session, and through which connections. The server's word, never the client's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Literal

from algorave_server.errors import Refusal
from algorave_server.protocol import Participant, Timing
from algorave_server.rights import AGENT_MAY, MAY, Action, Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person or an agent that has a place in the session, here or away."""

    id: str
    name: str
    colour: str
    kind: str
    role: Role
    may_chat: bool = True
    waiting: bool = False
    """Whether it has to be let in first; until then it may do nothing."""
    agent_of: str | None = None
    """Of an agent: the participant whose own it is; None when it is everybody's."""

    def may(self, action: Action) -> bool:
        """Whether its role allows an action."""
        if self.waiting or (self.kind == "agent" and action not in AGENT_MAY):
            return False
        return action in MAY[self.role]


@dataclass(slots=True)
class Connection:
    """One WebSocket of a member."""

    id: int
    member_id: str
    wants_json: bool = False
    asked: bool = False
    """Whether it has asked for the text."""
    is_synced: bool = False
    """Whether it was given the text, and so is sent what follows."""
    waits: bool = False
    """Whether it said hello while its member was waiting, and has to hear when that is over."""
    edits: int = 0
    """Binary edit frames it has sent."""

    has_answered: bool = False
    """Whether it has sent what it was asked for: all that the server lacks."""

    @property
    def is_early(self) -> bool:
        """Whether its answer is still to come. Stock clients send what is typed before they were asked."""
        return not (self.has_answered or self.wants_json)

    @property
    def is_known(self) -> bool:
        """Whether it has said what it wants."""
        return self.wants_json or self.asked or self.waits


@dataclass(frozen=True, slots=True)
class Seats:
    """How many different people may be in a session at the same time. Hosts always find one."""

    max_editors: int = 20
    max_viewers: int = 500
    max_waiting: int = 100
    max_agents: int = 20
    max_connections: int = 1_000
    """All connections of a session together."""


@dataclass(slots=True)
class Roster:
    """Members by id, connections by id."""

    members: dict[str, Member] = field(default_factory=dict[str, Member])
    connections: dict[int, Connection] = field(default_factory=dict[int, Connection])
    _ruled_ms: dict[str, float] = field(default_factory=dict[str, float])
    """By member: when somebody last decided about its place."""

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

    def rule(self, member_id: str, now_ms: float) -> None:
        """Somebody decides about a member's place now, by the room's clock."""
        self._ruled_ms[member_id] = now_ms

    def is_ruled_since(self, member_id: str, since_ms: float) -> bool:
        """Whether what was read about a member's place at some time may be out of date."""
        return self._ruled_ms.get(member_id, -inf) >= since_ms

    def set_role(self, member_id: str, role: Role) -> None:
        """Give a member another role; a session keeps at least one host."""
        member = self.find_inside(member_id)
        if member.kind == "agent" and role is Role.HOST:
            raise Refusal("conflict", "an agent is never a host")
        if member.role is Role.HOST and role is not Role.HOST and self._host_count() == 1:
            raise Refusal("conflict", "a session needs a host; make somebody else host first")
        self.members[member_id] = replace(member, role=role)

    def remove(self, member_id: str) -> None:
        """Take a member's place away; not the last host's."""
        if self.find(member_id).role is Role.HOST and self._host_count() == 1:
            raise Refusal("conflict", "the last host cannot be removed; end the session instead")
        del self.members[member_id]

    def find_inside(self, member_id: str) -> Member:
        """A member who does not wait, or a refusal."""
        member = self.find(member_id)
        if member.waiting:
            raise Refusal("conflict", "that participant is waiting; let it in first")
        return member

    def change(self, member_id: str, **values: str | bool) -> Member:
        """Set a member's name, colour, may_chat or waiting."""
        changed: dict[str, Any] = dict(values)
        member = self.members[member_id] = replace(self.find(member_id), **changed)
        return member

    def counts(self) -> Counter[str]:
        """How many connections each member has who is here."""
        return Counter(connection.member_id for connection in self.connections.values())

    def audience(self) -> int:
        """How many viewers are here."""
        return sum(_is_audience(self.members.get(member_id)) for member_id in self.counts())

    def listening(self) -> int:
        """How many connections viewers have."""
        return sum(_is_audience(self.members.get(each.member_id)) for each in self.connections.values())

    def waiting(self) -> list[Member]:
        """Those who have to be let in, here or away."""
        return [member for member in self.members.values() if member.waiting]

    def inside(self) -> Iterator[int]:
        """The connections of those who are in."""
        for connection in self.connections.values():
            member = self.members.get(connection.member_id)
            if member is not None and not member.waiting:
                yield connection.id

    def _host_count(self) -> int:
        return sum(member.role is Role.HOST for member in self.members.values())


def is_full(roster: Roster, member: Member, seats: Seats) -> bool:
    """Whether a member who is not here yet has to stay outside. A second window takes no second seat."""
    member = roster.members.get(member.id, member)
    if member.role is Role.HOST:
        return False
    if len(roster.connections) >= seats.max_connections:
        return True
    present = roster.counts()
    return member.id not in present and not _has_seat(roster, member, seats, present)


def has_seat(roster: Roster, member: Member, seats: Seats) -> bool:
    """Whether there is room for a member who waits, if it were let in."""
    return _has_seat(roster, replace(member, waiting=False), seats, roster.counts())


def _has_seat(roster: Roster, member: Member, seats: Seats, present: Iterable[str]) -> bool:
    here = [known for known in map(roster.members.get, present) if known is not None]
    alike = sum(known.role is not Role.HOST and _seat(known) == _seat(member) for known in here)
    return (
        alike
        < {
            "editor": seats.max_editors,
            "viewer": seats.max_viewers,
            "waiting": seats.max_waiting,
            "agent": seats.max_agents,
        }[_seat(member)]
    )


def _seat(member: Member) -> Literal["editor", "viewer", "waiting", "agent"]:
    if member.waiting:
        return "waiting"
    if member.kind == "agent":
        return "agent"
    return "editor" if member.may(Action.EDIT) else "viewer"


def _is_audience(member: Member | None) -> bool:
    return member is not None and member.role is Role.VIEWER and not member.waiting


def participant(
    member: Member, connections: int, *, active: bool, timing: Timing | None = None
) -> Participant:
    """A member as the wire says it."""
    return Participant(
        id=member.id,
        name=member.name,
        colour=member.colour,
        kind="agent" if member.kind == "agent" else "person",
        role=member.role,
        connections=connections,
        active=active,
        may_chat=member.may_chat,
        waiting=member.waiting,
        timing=timing,
    )
