"""The part of a gate's notes that a snapshot says only piece by piece, to be kept beside it as JSON.

That is in which roots whose stretches stand, where they are broken and where surrogate pairs are; with it a
long layer opens fast.
It may know more than the snapshot: what was typed meanwhile is cut off when it is used. One of another
snapshot, or of another version of this code, is not used at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any, NamedTuple

VERSION = 2
"""Of the JSON, and of what the gate takes note of: another number when either changes."""

Outline = dict[str, Any]
"""`version`, `state_sha256`, `roots` (names), and `clients`: what is in `Outlined`, roots by index."""


class Outlined(NamedTuple):
    """The stretch of one client."""

    client: int
    starts: list[int]
    """Clocks at which another root begins, from 0 on."""
    roots: list[str]
    """One for each start."""
    breaks: list[int]
    """Clocks of units that were not typed right behind the one before, in order."""
    pairs: list[int]
    """Clocks of first halves of surrogate pairs, in order."""


def sealed(stretches: Iterable[Outlined], state: bytes) -> Outline:
    """The outline of stretches that hold at least what `state`, a snapshot, holds."""
    names: dict[str, int] = {}
    clients = [
        [it.client, it.starts, [names.setdefault(root, len(names)) for root in it.roots], it.breaks, it.pairs]
        for it in stretches
    ]
    return {
        "version": VERSION,
        "state_sha256": sha256(state).hexdigest(),
        "roots": list(names),
        "clients": clients,
    }


def unsealed(outline: Outline | None, state: bytes, clients: Collection[int]) -> list[Outlined] | None:
    """The stretches of an outline.

    None when there is no outline, or it is of another snapshot or version, or leaves one of the clients out.
    """
    if outline is None or outline.get("version") != VERSION:
        return None
    if outline["state_sha256"] != sha256(state).hexdigest():
        return None
    names = outline["roots"]
    stretches = [
        Outlined(client, starts, [names[index] for index in roots], breaks, pairs)
        for client, starts, roots, breaks, pairs in outline["clients"]
    ]
    return stretches if set(clients) <= {it.client for it in stretches} else None
