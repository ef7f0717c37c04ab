"""A real Jupyter server in a process of its own, to be stopped, killed and started again."""

from __future__ import annotations

import http.cookiejar
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 90
"""Taking down the modules of a Jupyter server alone costs more than a second of a core."""


class JupyterProcess:
    """`jupyter server` with our extension on a free port of this machine, in its own folder and database."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.token = "flow-tests"
        self.database = folder / "sessions.sqlite3"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The base URL, with a slash at the end."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "jupyter",
            "server",
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
        ]
        settings = [
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.folder}",
            f"--IdentityProvider.token={self.token}",
            "--ServerApp.jpserver_extensions=algorave_server=True",
            f"--AlgoraveApp.database_url=sqlite:///{self.database}",
        ]
        log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen([*command, *settings, *self._options], stdout=log, stderr=log)
        end_s = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end_s:
                raise RuntimeError((self.folder / "server.log").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as an operator would."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT_S)

    def log_in(self) -> Person:
        """A new person with a login cookie of their own."""
        return Person(self)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}api", timeout=10).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True


class Person:
    """Somebody who is logged in to Jupyter in a browser of their own."""

    def __init__(self, server: JupyterProcess) -> None:
        self._server = server
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self._opener.open(f"{server.url}login?token={server.token}").close()

    @property
    def cookie(self) -> str:
        """The Cookie header of this person's browser."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Call the REST API below `algorave/api/` and return its JSON."""
        xsrf = next((cookie.value for cookie in self._cookies if cookie.name == "_xsrf"), "") or ""
        request = urllib.request.Request(
            f"{self._server.url}algorave/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-XSRFToken": xsrf, "Content-Type": "application/json"},
        )
        with self._opener.open(request) as response:
            return json.load(response)
