"""Compiles what every edit passes through, for servers with many people. `python server_ext/compiled.py`.

The same sources, typed as they are, become extension modules by mypyc. Nothing needs them: without them the
same files are interpreted. Used through `hatch_build.py` while a wheel is built with ALGORAVE_COMPILE=1, by
`benchmarks/load.py` and by the tests. Standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "server_ext" / "algorave_server"
COMPILED = ROOT / "build" / "compiled"
"""A copy of the package with extension modules beside the sources they were made of, to be put on a path."""
STAMP = COMPILED / "sources.sha256"
HOT = (
    "activity", "budget", "close", "counts", "effects", "holdings", "hub", "journal", "ledger", "lib0",
    "live", "replica", "rights", "room", "roster", "session_budget", "sharing", "spool_record", "sync_frame",
    "taken_socket", "texts", "typing_run", "update_gate", "websocket_frames", "yjs_update",
)  # fmt: skip
"""Modules of the package: what an edit passes through, from the bytes of a socket to those of others."""

_SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import setup

modules = mypycify(
    ["--follow-imports=silent", *sys.argv[3:]], opt_level="2", debug_level="0", group_name="algorave_server"
)
setup(name="algorave_server", ext_modules=modules, script_args=sys.argv[1:3])
"""


class CannotCompile(Exception):
    """Why it cannot be compiled here, in one sentence that says what to do."""


def fingerprint() -> str:
    """One hash over the package and the Python it is compiled for."""
    digest = hashlib.sha256(f"{sys.version} {HOT}".encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether what is there was made from the sources as they are now."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8").strip() == fingerprint()


def needs() -> list[str]:
    """The packages that compiling needs, as pyproject.toml names them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["dependency-groups"]["compile"])


def compile_hot() -> None:
    """Make `COMPILED` unless it is fresh, in a minute or two.

    Raises CannotCompile when something is missing or fails.
    """
    if is_fresh():
        return
    _check_needs()
    print("   compiling the server (a minute or two) …", flush=True)
    sources = fingerprint()
    shutil.rmtree(COMPILED, ignore_errors=True)
    shutil.copytree(PACKAGE, COMPILED / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    files = [f"{PACKAGE.name}/{name}.py" for name in HOT]
    said = subprocess.run(
        [sys.executable, "-c", _SETUP, "build_ext", "--inplace", *files],
        cwd=COMPILED, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    shutil.rmtree(COMPILED / "build", ignore_errors=True)
    if said.returncode != 0:
        raise CannotCompile(f"Compiling the server failed:\n{said.stdout[-2000:]}")
    STAMP.write_text(f"{sources}\n", encoding="utf-8")


def extension_modules() -> dict[Path, str]:
    """Each compiled file, and where it lies in a wheel."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return {path: path.relative_to(COMPILED).as_posix() for path in COMPILED.rglob(f"*{suffix}")}


def _check_needs() -> None:
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        raise CannotCompile(f"Compiling needs a C compiler, and there is no {compiler}: install gcc.")
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        raise CannotCompile(
            "Compiling needs Python's headers: on Debian and Ubuntu, apt-get install python3-dev."
        )
    if any(importlib.util.find_spec(name) is None for name in ("mypyc", "setuptools")):
        raise CannotCompile(f"Compiling needs {' and '.join(needs())}: pip install them.")


if __name__ == "__main__":
    try:
        compile_hot()
    except CannotCompile as reason:
        sys.exit(str(reason))
    print(COMPILED)
