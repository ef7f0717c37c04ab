"""What the agent was asked for in a session, who answers, and what has become of it.

In memory only: the texts that an agent proposes are nobody's until it lands them through the door, like
everybody else. While a proposal lands, its agent may touch the layers that it named and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from algorave_server.errors import Refusal
from algorave_server.protocol import (
    AskAgent,
    Credit,
    Draft,
    Ending,
    FinishAsk,
    Layer,
    Offer,
    Proposal,
    ServingAgent,
)
from algorave_server.roster import Member

MAX_RUNNING = 4
MAX_WAITING = 8
MAX_OVER = 20
"""So many that are over are shown to who comes."""
MAX_OVER_LENGTH = 200_000
"""Characters of their changes together."""
LANDING_MS = 30_000.0
"""A change is made in a moment; who takes longer may not go on with it."""
WORKING = frozenset({"thinking", "streaming", "checking", "mending"})
CHANGING = frozenset({"landing", "undoing"})
NOT_OVER = WORKING | CHANGING | {"waiting", "offered"}
NOBODY = "no agent is here; `algorave agent LINK` with a link for agents brings one, also without a key"


@dataclass(slots=True)
class Asked:
    """A proposal and what only the room knows of it."""

    said: Proposal
    written: set[str] = field(default_factory=set[str])
    """Layers that the agent has changed since it began to land, or to undo."""
    since_ms: float = 0.0
    """When it began to land or to undo."""
    made: set[str] = field(default_factory=set[str])
    """Layers that are new by it."""
    credits_before: dict[str, Credit | None] = field(default_factory=dict[str, "Credit | None"])

    @property
    def has_written(self) -> bool:
        """Whether something of it is in the music."""
        return bool(self.written)

    @property
    def is_at_work(self) -> bool:
        """Whether its agent may say something new: it is at it, or lands and has written nothing yet."""
        return self.said.state in WORKING or (self.said.state == "landing" and not self.has_written)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it, unless it is undone."""
        return self.said.state not in NOT_OVER

    def change(self, **values: object) -> None:
        """It is another from now on."""
        self.said = self.said.model_copy(update=values)

    def begin(self, state: str, now_ms: float) -> None:
        """Its agent may change layers from now on."""
        self.change(state=state)
        self.written, self.since_ms = set(), now_ms

    def make(self, index: int, layer_id: str) -> None:
        """Its agent has added the layer of this change."""
        self._set_layer(index, layer_id)
        self.made.add(layer_id)
        self.written.add(layer_id)

    def unmake(self, layer_id: str) -> None:
        """Its agent has taken away again what it added while it lands: nothing has become of that."""
        index = next(index for index, each in enumerate(self.said.changes) if each.layer == layer_id)
        self._set_layer(index, None)
        self.made.discard(layer_id)
        self.written.discard(layer_id)

    def _set_layer(self, index: int, layer_id: str | None) -> None:
        changes = list(self.said.changes)
        changes[index] = changes[index].model_copy(update={"layer": layer_id})
        self.change(changes=changes)

    def is_open(self, now_ms: float) -> bool:
        """Whether its agent may change anything for it right now."""
        return self.said.state in CHANGING and now_ms - self.since_ms <= LANDING_MS

    def is_late(self, now_ms: float) -> bool:
        """Whether its agent had its time to change what it wanted to, and has not said that it is done."""
        return self.said.state in CHANGING and not self.is_open(now_ms)


class Proposals:
    """The asks of one session by id, oldest first, and the agents that answer."""

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}
        self._made = 0
        self.serving: dict[str, ServingAgent] = {}
        """By participant."""
        self.switched_on = 0
        """How often AI was switched on since the room was opened."""
        self._news: dict[str, None] = {}

    @property
    def news(self) -> list[str]:
        """Proposals that not everybody knows as they are now, longest waiting first."""
        return list(self._news)

    @property
    def has_news(self) -> bool:
        """Whether there are any."""
        return bool(self._news)

    def note(self, proposal_id: str) -> None:
        """It is another by now. One that waits already keeps its place."""
        self._news[proposal_id] = None

    def told(self, proposal_id: str) -> None:
        """Everybody knows it as it is now."""
        self._news.pop(proposal_id, None)

    def __iter__(self) -> Iterator[Asked]:
        return iter(list(self._asked.values()))

    def find(self, proposal_id: str) -> Asked:
        """A proposal, or a `not_found` refusal."""
        if proposal_id not in self._asked:
            raise Refusal("not_found", "there is no such proposal (any more)")
        return self._asked[proposal_id]

    def get(self, proposal_id: str) -> Proposal | None:
        """A proposal as it is now; None when it is forgotten."""
        asked = self._asked.get(proposal_id)
        return None if asked is None else asked.said

    def of_agent(self, proposal_id: str, agent_id: str) -> Asked:
        """One that an agent has taken, or a refusal."""
        asked = self.find(proposal_id)
        if asked.said.agent != agent_id or asked.said.state == "waiting":
            raise Refusal("forbidden", "that ask is not yours; take it first")
        return asked

    # -- asking and answering ---------------------------------------------------------------------

    def ask(self, request: AskAgent, by: Member, now_ms: float) -> Asked:
        """A new one, which waits for an agent."""
        self._check_room(by)
        self._check_agent(request, by)
        self._made += 1
        said = Proposal(
            id=f"p{self._made}",
            asked_by=by.id,
            asker=by.name,
            words=request.words,
            only=request.only,
            model=request.model,
            seed=request.seed,
            server_ms=now_ms,
            state="waiting",
            agent=request.agent,
            agent_label=None,
            pays=None,
            round=0,
            says="",
            problems=[],
            changes=[],
            reason=None,
            usd=0.0,
            ended_ms=None,
        )
        asked = self._asked[said.id] = Asked(said)
        return asked

    def _check_room(self, by: Member) -> None:
        waiting = [each for each in self if each.said.state == "waiting"]
        if any(each.said.asked_by == by.id for each in waiting):
            raise Refusal("conflict", "you have asked already, and it waits; one ask at a time")
        if len(waiting) >= MAX_WAITING:
            raise Refusal("too_fast", f"{MAX_WAITING} asks wait already; ask again in a moment")

    def _check_agent(self, request: AskAgent, by: Member) -> None:
        if not self._has_somebody(by.id, request.agent):
            raise Refusal("conflict", NOBODY if request.agent is None else "that agent does not answer you")

    def take(self, proposal_id: str, agent: Member) -> Asked:
        """An agent answers it."""
        serving = self.serving.get(agent.id)
        asked = self.find(proposal_id)
        said = asked.said
        if serving is None:
            raise Refusal("forbidden", "say `serve_asks` first")
        if said.state != "waiting":
            raise Refusal("conflict", "it is taken, or over")
        if not _answers(serving, said.asked_by, said.agent):
            raise Refusal("conflict", "somebody else is to answer it")
        taken = [each for each in self if not each.is_over and each.said.state != "waiting"]
        if any(each.said.asked_by == said.asked_by for each in taken):
            raise Refusal("conflict", "who asked has another one running; that comes first")
        if sum(each.said.state != "offered" for each in taken) >= MAX_RUNNING:
            raise Refusal("conflict", f"{MAX_RUNNING} asks are being answered; wait for one of them")
        asked.change(state="thinking", agent=agent.id, agent_label=serving.label, pays=serving.pays)
        return asked

    def draft(self, draft: Draft, agent_id: str) -> None:
        """How far an answer is. One that comes too late is forgotten."""
        asked = self._asked.get(draft.proposal)
        if asked is None or asked.said.agent != agent_id:
            return
        if not asked.is_at_work:
            return
        values = {name: getattr(draft, name) for name in ("state", "round", "says", "changes", "problems")}
        asked.change(**values)
        self.note(draft.proposal)

    def offer(self, request: Offer, agent_id: str, now_ms: float, *, review: bool) -> Asked:
        """A good answer, which lands now or has to be accepted."""
        asked = self.of_agent(request.proposal, agent_id)
        if not asked.is_at_work:
            raise Refusal(
                "conflict", f"it is {asked.said.state}; only what is being worked on can be offered"
            )
        asked.change(changes=request.changes, says=request.says, problems=request.problems)
        if review:
            asked.change(state="offered")
        else:
            asked.begin("landing", now_ms)
        return asked

    # -- what an agent may do while it lands ------------------------------------------------------

    def landing_of(self, agent_id: str, now_ms: float) -> list[Asked]:
        """Those that an agent may change layers for right now."""
        return [each for each in self if each.said.agent == agent_id and each.is_open(now_ms)]

    def written(self, agent_id: str, layer_id: str, now_ms: float) -> None:
        """An agent has changed a layer."""
        for each in self.landing_of(agent_id, now_ms):
            if any(change.layer == layer_id for change in each.said.changes):
                each.written.add(layer_id)

    def removed(self, agent_id: str, layer_id: str, now_ms: float) -> None:
        """An agent has taken a layer away."""
        for each in self.landing_of(agent_id, now_ms):
            if each.said.state == "landing" and layer_id in each.made:
                each.unmake(layer_id)
                return
        self.written(agent_id, layer_id, now_ms)

    # -- the end ----------------------------------------------------------------------------------

    def finish(self, request: FinishAsk, agent_id: str, now_ms: float) -> Asked:
        """An agent says how it ended. It cannot say that nothing changed when something did."""
        asked = self.of_agent(request.proposal, agent_id)
        if asked.is_over:
            raise Refusal("conflict", "it is over already")
        _check_ending(asked, request.status)
        asked.change(says=request.says or asked.said.says, usd=request.usd)
        self._end(asked, request.status, request.reason, now_ms)
        return asked

    def stop(self, asked: Asked, status: Ending, reason: str | None, now_ms: float) -> None:
        """It ends here and now, whoever was at work on it; what is in the music already stays."""
        if asked.is_over:
            return
        if asked.said.state == "undoing":
            status = "undone" if asked.has_written else "applied"
        elif asked.has_written:
            status = "applied"
        self._end(asked, status, reason, now_ms)

    def _end(self, asked: Asked, status: Ending, reason: str | None, now_ms: float) -> None:
        asked.change(state=status, reason=reason, ended_ms=now_ms)
        over = [each for each in self if each.is_over]
        length = sum(_length(each.said) for each in over)
        for each in sorted(over, key=lambda each: each.said.ended_ms or 0.0):
            if len(over) <= MAX_OVER and length <= MAX_OVER_LENGTH:
                break
            over.remove(each)
            length -= _length(each.said)
            if each is not asked:
                del self._asked[each.said.id]

    def settle(
        self, is_able: Callable[[str], bool], is_here: Callable[[str], bool], now_ms: float
    ) -> list[Asked]:
        """End what cannot go on: who asked may not any more, or nobody is there to answer. Gives those."""
        for gone in [agent_id for agent_id in self.serving if not is_here(agent_id)]:
            del self.serving[gone]
        ended: list[Asked] = []
        for asked in [each for each in self if not each.is_over]:
            said = asked.said
            if said.state != "undoing" and not is_able(said.asked_by):
                self.stop(asked, "stopped", "who asked may not ask any more", now_ms)
            elif said.state == "waiting" and not self._has_somebody(said.asked_by, said.agent):
                self.stop(asked, "failed", "no agent is here any more", now_ms)
            elif said.state != "waiting" and not is_here(said.agent or ""):
                self.stop(asked, "failed", "the agent left", now_ms)
            elif asked.is_late(now_ms):
                self.stop(asked, "failed", "the agent did not finish in time", now_ms)
            else:
                continue
            ended.append(asked)
        return ended

    def _has_somebody(self, asker_id: str, wanted: str | None) -> bool:
        return any(_answers(each, asker_id, wanted) for each in self.serving.values())


def _answers(agent: ServingAgent, asker_id: str, wanted: str | None) -> bool:
    """Whether an agent may answer somebody who wants this one, or any."""
    return agent.only_for in (None, asker_id) and wanted in (None, agent.participant)


def _check_ending(asked: Asked, status: Ending) -> None:
    state = asked.said.state
    if state == "undoing":
        fits = status == "undone" if asked.has_written else status == "applied"
    elif asked.has_written:
        fits = status in ("applied", "undone")
    else:
        fits = status not in ("applied", "undone")
    if not fits:
        done = "has changed layers" if asked.has_written else "has changed nothing"
        raise Refusal("conflict", f"it {done} while {state}, so it cannot end as {status}")


def _length(said: Proposal) -> int:
    return sum(len(each.before or "") + len(each.after or "") for each in said.changes)


def why_not_change(layer: Layer, only: list[str]) -> str | None:
    """Why an agent may not change a layer, in words; None when it may."""
    if layer.ai == "no":
        return f"the layer '{layer.name}' is not for the agent"
    if layer.locked:
        return f"the layer '{layer.name}' is locked; ask a host to unlock it"
    if only and layer.id not in only:
        return f"the layer '{layer.name}' is not among those that were asked for"
    return None
