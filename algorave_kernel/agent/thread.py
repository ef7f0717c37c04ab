"""The thread in which asks are worked on: an event loop of its own, beside whoever asks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

Answer = TypeVar("Answer")


@cache
def _started() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="algorave-agent", daemon=True).start()
    return loop


_starting = threading.Lock()


def agent_loop() -> asyncio.AbstractEventLoop:
    """Its event loop, from any thread; it is started when it is first asked for."""
    with _starting:
        return _started()


def begin(work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
    """Let it do some work, from any thread."""
    return asyncio.run_coroutine_threadsafe(work, agent_loop())
