"""An agent that answers exactly when and as a test says, over a real socket, by the contract of any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algorave_kernel.agent_link import seat_behind
from algorave_kernel.client import SessionClient
from algorave_server.protocol import AddLayer, Draft, Evaluate, FinishAsk, Offer, ServeAsks, TakeAsk

if TYPE_CHECKING:
    from algorave_server.protocol import Proposal

PATIENCE_S = 15.0


class ScriptedAgent:
    """Joins by an agent's link and serves; every step of an answer is one call."""

    def __init__(self, link: str, label: str = "Claude", pays: str = "Ana's key") -> None:
        access, session = seat_behind(link, label)
        self.client = SessionClient(access, session)
        self.client.until_joined()
        self.client.ask(ServeAsks, models=["balanced"], label=label, pays=pays)

    def take(self, words: str) -> Proposal:
        """Wait for an ask with these words, and answer it from now on."""

        def asked() -> list[Proposal]:
            return [each for each in self.client.state.proposals.values() if each.words == words]

        self.client.until(lambda: asked() != [], PATIENCE_S, f"nobody asked: {words}")
        found = asked()[-1]
        self.client.ask(TakeAsk, proposal=found.id)
        return found

    def draft(
        self, proposal: Proposal, state: str, says: str = "", *changes: dict[str, Any], **more: Any
    ) -> None:
        """Say how far it is."""
        said = {"proposal": proposal.id, "state": state, "says": says, "changes": list(changes), **more}
        self.client.tell(Draft.model_validate(said))

    def offer(self, proposal: Proposal, says: str, *changes: dict[str, Any]) -> None:
        """Offer a good answer."""
        self.client.ask(Offer, proposal=proposal.id, changes=list(changes), says=says)

    def land(self, proposal: Proposal, layer: str, text: str) -> None:
        """Write a layer's text, once it may, and play it."""
        self.wait_for(proposal, "landing")
        layer_id = self._id_of(layer) or self.client.ask(AddLayer, name=layer)
        self.client.do(lambda replica: replica.write(str(layer_id), text))
        self.client.until_saved()
        self.client.ask(Evaluate, layer=layer_id, code=text)

    def take_back(self, proposal: Proposal) -> None:
        """Undo what it wrote last, once somebody wants that."""
        self.wait_for(proposal, "undoing")
        self.client.do(lambda replica: replica.undo())
        self.client.until_saved()
        self.finish(proposal, "undone")

    def finish(self, proposal: Proposal, status: str, **more: Any) -> None:
        """Say that it is over."""
        self.client.ask(FinishAsk, proposal=proposal.id, status=status, **more)

    def wait_for(self, proposal: Proposal, state: str) -> None:
        """Wait until the room says that it stands so."""

        def is_so() -> bool:
            return self.client.state.proposals[proposal.id].state == state

        self.client.until(is_so, PATIENCE_S, f"{proposal.id} is never {state}")

    def change(self, layer: str, after: str | None) -> dict[str, Any]:
        """A change of a layer as it is now to another text; of one that is not there, a new layer."""
        layer_id = self._id_of(layer)
        before = None if layer_id is None else self.client.do(lambda replica: replica.text(layer_id))
        return {"layer": layer_id, "name": layer, "before": before, "after": after}

    def leave(self) -> None:
        """Go."""
        self.client.leave()

    def _id_of(self, name: str) -> str | None:
        return next((layer.id for layer in self.client.state.layers if layer.name == name), None)
