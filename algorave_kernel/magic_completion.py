"""Completion inside `%%strudel` cells and after `%algorave`, in the form IPython's completer asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from . import magic_line
from .completion import Vocabulary, suggest

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext

MAGIC_CELL = re.compile(r"\s*%%strudel[^\n]*\n")
MAGIC_LINE = re.compile(r"\s*%(?P<magic>%strudel|%?algorave)(?P<rest>[ \t][^\n]*)")
TYPED = re.compile(r"[\w$-]+$")
MODELS = ("fast", "balanced", "best", "band")
BARS = ("1", "2", "4", "8")
ROLES = ("viewer", "co_author")
NOTHING: dict[str, Any] = {"completions": [], "suppress": False}


class StrudelMatcher:
    """One matcher for IPython's completer: code in Strudel cells, options and sub-commands in magic lines.

    `layers` tells which layers there are, `titles` which sessions could be opened. The words are loaded when
    they are first needed.
    """

    matcher_api_version = 2
    matcher_identifier = "algorave"
    matcher_priority = 100.0

    def __init__(
        self, layers: Callable[[], Sequence[str]], titles: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self.__qualname__ = type(self).__qualname__  # IPython's completer asks for it, as functions have it
        self._layers, self._titles = layers, titles
        self.is_strudel_cell: Callable[[str], bool] = _never

    def __call__(self, context: CompletionContext) -> dict[str, Any]:
        """Answer IPython's completer with a matcher result."""
        cell = context.full_text
        cursor = _offset(cell, context.cursor_line, context.cursor_position)
        line = MAGIC_LINE.match(cell)
        if line and line.start("rest") <= cursor <= line.end():
            before = cell[line.start("rest") : cursor]
            found = complete_line(line["magic"], before, self._layers(), self._titles())
            return _answer(*found, "option")
        body = MAGIC_CELL.match(cell)
        if (body and cursor >= body.end()) or self.is_strudel_cell(cell):
            found = suggest(cell, cursor, vocabulary())
            if found:
                return _answer(cell[found.begin : cursor], found.words, found.kind)
            # IPython keeps Python's words away only when something is offered: what is typed already.
            typed = TYPED.search(cell[:cursor])
            return _answer(typed[0], [typed[0]], "text") if typed else NOTHING
        return NOTHING


def complete_line(
    magic: str, before: str, layers: Sequence[str], titles: Sequence[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """What could follow in a magic line: the word being typed, and the words that fit it."""
    words = before.split()
    typed = "" if before[-1:].isspace() else (words.pop() if words else "")
    if magic == "%strudel":
        named = [] if words or typed.startswith("-") else layers
        choices = [*named, *magic_line.strudel_arguments().options()]
    elif not words:
        choices = list(magic_line.COMMANDS)
    elif typed.startswith("-"):
        choices = [*magic_line.OPTIONS.get(words[0], ()), "--help"]
    else:
        choices = _arguments(words, layers, titles)
    return typed, tuple(choice for choice in choices if choice.startswith(typed))


def _arguments(words: Sequence[str], layers: Sequence[str], titles: Sequence[str]) -> Sequence[str]:
    """What could come after these words, the first of which is a sub-command."""
    match words[0]:
        case "haps" | "check" | "explain" | "fix" | "undo" | "take":
            return layers
        case "ai":
            return (["on", "off", *layers], ("no", "credit", "yes"))[len(words) > 1]
        case "ask" if words[-1] == "--only":
            return layers
        case "model" | "ask" if words[0] == "model" or words[-1] == "-m":
            return MODELS
        case "docs":
            return vocabulary().functions
        case "sounds":
            return vocabulary().sounds
        case "help":
            return list(magic_line.COMMANDS)
        case "open" if len(words) == 1:
            return titles
        case "tempo":
            return ("over",) if len(words) > 1 else ("nudge",)
        case "quantum":
            return BARS
        case "invite":
            return ROLES if words[-1] == "--role" else magic_line.OPTIONS["invite"]
        case _:
            return ()


def vocabulary() -> Vocabulary:
    """The words of the reference and of the known sounds."""
    from .docs import reference
    from .sounds import known_sounds

    sounds = known_sounds()
    return Vocabulary(reference().names(), sounds.names, sounds.banks)


def _never(_: str) -> bool:
    return False


def _answer(typed: str, words: Sequence[str], kind: str) -> dict[str, Any]:
    from IPython.core.completer import SimpleCompletion

    completions = [SimpleCompletion(text=word, type=kind) for word in words]
    return {"completions": completions, "matched_fragment": typed, "ordered": True, "suppress": True}


def _offset(text: str, line: int, column: int) -> int:
    """The place in the text of a line (from 0) and a column."""
    lines = text.split("\n")
    return sum(len(each) + 1 for each in lines[:line]) + column
