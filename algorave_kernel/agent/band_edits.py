"""How the house band changes a pattern: a number turned in an effect that is there, or one more. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from .band_parts import Part
from .band_words import Wanted

NUMBER = re.compile(r"(?<![\w.$:])-?(?:\d+\.?\d*|\.\d+)(?![\w.])")
#: What an effect's numbers may become.
LIMITS = {
    "lpf": (80.0, 18_000.0), "hpf": (20.0, 8_000.0), "gain": (0.05, 1.5), "room": (0.05, 1.0),
    "delay": (0.05, 0.9),
    "distort": (0.1, 6.0), "clip": (0.1, 2.0), "degradeBy": (0.1, 0.9), "swingBy": (0.05, 0.5),
}  # fmt: skip
ALSO = {
    "lpf": ("lpf", "cutoff", "ctf", "lp"), "hpf": ("hpf", "hcutoff", "hp"), "distort": ("distort", "dist"),
    "clip": ("clip", "legato"),
}  # fmt: skip
COMES_OFF = {"drier": "room", "no_echo": "delay", "straight": "swingBy", "cleaner": "distort"}

Change = Callable[[Part, Wanted], "str | None"]


def changed(part: Part, wanted: Wanted) -> str | None:
    """The part's code as it is wanted; None when nothing can be done about it."""
    change = CHANGES.get(wanted.verb)
    return None if change is None else change(part, wanted)


def _turned(effect: str, factor: float, otherwise: str | None) -> Change:
    """Multiply the effect's numbers, or write `otherwise` behind the pattern when there is none."""

    def change(part: Part, wanted: Wanted) -> str | None:
        by = factor**wanted.amount
        for name in ALSO.get(effect, (effect,)):
            place = _last_call(part.code, name)
            if place is not None:
                return _scaled(part.code, place, effect, by)
        return None if otherwise is None else part.code + otherwise

    return change


def _scaled(code: str, place: tuple[int, int], effect: str, by: float) -> str | None:
    begin, end = place
    low, high = LIMITS[effect]

    def turn(found: re.Match[str]) -> str:
        if found.start() and inside[found.start() - 1] in "*/!@(<," and inside[found.start() - 1] in "*/!@":
            return found[0]  # how often or how long, not how much
        value = float(found[0])
        return found[0] if value <= 0 else _short(min(max(value * by, min(low, value)), max(high, value)))

    inside = code[begin:end]
    # A movement is turned by its range alone: its speed stays.
    if re.search(r"\.range\(|\.rangex\(", inside):
        new = re.sub(
            r"(?<=range\()[^()]*|(?<=rangex\()[^()]*",
            lambda found: NUMBER.sub(_turn_by(by, low, high), found[0]),
            inside,
        )
    elif re.search(r"[A-Za-z_]\w*\s*\(", inside):
        return None
    else:
        new = NUMBER.sub(turn, inside)
    return None if new == inside else code[:begin] + new + code[end:]


def _turn_by(by: float, low: float, high: float) -> Callable[[re.Match[str]], str]:
    return lambda found: _short(min(max(float(found[0]) * by, low), high))


def _appended(*texts: str) -> Change:
    """Write an effect behind the pattern; the amount chooses which."""

    def change(part: Part, wanted: Wanted) -> str | None:
        place = 0 if len(texts) == 1 else {0.5: 0, 1.0: 1, 2.0: 2}[wanted.amount]
        return part.code + texts[place]

    return change


def _taken_off(part: Part, wanted: Wanted) -> str | None:
    """Less of an effect, or none of it."""
    effect = COMES_OFF[wanted.verb]
    for name in ALSO.get(effect, (effect,)):
        place = _last_call(part.code, name)
        if place is not None:
            begin, end = place
            return part.code[: begin - len(name) - 2] + part.code[end + 1 :]
    return None


def _transposed(sign: int) -> Change:
    def change(part: Part, wanted: Wanted) -> str | None:
        if not part.has_pitch:
            return None
        steps = sign * (wanted.number or 12)
        place = _last_call(part.code, "transpose")
        if place is not None and NUMBER.fullmatch(part.code[slice(*place)].strip()):
            total = float(part.code[slice(*place)]) + steps
            before, after = part.code[: place[0]], part.code[place[1] :]
            return (
                f"{before}{_short(total)}{after}" if total else before.removesuffix(".transpose(") + after[1:]
            )
        return f"{part.code}.transpose({_short(steps)})"

    return change


def _respeeded(faster: bool) -> Change:
    def change(part: Part, wanted: Wanted) -> str | None:
        name, other = ("fast", "slow") if faster else ("slow", "fast")
        factor = {0.5: 1.5, 1.0: 2.0, 2.0: 4.0}[wanted.amount]
        if part.code.endswith(f".{other}({_short(factor)})"):
            return part.code.removesuffix(f".{other}({_short(factor)})")
        return f"{part.code}.{name}({_short(factor)})"

    return change


def _denser(part: Part, wanted: Wanted) -> str | None:
    thinned = _last_call(part.code, "degradeBy")
    if thinned is not None and part.code[thinned[1] :] == ")":
        return part.code[: thinned[0] - len(".degradeBy(")]
    return part.code + {0.5: '.ply("<1 1 1 2>")', 1.0: ".ply(2)", 2.0: ".ply(3)"}[wanted.amount]


def _sparser(part: Part, wanted: Wanted) -> str | None:
    if re.search(r"\.ply\([23]\)\Z", part.code):
        return re.sub(r"\.ply\([23]\)\Z", "", part.code)
    return _turned(
        "degradeBy",
        1.4,
        {0.5: ".degradeBy(0.2)", 1.0: ".degradeBy(0.4)", 2.0: ".degradeBy(0.6)"}[wanted.amount],
    )(part, wanted)


def _last_call(code: str, name: str) -> tuple[int, int] | None:
    """Where the arguments of the last `.name(…)` are."""
    found = list(re.finditer(rf"\.{name}\(", code))
    for call in reversed(found):
        depth = 1
        for place in range(call.end(), len(code)):
            depth += {"(": 1, ")": -1}.get(code[place], 0)
            if depth == 0:
                return call.end(), place
    return None


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


CHANGES: dict[str, Change] = {
    "darker": _turned("lpf", 0.5, ".lpf(900)"),
    "brighter": _turned("lpf", 2.0, ".hpf(300)"),
    "louder": _turned("gain", 1.25, ".gain(1.25)"),
    "softer": _turned("gain", 0.7, ".gain(0.6)"),
    "wetter": _turned("room", 1.6, ".room(0.5)"),
    "echo": _turned("delay", 1.5, ".delay(0.4)"),
    "dirtier": _turned("distort", 1.6, ".distort(1)"),
    "shorter": _turned("clip", 0.6, ".clip(0.5)"),
    "longer": _turned("clip", 1.5, ".release(0.4)"),
    "drier": _taken_off,
    "no_echo": _taken_off,
    "straight": _taken_off,
    "cleaner": _taken_off,
    "swing": _turned("swingBy", 1.4, ".swingBy(1/3, 4)"),
    "busier": _denser,
    "sparser": _sparser,
    "faster": _respeeded(True),
    "slower": _respeeded(False),
    "higher": _transposed(1),
    "lower": _transposed(-1),
    "reverse": _appended(".rev()"),
    "wider": _appended(".jux(x => x.late(1/64))"),
    "vary": _appended(".every(8, x => x.rev())", ".every(4, x => x.rev())", ".every(2, x => x.ply(2))"),
}
