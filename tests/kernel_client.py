"""A real Jupyter kernel for tests: run cells as a front end does and see what comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

LIMIT_S = 120
KERNELSPEC = Path(__file__).parents[1] / "algorave_kernel" / "kernelspec"


@dataclass
class Ran:
    """What one cell did."""

    streams: str = ""
    displays: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    comms: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def take(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "stream":
            self.streams += content["text"]
        elif kind == "display_data":
            self.displays.append(content["data"])
        elif kind == "update_display_data":
            self.updates.append(content["data"])
        elif kind == "execute_result":
            self.results.append(content["data"])
        elif kind == "error":
            self.errors.append(f"{content['ename']}: {content['evalue']}")
        elif kind.startswith("comm_"):
            self.comms.append((kind, content))


class Kernel:
    """One running kernel and the channel to it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, code: str, cell_id: str | None = None) -> Ran:
        """Run a cell and wait until the kernel is idle again. `cell_id` is sent as JupyterLab sends it."""
        session = self._client.session
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
        }
        message = session.msg("execute_request", content, metadata={"cellId": cell_id} if cell_id else {})
        self._client.shell_channel.send(message)
        ran = Ran()
        while True:
            reply = self._client.get_iopub_msg(timeout=LIMIT_S)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                break
            ran.take(reply["msg_type"], reply["content"])
        self._reply(message["header"]["msg_id"])
        return ran

    def complete(self, code: str, cursor: int | None = None) -> tuple[list[str], str]:
        """The completions at the cursor (default: the end), and the code they replace."""
        at = len(code) if cursor is None else cursor
        content = self._reply(self._client.complete(code, at))
        return content["matches"], code[content["cursor_start"] : content["cursor_end"]]

    def _reply(self, message_id: str) -> dict[str, Any]:
        """The content of the reply to one message; others, such as those to the first greetings, are passed over."""
        while True:
            reply = self._client.get_shell_msg(timeout=LIMIT_S)
            if reply["parent_header"].get("msg_id") == message_id:
                return reply["content"]


@contextmanager
def running_kernel(name: str, specs: Path | None = None) -> Iterator[Kernel]:
    """Start a kernel; `specs` is a folder with kernel specs that nobody installed."""
    found = KernelSpecManager(ensure_native_kernel=True)
    if specs is not None:
        found.kernel_dirs.insert(0, str(specs))
    manager = KernelManager(kernel_name=name, kernel_spec_manager=found)
    manager.start_kernel()
    client = manager.blocking_client()
    try:
        client.start_channels()
        wait_until_ready(client)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def wait_until_ready(client: Any) -> None:
    """Wait for a blocking client's kernel, or raise RuntimeError.

    A kernel that starts on a busy machine misses heartbeats, and is taken for dead too soon.
    """
    end_s = time.monotonic() + LIMIT_S
    while True:
        try:
            client.wait_for_ready(timeout=end_s - time.monotonic())
        except RuntimeError:
            if time.monotonic() >= end_s:
                raise
        else:
            return
