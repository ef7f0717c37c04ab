"""The servers that `load.py` compares: ours with everything on, and Hocuspocus as its README starts it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEER_VERSION = "4.7.0"
PEER_FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "algorave" / "hocuspocus"
START_LIMIT_S = 60
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
UNLIMITED = (
    "edits_per_s=0", "controls_per_s=0", "bytes_per_s=0", "cursors_per_s=0", "connects_per_min=0",
    "max_sockets_per_address=100000", "max_sockets_per_participant=100000", "max_editors=100000",
    "max_viewers=100000", "hello_within_s=600", "session_edits_per_s=0", "session_bytes_per_s=0",
)  # fmt: skip
"""Everybody comes from one address and types as nobody could."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used so far, and holds now."""

    cpu_s: float
    rss_bytes: int


class Server:
    """A process on a free port, held to one core where there are two."""

    speaks = ""
    root = ""
    headers: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What starts it."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """What it is started in."""
        return dict(os.environ)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            on_core(0, self.command()), cwd=self.folder, env=self.environment(), stdout=log, stderr=log
        )
        end_s = time.monotonic() + START_LIMIT_S
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end_s:
                    sys.exit((self.folder / "server.log").read_text(encoding="utf-8")[-2000:])
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL is a power cut."""
        assert self._process is not None
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def usage(self) -> Usage:
        """CPU and memory of the process."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return Usage((int(fields[11]) + int(fields[12])) / TICKS_PER_S, int(fields[21]) * PAGE_BYTES)

    def sessions(self, count: int) -> list[dict[str, str]]:
        """New sessions: their paths and names."""
        raise NotImplementedError


class Ours(Server):
    """`algorave serve`: update gate, journal and acknowledgements on, limits lifted."""

    speaks = "algorave"
    root = "layer:l1"
    headers = ("Authorization: token load",)
    compiled: Path | None = None
    """Where the compiled package is; None: as it is installed."""

    def environment(self) -> dict[str, str]:
        """With the compiled package before all others."""
        path = os.environ.get("PYTHONPATH", "")
        return os.environ | ({"PYTHONPATH": f"{self.compiled}{os.pathsep}{path}"} if self.compiled else {})

    def command(self) -> list[str]:
        """As an operator starts it, but let in by a token."""
        return [
            sys.executable, "-m", "algorave_server.serve", f"--port={self.port}",
            f"--database-url=sqlite:///{self.folder / 'sessions.sqlite3'}",
            "--ServerApp.identity_provider_class=jupyter_server.auth.identity.IdentityProvider",
            "--IdentityProvider.token=load", "--ServerApp.port_retries=0", "--Application.log_level=WARN",
            *(f"--AlgoraveApp.{setting}" for setting in UNLIMITED),
        ]  # fmt: skip

    def sessions(self, count: int) -> list[dict[str, str]]:
        """Made over REST."""
        made = [self._create(f"Load {number}") for number in range(count)]
        return [{"path": f"/algorave/ws/{each['id']}", "name": each["id"]} for each in made]

    def _create(self, title: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/algorave/api/sessions",
            data=json.dumps({"title": title, "layer": "bass"}).encode(),
            headers={"Authorization": "token load", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)


class Hocuspocus(Server):
    """In memory, without extensions: it checks nothing, keeps nothing and acknowledges nothing."""

    speaks = "hocuspocus"
    root = "layer:l1"
    peer_folder = PEER_FOLDER

    def command(self) -> list[str]:
        """Node."""
        start = (
            "import { createRequire } from 'node:module';"
            f"const require = createRequire({json.dumps(str(self.peer_folder / 'package.json'))});"
            "const { Server } = require('@hocuspocus/server');"
            f"new Server({{ port: {self.port}, address: '127.0.0.1', quiet: true }}).listen();"
        )
        return ["node", "--input-type=module", "-e", start]

    def sessions(self, count: int) -> list[dict[str, str]]:
        """Documents that are made by asking for them."""
        return [
            {"path": "/", "name": f"load-{os.getpid()}-{time.monotonic_ns()}-{at}"} for at in range(count)
        ]


def compiled_package() -> Path | None:
    """Where the compiled package is, made when it is not there; None, and why, when it cannot be made."""
    script = Path(__file__).parents[1] / "server_ext" / "compiled.py"
    said = subprocess.run([sys.executable, str(script)], check=False, text=True, capture_output=True)
    if said.returncode != 0:
        print(f"ours is interpreted: {said.stderr.strip()}", file=sys.stderr)
        return None
    return Path(said.stdout.splitlines()[-1])


def install_peer(folder: Path) -> None:
    """Hocuspocus from npm, once."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    npm = shutil.which("npm") or sys.exit("Node is needed, and npm was not found")
    packages = [f"@hocuspocus/server@{PEER_VERSION}", "yjs@13"]
    subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", *packages], cwd=folder, check=True, stdout=sys.stderr
    )


def has_peer(folder: Path) -> bool:
    """Whether it is installed."""
    return (folder / "node_modules" / "@hocuspocus" / "server").is_dir()


def on_core(core: int, command: list[str]) -> list[str]:
    """A command that keeps to one core, when there is another one."""
    cores = sorted(os.sched_getaffinity(0))
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(cores[core]), *command] if taskset and len(cores) > 1 else command
