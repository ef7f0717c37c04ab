"""A process that holds one isolate and answers one request at a time; started, watched and ended by `pool`.

Run as a file, so that it starts fast and imports nothing of the package. Requests and answers are frames on
standard input and output: four bytes of length, then JSON. It ends when its input ends.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import struct
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")
# How an answer begins after which this process is to be replaced.
DIRTY = b'{"dirty":true,'
OUT_OF_MEMORY = b'{"over":"memory"}'
WARM_UP = '$: s("bd [hh cp]*2").gain("<0.5 1>").sometimes(x => x.fast(2))'


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame; None when the stream has ended."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Write one frame at once."""
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def limit_resources(data_limit_bytes: int) -> None:
    """Make allocation bombs an error instead of a swapping machine, and leave no core files."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not RLIMIT_AS: V8 reserves more address space than there is memory.
    resource.setrlimit(resource.RLIMIT_DATA, (data_limit_bytes, data_limit_bytes))


def set_signals() -> None:
    """Leave interrupts to the caller, which gets them too; let the alarm end this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


class Bench:
    """The isolate with its bundles, and what is done with a request."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Start the isolate and load the evaluator."""
        self._module = load_isolate_module()
        self._xen_path = Path(settings["xen_path"])
        self._isolate = self._module.open_isolate(settings["backend"], settings["memory_limit_bytes"])
        self._isolate.load(Path(settings["engine_path"]).read_text(encoding="utf-8"))
        # What is compiled at first use is compiled now, while nobody waits.
        request = {"op": "check", "code": WARM_UP, "cycles": 1}
        self.answer({"text": json.dumps(request), "evaluate_limit_s": 10.0, "query_limit_s": 10.0})

    def answer(self, request: dict[str, Any]) -> bytes:
        """Evaluate, then ask. What memory limits end is told in `over`; the alarm ends this process."""
        text = request["text"]
        try:
            set_alarm(request["evaluate_limit_s"])
            found = self._prepare(text)
            if not found:
                set_alarm(request["query_limit_s"])
                found = self._isolate.call("answer", text)
            is_clean = self._isolate.rest()
        except self._module.TimeOver:
            return b'{"over":"time"}'
        except self._module.MemoryOver:
            return OUT_OF_MEMORY
        finally:
            set_alarm(0)
        return marked(found.encode("utf-8", "surrogatepass"), is_clean)

    def _prepare(self, text: str) -> str:
        refused: str = self._isolate.call("prepare", text)
        if refused != '{"needs":"xen"}':
            return refused
        self._isolate.load(self._xen_path.read_text(encoding="utf-8"))
        again: str = self._isolate.call("prepare", text)
        return again


def marked(answer: bytes, is_clean: bool) -> bytes:
    """Tell in the answer, first of all, that this process is not to be trusted with other code."""
    if not (answer.startswith(b'{"') and answer.endswith(b"}")):
        return DIRTY + b'"damaged":true}'
    return answer if is_clean else DIRTY + answer[1:]


def set_alarm(after_s: float) -> None:
    """Let the system end this process then, whatever it is doing; 0 calls it off.

    An isolate's own limits do not hold for promises and built-in functions. Without alarms (Windows)
    the caller's deadline is what ends the process.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, after_s)


def load_isolate_module() -> ModuleType:
    """Load the file next to this one without its package."""
    spec = importlib.util.spec_from_file_location("isolate", Path(__file__).with_name("isolate.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["isolate"] = module
    spec.loader.exec_module(module)
    return module


async def serve() -> None:
    """Answer requests until the input ends. One at a time, on the event loop that the isolate wants."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    settings = json.loads(sys.argv[1])
    set_signals()
    limit_resources(settings["data_limit_bytes"])
    bench = Bench(settings)
    write_frame(sink, b'{"ready":true}')
    while (frame := read_frame(source)) is not None:
        write_frame(sink, bench.answer(json.loads(frame)))


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    finally:
        # Whatever happened, without the interpreter's farewell: V8 may hang in it.
        os._exit(0)
