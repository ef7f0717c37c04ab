"""Who hears what of a request that was carried out, and whose connections it ends."""

from __future__ import annotations

from algorave_server.close import Close
from algorave_server.effects import Disconnect, Effect, Send
from algorave_server.presence import Presence
from algorave_server.proposal_news import ProposalNews
from algorave_server.protocol import Admitted, ChatSet, Done
from algorave_server.replies import identity, reply, to_all
from algorave_server.rights import Action
from algorave_server.roster import Connection, Member, Roster
from algorave_server.roster_news import RosterNews
from algorave_server.scene import Outcome
from algorave_server.sync_frame import STEP_1, sync_frame
from algorave_server.texts import Texts


class Announcing:
    """What follows from an outcome, for the connections of one room."""

    def __init__(
        self,
        roster: Roster,
        texts: Texts,
        presence: Presence,
        roster_news: RosterNews,
        proposal_news: ProposalNews,
    ) -> None:
        self._roster = roster
        self._texts = texts
        self._presence = presence
        self._roster_news = roster_news
        self._proposal_news = proposal_news

    def greet(self, connection: Connection, member: Member) -> list[Effect]:
        """What a connection is sent unasked."""
        effects: list[Effect] = []
        if member.may(Action.EDIT):
            step_1 = sync_frame(STEP_1, self._texts.state_vector())
            effects.append(Send((connection.id,), step_1))
        states = self._presence.everything(connection.id)
        if states is not None:
            effects.append(Send((connection.id,), states))
        return effects

    def announce(self, connection_id: int, request_id: int, outcome: Outcome) -> list[Effect]:
        """A request was carried out and is kept: tell everybody, and whoever it is about."""
        effects: list[Effect] = [to_all(self._roster, notice) for notice in outcome.notices]
        effects += self._proposal_news.say(outcome.proposals, agents_too=outcome.tells_agents)
        effects.append(reply(connection_id, Done(request_id=request_id, made=outcome.made)))
        for member_id in outcome.admitted:
            effects += self._let_in(member_id)
        if outcome.introduced is not None and outcome.introduced in self._roster.members:
            self.introduce(self._roster.members[outcome.introduced])
        if any(isinstance(notice, ChatSet) for notice in outcome.notices):
            self._roster_news.is_due = True
        if outcome.lowered is not None:
            self._roster_news.is_due = True
            effects += self.drop_all_of(outcome.lowered, Close.RESET, "your role has changed; join again")
        if outcome.removed is not None:
            effects += self.drop_all_of(outcome.removed, Close.REMOVED, "a host removed you")
        if outcome.ends_session:
            effects += [Disconnect(c, Close.ENDED, "the session has ended") for c in self._roster.connections]
        return effects

    def _let_in(self, member_id: str) -> list[Effect]:
        """Who has waited says hello again; a client that speaks no JSON joins anew."""
        self._roster_news.is_due = True
        effects: list[Effect] = []
        for connection in self._roster.connections_of(member_id):
            if connection.waits:
                connection.waits = False
                effects.append(reply(connection.id, Admitted()))
                effects += self.greet(connection, self._roster.members[member_id])
            else:
                effects.append(Disconnect(connection.id, Close.RESET, "you are let in; join again"))
        return effects

    def come_again(self, before: Member | None, member: Member) -> list[Effect]:
        """Somebody came by an invite, who may have been here as something else."""
        if before is None or before == member:
            return []
        self.introduce(member)
        if (before.role, before.waiting) == (member.role, member.waiting):
            return []
        return self.drop_all_of(member.id, Close.RESET, "your role has changed; join again")

    def introduce(self, member: Member) -> None:
        """A member has another name, colour or role."""
        self._presence.introduce(member.id, identity(member))
        self._roster_news.is_due = True

    def drop_all_of(self, member_id: str, code: Close, reason: str) -> list[Effect]:
        """Close all connections of a member."""
        return [Disconnect(each.id, code, reason) for each in self._roster.connections_of(member_id)]
