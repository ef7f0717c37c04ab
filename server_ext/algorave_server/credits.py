"""Whose work a layer is when the agent made it: beside the layer, if wanted, and always in the journal."""

from __future__ import annotations

from datetime import datetime

from algorave_server.journal import NewEntry
from algorave_server.piece import Piece
from algorave_server.proposals import Asked
from algorave_server.protocol import Credit


def settle_credit(asked: Asked, piece: Piece) -> bool:
    """Give or take back the credit of an ask that is over; True when a layer shows something else now."""
    before = list(piece.layers)
    if asked.said.state == "applied":
        _give(asked, piece)
    elif asked.said.state == "undone":
        _take_back(asked, piece)
    return list(piece.layers) != before


def _give(asked: Asked, piece: Piece) -> None:
    said = asked.said
    credit = Credit(agent=said.agent_label or "the agent", asker=said.asker)
    changed = {change.layer for change in said.changes}
    for layer in list(piece.layers):
        if layer.id in changed and layer.ai == "credit":
            asked.credits_before.setdefault(layer.id, layer.credit)
            piece.layers.credit(layer.id, credit)


def _take_back(asked: Asked, piece: Piece) -> None:
    for layer in list(piece.layers):
        if layer.id in asked.credits_before:
            piece.layers.credit(layer.id, asked.credits_before[layer.id])


def ended_entry(asked: Asked, session_id: str, now_at: datetime) -> NewEntry:
    """How an ask ended, for whom, by whom and in which layers; none of what was proposed."""
    said = asked.said
    body = {
        "proposal": said.id,
        "asked_by": said.asked_by,
        "state": said.state,
        "reason": said.reason,
        "agent": said.agent_label,
        "pays": said.pays,
        "usd": said.usd,
        "layers": [change.layer for change in said.changes if change.layer is not None],
    }
    return NewEntry(session_id, said.agent, now_at, "ask_ended", body)
