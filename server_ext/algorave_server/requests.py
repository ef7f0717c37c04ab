"""What each request of a participant does to a session: one small function each, no I/O.

A function changes the piece or the roster, or raises `Refusal` before it has changed anything, and
returns the notices that everybody is to see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from algorave_server.errors import Refusal
from algorave_server.journal import NewArrangement, NewEntry, NewRole, NewSessionState, Row
from algorave_server.layers import root_of
from algorave_server.piece import Piece
from algorave_server.protocol import (
    NEEDS,
    AddLayer,
    End,
    Evaluate,
    Evaluated,
    Hush,
    Hushed,
    LockLayer,
    Message,
    MixLayer,
    MoveLayer,
    Playing,
    Remove,
    RemoveLayer,
    Rename,
    Renamed,
    RenameLayer,
    Request,
    Said,
    Say,
    SetRole,
    SetTempo,
    Stop,
    Stopped,
    Tempo,
)
from algorave_server.protocol import Layers as LayersNotice
from algorave_server.rights import Action
from algorave_server.roster import Member, Roster


@dataclass(frozen=True, slots=True)
class Scene:
    """What a request works on."""

    session_id: str
    piece: Piece
    roster: Roster
    text: Callable[[str], str]
    """The newest text of a root of the Doc."""
    now_at: datetime
    server_ms: float


@dataclass(slots=True)
class Outcome:
    """What a carried out request leads to."""

    notices: list[Message]
    rows: list[Row] = field(default_factory=list)
    lowered: str | None = None
    """A member who lost rights, and whose connections have to start anew."""
    removed: str | None = None
    """A member whose connections have to end."""
    ends_session: bool = False


def carry_out(request: Request, by: Member, scene: Scene) -> Outcome:
    """Check the right to it and do it, or raise `Refusal`."""
    action = NEEDS[type(request)]
    if action is not None and not by.may(action):
        raise Refusal("forbidden", f"your role ({by.role.value}) does not allow to {action.value}")
    outcome = _HOW[type(request)](request, by, scene)
    entry = request.model_dump(mode="json", exclude={"request_id", "kind"})
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
            more["anchor"] = notice.anchor.model_dump(mode="json")
    return more


def _evaluate(request: Evaluate, by: Member, scene: Scene) -> Outcome:
    layer = scene.piece.layers.get(request.layer)
    soonest = scene.piece.tempo.next_cycle(scene.server_ms)
    playing = Playing(
        layer=layer.id,
        code=scene.text(root_of(layer.id)),
        by=by.id,
        from_cycle=max(soonest, request.at_cycle or 0),
    )
    scene.piece.playing[layer.id] = playing
    return Outcome([Evaluated(playing=playing)])


def _stop(request: Stop, by: Member, scene: Scene) -> Outcome:
    scene.piece.layers.get(request.layer)
    scene.piece.playing.pop(request.layer, None)
    return Outcome([Stopped(layer=request.layer, by=by.id)])


def _hush(request: Hush, by: Member, scene: Scene) -> Outcome:
    scene.piece.playing.clear()
    return Outcome([Hushed(by=by.id)])


def _layers_now(scene: Scene) -> Outcome:
    return Outcome([LayersNotice(layers=list(scene.piece.layers))])


def _add_layer(request: AddLayer, by: Member, scene: Scene) -> Outcome:
    scene.piece.layers.add(request.name)
    return _layers_now(scene)


def _rename_layer(request: RenameLayer, by: Member, scene: Scene) -> Outcome:
    scene.piece.layers.rename(request.layer, request.name)
    return _layers_now(scene)


def _move_layer(request: MoveLayer, by: Member, scene: Scene) -> Outcome:
    scene.piece.layers.move(request.layer, request.index)
    return _layers_now(scene)


def _remove_layer(request: RemoveLayer, by: Member, scene: Scene) -> Outcome:
    if scene.piece.layers.get(request.layer).locked and not by.may(Action.LOCK):
        raise Refusal("forbidden", "the layer is locked; ask a host to unlock it")
    scene.piece.layers.remove(request.layer)
    scene.piece.playing.pop(request.layer, None)
    return _layers_now(scene)


def _mix_layer(request: MixLayer, by: Member, scene: Scene) -> Outcome:
    scene.piece.layers.mix(request.layer, gain=request.gain, mute=request.mute, solo=request.solo)
    return _layers_now(scene)


def _lock_layer(request: LockLayer, by: Member, scene: Scene) -> Outcome:
    scene.piece.layers.lock(request.layer, request.locked)
    return _layers_now(scene)


def _set_tempo(request: SetTempo, by: Member, scene: Scene) -> Outcome:
    return Outcome([Tempo(anchor=scene.piece.tempo.set_cps(request.cps, scene.server_ms), by=by.id)])


def _say(request: Say, by: Member, scene: Scene) -> Outcome:
    said = Said(
        line=round(scene.server_ms),
        by=by.id,
        name=by.name,
        colour=by.colour,
        text=request.text,
        server_ms=scene.server_ms,
    )
    return Outcome([said])


def _set_role(request: SetRole, by: Member, scene: Scene) -> Outcome:
    before = scene.roster.find(request.participant).role
    scene.roster.set_role(request.participant, request.role)
    lowered = request.participant if before is not request.role else None
    row = NewRole(scene.session_id, request.participant, request.role.value, banned=False)
    return Outcome([], [row], lowered=lowered)


def _remove(request: Remove, by: Member, scene: Scene) -> Outcome:
    role = scene.roster.find(request.participant).role
    scene.roster.remove(request.participant)
    row = NewRole(scene.session_id, request.participant, role.value, banned=request.ban)
    return Outcome([], [row], removed=request.participant)


def _rename(request: Rename, by: Member, scene: Scene) -> Outcome:
    scene.piece.title = request.title
    return Outcome([Renamed(title=request.title)], [NewSessionState(scene.session_id, request.title, None)])


def _end(request: End, by: Member, scene: Scene) -> Outcome:
    scene.piece.ended = True
    scene.piece.playing.clear()
    row = NewSessionState(scene.session_id, scene.piece.title, scene.now_at)
    return Outcome([Hushed(by=by.id)], [row], ends_session=True)


_HOW: dict[type[Request], Callable[[Any, Member, Scene], Outcome]] = {
    Evaluate: _evaluate,
    Stop: _stop,
    Hush: _hush,
    AddLayer: _add_layer,
    RenameLayer: _rename_layer,
    MoveLayer: _move_layer,
    RemoveLayer: _remove_layer,
    MixLayer: _mix_layer,
    LockLayer: _lock_layer,
    SetTempo: _set_tempo,
    Say: _say,
    SetRole: _set_role,
    Remove: _remove,
    Rename: _rename,
    End: _end,
}

_ARRANGES = frozenset(
    ask.model_fields["kind"].default for ask in _HOW if ask not in (Say, SetRole, Remove, Rename)
)
"""Kinds of requests after which the arrangement is written down anew."""
