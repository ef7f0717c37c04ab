"""What a session plays: its layers, what they sound, and the tempo map. The texts are in the Doc."""

from __future__ import annotations

from typing import Any

from algorave_server.layers import Layers
from algorave_server.protocol import Anchor, Door, Fault, Layer, Playing
from algorave_server.tempo import TempoMap


class Piece:
    """The shared state beside the text. Changed by requests only, in `requests.py`."""

    def __init__(self, title: str, layers: Layers, playing: dict[str, Playing], tempo: TempoMap) -> None:
        self.title = title
        self.door: Door = "open"
        self.ai = False
        """Whether the agent is switched on."""
        self.ai_review = False
        """Whether its changes have to be accepted before they are made."""
        self.layers = layers
        self.playing = playing
        """By layer id."""
        self.faults: dict[str, Fault] = {}
        """Of layers whose last code has failed, by layer id."""
        self.tempo = tempo
        self.ended = False

    @classmethod
    def new(cls, title: str, server_ms: float) -> Piece:
        """A piece without layers whose cycle 0 is now."""
        return cls(title, Layers(), {}, TempoMap.starting(server_ms))

    @classmethod
    def restored(cls, title: str, arrangement: dict[str, Any]) -> Piece:
        """A piece as `arrangement` wrote it down."""
        playing = [Playing.model_validate(each) for each in arrangement["playing"]]
        piece = cls(
            title,
            Layers([Layer.model_validate(each) for each in arrangement["layers"]], arrangement["made"]),
            {each.layer: each for each in playing},
            TempoMap([Anchor.model_validate(each) for each in arrangement["tempo"]]),
        )
        faults = [Fault.model_validate(each) for each in arrangement.get("faults", [])]
        piece.faults = {each.layer: each for each in faults}
        piece.ai = arrangement.get("ai", False)
        piece.ai_review = arrangement.get("ai_review", False)
        return piece

    def silence(self, layer_id: str) -> None:
        """A layer sounds no more, and is not marked as failing."""
        self.playing.pop(layer_id, None)
        self.faults.pop(layer_id, None)

    def hush(self) -> None:
        """No layer sounds any more, and none is marked."""
        self.playing.clear()
        self.faults.clear()

    def arrangement(self) -> dict[str, Any]:
        """All of it but the title, as JSON values."""
        return {
            "layers": [layer.model_dump(mode="json") for layer in self.layers],
            "made": self.layers.made,
            "playing": [each.model_dump(mode="json") for each in self.playing.values()],
            "faults": [each.model_dump(mode="json") for each in self.faults.values()],
            "tempo": [anchor.model_dump(mode="json") for anchor in self.tempo.anchors],
            "ai": self.ai,
            "ai_review": self.ai_review,
        }
