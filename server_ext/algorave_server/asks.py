"""The agent's part of a room: drafts, what an agent may touch right now, and the end of what cannot go on."""

from __future__ import annotations

from algorave_server.clock import Clock
from algorave_server.close import Close
from algorave_server.credits import ended_entry, settle_credit
from algorave_server.effects import Disconnect, Effect
from algorave_server.journal import NewArrangement, NewRemoval, Row
from algorave_server.piece import Piece
from algorave_server.proposal_news import ProposalNews
from algorave_server.proposals import Proposals, why_not_change
from algorave_server.protocol import Draft
from algorave_server.rights import Action
from algorave_server.roster import Member, Roster

ORPHANED = "whoever this agent is of may not ask it any more"


class Asks:
    """What was asked in one room, and who answers."""

    def __init__(self, session_id: str, piece: Piece, roster: Roster, clock: Clock) -> None:
        self._session_id = session_id
        self._piece = piece
        self._roster = roster
        self._clock = clock
        self.proposals = Proposals()
        self.news = ProposalNews(self.proposals, roster, clock.server_ms() / 1000)
        self._turned_out: list[int] = []
        """Connections of agents whose participant is gone, to be closed."""

    def draft(self, draft: Draft, by: Member) -> None:
        """How far an answer is. Whoever is no agent, or not its agent, says nothing by it."""
        if by.kind == "agent" and by.may(Action.ASK):
            self.proposals.draft(draft, by.id)

    def within(self, agent: Member) -> frozenset[str]:
        """The layers that an agent may write right now."""
        now_ms = self._clock.server_ms()
        named = {
            change.layer
            for asked in self.proposals.landing_of(agent.id, now_ms)
            for change in asked.said.changes
            if change.layer is not None
        }
        closed = {layer.id for layer in self._piece.layers if why_not_change(layer, []) is not None}
        return frozenset(named - closed)

    def written(self, agent: Member, layer_ids: frozenset[str]) -> None:
        """An agent has written into layers."""
        for layer_id in layer_ids:
            self.proposals.written(agent.id, layer_id, self._clock.server_ms())

    def needs_agent(self, own: str | None) -> bool:
        """Whether a server that brings agents has to have one here, `own` when it has brought one already.

        Somebody is here who may ask, and nobody else answers everybody; or the own one is still at work.
        """
        if not self._piece.ai or self._piece.ended:
            return False
        if any(asked.said.agent == own and not asked.is_over for asked in self.proposals):
            return True
        others = [each for each in self.proposals.serving.values() if each.participant != own]
        return self._has_people() and all(each.only_for is not None for each in others)

    def _has_people(self) -> bool:
        here = map(self._roster.members.get, self._roster.counts())
        return any(each is not None and each.kind != "agent" and each.may(Action.ASK) for each in here)

    def settle(self) -> list[Row]:
        """Somebody came, went or has other rights: end what cannot go on. Gives what is kept of it."""
        rows = self._turn_out_orphans()
        agents_before = len(self.proposals.serving)
        ended = self.proposals.settle(self._may_ask, self._is_here, self._clock.server_ms())
        self.news.agents_are_news |= len(self.proposals.serving) != agents_before
        layers_changed = False
        for asked in ended:
            layers_changed |= settle_credit(asked, self._piece)
            self.proposals.note(asked.said.id)
            rows.append(ended_entry(asked, self._session_id, self._clock.now_at()))
        if layers_changed:
            rows.append(NewArrangement(self._session_id, self._piece.arrangement()))
        return rows

    @property
    def has_news(self) -> bool:
        """Whether `flush` has anything to say."""
        return self.news.is_due or bool(self._turned_out)

    def flush(self) -> list[Effect]:
        """Drafts, as far as they changed and there is room; and connections that are over."""
        turned_out, self._turned_out = self._turned_out, []
        effects: list[Effect] = [Disconnect(each, Close.REMOVED, ORPHANED) for each in turned_out]
        return [*effects, *self.news.flush(self._clock.server_ms() / 1000)]

    def _turn_out_orphans(self) -> list[Row]:
        """Somebody's own agent goes with them, and when they may not ask any more."""
        members = self._roster.members
        owned = [each for each in members.values() if each.agent_of is not None]
        orphans = [each for each in owned if not self._may_ask(each.agent_of)]
        for agent in orphans:
            self._turned_out += [each.id for each in self._roster.connections_of(agent.id)]
            del members[agent.id]
        now_at = self._clock.now_at()
        return [NewRemoval(self._session_id, agent.id, now_at, banned=False) for agent in orphans]

    def _may_ask(self, member_id: str | None) -> bool:
        member = self._roster.members.get(member_id or "")
        return member is not None and member.may(Action.ASK)

    def _is_here(self, member_id: str) -> bool:
        return self._may_ask(member_id) and bool(self._roster.connections_of(member_id))
