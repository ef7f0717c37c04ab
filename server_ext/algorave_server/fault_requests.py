"""What becomes of code that fails while it sounds.

Pages evaluate the same code, and still may not fail alike: one came later, one has another browser. So that
everybody hears and sees the same, the first page with the right to play that sees a failure says so, and the
session's state changes for all. It is a claim: who may make it could as well stop the layer.
"""

from __future__ import annotations

from algorave_server.errors import Refusal
from algorave_server.protocol import Failed, Fault, Playing, ReportFault
from algorave_server.roster import Member
from algorave_server.scene import Outcome, Scene, own_layer

PROBATION_CYCLES = 16
"""Code that fails so early gives way to what played before; the stage goes by the same number."""


def report_fault(request: ReportFault, by: Member, scene: Scene) -> Outcome:
    """The layer's code sounds no more, for everybody."""
    layer = own_layer(request.layer, by, scene)
    piece = scene.piece
    failing = piece.playing.get(layer.id)
    if failing is None or failing.from_cycle != request.from_cycle:
        raise Refusal("conflict", "the layer plays something else by now")
    plays = _gives_way_to(failing, request.at_cycle)
    if plays is None:
        del piece.playing[layer.id]
    else:
        piece.playing[layer.id] = plays
    values = request.model_dump(exclude={"kind", "request_id", "from_cycle"})
    fault = piece.faults[layer.id] = Fault(**values, by=failing.by)
    return Outcome([Failed(fault=fault, playing=plays)])


def _gives_way_to(failing: Playing, at_cycle: float) -> Playing | None:
    """What plays in place of failing code: what was before it, when it is young."""
    before = failing.before
    if before is None or at_cycle - failing.from_cycle >= PROBATION_CYCLES:
        return None
    return Playing(layer=failing.layer, code=before.code, by=before.by, from_cycle=before.from_cycle)
