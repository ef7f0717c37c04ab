"""Invites: secrets that can be redeemed for a role. Pure rules; the store keeps them and counts their uses.

The secret is seen once, by the host who makes it, and travels in the fragment of a link. Only its SHA-256 is
kept: it has 256 random bits, so neither salt nor a slow hash would make it harder to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from algorave_server.errors import Refusal
from algorave_server.rights import Role

TOKEN_BYTES = 32
DEFAULT_EXPIRY_S = 86_400
MAX_EXPIRY_S = 366 * 86_400
MAX_USES = 100_000

Kind = Literal["person", "agent"]
"""Whom an invite is for. An agent's is for one agent, which has the same place each time it comes by it."""

_RANK = {Role.VIEWER: 0, Role.CO_AUTHOR: 1, Role.HOST: 2}


class WhyNot(StrEnum):
    """Why an invite does not let somebody in. For the journal and for metrics; never told to who asks."""

    UNKNOWN = "unknown"
    REVOKED = "revoked"
    EXPIRED = "expired"
    USED_UP = "used_up"
    BANNED = "banned"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Minted:
    """A new secret, and what is kept of it."""

    token: str = field(repr=False)
    """Shown once. Never log it, store it or put it into an error."""
    sha256: str
    """In hexadecimal."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invite is good for."""

    role: Role
    expires_at: datetime
    max_uses: int | None
    """How many people may come by it; None when that does not matter."""
    kind: Kind = "person"


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite as it is kept."""

    id: str
    session_id: str
    token_sha256: str
    role: Role
    created_by: str
    """The participant who made it."""
    created_at: datetime
    expires_at: datetime
    max_uses: int | None
    uses: int
    revoked_at: datetime | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invite is to, as its holder may know before using it."""

    title: str
    """Of the session."""
    role: Role
    by: str
    """The name of the host who made it."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Credential:
    """What a guest is known by from now on, and what it was known by until now."""

    sha256: str
    lifetime: timedelta
    """How long it lasts, used or not."""
    idle: timedelta
    """How long it lasts without being used."""
    shown_sha256: str | None = None
    """Of the credential that came with the request; it ends where the new one begins."""


def mint() -> Minted:
    """A new secret of 256 random bits, safe in a URL."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return Minted(token, sha256_of(token))


def sha256_of(token: str) -> str:
    """What is kept of a secret, in hexadecimal. Takes any text: nonsense is just an unknown invite."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(sha256: str, other: str) -> bool:
    """Compare two hashes in a time that does not depend on where they differ."""
    return hmac.compare_digest(sha256.encode(), other.encode())


def terms(
    role: Role, now: datetime, *, expires_in_s: float = DEFAULT_EXPIRY_S, max_uses: int | None = None
) -> Terms:
    """Checked terms, counted from `now` (UTC); a `malformed` refusal says which limit was passed."""
    if not 0 < expires_in_s <= MAX_EXPIRY_S:
        raise Refusal("malformed", "an invite lasts more than 0 seconds and at most 366 days")
    if max_uses is not None and not 0 < max_uses <= MAX_USES:
        raise Refusal("malformed", f"an invite has from 1 to {MAX_USES} uses, or any number")
    return Terms(role, now + timedelta(seconds=expires_in_s), max_uses)


def terms_for_agent(now: datetime, *, expires_in_s: float = DEFAULT_EXPIRY_S) -> Terms:
    """Checked terms of a link for one agent, which is a co-author."""
    return replace(terms(Role.CO_AUTHOR, now, expires_in_s=expires_in_s, max_uses=1), kind="agent")


def why_not(invite: Invite, now: datetime) -> WhyNot | None:
    """Why nobody can come by this invite any more, or None when one more can."""
    if invite.revoked_at is not None:
        return WhyNot.REVOKED
    if invite.expires_at <= now:
        return WhyNot.EXPIRED
    if invite.max_uses is not None and invite.uses >= invite.max_uses:
        return WhyNot.USED_UP
    return None


def is_more(role: Role, than: Role) -> bool:
    """Whether a role may do more than another."""
    return _RANK[role] > _RANK[than]


def not_for(kind: Kind) -> Refusal:
    """What somebody of a kind is told whose invite is for the other kind."""
    if kind == "agent":
        return Refusal("conflict", "this link is for people; ask a host for one for an agent")
    return Refusal("conflict", "this link is for an agent: start one with `algorave agent` and this link")


def refused() -> Refusal:
    """What everybody is told whose invite does not let them in, whatever the reason."""
    return Refusal("not_found", "this invite does not work (any more); ask the host for a new one")
