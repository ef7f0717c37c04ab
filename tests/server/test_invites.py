"""Invites: the rules without a database."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from algorave_server.errors import Refusal
from algorave_server.invites import (
    MAX_EXPIRY_S,
    MAX_USES,
    Invite,
    WhyNot,
    is_more,
    is_same,
    mint,
    refused,
    sha256_of,
    terms,
    why_not,
)
from algorave_server.rights import Role

NOW = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
FRESH = Invite(
    id="i",
    session_id="s",
    token_sha256=sha256_of("t"),
    role=Role.VIEWER,
    created_by="host",
    created_at=NOW,
    expires_at=NOW + timedelta(hours=1),
    max_uses=2,
    uses=0,
    revoked_at=None,
    kind="person",
)


def test_a_secret_has_256_bits_and_only_its_hash_is_kept() -> None:
    """INV-1: a secret has 256 random bits; what is kept of it is its SHA-256."""
    minted = mint()
    assert len(base64.urlsafe_b64decode(minted.token + "=")) == 32
    assert minted.sha256 == hashlib.sha256(minted.token.encode()).hexdigest() == sha256_of(minted.token)
    assert len({mint().token for _ in range(1000)}) == 1000


def test_a_secret_does_not_show_itself() -> None:
    """INV-1: a minted secret is not in its own representation, where logs would find it."""
    minted = mint()
    assert minted.token not in f"{minted!r} {minted}"
    assert minted.sha256 in repr(minted)


@pytest.mark.parametrize(
    "token",
    ["", "x" * 10_000, "\ud800", "é🎵\x00", mint().token],
    ids=["none", "long", "half", "odd", "real"],
)
def test_any_text_can_be_looked_up(token: str) -> None:
    """INV-1: nonsense is hashed like a secret, so it is just an unknown invite."""
    assert len(sha256_of(token)) == 64
    assert is_same(sha256_of(token), sha256_of(token))
    assert not is_same(sha256_of(token), sha256_of(token + "."))


@pytest.mark.parametrize(
    ("changes", "later_s", "expected"),
    [
        ({}, 0, None),
        ({"uses": 1}, 3599.999, None),
        ({"uses": 2}, 0, WhyNot.USED_UP),
        ({"uses": 100_000, "max_uses": None}, 0, None),
        ({}, 3600, WhyNot.EXPIRED),
        ({"revoked_at": NOW}, 0, WhyNot.REVOKED),
        ({"revoked_at": NOW, "uses": 2}, 7200, WhyNot.REVOKED),
    ],
)
def test_why_an_invite_lets_nobody_in(
    changes: dict[str, object], later_s: float, expected: WhyNot | None
) -> None:
    """INV-2: an invite lets people in until it expires, is used up or is revoked."""
    assert why_not(replace(FRESH, **changes), NOW + timedelta(seconds=later_s)) is expected


def test_the_refusal_tells_no_reason() -> None:
    """INV-2: whoever is refused reads the same words, whatever the reason."""
    assert {(it.reason, it.detail) for it in (refused(), refused())} == {(refused().reason, refused().detail)}
    assert not any(str(it) in refused().detail for it in WhyNot)


def test_terms_have_limits() -> None:
    """INV-7: an invite lasts a day by default and at most 366 days, and has from 1 to 100,000 uses, or any number."""
    assert terms(Role.VIEWER, NOW).expires_at == NOW + timedelta(days=1)
    assert terms(Role.VIEWER, NOW).max_uses is None
    assert terms(Role.HOST, NOW, expires_in_s=MAX_EXPIRY_S, max_uses=MAX_USES).max_uses == MAX_USES
    for wrong in (
        {"expires_in_s": 0},
        {"expires_in_s": MAX_EXPIRY_S + 1},
        {"expires_in_s": float("nan")},
        {"max_uses": 0},
        {"max_uses": MAX_USES + 1},
    ):
        with pytest.raises(Refusal) as refusal:
            terms(Role.VIEWER, NOW, **wrong)
        assert refusal.value.reason == "malformed"


def test_roles_are_in_an_order() -> None:
    """INV-5: a host may do more than a co-author, and a co-author more than a viewer."""
    assert is_more(Role.HOST, Role.CO_AUTHOR)
    assert is_more(Role.CO_AUTHOR, Role.VIEWER)
    assert not any(is_more(role, role) for role in Role)
    assert not is_more(Role.VIEWER, Role.HOST)
