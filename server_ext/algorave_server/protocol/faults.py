"""Code that fails while it sounds: what a page says of it, and what everybody is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from .seen import one_line
from .values import LayerId, Message, Playing, Request

Cycle = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Place = Annotated[int, Field(ge=1, le=1_000_000)]
"""A line or a column, from 1."""
FaultText = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(one_line)]


class Fault(Message):
    """Why code of a layer sounds no more, by the word of a page: the server runs no pattern code."""

    layer: LayerId
    by: str
    """Whose code it is."""
    at_cycle: Cycle
    """Where it fell silent."""
    message: FaultText
    hint: FaultText | None = None
    line: Place | None = None
    column: Place | None = None


class ReportFault(Request):
    """The code that plays from `from_cycle` on has failed on this page; the first word counts."""

    kind: Literal["report_fault"] = "report_fault"
    layer: LayerId
    from_cycle: Cycle
    at_cycle: Cycle
    message: FaultText
    hint: FaultText | None = None
    line: Place | None = None
    column: Place | None = None


class Failed(Message):
    """A layer's code has failed: it alone is silent, or what it played before plays on."""

    kind: Literal["failed"] = "failed"
    fault: Fault
    playing: Playing | None
