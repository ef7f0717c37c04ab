"""What is said of who is here: to whom, and only when it changed.

A large audience comes and goes all the time, and each of it hears all of that. So it is a number, and goes
out in a frame of a few bytes while nothing else of the roster changes. Hosts alone see who waits.
"""

from __future__ import annotations

from collections.abc import Sequence

from algorave_server.activity import Activity
from algorave_server.effects import Send
from algorave_server.protocol import Listening, Message, Participant
from algorave_server.protocol import Roster as RosterNotice
from algorave_server.rights import Action, Role
from algorave_server.roster import Connection, Roster, participant
from algorave_server.timings import Timings

MAX_LISTED_VIEWERS = 24
"""A larger audience is a number only."""


class RosterNews:
    """What was said last, so that the same is not said twice."""

    def __init__(self, roster: Roster, activity: Activity, timings: Timings) -> None:
        self._roster = roster
        self._activity = activity
        self._timings = timings
        self.is_due = False
        """Whether somebody came, went or changed since the last time."""
        self._said: tuple[list[Participant], list[Participant], int] = ([], [], 0)
        self._someone_knows_more = False
        self._someone_counts_more = False

    def first_look(self, *, waiting_too: bool) -> tuple[list[Participant], int]:
        """Who is here and how many listen, for somebody who says hello.

        It may be a state that is over before it is news. So that nobody is left with it, the next news are
        said even when they are what was said last.
        """
        listed, listening = self.listed(waiting_too=waiting_too), self._roster.listening()
        inside, all_here, listening_said = self._said
        self._someone_knows_more |= listed != (all_here if waiting_too else inside)
        self._someone_counts_more |= listening != listening_said
        return listed, listening

    def listed(self, *, waiting_too: bool) -> list[Participant]:
        """Everybody who is here, a large audience apart; those who wait for hosts only."""
        counts = self._roster.counts()
        is_small = self._roster.audience() <= MAX_LISTED_VIEWERS
        listed: list[Participant] = []
        for member_id, count in counts.items():
            member = self._roster.members.get(member_id)
            if member is None:
                continue
            is_shown = waiting_too if member.waiting else is_small or member.role is not Role.VIEWER
            if is_shown:
                is_active, timing = self._activity.is_active(member_id), self._timings.of(member_id)
                listed.append(participant(member, count, active=is_active, timing=timing))
        return listed

    def take(self) -> list[Send]:
        """The frames that tell the news."""
        self.is_due = False
        inside, all_here = self.listed(waiting_too=False), self.listed(waiting_too=True)
        listening = self._roster.listening()
        inside_before, all_before, listening_before = self._said
        self._said = (inside, all_here, listening)
        knows_more, self._someone_knows_more = self._someone_knows_more, False
        counts_more, self._someone_counts_more = self._someone_counts_more, False
        hosts, others = self._hearers()
        sends: list[Send] = []
        for hearers, now, before in ((hosts, all_here, all_before), (others, inside, inside_before)):
            if now != before or knows_more:
                sends += _send(hearers, RosterNotice(participants=now, listening=listening))
            elif listening != listening_before or counts_more:
                sends += _send(hearers, Listening(listening=listening))
        return sends

    def _hearers(self) -> tuple[list[Connection], list[Connection]]:
        """Connections of those who see everything, and of everybody else who is in."""
        hosts: list[Connection] = []
        others: list[Connection] = []
        for connection in self._roster.connections.values():
            member = self._roster.members.get(connection.member_id)
            if member is not None and connection.wants_json:
                (hosts if member.may(Action.MEMBERS) else others).append(connection)
        return hosts, others


def _send(hearers: Sequence[Connection], notice: Message) -> list[Send]:
    return [Send(tuple(each.id for each in hearers), notice.model_dump_json())] if hearers else []
