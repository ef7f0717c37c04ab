"""What a guest may be called, and what a guest is known by. Pure."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from algorave_server.address import Network
from algorave_server.errors import Refusal
from algorave_server.invites import Credential, sha256_of

COOKIE = "algorave_guest"
AGENT_NAME = "Claude"
"""What an agent is called that does not say."""
CREDENTIAL_BYTES = 32
MAX_NAME_LENGTH = 40
MAX_NAME_INPUT = 400
"""Longer input is refused before it is looked at."""

_CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{43}")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories without a look: controls, directions, joiners, halves, private, unknown."""
_MAX_MARKS = 2
"""Accents on one letter; more is drawing over other people's lines."""
_LOOK_EMPTY = "\u2800\u3164\u115f\u1160\uffa0\u034f\u17b4\u17b5\ufe0f\ufe0e"
"""Letters and marks by category that nobody sees, so that a name of them would be none."""


@dataclass(frozen=True, slots=True)
class GuestSettings:
    """What an operator can set about guests."""

    lifetime_s: float = 43_200.0
    """How long a credential lasts, used or not."""
    idle_s: float = 7_200.0
    """How long a credential lasts without being used."""
    allowed_origins: frozenset[str] = frozenset()
    """Other origins whose pages may let guests in, as in `https://jam.example`."""
    trusted_proxies: Sequence[Network] = ()
    """Whose `X-Forwarded-For` is believed."""
    public_url: str = ""
    """How the server is reached from outside, for links; empty: as the host reaches it."""


def clean_name(raw: str) -> str:
    """A name as everybody sees it; raises a `malformed` refusal when nothing of it can be seen."""
    if len(raw) > MAX_NAME_INPUT:
        raise Refusal("malformed", f"name: at most {MAX_NAME_LENGTH} characters")
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", raw):
        category = unicodedata.category(char)
        if (category in _UNSEEN and char not in "\t\n\r") or char in _LOOK_EMPTY:
            continue
        marks = marks + 1 if category.startswith("M") else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    name = unicodedata.normalize("NFC", " ".join("".join(kept).split()))
    if not name or not any(unicodedata.category(char)[0] in "LNSP" for char in name):
        raise Refusal("malformed", "name: say what you want to be called")
    if len(name) > MAX_NAME_LENGTH:
        raise Refusal("malformed", f"name: at most {MAX_NAME_LENGTH} characters")
    return name


def shown_sha256(cookie: str | None) -> str | None:
    """The hash of the credential in a cookie; None when it cannot be one, so nothing is looked up."""
    if cookie is None or _CREDENTIAL.fullmatch(cookie) is None:
        return None
    return sha256_of(cookie)


def new_credential(settings: GuestSettings, cookie: str | None) -> tuple[str, Credential]:
    """A new secret for the cookie, and what is kept of it. It is always new: nobody can plant theirs."""
    secret = secrets.token_urlsafe(CREDENTIAL_BYTES)
    kept = Credential(
        sha256_of(secret),
        timedelta(seconds=settings.lifetime_s),
        timedelta(seconds=settings.idle_s),
        shown_sha256(cookie),
    )
    return secret, kept
