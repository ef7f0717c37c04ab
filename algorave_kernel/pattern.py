"""A pattern as a Python value: look at it, ask it for haps, check it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from . import gate, pianoroll
from .display import Showing
from .engine import default_engine
from .layer_name import name_for_code
from .problem import Unplayable

if TYPE_CHECKING:
    from .engine import Engine
    from .gate import Verdict
    from .hap import Haps
    from .pianoroll import PianoRoll

ROLL_CYCLES = 4
#: More haps than this in four cycles, and one cycle says as much.
ROLL_HAPS = 800


class Pattern:
    """Strudel code as a value. As the last line of a cell it shows itself with a play button.

    `Pattern('s("bd*4")')` has `.haps(0, 2)`, its picture is `.pianoroll(4)`, the gate's verdict `.check()`.
    Nothing sounds until somebody presses play.
    """

    def __init__(
        self, code: str, *, layer: str | None = None, cps: float | None = None, engine: Engine | None = None
    ) -> None:
        self.code = code
        self.layer = layer or name_for_code(code)
        self.cps = cps
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The engine that answers for this pattern; started when it is first needed."""
        return self._engine or default_engine()

    def check(self) -> Verdict:
        """The gate's verdict: whether this could be heard, and if not, what is wrong and where."""
        return gate.check(self.code, engine=self.engine)

    def haps(self, begin: Fraction | float = 0, end: Fraction | float = 1) -> Haps:
        """The haps from `begin` to `end` cycles; raise `Unplayable` when the code has none to give."""
        return self.engine.haps(self.code, begin, end)

    def pianoroll(self, cycles: Fraction | float = ROLL_CYCLES) -> PianoRoll:
        """A picture of the first cycles; raise `Unplayable` when there is nothing to draw from.

        Raises `ValueError` unless `cycles` is a number above 0.
        """
        begin, end = pianoroll.drawn_span(0, cycles)
        return pianoroll.draw(self.haps(begin, end), begin, end)

    def glance(self) -> PianoRoll | None:
        """The picture beside the code: four cycles, one when they are crowded, none when they fail."""
        try:
            haps = self.haps(0, ROLL_CYCLES)
            if len(haps) > ROLL_HAPS:
                return pianoroll.draw(haps, 0, 1)
            return pianoroll.draw(haps, 0, ROLL_CYCLES)
        except Unplayable:
            return None

    def __repr__(self) -> str:
        return f"Pattern({self.code!r})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        verdict = self.check()
        roll = self.glance() if verdict.playable else None
        showing = Showing(self.layer, self.code, cps=self.cps, problems=verdict.problems, roll=roll)
        return showing.to_bundle()
