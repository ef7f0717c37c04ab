"""A file that a command makes: never in the place of what it is made from, never half of it."""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from pathlib import Path

from .code_file import Failure


def refuse_unfit(output: Path, source: str | Path) -> None:
    """Before the work, not after it; raise `Failure` (exit code 2). The source `-` is standard input."""
    if output.is_dir():
        raise Failure(f"{output} is a folder; name a file", 2)
    if not output.parent.is_dir():
        raise Failure(f"there is no folder {output.parent}", 2)
    if output.is_file() and _is_same(output, source):
        raise Failure(f"{output} is what the result is made from; name another file with -o", 2)


def write(output: Path, data: bytes) -> None:
    """Write everything or nothing; raise `Failure` when it cannot be written."""
    try:
        # A device or a pipe is written to; putting a file in its place would take it away.
        if output.exists() and not output.is_file():
            output.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(output)), data)
    except OSError as problem:
        raise Failure(f"{output} cannot be written: {problem.strerror}") from None


def _is_same(output: Path, source: str | Path) -> bool:
    # A source that is not there is told by who reads it; standard input need not be a real file.
    with contextlib.suppress(OSError, ValueError):
        found = os.fstat(sys.stdin.fileno()) if str(source) == "-" else Path(source).stat()
        return os.path.samestat(output.stat(), found)
    return False


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target, then put that in its place in one step."""
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is read-only")
    beside = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
        if target.exists():
            beside.chmod(target.stat().st_mode)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
