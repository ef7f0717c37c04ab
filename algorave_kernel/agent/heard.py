"""All layers as one can hear them: their haps, asked for once and only when somebody wants to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from algorave_kernel.hap import Hap, Haps
from algorave_kernel.pianoroll import pitch_of

STANDARD_CPS = 0.5
BEATS_A_CYCLE = 4


class Heard:
    """The music of these texts. `play` gives the haps of one text, or None when it cannot be played."""

    def __init__(self, texts: Mapping[str, str], play: Callable[[str], Haps | None]) -> None:
        self.texts = texts
        self._play = play
        self._known: dict[str, Haps | None] = {}

    def haps(self, layer: str) -> Haps | None:
        """The haps of a layer; None when there is none, or none that plays."""
        if layer not in self.texts:
            return None
        if layer not in self._known:
            self._known[layer] = self._play(self.texts[layer]) if self.texts[layer].strip() else Haps(())
        return self._known[layer]

    def all(self) -> Haps:
        """The haps of all layers, in order of time; those of layers without labels bear the layer's name."""
        found = [self._named(layer, hap) for layer in self.texts for hap in self.haps(layer) or ()]
        found.sort(key=lambda hap: (hap.begin, hap.end))
        return Haps(tuple(found), end=Fraction(self.cycles), cps=self.cps)

    def _named(self, layer: str, hap: Hap) -> Hap:
        is_named = hap.layer is not None and not hap.layer.lstrip("S").startswith("$")
        return hap if is_named else replace(hap, layer=layer)

    def onsets(self, name: str | None) -> list[Hap]:
        """What begins in a layer, or in the part with this label in any layer, or in all (None).

        Raises KeyError when nothing is called so.
        """
        if name is None:
            return [hap for layer in self.texts for hap in self._sounding(layer)]
        if name in self.texts:
            return self._sounding(name)
        labelled = [hap for layer in self.texts for hap in self._sounding(layer) if _label(hap) == name]
        if not labelled and not any(f"{name}:" in text for text in self.texts.values()):
            raise KeyError(name)
        return labelled

    @property
    def cps(self) -> float:
        """Cycles a second, as the first layer that says so wants it."""
        for layer in self.texts:
            haps = self.haps(layer)
            if haps is not None and haps.cps != STANDARD_CPS:
                return haps.cps
        return STANDARD_CPS

    @property
    def cycles(self) -> float:
        """How many cycles were listened to."""
        spans = [float(haps.end - haps.begin) for layer in self.texts if (haps := self.haps(layer))]
        return max(spans, default=1.0)

    def _sounding(self, layer: str) -> list[Hap]:
        return [hap for hap in self.haps(layer) or () if hap.has_onset and hap.gain > 0]


def pitches(haps: list[Hap]) -> list[float]:
    """The MIDI numbers of those that have a pitch."""
    return [pitch for hap in haps if (pitch := pitch_of(hap)) is not None]


def _label(hap: Hap) -> str:
    return (hap.layer or "").removeprefix("S")
