"""How Python is set in a server, where many short turns of one thread must not wait for anything."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec

YOUNG_LOOKS_FOR_A_FULL_ONE = 50
"""Five times as many as Python's own. Connections that are gone are the garbage, some 50 kB each."""
SWITCH_INTERVAL_S = 0.0005
"""A tenth of Python's own: so long the event loop waits for a thread that computes, such as the writer."""

NICENESS = 10
"""Niceness of a thread that makes way: a tenth of a core that the event loop could use all of."""


def suit_a_server() -> None:
    """Look for garbage seldom, and never in what there is by now; let threads take turns quickly.

    A full look holds up everything: on a slow machine a quarter of a second, in the middle of a show, nearly
    all of it for what Jupyter Server and its extensions load at the start, and none of that becomes garbage.
    """
    gc.freeze()
    newest, younger, _ = gc.get_threshold()
    gc.set_threshold(newest, younger, YOUNG_LOOKS_FOR_A_FULL_ONE)
    sys.setswitchinterval(SWITCH_INTERVAL_S)


def take_fast_loop() -> bool:
    """Give this thread libuv's event loop, before anything asks for one; False where there is none.

    It serves a socket without a line of Python in between, which is a tenth of what an edit costs.
    """
    if find_spec("uvloop") is None:
        return False
    import uvloop

    asyncio.set_event_loop(uvloop.new_event_loop())
    return True


def make_way() -> None:
    """From this thread: what it does can wait, while the event loop has people waiting for it.

    Where the two share a core, each commit would hold up some letters by several milliseconds. Only Linux has
    a niceness for each thread.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
