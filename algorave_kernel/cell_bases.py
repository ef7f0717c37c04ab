"""What a cell's text was when it was last merged into its layer, which tells what the cell has changed since.

Kept on the kernel's disk, because a notebook outlives its kernels. Losing it costs a question to a person and
never anybody's work.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from .private_file import read_private, write_private

ANY_CELL = ""
#: Bases of sessions in which no cell was run for so long are forgotten.
KEPT_DAYS = 200
DAY_S = 86_400


class CellBases:
    """The bases of one session's cells."""

    def __init__(self, session: str, folder: Path | None = None) -> None:
        """`session` names one of one server; `folder` is in Jupyter's data folder by default."""
        cells = folder or Path(jupyter_data_dir()) / "algorave" / "cells"
        self._folder = cells / _digest(session)
        _forget_old(cells)

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

    def layer_named(self, name: str) -> str | None:
        """The id of the layer that had this name when a cell of yours was last merged into it."""
        found = read_private(self._name_place(name)).get("layer")
        return found if isinstance(found, str) else None

    def put_name(self, name: str, layer_id: str) -> None:
        """The layer has this name now."""
        if self.layer_named(name) != layer_id:
            write_private(self._name_place(name), {"layer": layer_id})

    def _place(self, layer_id: str, cell_id: str) -> Path:
        return self._folder / f"{_digest(layer_id, cell_id)}.json"

    def _name_place(self, name: str) -> Path:
        return self._folder / f"name-{_digest(name)}.json"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _forget_old(cells: Path) -> None:
    """A file that is put into a folder makes the folder as young as itself."""
    oldest_s = time.time() - KEPT_DAYS * DAY_S
    with contextlib.suppress(OSError):
        for folder in cells.iterdir():
            if folder.stat().st_mtime < oldest_s:
                shutil.rmtree(folder, ignore_errors=True)
