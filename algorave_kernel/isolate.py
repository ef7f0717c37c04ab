"""JavaScript engines that run the evaluator, behind one small interface: load, call, close.

This file is also loaded by the worker on its own, so it imports nothing of the package.
"""

from __future__ import annotations

import json
import time
from typing import Any, Protocol


class TimeOver(Exception):
    """The call ran longer than its limit; the isolate is not to be trusted any more."""


class MemoryOver(Exception):
    """The call needed more memory than its limit; the isolate is not to be trusted any more."""


class Isolate(Protocol):
    """One JavaScript engine with the evaluator in it."""

    def load(self, source: str) -> None:
        """Run a bundle."""
        ...

    def call(self, function: str, text: str, limit_s: float) -> str:
        """Call `algoraveEngine.<function>(text)`. Raises TimeOver or MemoryOver."""
        ...

    def close(self) -> None:
        """Free the engine."""
        ...


# The one thing that a bare engine lacks and the evaluator's libraries touch when they are loaded.
PRELUDE = (
    "globalThis.performance ??= { now: () => 0 };"
    "globalThis.console ??= Object.fromEntries("
    "'log info warn error debug assert table group groupEnd trace'.split(' ').map(name => [name, () => {}]));"
)


# Pattern code has no business in promises; what goes on for longer than this is a loop.
PROMISES_LIMIT_S = 0.5


class V8Isolate:
    """V8 through mini-racer."""

    def __init__(self, memory_limit_bytes: int) -> None:
        """Start an isolate. Raises ImportError where mini-racer is not there."""
        from py_mini_racer import JSOOMException, JSTimeoutException, MiniRacer

        self._timeout: type[Exception] = JSTimeoutException
        self._out_of_memory: type[Exception] = JSOOMException
        self._racer = MiniRacer()
        self._racer.set_hard_memory_limit(memory_limit_bytes)
        self._racer.eval(PRELUDE + "Error.stackTraceLimit = 100;")

    def load(self, source: str) -> None:
        """Run a bundle."""
        self._racer.eval(source)

    def call(self, function: str, text: str, limit_s: float) -> str:
        """Call the evaluator. Raises TimeOver or MemoryOver."""
        try:
            answer = self._racer.eval(f"algoraveEngine.{function}({json.dumps(text)})", timeout_sec=limit_s)
            self._let_promises_end(limit_s)
        except self._timeout:
            raise TimeOver from None
        except self._out_of_memory:
            raise MemoryOver from None
        return str(answer)

    def _let_promises_end(self, limit_s: float) -> None:
        # Promises run after the call, outside its limit; the next call waits for them.
        started = time.monotonic()
        self._racer.eval("0", timeout_sec=limit_s)
        if time.monotonic() - started > PROMISES_LIMIT_S:
            raise TimeOver

    def close(self) -> None:
        """Free the isolate; a process with an open one may hang when it ends."""
        self._racer.close()


QUICKJS_STACK_BYTES = 4 * 1024 * 1024


class QuickJSIsolate:
    """QuickJS-ng: slower, and runs where V8 cannot. Its limits hold for every kind of code."""

    def __init__(self, memory_limit_bytes: int) -> None:
        """Start a context. Raises ImportError where quickjs-ng is not there."""
        import quickjs

        self._error: type[Exception] = quickjs.JSException
        self._context: Any = quickjs.Context()
        self._context.set_memory_limit(memory_limit_bytes)
        self._context.set_max_stack_size(QUICKJS_STACK_BYTES)
        self._context.eval(PRELUDE + "Error.stackTraceLimit = 100;")

    def load(self, source: str) -> None:
        """Run a bundle."""
        self._context.eval(source)

    def call(self, function: str, text: str, limit_s: float) -> str:
        """Call the evaluator. Raises TimeOver or MemoryOver."""
        self._context.set_time_limit(limit_s)
        try:
            return str(self._context.eval(f"algoraveEngine.{function}({json.dumps(text)})"))
        except self._error as error:
            if "interrupted" in str(error):
                raise TimeOver from None
            raise MemoryOver from None
        finally:
            self._context.set_time_limit(-1)

    def close(self) -> None:
        """Free the context."""
        self._context = None


BACKENDS: dict[str, type[V8Isolate | QuickJSIsolate]] = {"v8": V8Isolate, "quickjs": QuickJSIsolate}


def open_isolate(backend: str, memory_limit_bytes: int) -> Isolate:
    """Start an isolate. Raises ImportError when the backend is not installed."""
    return BACKENDS[backend](memory_limit_bytes)
