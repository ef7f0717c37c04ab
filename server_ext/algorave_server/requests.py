"""What each request of a participant does to a session: one small function each, no I/O.

A function changes the piece or the roster, or raises `Refusal` before it has changed anything, and
returns the notices that everybody is to see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from algorave_server.chat import Chat
from algorave_server.errors import Refusal
from algorave_server.guest_rules import clean_name
from algorave_server.journal import (
    NewArrangement,
    NewEntry,
    NewMemberValues,
    NewRemoval,
    NewRole,
    NewSessionState,
    Row,
)
from algorave_server.layers import root_of
from algorave_server.piece import Piece
from algorave_server.protocol import (
    NEEDS,
    AddLayer,
    Admit,
    ChatSet,
    DoorSet,
    End,
    Evaluate,
    Evaluated,
    Hush,
    Hushed,
    Introduce,
    Layer,
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
    SetChat,
    SetDoor,
    SetRole,
    SetTempo,
    Stop,
    Stopped,
    Tempo,
    Unsaid,
    Unsay,
)
from algorave_server.protocol import Layers as LayersNotice
from algorave_server.rights import Action, Role
from algorave_server.roster import Member, Roster, Seats, has_seat


@dataclass(frozen=True, slots=True)
class Scene:
    """What a request works on."""

    session_id: str
    piece: Piece
    roster: Roster
    chat: Chat
    seats: Seats
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
    admitted: list[str] = field(default_factory=list)
    """Members who wait no more."""
    introduced: str | None = None
    """A member who has another name or colour."""
    ends_session: bool = False


def carry_out(request: Request, by: Member, scene: Scene) -> Outcome:
    """Check the right to it and do it, or raise `Refusal`."""
    action = NEEDS[type(request)]
    if by.waiting:
        raise Refusal("forbidden", "wait until a host lets you in")
    if action is not None and not by.may(action):
        raise Refusal("forbidden", f"your role ({by.role.value}) does not allow to {action.value}")
    outcome = _HOW[type(request)](request, by, scene)
    # The code that was checked is in `playing`, where it says the same.
    entry = request.model_dump(mode="json", exclude={"request_id", "kind", "code"})
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
        elif isinstance(notice, Said):
            more |= notice.model_dump(mode="json", exclude={"kind", "by"})
    return more


def _own_layer(layer_id: str, by: Member, scene: Scene) -> Layer:
    """A layer that a member may do something with: a locked one takes the right to lock."""
    layer = scene.piece.layers.get(layer_id)
    if layer.locked and not by.may(Action.LOCK):
        raise Refusal("forbidden", f"the layer '{layer.name}' is locked; ask a host to unlock it")
    return layer


def _evaluate(request: Evaluate, by: Member, scene: Scene) -> Outcome:
    layer = _own_layer(request.layer, by, scene)
    text = scene.text(root_of(layer.id))
    if request.code is not None and request.code != text:
        raise Refusal("conflict", "somebody has changed the layer since it was checked; check it again")
    soonest = scene.piece.tempo.next_cycle(scene.server_ms)
    playing = Playing(
        layer=layer.id,
        code=text,
        by=by.id,
        from_cycle=max(soonest, request.at_cycle or 0),
    )
    scene.piece.playing[layer.id] = playing
    return Outcome([Evaluated(playing=playing)])


def _stop(request: Stop, by: Member, scene: Scene) -> Outcome:
    _own_layer(request.layer, by, scene)
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
    _own_layer(request.layer, by, scene)
    scene.piece.layers.rename(request.layer, request.name)
    return _layers_now(scene)


def _move_layer(request: MoveLayer, by: Member, scene: Scene) -> Outcome:
    _own_layer(request.layer, by, scene)
    scene.piece.layers.move(request.layer, request.index)
    return _layers_now(scene)


def _remove_layer(request: RemoveLayer, by: Member, scene: Scene) -> Outcome:
    _own_layer(request.layer, by, scene)
    scene.piece.layers.remove(request.layer)
    scene.piece.playing.pop(request.layer, None)
    return _layers_now(scene)


def _mix_layer(request: MixLayer, by: Member, scene: Scene) -> Outcome:
    _own_layer(request.layer, by, scene)
    scene.piece.layers.mix(request.layer, gain=request.gain, mute=request.mute, solo=request.solo)
    return _layers_now(scene)


def _lock_layer(request: LockLayer, by: Member, scene: Scene) -> Outcome:
    scene.piece.layers.lock(request.layer, request.locked)
    return _layers_now(scene)


def _set_tempo(request: SetTempo, by: Member, scene: Scene) -> Outcome:
    return Outcome([Tempo(anchor=scene.piece.tempo.set_cps(request.cps, scene.server_ms), by=by.id)])


def _say(request: Say, by: Member, scene: Scene) -> Outcome:
    if not by.may_chat:
        raise Refusal("forbidden", "a host does not let you chat")
    said = Said(
        line=scene.chat.next_line(),
        by=by.id,
        name=by.name,
        colour=by.colour,
        text=request.text,
        server_ms=scene.server_ms,
    )
    scene.chat.add(said)
    return Outcome([said])


def _unsay(request: Unsay, by: Member, scene: Scene) -> Outcome:
    said = scene.chat.find(request.line)
    if said.by != by.id and not by.may(Action.MEMBERS):
        raise Refusal("forbidden", "only hosts may take back what somebody else said")
    scene.chat.drop(request.line)
    return Outcome([Unsaid(line=request.line, by=by.id)])


def _set_chat(request: SetChat, by: Member, scene: Scene) -> Outcome:
    if scene.roster.find_inside(request.participant).role is Role.HOST and not request.allowed:
        raise Refusal("conflict", "a host may always chat; take the role away first")
    scene.roster.change(request.participant, may_chat=request.allowed)
    row = NewMemberValues(scene.session_id, request.participant, may_chat=request.allowed)
    return Outcome([ChatSet(participant=request.participant, allowed=request.allowed)], [row])


def _introduce(request: Introduce, by: Member, scene: Scene) -> Outcome:
    name = clean_name(request.name)
    scene.roster.change(by.id, name=name, colour=request.colour)
    row = NewMemberValues(scene.session_id, by.id, name=name, colour=request.colour)
    return Outcome([], [row], introduced=by.id)


def _set_door(request: SetDoor, by: Member, scene: Scene) -> Outcome:
    """Who waits at a door that is opened comes in, as far as there are seats."""
    scene.piece.door = request.door
    outcome = Outcome([DoorSet(door=request.door)], [_session_state(scene)])
    if request.door == "open":
        for member in scene.roster.waiting():
            if has_seat(scene.roster, member, scene.seats):
                _let_in(member.id, scene, outcome)
    return outcome


def _admit(request: Admit, by: Member, scene: Scene) -> Outcome:
    member = scene.roster.find(request.participant)
    if not member.waiting:
        raise Refusal("conflict", f"{member.name} is in already")
    if not has_seat(scene.roster, member, scene.seats):
        raise Refusal("conflict", "the session has as many people as it may have")
    outcome = Outcome([])
    _let_in(member.id, scene, outcome)
    return outcome


def _let_in(member_id: str, scene: Scene, outcome: Outcome) -> None:
    scene.roster.change(member_id, waiting=False)
    outcome.rows.append(NewMemberValues(scene.session_id, member_id, waiting=False))
    outcome.admitted.append(member_id)


def _set_role(request: SetRole, by: Member, scene: Scene) -> Outcome:
    before = scene.roster.find(request.participant).role
    scene.roster.set_role(request.participant, request.role)
    lowered = request.participant if before is not request.role else None
    row = NewRole(scene.session_id, request.participant, request.role.value)
    return Outcome([], [row], lowered=lowered)


def _remove(request: Remove, by: Member, scene: Scene) -> Outcome:
    scene.roster.remove(request.participant)
    row = NewRemoval(scene.session_id, request.participant, scene.now_at, banned=request.ban)
    return Outcome([], [row], removed=request.participant)


def _rename(request: Rename, by: Member, scene: Scene) -> Outcome:
    scene.piece.title = request.title
    return Outcome([Renamed(title=request.title)], [_session_state(scene)])


def _end(request: End, by: Member, scene: Scene) -> Outcome:
    scene.piece.ended = True
    scene.piece.playing.clear()
    return Outcome([Hushed(by=by.id)], [_session_state(scene)], ends_session=True)


def _session_state(scene: Scene) -> NewSessionState:
    ended_at = scene.now_at if scene.piece.ended else None
    return NewSessionState(scene.session_id, scene.piece.title, scene.piece.door, ended_at)


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
    Unsay: _unsay,
    SetChat: _set_chat,
    Introduce: _introduce,
    SetDoor: _set_door,
    Admit: _admit,
    SetRole: _set_role,
    Remove: _remove,
    Rename: _rename,
    End: _end,
}

_ABOUT_PEOPLE = (Say, Unsay, SetChat, Introduce, SetDoor, Admit, SetRole, Remove, Rename)
_ARRANGES = frozenset(ask.model_fields["kind"].default for ask in _HOW if ask not in _ABOUT_PEOPLE)
"""Kinds of requests after which the arrangement is written down anew."""
