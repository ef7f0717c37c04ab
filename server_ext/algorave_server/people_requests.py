"""Requests about people: what they say, what they are called, who is let in and as what."""

from __future__ import annotations

from algorave_server.errors import Refusal
from algorave_server.guest_rules import clean_name
from algorave_server.journal import NewMemberValues, NewRemoval, NewRole
from algorave_server.protocol import (
    Admit,
    ChatSet,
    DoorSet,
    Introduce,
    Remove,
    Said,
    Say,
    SetChat,
    SetDoor,
    SetRole,
    Unsaid,
    Unsay,
)
from algorave_server.rights import Action, Role
from algorave_server.roster import Member, has_seat
from algorave_server.scene import Outcome, Scene, session_state


def say(request: Say, by: Member, scene: Scene) -> Outcome:
    """A line of chat."""
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


def unsay(request: Unsay, by: Member, scene: Scene) -> Outcome:
    """Take a line back."""
    said = scene.chat.find(request.line)
    if said.by != by.id and not by.may(Action.MEMBERS):
        raise Refusal("forbidden", "only hosts may take back what somebody else said")
    scene.chat.drop(request.line)
    return Outcome([Unsaid(line=request.line, by=by.id)])


def set_chat(request: SetChat, by: Member, scene: Scene) -> Outcome:
    """Let somebody chat, or not."""
    if scene.roster.find_inside(request.participant).role is Role.HOST and not request.allowed:
        raise Refusal("conflict", "a host may always chat; take the role away first")
    scene.roster.change(request.participant, may_chat=request.allowed)
    scene.roster.rule(request.participant, scene.server_ms)
    row = NewMemberValues(scene.session_id, request.participant, may_chat=request.allowed)
    return Outcome([ChatSet(participant=request.participant, allowed=request.allowed)], [row])


def introduce(request: Introduce, by: Member, scene: Scene) -> Outcome:
    """One's own name and colour."""
    name = clean_name(request.name)
    scene.roster.change(by.id, name=name, colour=request.colour)
    row = NewMemberValues(scene.session_id, by.id, name=name, colour=request.colour)
    return Outcome([], [row], introduced=by.id)


def set_door(request: SetDoor, by: Member, scene: Scene) -> Outcome:
    """Who waits at a door that is opened comes in, as far as there are seats."""
    scene.piece.door = request.door
    outcome = Outcome([DoorSet(door=request.door)], [session_state(scene)])
    if request.door == "open":
        for member in scene.roster.waiting():
            if has_seat(scene.roster, member, scene.seats):
                _let_in(member.id, scene, outcome)
    return outcome


def admit(request: Admit, by: Member, scene: Scene) -> Outcome:
    """Let in who waits."""
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
    scene.roster.rule(member_id, scene.server_ms)
    outcome.rows.append(NewMemberValues(scene.session_id, member_id, waiting=False))
    outcome.admitted.append(member_id)


def set_role(request: SetRole, by: Member, scene: Scene) -> Outcome:
    """Give another role."""
    before = scene.roster.find(request.participant).role
    scene.roster.set_role(request.participant, request.role)
    scene.roster.rule(request.participant, scene.server_ms)
    lowered = request.participant if before is not request.role else None
    row = NewRole(scene.session_id, request.participant, request.role.value)
    return Outcome([], [row], lowered=lowered)


def remove(request: Remove, by: Member, scene: Scene) -> Outcome:
    """Put somebody out."""
    scene.roster.remove(request.participant)
    scene.roster.rule(request.participant, scene.server_ms)
    row = NewRemoval(scene.session_id, request.participant, scene.now_at, banned=request.ban)
    return Outcome([], [row], removed=request.participant)
