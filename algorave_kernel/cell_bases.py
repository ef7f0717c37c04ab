"""What a cell's text was when it was last merged into its layer, which tells what the cell has changed since.

Kept on the kernel's disk, because a notebook outlives its kernels. Losing it costs a question to a person and
never anybody's work.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from .private_file import read_private, write_private

ANY_CELL = ""


class CellBases:
    """The bases of one session's cells."""

    def __init__(self, session: str, folder: Path | None = None) -> None:
        """`session` names one of one server; `folder` is in Jupyter's data folder by default."""
        self._session = session
        self._folder = folder or Path(jupyter_data_dir()) / "algorave" / "cells"

    def get(self, layer_id: str, cell_id: str) -> str | None:
        """The base of a cell; of one that never ran, what another cell of yours last made of the layer."""
        for each in (cell_id, ANY_CELL):
            text = read_private(self._place(layer_id, each)).get("text")
            if isinstance(text, str):
                return text
        return None

    def put(self, layer_id: str, cell_id: str, text: str) -> None:
        """The cell's text is in the layer now."""
        for each in {cell_id, ANY_CELL}:
            write_private(self._place(layer_id, each), {"text": text})

    def _place(self, layer_id: str, cell_id: str) -> Path:
        key = f"{self._session}\n{layer_id}\n{cell_id}".encode("utf-8", "surrogatepass")
        return self._folder / f"{hashlib.sha256(key).hexdigest()[:32]}.json"
