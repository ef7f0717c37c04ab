"""What is written behind `%algorave ask`, understood: options wherever they stand, all else is the wish."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .arguments import BadUsage

FLAGS = ("--dry-run", "--bg", "--fresh")
TAKING = ("-m", "-n", "--only", "--budget", "--assert", "--with")
OPTIONS = ("--only", "--dry-run", "--bg", "--fresh", "--budget", "--assert", "--with", "-m", "-n")
BUDGET_LIMIT_USD = 100.0
MOST_ANSWERS = 5

WRITTEN = re.compile(rf"(?<!\S)(?P<option>{'|'.join(map(re.escape, OPTIONS))})(?=[\s=]|$)")
VALUE = re.compile(r"(?:=|\s+)(?P<value>\"[^\"]*\"|'[^']*'|\S+)")
MODEL = re.compile(r"[\w.:/@-]{1,120}")


@dataclass
class AskLine:
    """A wish and its terms. `budget_usd` is None when none was named; `values` are names of variables."""

    words: str = ""
    model: str | None = None
    only: list[str] = field(default_factory=list[str])
    promises: list[str] = field(default_factory=list[str])
    values: list[str] = field(default_factory=list[str])
    budget_usd: float | None = None
    is_dry: bool = False
    is_background: bool = False
    is_fresh: bool = False
    #: How many answers there shall be to choose from.
    answers: int = 1


def read_ask(text: str) -> AskLine:
    """Understand a wish and its options; raise `BadUsage` in words."""
    found, words, at = AskLine(), [], 0
    while (option := WRITTEN.search(text, at)) is not None:
        words.append(text[at : option.start()])
        name, at = option["option"], option.end()
        if name in FLAGS:
            _flag(found, name)
            continue
        value = VALUE.match(text, at)
        if value is None:
            raise BadUsage(f"'{name}' needs something behind it. See `%algorave ask --help`.")
        at = value.end()
        _take(found, name, _unquoted(value["value"]))
    words.append(text[at:])
    found.words = re.sub(r"[ \t]+", " ", "".join(words)).strip()
    if not found.words:
        raise BadUsage("say what shall change, as in `%algorave ask make the bass darker`.")
    return found


def read_model(text: str) -> str:
    """A model's alias or id; raise `BadUsage` for what can be none."""
    if not MODEL.fullmatch(text):
        raise BadUsage("a model is one word, such as fast, balanced, best, band or a model's id.")
    return text


def _flag(found: AskLine, name: str) -> None:
    found.is_dry |= name == "--dry-run"
    found.is_background |= name == "--bg"
    found.is_fresh |= name == "--fresh"


def _take(found: AskLine, name: str, value: str) -> None:
    match name:
        case "-m":
            found.model = read_model(value)
        case "-n":
            found.answers = _answers(value)
        case "--only":
            found.only += [each for each in value.split(",") if each]
        case "--assert":
            found.promises.append(value)
        case "--with":
            found.values += [each for each in value.split(",") if each]
        case _:
            found.budget_usd = _budget(value)


def _answers(value: str) -> int:
    if not re.fullmatch(r"[2-9]", value) or int(value) > MOST_ANSWERS:
        raise BadUsage(f"-n is how many answers to choose from: 2 to {MOST_ANSWERS}.")
    return int(value)


def _budget(value: str) -> float:
    number = value.removeprefix("$")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?|\.\d{1,6}", number) or float(number) > BUDGET_LIMIT_USD:
        raise BadUsage(f"--budget is an amount in USD from 0 to {BUDGET_LIMIT_USD:g}, such as 0.10.")
    return float(number)


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value
