"""A table with an agent at it: people ask, the agent takes, drafts, offers, lands and finishes."""

from __future__ import annotations

from typing import Any

from algorave_server.journal import NewEntry
from algorave_server.layers import root_of
from algorave_server.rights import Role
from algorave_server.roster import Member

from .room_table import Seat, Table


def change(layer: str | None = "l1", name: str = "bass", after: str | None = "new") -> dict[str, Any]:
    """One change of an offer."""
    return {"layer": layer, "name": name, "before": None, "after": after}


class AskTable(Table):
    """The room of `Table` with AI on."""

    def __init__(self, *, review: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.piece.ai, self.piece.ai_review = True, review

    def agent(self, name: str = "bot", *, agent_of: str | None = None, serves: bool = True) -> Seat:
        """An agent comes in, and answers asks unless told otherwise."""
        as_member = Member(name, name.title(), "#aa5500", "agent", Role.CO_AUTHOR, agent_of=agent_of)
        self.redeem(as_member, self.clock.server_ms() + 1)
        seat = self.sit(name)
        if serves:
            seat.ask("serve_asks", models=["fast"], label="Claude", pays="nobody: house band")
        return seat

    def asked(self, seat: Seat, words: str = "darker", **more: Any) -> str:
        """Somebody asks; the proposal's id."""
        seat.ask("ask_agent", words=words, **more)
        return seat.last("done")["made"]

    def landing(self, agent: Seat, seat: Seat, *changes: dict[str, Any], **more: Any) -> str:
        """Somebody has asked, and the agent may change the layers that it offered to change."""
        proposal = self.asked(seat, **more)
        agent.ask("take_ask", proposal=proposal)
        agent.ask("offer", proposal=proposal, changes=list(changes or [change()]))
        return proposal

    def applied(self, agent: Seat, seat: Seat, words: str = "new") -> str:
        """It has landed."""
        proposal = self.landing(agent, seat)
        agent.type(words)
        agent.ask("finish_ask", proposal=proposal, status="applied")
        return proposal

    def state(self, proposal: str) -> str:
        """What has become of a proposal, for who joins now."""
        return self.known(proposal)["state"]

    def known(self, proposal: str) -> dict[str, Any]:
        """A proposal as who joins now is told of it."""
        proposals = self.sit("ana").last("welcome")["proposals"]
        return next(each for each in proposals if each["id"] == proposal)

    def layer(self, layer: str = "l1") -> dict[str, Any]:
        """A layer as who joins now is told of it."""
        return next(each for each in self.sit("ana").last("welcome")["layers"] if each["id"] == layer)

    def text(self, layer: str = "l1") -> str:
        """A layer's kept text, as who joins now reads it."""
        seat = self.sit("ana")
        seat.read()
        return str(seat.doc.get(root_of(layer), type=type(seat.text)))


def refusal(seat: Seat) -> tuple[str, str]:
    """Reason and words of the last refusal."""
    refused = seat.last("refused")
    return refused["reason"], refused["detail"]


def entries(table: AskTable, kind: str) -> list[dict[str, Any]]:
    """What the journal keeps of a kind."""
    return [row.body for row in table.rows if isinstance(row, NewEntry) and row.kind == kind]


def draft(seat: Seat, proposal: str, **fields: Any) -> None:
    """An agent says how far it is."""
    seat.say(kind="draft", proposal=proposal, state="streaming", **fields)
