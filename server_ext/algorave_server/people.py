"""Jupyter's users as people in sessions."""

from __future__ import annotations

import hashlib

from jupyter_server.auth.identity import User

from algorave_server.store import Newcomer

AUTH_RESOURCE = "algorave"
"""What sessions are called where Jupyter authorizes."""
PALETTE = ("#c2410c", "#a16207", "#4d7c0f", "#15803d", "#0e7490", "#1d4ed8", "#7e22ce", "#be185d")
"""Colours that can be told apart on white and on black."""


def newcomer_of(user: User) -> Newcomer:
    """Who a logged-in user is for a session."""
    return Newcomer(
        name=(user.display_name or user.name or user.username)[:40],
        colour=colour_of(user.username),
        user_id=f"jupyter:{user.username}",
    )


def colour_of(name: str) -> str:
    """The same colour for the same name, always."""
    return PALETTE[hashlib.sha256(name.encode()).digest()[0] % len(PALETTE)]
