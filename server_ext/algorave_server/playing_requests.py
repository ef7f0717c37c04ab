"""Requests about what sounds, and how fast."""

from __future__ import annotations

import math

from algorave_server.errors import Refusal
from algorave_server.layers import root_of
from algorave_server.protocol import (
    Evaluate,
    Evaluated,
    Hush,
    Hushed,
    Nudge,
    Playing,
    SetTempo,
    Sounding,
    Stop,
    Stopped,
    Tempo,
)
from algorave_server.rights import Action
from algorave_server.roster import Member
from algorave_server.scene import Outcome, Scene, own_layer


def evaluate(request: Evaluate, by: Member, scene: Scene) -> Outcome:
    """The layer's text sounds, from a cycle on that everybody can still make."""
    layer = own_layer(request.layer, by, scene)
    text = scene.text(root_of(layer.id))
    if request.code is not None and request.code != text:
        raise Refusal("conflict", "somebody has changed the layer since it was checked; check it again")
    piece = scene.piece
    before = piece.playing.get(layer.id)
    playing = Playing(
        layer=layer.id,
        code=text,
        by=by.id,
        from_cycle=_first_cycle(request, scene),
        cps=request.cps,
        before=_sounding(before, piece.tempo.cycle_at(scene.server_ms)),
    )
    piece.playing[layer.id] = playing
    piece.faults.pop(layer.id, None)
    # Whoever changed the tempo since the layer set it has done so on purpose.
    is_news = before is None or before.cps != playing.cps
    if playing.cps is None or not is_news or not by.may(Action.TEMPO):
        return Outcome([Evaluated(playing=playing)])
    anchors = piece.tempo.set_cps_from(playing.from_cycle, playing.cps)
    # In this order, so that nobody begins the layer at a tempo of before.
    return Outcome([Tempo(anchors=anchors, by=by.id, layer=layer.id), Evaluated(playing=playing)])


def _first_cycle(request: Evaluate, scene: Scene) -> float:
    """The first cycle that everybody can still make, is wanted, and begins a bar of the wanted length."""
    soonest = max(scene.piece.tempo.next_cycle(scene.server_ms), request.at_cycle or 0)
    bar = request.quantum
    return soonest if bar == 1 else math.ceil(soonest / bar) * bar


def _sounding(playing: Playing | None, cycle: float) -> Sounding | None:
    """What is heard of a layer at a cycle, whatever is on its way."""
    if playing is None or playing.from_cycle > cycle:
        return None if playing is None else playing.before
    return Sounding(code=playing.code, by=playing.by, from_cycle=playing.from_cycle)


def stop(request: Stop, by: Member, scene: Scene) -> Outcome:
    """The layer sounds no more."""
    own_layer(request.layer, by, scene)
    scene.piece.silence(request.layer)
    return Outcome([Stopped(layer=request.layer, by=by.id)])


def hush(request: Hush, by: Member, scene: Scene) -> Outcome:
    """Nothing sounds any more."""
    scene.piece.hush()
    return Outcome([Hushed(by=by.id)])


def set_tempo(request: SetTempo, by: Member, scene: Scene) -> Outcome:
    """The tempo map goes on at another tempo, or on the way to it."""
    anchors = scene.piece.tempo.set_cps(request.cps, scene.server_ms, request.over_s)
    return Outcome([Tempo(anchors=anchors, by=by.id)])


def nudge(request: Nudge, by: Member, scene: Scene) -> Outcome:
    """Everybody's phase moves, and the tempo is what it was."""
    return Outcome([Tempo(anchors=scene.piece.tempo.nudge(request.cycles, scene.server_ms), by=by.id)])
