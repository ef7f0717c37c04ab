"""What is written behind `%algorave join` and `%algorave invite`, understood."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from typing import Literal

from .arguments import Arguments, whole

TIME = re.compile(r"(\d{1,6})\s*([smhd])")
UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
Role = Literal["viewer", "co_author"]


@dataclass(frozen=True, slots=True)
class InviteTerms:
    """What an invite gives, to how many, for how long; None is the server's default."""

    role: Role
    uses: int | None
    expires_s: float | None


@dataclass(frozen=True, slots=True)
class JoinLine:
    """A link, and what one wants to be called where one is a guest."""

    link: str
    name: str


def read_invite(text: str) -> InviteTerms:
    """Understand the options of `%algorave invite`; raise `BadUsage` in words."""
    parser = Arguments(prog="%algorave invite")
    parser.add_argument("--role", type=_role, default="viewer")
    parser.add_argument("--uses", type=_uses)
    parser.add_argument("--expires", type=_expires)
    found = parser.read(text.split())
    return InviteTerms(found.role, found.uses, found.expires)


def read_join(text: str) -> JoinLine:
    """Understand what stands behind `%algorave join`; raise `BadUsage` in words."""
    parser = Arguments(prog="%algorave join")
    parser.add_argument("link")
    parser.add_argument("--name", nargs="+", default=[])
    found = parser.read(text.split())
    return JoinLine(found.link, " ".join(found.name))


def _role(text: str) -> Role:
    role = {"viewer": "viewer", "co_author": "co_author", "co-author": "co_author"}.get(text)
    if role is None:
        raise argparse.ArgumentTypeError(f"a link makes a viewer or a co_author, not '{text[:40]}'")
    return role  # type: ignore[return-value]  # one of the table's two words


def _uses(text: str) -> int:
    uses = whole(text)
    if not 1 <= uses <= 100_000:
        raise argparse.ArgumentTypeError(f"a link is good for 1 to 100,000 people, not '{text}'")
    return uses


def _expires(text: str) -> float:
    found = TIME.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"a time is written such as 30m, 2h or 7d, not '{text[:40]}'")
    seconds = int(found[1]) * UNITS_S[found[2]]
    if not 60 <= seconds <= 366 * UNITS_S["d"]:
        raise argparse.ArgumentTypeError(f"a link lasts from a minute to 366 days, not '{text}'")
    return float(seconds)
