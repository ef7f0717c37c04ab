"""A process that renders one piece of code to sound and ends; started and watched by `render`.

Run as a file. It reads one frame of JSON and answers with frames whose first byte tells their kind: `J` for
JSON, `P` for stereo samples as 32-bit floats. The code runs in an isolate that never meets another one's.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

PREPARE_LIMIT_S = 10.0
STEP_LIMIT_S = 60.0
#: A sample longer than this is not a sample; it would only fill the memory.
MOST_FILE_BYTES = 50_000_000


def load_sibling(name: str) -> ModuleType:
    """Load the file of that name next to this one without its package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Kitchen:
    """The isolate with the renderer in it, and the steps of one render."""

    def __init__(self, settings: dict[str, Any], send: Any) -> None:
        """Start the isolate and load the renderer."""
        from py_mini_racer import MiniRacer, init_mini_racer

        # Without mini-racer's `--single-threaded`: compiling and collecting beside the render saves a third.
        init_mini_racer(flags=())

        self._settings = settings
        self._send = send
        self._racer = MiniRacer()
        self._racer.set_hard_memory_limit(settings["memory_limit_bytes"])
        self._racer.eval("Error.stackTraceLimit = 60;")
        self._racer.eval(Path(settings["render_path"]).read_text(encoding="utf-8"))

    def prepare(self, request: dict[str, Any]) -> dict[str, Any]:
        """Evaluate, gate, lay out the haps."""
        call = f"algoraveRender.prepare({json.dumps(json.dumps(request))})"
        answer = json.loads(str(self._racer.eval(call, timeout_sec=PREPARE_LIMIT_S)))
        if answer.get("needs") == "xen":
            self._racer.eval(Path(self._settings["xen_path"]).read_text(encoding="utf-8"))
            answer = json.loads(str(self._racer.eval(call, timeout_sec=PREPARE_LIMIT_S)))
        return answer

    def give_files(self, wanted: list[str], paths: dict[str, str]) -> None:
        """Copy the files that are played into the isolate."""
        for address in wanted:
            path = paths.get(address)
            if path is None:
                continue
            with Path(path).open("rb") as file:
                data = file.read(MOST_FILE_BYTES)
            place: Any = self._racer.eval(f"algoraveRender.give({json.dumps(address)}, {len(data)})")
            if data:
                memoryview(place).cast("B")[:] = data

    def render(self) -> None:
        """Send block after block of samples."""
        self._await("begin")
        while (block := self._await("step")) is not None:
            self._send(b"P" + bytes(block))

    def _await(self, function: str) -> Any:
        promise: Any = self._racer.eval(f"algoraveRender.{function}()", timeout_sec=STEP_LIMIT_S)
        return promise.get(timeout=STEP_LIMIT_S)

    def warnings(self) -> list[str]:
        """Give what sounds other than the code asks."""
        return json.loads(str(self._racer.eval("algoraveRender.warnings()", timeout_sec=STEP_LIMIT_S)))

    def close(self) -> None:
        """Free the isolate; a process with an open one may hang when it ends."""
        self._racer.close()


def main() -> None:
    """Render what standard input asks for."""
    worker = load_sibling("worker")
    settings = json.loads(sys.argv[1])
    worker.limit_resources(settings["data_limit_bytes"])
    worker.set_alarm(settings["limit_s"])
    sink = sys.stdout.buffer

    def send(frame: bytes) -> None:
        worker.write_frame(sink, frame)

    def tell(message: dict[str, Any]) -> None:
        send(b"J" + json.dumps(message).encode())

    from py_mini_racer import JSOOMException, JSTimeoutException

    frame = worker.read_frame(sys.stdin.buffer)
    if frame is None:
        return
    request = json.loads(frame)
    try:
        kitchen = Kitchen(settings, send)
        prepared = kitchen.prepare(request["plan"])
        tell(prepared)
        if "problems" not in prepared:
            kitchen.give_files(prepared["wanted"], request["paths"])
            kitchen.render()
            tell({"warnings": kitchen.warnings()})
        kitchen.close()
    except JSTimeoutException:
        tell({"over": "time"})
    except JSOOMException:
        tell({"over": "memory"})
    except Exception as error:  # noqa: BLE001 - whatever an isolate throws is told in words
        tell({"failed": str(error)[:500]})
    # An isolate that is still busy would keep the process.
    os._exit(0)


if __name__ == "__main__":
    main()
