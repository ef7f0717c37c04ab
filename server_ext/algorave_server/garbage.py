"""How often the interpreter looks for garbage in a server: seldom, and never in what the server consists of.

A full look holds up everything: on a slow machine a quarter of a second, in the middle of a show, nearly all
of it for what Jupyter Server and its extensions load at the start, none of which ever becomes garbage.
"""

from __future__ import annotations

import gc

YOUNG_LOOKS_FOR_A_FULL_ONE = 50
"""Five times as many as Python's own. Connections that are gone are the garbage, some 50 kB each."""


def look_seldom() -> None:
    """Leave alone for ever what there is by now, and look less often at all that comes."""
    gc.freeze()
    newest, younger, _ = gc.get_threshold()
    gc.set_threshold(newest, younger, YOUNG_LOOKS_FOR_A_FULL_ONE)
