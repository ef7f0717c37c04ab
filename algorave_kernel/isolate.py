"""JavaScript engines that run the evaluator, behind one small interface: load a bundle, call, memory limit.

Time limits are the worker's business: an alarm of the system holds for everything, an engine's own does not.
This file is also loaded by the worker on its own, so it imports nothing of the package.
"""

from __future__ import annotations

import json
import time
from typing import Any, Protocol


class TimeOver(Exception):
    """What the code left running did not end; the isolate is not to be trusted any more."""


class MemoryOver(Exception):
    """The call needed more memory than its limit; the isolate is not to be trusted any more."""


class Isolate(Protocol):
    """One JavaScript engine with the evaluator in it."""

    def load(self, source: str) -> None:
        """Run a bundle."""
        ...

    def call(self, function: str, text: str) -> str:
        """Call `algoraveEngine.<function>(text)`. Raises MemoryOver."""
        ...

    def rest(self) -> bool:
        """Let promises end; say whether the isolate is still clean. Raises TimeOver when they go on."""
        ...


# The one thing that a bare engine lacks and the evaluator's libraries touch when they are loaded.
PRELUDE = (
    "globalThis.performance ??= { now: () => 0 };"
    "globalThis.console ??= Object.fromEntries("
    "'log info warn error debug assert table group groupEnd trace'.split(' ').map(name => [name, () => {}]));"
    "Error.stackTraceLimit = 100;"
)

# Pattern code has no business in promises; what goes on for longer than this is a loop.
PROMISES_LIMIT_S = 0.5


class V8Isolate:
    """V8 through mini-racer, made and used on the thread of a running event loop: calls there are direct."""

    def __init__(self, memory_limit_bytes: int) -> None:
        """Start an isolate. Raises ImportError where mini-racer is not there."""
        from py_mini_racer import JSOOMException, mini_racer

        self._out_of_memory: type[Exception] = JSOOMException
        # Kept, because leaving the context would free the isolate.
        self._context = mini_racer()
        self._racer = self._context.__enter__()
        self._racer.set_hard_memory_limit(memory_limit_bytes)
        self._racer.eval(PRELUDE)

    def load(self, source: str) -> None:
        """Run a bundle."""
        self._racer.eval(source)

    def call(self, function: str, text: str) -> str:
        """Call the evaluator. Raises MemoryOver."""
        try:
            return str(self._racer.eval(f"algoraveEngine.{function}({json.dumps(text)})"))
        except self._out_of_memory:
            raise MemoryOver from None

    def rest(self) -> bool:
        """Let promises end; say whether the isolate is still clean. Raises TimeOver when they go on."""
        started = time.monotonic()
        # Promises run after a call; the next one waits for them.
        state = self.call("state", "promises")
        if time.monotonic() - started > PROMISES_LIMIT_S:
            raise TimeOver
        return state == ""


QUICKJS_STACK_BYTES = 4 * 1024 * 1024


class QuickJSIsolate:
    """QuickJS-ng: slower, and runs where V8 cannot."""

    def __init__(self, memory_limit_bytes: int) -> None:
        """Start a context. Raises ImportError where quickjs-ng is not there."""
        import quickjs

        self._error: type[Exception] = quickjs.JSException
        self._context: Any = quickjs.Context()
        self._context.set_memory_limit(memory_limit_bytes)
        self._context.set_max_stack_size(QUICKJS_STACK_BYTES)
        self._context.eval(PRELUDE)

    def load(self, source: str) -> None:
        """Run a bundle."""
        self._context.eval(source)

    def call(self, function: str, text: str) -> str:
        """Call the evaluator. Raises MemoryOver."""
        try:
            return str(self._context.eval(f"algoraveEngine.{function}({json.dumps(text)})"))
        except self._error:
            raise MemoryOver from None

    def rest(self) -> bool:
        """Say whether the isolate is still clean. Promises only run when asked to, and nobody asks."""
        return self.call("state", "") == ""


BACKENDS: dict[str, type[V8Isolate | QuickJSIsolate]] = {"v8": V8Isolate, "quickjs": QuickJSIsolate}


def open_isolate(backend: str, memory_limit_bytes: int) -> Isolate:
    """Start an isolate. Raises ImportError when the backend is not installed."""
    return BACKENDS[backend](memory_limit_bytes)
