"""Builds the front end when its sources are newer than what is there. `python widgets/front_end.py`.

Used by the Makefile and, through `hatch_build.py`, while a wheel is built. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

WIDGETS = Path(__file__).resolve().parent
OUTPUTS = (WIDGETS / "algorave_widgets" / "static", WIDGETS / "algorave_widgets" / "labextension")
STAMP = OUTPUTS[0] / "sources.sha256"
SOURCES = ("build", "src", "build.mjs", "package.json", "package-lock.json", "tsconfig.json")
MUST_EXIST = (
    "static/engine.js",
    "static/guest.js",
    "static/host.js",
    "static/manifest.json",
    "static/stage.html",
    "static/widget.js",
    "labextension/package.json",
)
MIN_NODE = 20


class CannotBuild(Exception):
    """Why the front end cannot be built here, in one sentence that says what to do."""


def fingerprint() -> str:
    """One hash over everything the build reads, so that a stale bundle is noticed without a build."""
    digest = hashlib.sha256()
    for name in SOURCES:
        place = WIDGETS / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(WIDGETS).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def is_built() -> bool:
    """Whether the files a wheel cannot do without are there, whatever they were built from."""
    return all((WIDGETS / "algorave_widgets" / name).is_file() for name in MUST_EXIST)


def is_fresh() -> bool:
    """Whether the built front end was made from the sources as they are now."""
    return is_built() and STAMP.is_file() and STAMP.read_text(encoding="utf-8").strip() == fingerprint()


def build() -> None:
    """Install the npm packages when they are not those of the lock file, then build everything.

    Raises CannotBuild when Node or npm is missing or a step fails.
    """
    node, npm = _tools()
    if not _packages_are_installed():
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "installing the npm packages")
    sources, started_s = fingerprint(), time.time()
    _run([node, "build.mjs"], "building the front end")
    for output in OUTPUTS:
        _remove_older(output, started_s)
    if not is_built():
        raise CannotBuild(f"the build did not write all of {', '.join(MUST_EXIST)}")
    STAMP.write_text(f"{sources}\n", encoding="utf-8")


def _tools() -> tuple[str, str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise CannotBuild(
            f"Building the front end needs Node {MIN_NODE} or newer with npm (https://nodejs.org); "
            "install it, or install algorave from its wheel, which needs neither."
        )
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)", said)
    if major is None or int(major.group(1)) < MIN_NODE:
        raise CannotBuild(f"Building the front end needs Node {MIN_NODE} or newer, not {said or node}.")
    return node, npm


def _packages_are_installed() -> bool:
    """Compare npm's record of what it installed with the lock; packages for other systems may be absent."""
    record = WIDGETS / "node_modules" / ".package-lock.json"
    if not record.is_file():
        return False
    wanted = json.loads((WIDGETS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    present = json.loads(record.read_text(encoding="utf-8"))["packages"]
    if not present.keys() <= wanted.keys():
        return False
    for name, package in wanted.items():
        there = present.get(name)
        if name and (there is None or not (WIDGETS / name).is_dir()):
            if not package.get("optional"):
                return False
        elif name and there["version"] != package["version"]:
            return False
    return True


def _run(command: list[str], what: str) -> None:
    print(f"   {what} …", flush=True)
    if subprocess.run(command, cwd=WIDGETS, check=False).returncode != 0:
        raise CannotBuild(f"Stopped while {what}: see the lines above.")


def _remove_older(folder: Path, started_s: float) -> None:
    """Names carry hashes, so an earlier build leaves files behind that nothing refers to."""
    # File systems keep times more coarsely than the clock, by at most two seconds.
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime < started_s - 2:
            path.unlink()


def main() -> int:
    """Build when needed; 0 when the front end is fresh afterwards."""
    if is_fresh():
        print("   the front end is fresh")
        return 0
    try:
        build()
    except CannotBuild as reason:
        print(f"   {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
