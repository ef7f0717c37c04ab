"""A real Jupyter server in a process of its own, on a free port, that touches nobody's configuration."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Importing alone takes long on a machine that has other things to do.
START_LIMIT_S = 180.0
STOP_LIMIT_S = 15.0


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A server that answers. `url` ends with `/`; `root` is the folder with the notebooks."""

    url: str
    token: str
    root: Path
    log_path: Path

    @property
    def log(self) -> str:
        """Everything the server has written so far."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of somebody who is logged in."""
        return {"Authorization": f"token {self.token}"}


@contextmanager
def running_server(
    folder: Path, *, token: str = "tests-only", app: str = "jupyter_server", arguments: Sequence[str] = ()
) -> Iterator[LiveServer]:
    """Start `python -m <app>` below `folder` with the extension switched on; stop it in the end.

    `app` is `jupyter_server` or `jupyterlab`. Raises RuntimeError with the log when it does not come up.
    """
    root, runtime = folder / "root", folder / "runtime"
    for place in (root, runtime, folder / "config", folder / "data"):
        place.mkdir(parents=True, exist_ok=True)
    log_path = folder / "server.log"
    command = [
        sys.executable, "-m", app, "--no-browser", "--ServerApp.port=0", "--ServerApp.ip=127.0.0.1",
        "--allow-root", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
        "--ServerApp.jpserver_extensions={'algorave_server': True}", *arguments,
    ]  # fmt: skip
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "lab-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "lab-workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=root)
    try:
        yield LiveServer(_wait_for_url(process, runtime, log_path), token, root, log_path)
    finally:
        _stop(process)


def _wait_for_url(process: subprocess.Popen[bytes], runtime: Path, log_path: Path) -> str:
    """The server writes its address into its runtime folder when it has bound a port."""
    deadline = time.monotonic() + START_LIMIT_S
    info = runtime / f"jpserver-{process.pid}.json"
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return str(json.loads(info.read_text(encoding="utf-8"))["url"])
        except (OSError, ValueError):
            time.sleep(0.05)
    raise RuntimeError(
        f"the Jupyter server did not start:\n{log_path.read_text(encoding='utf-8', errors='replace')}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_LIMIT_S)
