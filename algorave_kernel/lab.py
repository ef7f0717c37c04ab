"""`algorave lab`: JupyterLab on a notebook, with an address to copy where no browser can be opened."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import webbrowser
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from .code_file import Failure

FIRST_LESSON = "01_first_pattern.ipynb"
PORTS_TRIED = 50


def open_lab(notebook: Path | None, *, port: int = 8888, has_browser: bool = True) -> int:
    """Serve JupyterLab from the notebook's folder until it is stopped; returns its exit code.

    Without a notebook the first lesson is opened, as a copy in the current folder; a copy that is already
    there is yours and stays as it is. Raise `Failure` when there is no such notebook or no free port.
    """
    path = _own_copy(Path.cwd()) if notebook is None else notebook
    if not path.is_file():
        raise Failure(f"there is no notebook {path}", 2)
    root = path.resolve().parent
    chosen = _free_port(port)
    token = secrets.token_urlsafe(24)
    url = f"http://127.0.0.1:{chosen}/lab/tree/{quote(path.name)}?token={token}"
    process = subprocess.Popen(_command(root, chosen), env=_environment(token))  # noqa: S603  # our own Python
    watcher = threading.Thread(target=_announce, args=(process, chosen, url, has_browser), daemon=True)
    watcher.start()
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        return process.wait()


def _own_copy(folder: Path) -> Path:
    own = folder / FIRST_LESSON
    if not own.exists():
        shutil.copyfile(_lesson(), own)
        print(f"copied the first lesson to {own}", file=sys.stderr)
    return own


def _lesson() -> Path:
    """The lesson in the installed package, or in the checkout that the package is used from."""
    package = Path(str(resources.files("algorave_kernel")))
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST_LESSON).is_file():
            return folder / FIRST_LESSON
    raise Failure(
        f"{FIRST_LESSON} is not part of this installation; name a notebook: `algorave lab NOTEBOOK`"
    )


def _free_port(first: int) -> int:
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Failure(f"no free port from {first} to {first + PORTS_TRIED - 1}; try another --port")


def _command(root: Path, port: int) -> list[str]:
    settings = {
        "ServerApp.root_dir": str(root),
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": str(port),
        "ServerApp.port_retries": "0",
        "ServerApp.open_browser": "False",
        # The address is what people look for: it must not drown in what went well.
        "ServerApp.log_level": "WARN",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [sys.executable, "-m", "jupyterlab", *options, *as_root]


def _environment(token: str) -> dict[str, str]:
    """The token, and a configuration in which JupyterLab does not greet people with a question about news."""
    quiet = str(resources.files("algorave_kernel") / "lab_config")
    paths = [quiet, *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return os.environ | {"JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def _announce(process: subprocess.Popen[bytes], port: int, url: str, has_browser: bool) -> None:
    """When the server answers: open a browser when there is one, and print the address in any case."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            _wait(process)
            continue
        opened = has_browser and _has_display() and webbrowser.open(url)
        says = "playing in your browser; the address is" if opened else "open this address in a browser:"
        print(f"\n  algorave: {says}\n\n    {url}\n\n  Ctrl+C stops it.\n", file=sys.stderr, flush=True)
        return


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return


def _has_display() -> bool:
    """Whether a browser would have somewhere to appear; else `webbrowser` may start a text browser."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
