"""What is said of proposals: always as they are now, and drafts no more often than everybody can read along.

A draft comes whole each time, many times a second, and everybody hears it. So drafts go out with the cursors,
only the last of each proposal, and within a budget of bytes: a long one comes less often, and none is in the
way of edits.
"""

from __future__ import annotations

from collections.abc import Iterable

from algorave_server.budget import Bucket
from algorave_server.effects import Send
from algorave_server.proposals import Proposals
from algorave_server.protocol import Agents, Proposed
from algorave_server.replies import to_all
from algorave_server.roster import Roster

DRAFT_BYTES_PER_S = 98_304.0
"""To each connection, of all drafts of a session together."""
DRAFT_BYTES_BURST = 262_144.0


class ProposalNews:
    """For the connections of one room."""

    def __init__(self, proposals: Proposals, roster: Roster, now_s: float) -> None:
        self._proposals = proposals
        self._roster = roster
        self._bytes = Bucket(DRAFT_BYTES_PER_S, DRAFT_BYTES_BURST, now_s)
        self.agents_are_news = False
        """Whether agents came or went since everybody was told."""

    @property
    def is_due(self) -> bool:
        """Whether there is anything to say."""
        return self.agents_are_news or self._proposals.has_news

    def say(self, proposal_ids: Iterable[str], *, agents_too: bool) -> list[Send]:
        """These at once, as they are now."""
        sends: list[Send] = []
        if agents_too:
            self.agents_are_news = False
            sends.append(to_all(self._roster, Agents(agents=list(self._proposals.serving.values()))))
        for proposal_id in proposal_ids:
            self._proposals.told(proposal_id)
            proposal = self._proposals.get(proposal_id)
            if proposal is not None:
                sends.append(to_all(self._roster, Proposed(proposal=proposal)))
        return sends

    def flush(self, now_s: float) -> list[Send]:
        """What changed since the last time, as far as the budget goes; the rest another time."""
        sends = self.say((), agents_too=True) if self.agents_are_news else []
        for proposal_id in self._proposals.news:
            proposal = self._proposals.get(proposal_id)
            if proposal is None:
                self._proposals.told(proposal_id)
                continue
            send = to_all(self._roster, Proposed(proposal=proposal))
            if not self._bytes.take(now_s, min(len(send.frame), DRAFT_BYTES_BURST)):
                break
            self._proposals.told(proposal_id)
            sends.append(send)
        return sends
