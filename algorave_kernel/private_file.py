"""Small JSON files that are their owner's alone."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from pathlib import Path
from typing import Any


def read_private(place: Path) -> dict[str, Any]:
    """What is in the file; nothing when it is not there or not readable."""
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_private(place: Path, data: dict[str, Any]) -> bool:
    """Put the file in its place in one step; False when that is not possible, as on a full disk."""
    beside = place.with_name(f".{uuid.uuid4().hex}.part")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(data, file)
        beside.replace(place)
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return True
