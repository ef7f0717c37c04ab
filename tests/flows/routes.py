"""Every route of a server, with something filled in where its pattern leaves a gap."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BASE = "/base/"
SESSION = "{session}"
UUID = "0b1a2c3d-0000-0000-0000-000000000000"
SAMPLES = (
    (r"[0-9a-f]{32}", SESSION),
    (r"\w+-\w+-", UUID),
    ("lab|doc", "lab"),
    ("restart", "interrupt"),
    ("robots", "robots.txt"),
    ("favicon", "favicon.ico"),
    ("workspaces/[", ""),
    ("/tree/", ""),
    ("?P<path>(?:", "/x"),
)
"""What stands for a group of a pattern, by a piece of it; `x` for all others."""
OPEN_TO_ALL = {
    "login",
    "logout",
    "api",
    "robots.txt",
    "favicon.ico",
}
"""What Jupyter shows everybody on purpose: its login, its version, its icon. Nothing of the host's."""
OURS_FOR_GUESTS = {
    "algorave/guest",
    "algorave/guest/",
    "algorave/guest/api/me",
    "algorave/guest/api/look",
    "algorave/guest/api/redeem",
    "algorave/guest/api/leave",
    f"algorave/guest/api/agent/{SESSION}",
    "algorave/guest/x",
    "algorave/healthz",
    "algorave/readyz",
    "algorave/stage",
}
"""Where everybody or a guest gets an answer of ours."""
SAY_NOTHING = {
    "jupyter_server.base.handlers.TrailingSlashHandler",  # takes a slash off
    "jupyter_server.base.handlers.MainHandler",  # leads to the first page
    "jupyter_server.services.contents.handlers.NotebooksRedirectHandler",  # leads to the contents
    "jupyterlab_server.licenses_handler.LicensesHandler",  # fails and leaves everybody waiting
}
"""Handlers of Jupyter's that tell nobody anything."""


@dataclass(frozen=True)
class Route:
    """One route with a path that matches it."""

    path: str
    handler: str
    methods: tuple[str, ...]
    is_socket: bool


@cache
def routes() -> tuple[Route, ...]:
    """All routes of a Jupyter server with all that is installed here, below `/base/`."""
    with tempfile.TemporaryDirectory() as folder:
        places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR")
        environment = os.environ | dict.fromkeys(places, folder)
        command = [
            sys.executable,
            str(Path(__file__).with_name("route_table.py")),
            f"--ServerApp.base_url={BASE}",
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment, cwd=folder
        )
    return tuple(_route(json.loads(line)) for line in done.stdout.splitlines())


def _route(row: dict[str, object]) -> Route:
    pattern = str(row["pattern"])
    path = "/base/x" if pattern == "(.*)$" else sample_of(pattern)
    assert re.fullmatch(pattern, path.replace(SESSION, "0" * 32)), (pattern, path)
    methods = tuple(str(method) for method in row["methods"])  # type: ignore[union-attr]  # a list of names
    return Route(path.removeprefix(BASE).lstrip("/"), str(row["handler"]), methods, bool(row["socket"]))


def sample_of(pattern: str) -> str:
    """A path that the pattern matches."""
    path, at = "", 0
    pattern = pattern.removesuffix("$")
    while at < len(pattern):
        char = pattern[at]
        if char == "(":
            end = _end_of_group(pattern, at)
            path += _sample_of_group(pattern[at + 1 : end])
            at = end + 1
        elif char == "\\":
            path += pattern[at + 1]
            at += 2
        elif pattern.startswith(".*", at):
            path += "x"
            at += 2
        elif char == "?":
            at += 1
        else:
            path += char
            at += 1
    return path


def _end_of_group(pattern: str, begin: int) -> int:
    depth = 0
    for at in range(begin, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[at], 0)
        if depth == 0:
            return at
    raise AssertionError(pattern)


def _sample_of_group(group: str) -> str:
    return next((sample for piece, sample in SAMPLES if piece in group), "x")
