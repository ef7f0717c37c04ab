"""A session on a real server: its host, who asks; a second participant, who types; an agent who answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from queue import SimpleQueue
from typing import Any, TypeVar

from algorave_kernel.access import Access
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.provider import ProviderFor
from algorave_kernel.agent.result import AskResult
from algorave_kernel.agent.score import LayerChange
from algorave_kernel.agent.thread import begin
from algorave_kernel.agent_link import seat_behind
from algorave_kernel.agent_seat import AgentSeat, seated
from algorave_kernel.agent_worker import AgentWorker, Purse, Service
from algorave_kernel.client import SessionClient
from algorave_kernel.environment import Secret
from algorave_kernel.session_score import SessionScore
from algorave_kernel.trouble import Trouble
from algorave_server.protocol import (
    AddLayer,
    AskAgent,
    CancelAsk,
    Hush,
    Proposal,
    RemoveLayer,
    Say,
    SetAi,
    UndoAsk,
)
from live_server import LiveServer

T = TypeVar("T")
PATIENCE_S = 60.0
#: Cases follow each other faster than people do.
NO_RATES = [
    f"--AlgoraveApp.{name}=0"
    for name in ("controls_per_s", "edits_per_s", "bytes_per_s", "chat_per_s", "session_chat_per_s")
]


class LiveSession:
    """Everybody's clients are the product's own, each with a document and a socket of its own."""

    def __init__(self, server: LiveServer, *, has_agent: bool = True) -> None:
        self.access = Access(server.url, server.url, "token", Secret(server.token))
        self.access.ask("GET", "api/version")
        made: Any = self.access.ask("POST", "api/sessions", {"title": "Jam", "layer": None})
        self.id = str(made["id"])
        self.host = SessionClient(self.access, self.id)
        self.host.until_joined()
        self.host.ask(SetAi, on=True, review=False)
        self.second = SessionClient(self.guest("Bo"), self.id)
        self.second.until_joined()
        self.before_step: list[Callable[[LiveSession], None]] = []
        self.steps = 0
        self.results: SimpleQueue[AskResult] = SimpleQueue()
        self.worker: AgentWorker | None = None
        self._seat: AgentSeat | None = self.run(self._seated()) if has_agent else None

    @property
    def seat(self) -> AgentSeat:
        """The agent in this process."""
        assert self._seat is not None
        return self._seat

    def guest(self, name: str, role: str = "co_author") -> Access:
        """Somebody who came by an invite."""
        made: Any = self.access.ask("POST", f"api/sessions/{self.id}/invites", {"role": role})
        before, _, secret = str(made["link"]).partition("algorave/guest/#i=")
        access = Access(before, before, is_guest=True)
        access.ask("POST", "guest/api/redeem", {"invite": secret, "name": name})
        return access

    def agent_link(self) -> str:
        """A link that brings an agent for everybody."""
        made: Any = self.access.ask("POST", f"api/sessions/{self.id}/invites", {"kind": "agent"})
        return str(made["link"])

    async def _seated(self) -> AgentSeat:
        access, session_id = await asyncio.to_thread(seat_behind, self.agent_link(), "Claude")
        return await seated(access, session_id)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the agent's thread, and wait for it."""
        return begin(work).result(PATIENCE_S)

    def serve(self, provider_for: ProviderFor, judge: Judge, purse: Purse | None = None, **more: Any) -> None:
        """The agent answers from now on, in this way."""
        service = Service(provider_for, "fast", ["fast", "best"], "Ana's key", **more)
        self.worker = AgentWorker(self.seat, service, judge=judge, purse=purse)
        self.results = SimpleQueue()
        self.worker.ended = lambda _, result, results=self.results: results.put(result)
        self.run(self.worker.start())

    # -- the texts --------------------------------------------------------------------------------

    def layer_id(self, name: str, client: SessionClient | None = None) -> str:
        return next(each.id for each in (client or self.host).state.layers if each.name == name)

    def texts(self, client: SessionClient) -> dict[str, str]:
        """Every layer's text as one participant has it."""
        return client.do(lambda replica: {each.name: replica.text(each.id) for each in client.state.layers})

    def until_equal(self, texts: Mapping[str, str]) -> None:
        """Wait until everybody has these texts and no others."""
        clients = [self.host, self.second, *([self._seat.client] if self._seat else [])]
        for client in clients:

            def is_so(client: SessionClient = client) -> bool:
                replica = client._replica
                return {each.name: replica.text(each.id) for each in client.state.layers} == texts

            client.until(is_so, PATIENCE_S, f"the texts do not become {texts}")

    def begin_with(self, texts: Mapping[str, str]) -> None:
        """Nothing plays, and these are the layers."""
        there = {each.name: each.id for each in self.host.state.layers}
        asked = [self.host.request(Hush)]
        asked += [self.host.request(RemoveLayer, layer=there[name]) for name in there if name not in texts]
        asked += [self.host.request(AddLayer, name=name) for name in texts if name not in there]
        for each in asked:
            each.result(PATIENCE_S)
        ids = {self.layer_id(name): text for name, text in texts.items()}
        self.host.do(lambda replica: replica.write_all(ids))
        self.until_equal(texts)
        self.before_step.clear()
        self.steps = 0

    def type(self, layer: str, find: str, put: str) -> None:
        """The second participant types; an empty `find` is the end. Everybody has it when this is over."""
        layer_id = self.layer_id(layer, self.second)

        def work(replica: Any) -> str:
            text = replica.text(layer_id)
            assert find in text
            replica.write(layer_id, new := text.replace(find, put, 1) if find else text + put)
            return new

        texts = {**self.texts(self.second), layer: self.second.do(work)}
        self.until_equal(texts)

    def add(self, layer: str, text: str) -> None:
        """The second participant adds a layer."""
        added = str(self.second.ask(AddLayer, name=layer))
        self.second.do(lambda replica: replica.write(added, text))
        self.until_equal({**self.texts(self.second), layer: text})

    def remove(self, layer: str) -> None:
        """The second participant removes a layer."""
        self.second.ask(RemoveLayer, layer=self.layer_id(layer, self.second))
        self.until_equal(self.texts(self.second))

    # -- asking -----------------------------------------------------------------------------------

    def ask(
        self, words: str, only: Sequence[str] = (), client: SessionClient | None = None, **more: Any
    ) -> str:
        """Ask; gives the proposal's id."""
        asker = client or self.host
        return str(asker.ask(AskAgent, words=words, only=[self.layer_id(each) for each in only], **more))

    def cancel(self, proposal_id: str) -> None:
        """The host stops it."""
        self.host.ask(CancelAsk, proposal=proposal_id)

    def undo(self, proposal_id: str) -> None:
        """The host wants it back as it was."""
        self.host.ask(UndoAsk, proposal=proposal_id)

    def until(self, proposal_id: str, *states: str, client: SessionClient | None = None) -> Proposal:
        """Wait until a proposal stands so for a participant, or is over when no state is named."""
        who = client or self.host

        def found() -> Proposal | None:
            proposal = who.state.proposals.get(proposal_id)
            is_it = proposal and (proposal.state in states if states else proposal.ended_ms is not None)
            return proposal if is_it else None

        try:
            who.until(lambda: found() is not None, PATIENCE_S, "")
        except Trouble:
            now = who.state.proposals.get(proposal_id)
            raise AssertionError(f"{proposal_id} is {now}, never {states or 'over'}") from None
        last = found()
        assert last is not None
        return last

    def others_see(self, proposal_id: str) -> dict[str, str]:
        """What the second participant has, when the ask is over for them and nothing is on its way."""
        self.until(proposal_id, client=self.second)
        self.second.ask(Say, text="there")
        return self.texts(self.second)

    def close(self) -> None:
        if self._seat is not None:
            self.run(self._seat.leave())
        for client in (self.host, self.second):
            client.leave()


def watched(session: LiveSession) -> Callable[[Any, Sequence[LayerChange]], Coroutine[Any, Any, bool]]:
    """The score's step, before which somebody may type, and which is counted."""
    step = SessionScore.apply

    async def apply(self: SessionScore, made: Sequence[LayerChange]) -> bool:
        if session.before_step:
            await asyncio.to_thread(session.before_step.pop(0), session)
        is_done = await step(self, made)
        session.steps += is_done
        return is_done

    return apply
