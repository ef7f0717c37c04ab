"""What an operator can set, as one frozen value that the rest of the server reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of one running server, read once from the traits of `AlgoraveApp`."""

    static_dir: Path | None
    """Folder with the built front end; None when it is not installed."""
    samples_dir: Path | None
    """Folder of local samples; None when none is offered."""
    static_cache_s: int
    """How long a browser may keep a file whose name carries its content's hash."""
    max_sample_bytes: int
    """Largest sample file that is listed and served."""
    max_samples: int
    """Most sample files that one listing holds."""
