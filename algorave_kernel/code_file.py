"""A file of Strudel code, read with care: what can go wrong is said in one sentence."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

#: More than anybody writes; an engine is not fed with films that were named by mistake.
SIZE_LIMIT_BYTES = 1_000_000


class Failure(Exception):
    """Something that ends a command: a sentence for people, and the exit code for the shell."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class CodeFile:
    """Code and the name to call it by in messages."""

    name: str
    code: str

    @classmethod
    def read(cls, name: str) -> CodeFile:
        """Read a file, or standard input for `-`; raise `Failure` (exit code 2) when that is not possible."""
        shown = "<stdin>" if name == "-" else name
        try:
            raw = sys.stdin.buffer.read(SIZE_LIMIT_BYTES + 1) if name == "-" else _read_bytes(Path(name))
        except FileNotFoundError:
            raise Failure(f"there is no file {name}", 2) from None
        except IsADirectoryError:
            raise Failure(f"{name} is a folder, not a file of Strudel code", 2) from None
        except OSError as problem:
            raise Failure(f"{name} cannot be read: {problem.strerror}", 2) from None
        if len(raw) > SIZE_LIMIT_BYTES:
            raise Failure(
                f"{shown} has more than {SIZE_LIMIT_BYTES // 1_000_000} MB: that is no Strudel code", 2
            )
        try:
            return cls(shown, raw.decode("utf-8-sig").replace("\r\n", "\n"))
        except UnicodeDecodeError as problem:
            before = problem.object[: problem.start].decode("utf-8").split("\n")
            place = f"{len(before)}:{len(before[-1]) + 1}"
            raise Failure(f"{shown}:{place}: this is not UTF-8 text; save the file as UTF-8", 2) from None


def _read_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SIZE_LIMIT_BYTES + 1)
