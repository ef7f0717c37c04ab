"""`algorave serve`: shared sessions without notebooks, in a process of the server's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence

from .arguments import BadUsage

SETTING = re.compile(r"([a-z][a-z0-9_]*)=(.*)", re.DOTALL)


def serve(  # noqa: PLR0913 - the options of the command, by name
    *,
    ip: str,
    port: int,
    database_url: str | None = None,
    public_url: str | None = None,
    agent: bool = False,
    settings: Sequence[str] = (),
) -> int:
    """Serve until stopped; returns the exit code. Raise `BadUsage` for a setting that is not `NAME=VALUE`."""
    # By its name: the kernel side knows nothing of the server, not even where it is installed.
    command = [sys.executable, "-m", "algorave_server.serve", f"--ip={ip}", f"--port={port}"]
    if database_url is not None:
        command.append(f"--database-url={database_url}")
    if public_url is not None:
        command.append(f"--public-url={public_url}")
    if agent:
        command.append("--agent")
    command += [_trait(setting) for setting in settings]
    if os.name == "posix":
        # In the place of this process, so that whoever stops it stops the server.
        os.execv(sys.executable, command)  # noqa: S606  # our own Python
    return subprocess.call(command)  # noqa: S603  # our own Python


def _trait(setting: str) -> str:
    found = SETTING.fullmatch(setting)
    if found is None:
        raise BadUsage(f"'{setting}' is no setting; write one as --set max_viewers=100.")
    return f"--AlgoraveApp.{found[1]}={found[2]}"
