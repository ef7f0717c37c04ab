"""What is written behind `%algorave join`, `invite`, `tempo` and `quantum`, understood."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from typing import Literal

from algorave_server.protocol import MAX_NUDGE_CYCLES, MAX_QUANTUM, MAX_RAMP_S, LayerAi

from .arguments import Arguments, BadUsage, number, whole

TIME = re.compile(r"(\d{1,6})\s*([smhd])")
UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
Role = Literal["viewer", "co_author"]
TEMPO = re.compile(r"(?P<tempo>[^a-z\s]+)\s*(?P<unit>bpm|cpm|cps|)(?:\s+over\s+(?P<time>.+))?", re.IGNORECASE)
BEATS_PER_CYCLE = 4
#: How many of a unit are one cycle per second.
PER_CPS = {"bpm": 60 * BEATS_PER_CYCLE, "cpm": 60, "cps": 1}
SLOWEST_CPS, FASTEST_CPS = 0.05, 5.0
TEMPO_HELP = "a tempo is written such as `140`, `140 over 8s`, `0.6 cps` or `nudge +0.05`"


@dataclass(frozen=True, slots=True)
class InviteTerms:
    """What an invite gives, to how many, for how long; None is the server's default."""

    role: Role
    uses: int | None
    expires_s: float | None
    is_for_agent: bool = False


@dataclass(frozen=True, slots=True)
class JoinLine:
    """A link, and what one wants to be called where one is a guest."""

    link: str
    name: str


@dataclass(frozen=True, slots=True)
class TempoLine:
    """Another tempo in cycles per second, and how long the way there takes."""

    cps: float
    over_s: float


@dataclass(frozen=True, slots=True)
class NudgeLine:
    """By how many cycles everybody's phase is to move."""

    cycles: float


def read_tempo(text: str) -> TempoLine | NudgeLine:
    """Understand what stands behind `%algorave tempo`; raise `BadUsage` in words."""
    try:
        word, _, rest = text.partition(" ")
        if word.lower() == "nudge":
            return NudgeLine(_nudge(rest.strip()))
        found = TEMPO.fullmatch(text)
        if found is None:
            raise BadUsage(f"{TEMPO_HELP}, not '{text[:40]}'.")
        return TempoLine(_tempo(found["tempo"], found["unit"].lower()), _ramp(found["time"] or "0"))
    except argparse.ArgumentTypeError as problem:
        raise BadUsage(f"{problem}.") from None


def read_quantum(text: str) -> int:
    """Understand what stands behind `%algorave quantum`; raise `BadUsage` in words."""
    try:
        cycles = whole(text)
    except argparse.ArgumentTypeError as problem:
        raise BadUsage(f"{problem}.") from None
    if not 1 <= cycles <= MAX_QUANTUM:
        raise BadUsage(f"a bar is 1 to {MAX_QUANTUM} cycles long, not {text}.")
    return cycles


def read_invite(text: str) -> InviteTerms:
    """Understand the options of `%algorave invite`; raise `BadUsage` in words."""
    parser = Arguments(prog="%algorave invite")
    parser.add_argument("--role", type=_role)
    parser.add_argument("--uses", type=_uses)
    parser.add_argument("--expires", type=_expires)
    parser.add_argument("--agent", action="store_true")
    found = parser.read(text.split())
    if found.agent and (found.role is not None or found.uses is not None):
        raise BadUsage("a link for an agent is for one, with the place of a co-author: `--agent` goes alone.")
    return InviteTerms(found.role or "viewer", found.uses, found.expires, found.agent)


@dataclass(frozen=True, slots=True)
class AiLine:
    """What is said about the agent: `on` for the session, or `ai` for one `layer`; nothing, to be told."""

    on: bool | None = None
    review: bool = False
    layer: str = ""
    ai: LayerAi = "credit"


def read_ai(text: str) -> AiLine:
    """Understand what stands behind `%algorave ai`; raise `BadUsage` in words."""
    words = text.split()
    review = "--review" in words
    words = [word for word in words if word != "--review"]
    match words:
        case [] if not review:
            return AiLine()
        case ["on"]:
            return AiLine(on=True, review=review)
        case ["off"] if not review:
            return AiLine(on=False)
        case [layer, "no" | "credit" | "yes" as ai] if not review:
            return AiLine(layer=layer, ai=ai)
        case _:
            raise BadUsage(
                "it is `%algorave ai on`, `on --review`, `off`, or a layer and no, credit or yes, "
                "as in `%algorave ai bass no`."
            )


def read_join(text: str) -> JoinLine:
    """Understand what stands behind `%algorave join`; raise `BadUsage` in words."""
    parser = Arguments(prog="%algorave join")
    parser.add_argument("link")
    parser.add_argument("--name", nargs="+", default=[])
    found = parser.read(text.split())
    return JoinLine(found.link, " ".join(found.name))


def _tempo(text: str, unit: str) -> float:
    cps = float(number(text, "a tempo")) / PER_CPS[unit or "bpm"]
    if SLOWEST_CPS <= cps <= FASTEST_CPS:
        return cps
    words = "a tempo lies between 12 and 1200 beats a minute, four to a cycle"
    meant = "" if unit else f"; cycles per second are written `{text} cps`"
    raise argparse.ArgumentTypeError(f"{words}, not at '{text} {unit or 'bpm'}'{meant}")


def _ramp(text: str) -> float:
    over_s = float(number(text.strip().removesuffix("s").strip(), "a time in seconds"))
    if not 0 <= over_s <= MAX_RAMP_S:
        raise argparse.ArgumentTypeError(f"a ramp takes 0 to {MAX_RAMP_S:g} seconds, not '{text}'")
    return over_s


def _nudge(text: str) -> float:
    cycles = float(number(text.removeprefix("+"), "a part of a cycle"))
    if not 0 < abs(cycles) <= MAX_NUDGE_CYCLES:
        most = f"{MAX_NUDGE_CYCLES:g}"
        raise argparse.ArgumentTypeError(
            f"a nudge is a part of a cycle up to {most} or -{most}, not '{text}'"
        )
    return cycles


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
