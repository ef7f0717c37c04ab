"""The name of a layer that nobody named."""

from __future__ import annotations

import hashlib


def name_for_cell(cell_id: str | None, code: str) -> str:
    """A name that stays with the cell: it keeps its layer when it is run again, also with other code.

    Hosts that do not say which cell is running give no id; then the same code is the same layer.
    """
    return f"cell-{_digest(cell_id or code)}"


def name_for_code(code: str) -> str:
    """A name that stays with the code, for a `Pattern` that is a Python value and belongs to no cell."""
    return f"pattern-{_digest(code)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
