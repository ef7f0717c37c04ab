"""The key to a provider: held, handed to the client, and never shown."""

from __future__ import annotations

import os
import re

VARIABLE = "ANTHROPIC_API_KEY"
BASE_URL_VARIABLE = "ALGORAVE_MODEL_URL"


class Secret:
    """A text that no repr, str, format, pickle or copy gives away; only `reveal` does."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The text itself. Never bind it to a name: tracebacks print those."""
        return self.__value

    def hidden_in(self, text: str) -> str:
        """The text with the secret blacked out, should it be in there."""
        return text.replace(self.__value, "•••") if self.__value else text

    def is_in(self, text: str) -> bool:
        """Whether the text gives the secret away."""
        return bool(self.__value) and self.__value in text

    def begun_at_end_of(self, text: str) -> int:
        """How many characters at the end of the text may be the secret's beginning."""
        longest = min(len(text), len(self.__value) - 1)
        return next((size for size in range(longest, 0, -1) if self.__value.startswith(text[-size:])), 0)

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __format__(self, spec: str) -> str:
        return format("•••", spec)

    def __str__(self) -> str:
        return "•••"

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key is not to be stored")


def typed_key(text: str) -> Secret:
    """A key that somebody typed or pasted. Raises ValueError in words that do not repeat it."""
    found = text.strip().strip("\"'")
    if not found:
        raise ValueError("no key was given")
    if not re.fullmatch(r"[\x21-\x7e]{8,500}", found):
        raise ValueError("that is no key: one is a single word without spaces")
    return Secret(found)


def key_from_environment() -> Secret | None:
    """The key in this process's environment; None when there is none."""
    value = os.environ.get(VARIABLE, "").strip()
    return Secret(value) if value else None
