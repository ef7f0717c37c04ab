"""The widget: one layer's view for notebook hosts without our JupyterLab extension."""

from __future__ import annotations

import gzip
from functools import cache
from typing import Any, ClassVar

import anywidget
import traitlets

from .assets import static_path


@cache
def _standalone() -> bytes:
    return gzip.compress(static_path("standalone.js").read_bytes())


class Player(anywidget.AnyWidget):
    """One layer: its code, played and edited in the page. `close()` ends its view and sound.

    The browser gets a loader of less than 2 kB; it fetches the player from the server extension, or asks for
    it here over the comm when there is no such server.
    """

    _esm: ClassVar[Any] = static_path("widget.js")

    layer = traitlets.Unicode("layer", help="The layer's name").tag(sync=True)
    code = traitlets.Unicode("", help="Its Strudel code").tag(sync=True)
    cps = traitlets.Float(None, allow_none=True, help="Tempo in cycles per second, or None").tag(sync=True)
    play = traitlets.Bool(False, help="Play as soon as it is shown, when the run is fresh").tag(sync=True)
    problems = traitlets.List(traitlets.Dict(), help="What the gate found").tag(sync=True)
    run_id = traitlets.Unicode("", help="Which run of the cell this is").tag(sync=True)
    action = traitlets.Unicode("", help="`remove` when the layer is no more").tag(sync=True)
    session = traitlets.Instance(
        dict, allow_none=True, help="The live session of the cell: its title, and the url of its page"
    ).tag(sync=True)
    issued_at_ms = traitlets.Float(0.0, help="When that run was, in epoch milliseconds").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._answer)

    def _answer(self, _: Player, content: object, _buffers: object) -> None:
        if content == {"kind": "standalone"}:
            self.send({"kind": "standalone"}, buffers=[_standalone()])
