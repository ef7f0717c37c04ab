"""How Python is set in a server, where many short turns of one thread must not wait for anything."""

from __future__ import annotations

import gc
import sys

YOUNG_LOOKS_FOR_A_FULL_ONE = 50
"""Five times as many as Python's own. Connections that are gone are the garbage, some 50 kB each."""
SWITCH_INTERVAL_S = 0.0005
"""A tenth of Python's own: so long the event loop waits for a thread that computes, such as the writer."""


def suit_a_server() -> None:
    """Look for garbage seldom, and never in what there is by now; let threads take turns quickly.

    A full look holds up everything: on a slow machine a quarter of a second, in the middle of a show, nearly
    all of it for what Jupyter Server and its extensions load at the start, and none of that becomes garbage.
    """
    gc.freeze()
    newest, younger, _ = gc.get_threshold()
    gc.set_threshold(newest, younger, YOUNG_LOOKS_FOR_A_FULL_ONE)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
