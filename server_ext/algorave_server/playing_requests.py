"""Requests about what sounds, and how fast."""

from __future__ import annotations

from algorave_server.errors import Refusal
from algorave_server.layers import root_of
from algorave_server.protocol import (
    Evaluate,
    Evaluated,
    Hush,
    Hushed,
    Playing,
    SetTempo,
    Stop,
    Stopped,
    Tempo,
)
from algorave_server.roster import Member
from algorave_server.scene import Outcome, Scene, own_layer


def evaluate(request: Evaluate, by: Member, scene: Scene) -> Outcome:
    """The layer's text sounds, from a cycle on that everybody can still make."""
    layer = own_layer(request.layer, by, scene)
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


def stop(request: Stop, by: Member, scene: Scene) -> Outcome:
    """The layer sounds no more."""
    own_layer(request.layer, by, scene)
    scene.piece.playing.pop(request.layer, None)
    return Outcome([Stopped(layer=request.layer, by=by.id)])


def hush(request: Hush, by: Member, scene: Scene) -> Outcome:
    """Nothing sounds any more."""
    scene.piece.playing.clear()
    return Outcome([Hushed(by=by.id)])


def set_tempo(request: SetTempo, by: Member, scene: Scene) -> Outcome:
    """A new last anchor of the tempo map."""
    return Outcome([Tempo(anchor=scene.piece.tempo.set_cps(request.cps, scene.server_ms), by=by.id)])
