"""Requests about the agent: who may ask it, what it is asked, what it answers and may do for that."""

from __future__ import annotations

from collections.abc import Iterable

from algorave_server.credits import ended_entry, settle_credit
from algorave_server.errors import Refusal
from algorave_server.layers import root_of
from algorave_server.proposals import Asked, why_not_change
from algorave_server.protocol import (
    AGENTS_TOO,
    OF_AGENTS,
    AddLayer,
    AiSet,
    AskAgent,
    CancelAsk,
    Change,
    Decide,
    Evaluate,
    FinishAsk,
    Introduce,
    Offer,
    RemoveLayer,
    Request,
    ServeAsks,
    ServingAgent,
    SetAi,
    SetLayerAi,
    Stop,
    TakeAsk,
    UndoAsk,
)
from algorave_server.protocol import Layers as LayersNotice
from algorave_server.rights import Action
from algorave_server.roster import Member
from algorave_server.scene import Outcome, Scene, own_layer

OFF = "AI is off in this session; a host can switch it on"
OUT_OF_SCOPE = "an agent may do that only to layers that it is changing for somebody"


def check_kind(request: Request, by: Member, scene: Scene) -> None:
    """Whether a person or an agent may make such a request at all, and an agent to that layer right now."""
    kind = type(request)
    if by.kind != "agent":
        if kind in OF_AGENTS:
            raise Refusal("forbidden", "only agents answer asks")
        return
    if kind not in OF_AGENTS | AGENTS_TOO:
        raise Refusal("forbidden", "an agent may not do that")
    if kind in OF_AGENTS or isinstance(request, Introduce):
        return
    landing = scene.proposals.landing_of(by.id, scene.server_ms)
    if not any(_allows(asked, request, scene) for asked in landing):
        raise Refusal("forbidden", OUT_OF_SCOPE)


def _allows(asked: Asked, request: Request, scene: Scene) -> bool:
    if isinstance(request, AddLayer):
        return any(_is_to_add(each, asked, scene) for each in asked.said.changes if each.name == request.name)
    if not isinstance(request, (Evaluate, Stop, RemoveLayer)):
        return False
    change = next((each for each in asked.said.changes if each.layer == request.layer), None)
    if change is None or why_not_change(scene.piece.layers.get(request.layer), []) is not None:
        return False
    return not isinstance(request, RemoveLayer) or _is_to_remove(change, asked, scene)


def _is_to_add(change: Change, asked: Asked, scene: Scene) -> bool:
    """New by the change; or, to undo it, taken away by it."""
    if asked.said.state == "landing":
        return change.layer is None
    return change.after is None and change.layer is not None and scene.piece.layers.was_removed(change.layer)


def _is_to_remove(change: Change, asked: Asked, scene: Scene) -> bool:
    """Taken away by the change; or made by it, to undo it, or to leave no half-made layer behind."""
    if change.layer is None or change.layer not in asked.made:
        return asked.said.state == "landing" and change.after is None
    return asked.said.state == "undoing" or scene.text(root_of(change.layer)) in ("", change.after)


def note_layer_change(request: Request, by: Member, scene: Scene, made: str | None) -> None:
    """An agent has added or taken away a layer: its proposal has begun to be in the music."""
    if by.kind != "agent":
        return
    if isinstance(request, RemoveLayer):
        scene.proposals.removed(by.id, request.layer, scene.server_ms)
    if not isinstance(request, AddLayer) or made is None:
        return
    for asked in scene.proposals.landing_of(by.id, scene.server_ms):
        for index, change in enumerate(asked.said.changes):
            if change.name == request.name and _is_to_add(change, asked, scene):
                asked.make(index, made)
                return


# -- people -------------------------------------------------------------------------------------------------


def set_ai(request: SetAi, by: Member, scene: Scene) -> Outcome:
    """On or off; what is being answered ends with it."""
    if request.on and not scene.piece.ai:
        scene.proposals.switched_on += 1
    scene.piece.ai, scene.piece.ai_review = request.on, request.review
    outcome = Outcome([AiSet(on=request.on, review=request.review, by=by.id)])
    if not request.on:
        for asked in [each for each in scene.proposals if not each.is_over]:
            scene.proposals.stop(asked, "stopped", "AI was switched off", scene.server_ms)
            _credit(asked, scene, outcome)
    return outcome


def set_layer_ai(request: SetLayerAi, by: Member, scene: Scene) -> Outcome:
    """Whether the agent may change a layer."""
    own_layer(request.layer, by, scene)
    scene.piece.layers.set_ai(request.layer, request.ai)
    return Outcome([LayersNotice(layers=list(scene.piece.layers))])


def ask_agent(request: AskAgent, by: Member, scene: Scene) -> Outcome:
    """A new proposal, which waits for an agent."""
    if not scene.piece.ai:
        raise Refusal("conflict", OFF)
    for layer_id in request.only:
        why = why_not_change(scene.piece.layers.get(layer_id), [])
        if why is not None:
            raise Refusal("conflict", why)
    asked = scene.proposals.ask(request, by, scene.server_ms)
    return Outcome([], proposals=[asked.said.id], made=asked.said.id)


def cancel_ask(request: CancelAsk, by: Member, scene: Scene) -> Outcome:
    """Over, here and now."""
    asked = _own(request.proposal, by, scene)
    if asked.is_over:
        raise Refusal("conflict", "it is over already")
    scene.proposals.stop(asked, "stopped", f"{by.name} stopped it", scene.server_ms)
    return _ended(asked, scene)


def decide(request: Decide, by: Member, scene: Scene) -> Outcome:
    """Accept it or turn it down."""
    asked = _own(request.proposal, by, scene)
    if asked.said.state != "offered":
        raise Refusal("conflict", f"it is {asked.said.state}; only what is offered can be accepted")
    if not request.accept:
        scene.proposals.stop(asked, "denied", f"{by.name} turned it down", scene.server_ms)
        return _ended(asked, scene)
    _check_changes(asked.said.changes, asked, scene)
    asked.begin("landing", scene.server_ms)
    return Outcome([], proposals=[asked.said.id])


def undo_ask(request: UndoAsk, by: Member, scene: Scene) -> Outcome:
    """Have it taken back by who made it."""
    asked = _own(request.proposal, by, scene)
    if asked.said.state != "applied":
        raise Refusal("conflict", f"it is {asked.said.state}; only what is applied can be undone")
    if not scene.piece.ai:
        raise Refusal("conflict", OFF)
    if asked.said.agent not in scene.proposals.serving:
        raise Refusal("conflict", "the agent that made it is not here any more")
    asked.begin("undoing", scene.server_ms)
    asked.change(ended_ms=None, reason=None)
    return Outcome([], proposals=[asked.said.id])


def _own(proposal_id: str, by: Member, scene: Scene) -> Asked:
    """A proposal that somebody may decide about: their own, and a host any."""
    asked = scene.proposals.find(proposal_id)
    if asked.said.asked_by != by.id and not by.may(Action.MEMBERS):
        raise Refusal("forbidden", "only who asked, and hosts, may do that")
    return asked


# -- agents -------------------------------------------------------------------------------------------------


def serve_asks(request: ServeAsks, by: Member, scene: Scene) -> Outcome:
    """It answers from now on."""
    scene.proposals.serving[by.id] = ServingAgent(
        participant=by.id,
        label=request.label,
        models=request.models,
        pays=request.pays,
        only_for=by.agent_of,
    )
    return Outcome([], tells_agents=True)


def take_ask(request: TakeAsk, by: Member, scene: Scene) -> Outcome:
    """It answers this one."""
    asked = scene.proposals.take(request.proposal, by)
    return Outcome([], proposals=[asked.said.id])


def offer(request: Offer, by: Member, scene: Scene) -> Outcome:
    """A good answer."""
    asked = scene.proposals.of_agent(request.proposal, by.id)
    _check_changes(request.changes, asked, scene)
    scene.proposals.offer(request, by.id, scene.server_ms, review=scene.piece.ai_review)
    return Outcome([], proposals=[asked.said.id])


def _check_changes(changes: Iterable[Change], asked: Asked, scene: Scene) -> None:
    for change in changes:
        if change.layer is not None:
            why = why_not_change(scene.piece.layers.get(change.layer), asked.said.only)
        elif asked.said.only:
            why = "only some layers were asked for, so there is no new one"
        elif change.after is None:
            why = f"'{change.name}' is neither a layer nor becomes one"
        else:
            why = None
        if why is not None:
            raise Refusal("conflict", why)


def finish_ask(request: FinishAsk, by: Member, scene: Scene) -> Outcome:
    """It is over, and how."""
    asked = scene.proposals.finish(request, by.id, scene.server_ms)
    return _ended(asked, scene)


# -- credit -------------------------------------------------------------------------------------------------


def _ended(asked: Asked, scene: Scene) -> Outcome:
    outcome = Outcome([])
    _credit(asked, scene, outcome)
    return outcome


def _credit(asked: Asked, scene: Scene, outcome: Outcome) -> None:
    """Say beside the layers whose work they are, and in the journal how it ended, for whom and by whom."""
    if settle_credit(asked, scene.piece):
        outcome.notices.append(LayersNotice(layers=list(scene.piece.layers)))
    outcome.proposals.append(asked.said.id)
    outcome.rows.append(ended_entry(asked, scene.session_id, scene.now_at))
