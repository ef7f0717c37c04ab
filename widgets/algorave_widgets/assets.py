"""Where the built front end lies."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"


def static_path(name: str) -> Path:
    """Give the path of a built file; FileNotFoundError says what to do when the front end is not built."""
    path = STATIC / name
    if not path.is_file():
        message = f"{name} is not built here: run `make build`, or install the wheel"
        raise FileNotFoundError(message)
    return path
