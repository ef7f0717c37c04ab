"""Requests about what layers there are, how they are mixed, and who may change them."""

from __future__ import annotations

from algorave_server.protocol import AddLayer, LockLayer, MixLayer, MoveLayer, RemoveLayer, RenameLayer
from algorave_server.protocol import Layers as LayersNotice
from algorave_server.roster import Member
from algorave_server.scene import Outcome, Scene, own_layer


def _layers_now(scene: Scene) -> Outcome:
    return Outcome([LayersNotice(layers=list(scene.piece.layers))])


def add_layer(request: AddLayer, by: Member, scene: Scene) -> Outcome:
    """A new layer at the end."""
    layer = scene.piece.layers.add(request.name)
    outcome = _layers_now(scene)
    outcome.made = layer.id
    return outcome


def rename_layer(request: RenameLayer, by: Member, scene: Scene) -> Outcome:
    """Another name."""
    own_layer(request.layer, by, scene)
    scene.piece.layers.rename(request.layer, request.name)
    return _layers_now(scene)


def move_layer(request: MoveLayer, by: Member, scene: Scene) -> Outcome:
    """Another place."""
    own_layer(request.layer, by, scene)
    scene.piece.layers.move(request.layer, request.index)
    return _layers_now(scene)


def remove_layer(request: RemoveLayer, by: Member, scene: Scene) -> Outcome:
    """Take it away; it sounds no more."""
    own_layer(request.layer, by, scene)
    scene.piece.layers.remove(request.layer)
    scene.piece.silence(request.layer)
    return _layers_now(scene)


def mix_layer(request: MixLayer, by: Member, scene: Scene) -> Outcome:
    """Gain, mute and solo."""
    own_layer(request.layer, by, scene)
    scene.piece.layers.mix(request.layer, gain=request.gain, mute=request.mute, solo=request.solo)
    return _layers_now(scene)


def lock_layer(request: LockLayer, by: Member, scene: Scene) -> Outcome:
    """Lock or unlock it."""
    scene.piece.layers.lock(request.layer, request.locked)
    return _layers_now(scene)
