"""What each request of a participant does to a session: one small function each, no I/O.

A function changes the piece or the roster, or raises `Refusal` before it has changed anything, and
returns the notices that everybody is to see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from algorave_server import ai_requests, fault_requests, layer_requests, people_requests, playing_requests
from algorave_server.errors import Refusal
from algorave_server.journal import NewArrangement, NewEntry
from algorave_server.protocol import (
    NEEDS,
    AddLayer,
    Admit,
    AskAgent,
    CancelAsk,
    Decide,
    End,
    Evaluate,
    Evaluated,
    Failed,
    FinishAsk,
    Hush,
    Hushed,
    Introduce,
    LockLayer,
    MixLayer,
    MoveLayer,
    Nudge,
    Offer,
    Remove,
    RemoveLayer,
    Rename,
    Renamed,
    RenameLayer,
    ReportFault,
    Request,
    Said,
    Say,
    ServeAsks,
    SetAi,
    SetChat,
    SetDoor,
    SetLayerAi,
    SetRole,
    SetTempo,
    Stop,
    TakeAsk,
    Tempo,
    UndoAsk,
    Unsay,
)
from algorave_server.roster import Member
from algorave_server.scene import Outcome, Scene, session_state


def carry_out(request: Request, by: Member, scene: Scene) -> Outcome:
    """Check the right to it and do it, or raise `Refusal`."""
    action = NEEDS[type(request)]
    if by.waiting:
        raise Refusal("forbidden", "wait until a host lets you in")
    if action is not None and not by.may(action):
        raise Refusal("forbidden", f"your role ({by.role.value}) does not allow to {action.value}")
    ai_requests.check_kind(request, by, scene)
    outcome = _HOW[type(request)](request, by, scene)
    ai_requests.note_layer_change(request, by, scene, outcome.made)
    entry = request.model_dump(mode="json", exclude=_NOT_IN_ENTRIES)
    kind = str(request.model_dump()["kind"])
    outcome.rows.append(NewEntry(scene.session_id, by.id, scene.now_at, kind, {**entry, **_more(outcome)}))
    if kind in _ARRANGES:
        outcome.rows.append(NewArrangement(scene.session_id, scene.piece.arrangement()))
    return outcome


def _more(outcome: Outcome) -> dict[str, Any]:
    """What the journal keeps of the notices that the request itself does not say."""
    more: dict[str, Any] = {}
    for notice in outcome.notices:
        if isinstance(notice, Evaluated):
            more["playing"] = notice.playing.model_dump(mode="json")
        elif isinstance(notice, Tempo):
            more["anchors"] = [anchor.model_dump(mode="json") for anchor in notice.anchors]
        elif isinstance(notice, Failed):
            more["by"] = notice.fault.by
            more["playing"] = None if notice.playing is None else notice.playing.model_dump(mode="json")
        elif isinstance(notice, Said):
            more |= notice.model_dump(mode="json", exclude={"kind", "by"})
    return more


def _rename(request: Rename, by: Member, scene: Scene) -> Outcome:
    scene.piece.title = request.title
    return Outcome([Renamed(title=request.title)], [session_state(scene)])


def _end(request: End, by: Member, scene: Scene) -> Outcome:
    scene.piece.ended = True
    scene.piece.hush()
    return Outcome([Hushed(by=by.id)], [session_state(scene)], ends_session=True)


_HOW: dict[type[Request], Callable[[Any, Member, Scene], Outcome]] = {
    Evaluate: playing_requests.evaluate,
    Stop: playing_requests.stop,
    Hush: playing_requests.hush,
    ReportFault: fault_requests.report_fault,
    AddLayer: layer_requests.add_layer,
    RenameLayer: layer_requests.rename_layer,
    MoveLayer: layer_requests.move_layer,
    RemoveLayer: layer_requests.remove_layer,
    MixLayer: layer_requests.mix_layer,
    LockLayer: layer_requests.lock_layer,
    SetTempo: playing_requests.set_tempo,
    Nudge: playing_requests.nudge,
    Say: people_requests.say,
    Unsay: people_requests.unsay,
    SetChat: people_requests.set_chat,
    Introduce: people_requests.introduce,
    SetDoor: people_requests.set_door,
    Admit: people_requests.admit,
    SetRole: people_requests.set_role,
    Remove: people_requests.remove,
    Rename: _rename,
    End: _end,
    SetAi: ai_requests.set_ai,
    SetLayerAi: ai_requests.set_layer_ai,
    AskAgent: ai_requests.ask_agent,
    CancelAsk: ai_requests.cancel_ask,
    Decide: ai_requests.decide,
    UndoAsk: ai_requests.undo_ask,
    ServeAsks: ai_requests.serve_asks,
    TakeAsk: ai_requests.take_ask,
    Offer: ai_requests.offer,
    FinishAsk: ai_requests.finish_ask,
}

_NOT_IN_ENTRIES = {"request_id", "kind", "code", "changes", "problems"}
"""The code that was checked is in `playing`, where it says the same; what an agent offers is nobody's yet."""
_ABOUT_PEOPLE = (Say, Unsay, SetChat, Introduce, SetDoor, Admit, SetRole, Remove, Rename)
_ABOUT_ASKS = (AskAgent, Decide, UndoAsk, ServeAsks, TakeAsk, Offer)
_ARRANGES = frozenset(
    ask.model_fields["kind"].default for ask in _HOW if ask not in _ABOUT_PEOPLE + _ABOUT_ASKS
)
"""Kinds of requests after which the arrangement is written down anew."""
