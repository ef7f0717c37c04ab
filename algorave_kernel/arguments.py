"""What may be written after `%%strudel`, `%algorave` and `algorave`, and what is said when it is wrong.

Knows argparse only, so that the notebook and the command line refuse the same things in the same words.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NoReturn

#: Beyond this nothing is musical, and clocks lose their meaning.
CPS_LIMIT = 20.0
#: How far from cycle 0, and how many cycles, may be asked for.
CYCLES_LIMIT = 10_000
SPAN_LIMIT_CYCLES = 4096
USD_LIMIT = 10_000.0

#: No exponents: `Fraction("1e999999999")` would count for ever.
NUMBER = re.compile(r"[+-]?(\d{1,9}/\d{1,9}|\d{0,9}\.\d{1,12}|\d{1,9}\.?)")
#: argparse itself takes `-1/2` for an option.
NEGATIVE = re.compile(rf"(?=-){NUMBER.pattern}$")
LAYER_NAME = re.compile(r"[^\W\d_][\w-]{0,39}")


class BadUsage(ValueError):
    """Wrong options or words. Its text is one or two sentences for the person who wrote them."""


class Arguments(argparse.ArgumentParser):
    """An argument parser that raises `BadUsage` with the closest option instead of ending the process."""

    def __init__(self, *args: object, **settings: object) -> None:
        settings.setdefault("allow_abbrev", False)
        settings.setdefault("add_help", False)
        super().__init__(*args, **settings)  # type: ignore[arg-type]  # argparse's own keyword list, passed through
        self._negative_number_matcher = NEGATIVE
        self.add_argument("-h", "--help", action="store_true", help="show this help")

    def error(self, message: str) -> NoReturn:
        """Raise `BadUsage`; argparse calls this for everything it refuses."""
        text = message.removeprefix("argument ")
        raise BadUsage(f"{text[:1].lower()}{text[1:]}. See `{self.prog} --help`.")

    def read(self, words: list[str]) -> argparse.Namespace:
        """Parse the words; raise `BadUsage` naming the closest option when one is unknown."""
        if any(word in ("-h", "--help") for word in words):
            return argparse.Namespace(help=True)
        found, strange = self.parse_known_args(words)
        if strange:
            raise BadUsage(f"{self._strangeness(strange[0])} See `{self.prog} --help`.")
        return found

    def _strangeness(self, word: str) -> str:
        if not word.startswith("-"):
            return f"'{word}' is one word too many."
        options = [option for action in self._actions for option in action.option_strings]
        return f"unknown option '{word}'{did_you_mean(word.partition('=')[0], options)}"

    def options(self) -> list[str]:
        """Every option, long forms only, for completion."""
        found = [option for action in self._actions for option in action.option_strings]
        return sorted(option for option in found if option.startswith("--"))


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """How a sentence about an unknown word ends: `: did you mean 'x'?`, or a full stop."""
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f": did you mean '{close[0]}'?" if close else "."


def cps(text: str) -> float:
    """Cycles per second as written by a person: a number or a fraction, above 0."""
    value = number(text, "cps")
    if not 0 < value <= CPS_LIMIT:
        raise argparse.ArgumentTypeError(f"cps is a number above 0 and up to {CPS_LIMIT:g}, not '{text}'")
    return float(value)


def cycle(text: str) -> Fraction:
    """A point in musical time as written by a person: `4`, `0.25` or `1/3`."""
    value = number(text, "a cycle")
    if abs(value) > CYCLES_LIMIT:
        raise argparse.ArgumentTypeError(
            f"cycles lie between -{CYCLES_LIMIT} and {CYCLES_LIMIT}, not at '{text}'"
        )
    return value


def cycle_count(text: str) -> Fraction:
    """A length in cycles as written by a person, above 0."""
    value = cycle(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"the number of cycles must be above 0, not '{text}'")
    return value


def whole(text: str) -> int:
    """A whole number as written by a person."""
    if not re.fullmatch(r"[+-]?\d{1,9}", text):
        raise argparse.ArgumentTypeError(f"a whole number is wanted, not '{text[:40]}'")
    return int(text)


def seconds(text: str) -> float:
    """A length in seconds as written by a person, from 0 to 600."""
    value = number(text, "a length in seconds")
    if not 0 <= value <= 600:
        raise argparse.ArgumentTypeError(f"a length in seconds lies between 0 and 600, not '{text}'")
    return float(value)


def cycle_span(values: list[Fraction]) -> tuple[Fraction, Fraction]:
    """`[N]` is the first N cycles, `[A, B]` the cycles from A to B; raise `BadUsage` for anything else."""
    if len(values) == 1:
        values = [Fraction(0), values[0]]
    if len(values) != 2 or values[1] <= values[0]:
        raise BadUsage(
            "--cycles takes a number of cycles, or a begin and a later end: `--cycles 4` or `--cycles 2 3.5`"
        )
    if values[1] - values[0] > SPAN_LIMIT_CYCLES:
        raise BadUsage(f"--cycles takes at most {SPAN_LIMIT_CYCLES} cycles at once")
    return values[0], values[1]


def layer_name(text: str) -> str:
    """A layer's name: a letter, then letters, digits, `_` and `-`, at most 40 in all."""
    if not LAYER_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no name for a layer: use a letter, then letters, digits, '_' or '-' (40 at most)"
        )
    return text


def number(text: str, what: str) -> Fraction:
    """A number or a fraction as written by a person; `what` is wanted, in the words of the refusal."""
    if NUMBER.fullmatch(text):
        with contextlib.suppress(ZeroDivisionError):
            return Fraction(text)
    raise argparse.ArgumentTypeError(f"{what} is a number such as 2, 0.5 or 1/3, not '{text[:40]}'")


def usd(text: str) -> float:
    """An amount in USD such as `0.25`, at most 10,000."""
    number = text.removeprefix("$")
    if not re.fullmatch(r"\d{1,5}(\.\d{1,6})?|\.\d{1,6}", number) or float(number) > USD_LIMIT:
        raise argparse.ArgumentTypeError(
            f"an amount is USD from 0 to {USD_LIMIT:,.0f}, such as 2.50, not '{text[:40]}'"
        )
    return float(number)
