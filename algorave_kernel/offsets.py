"""Between the three ways to count in a text: JavaScript's UTF-16, pycrdt's UTF-8, Python's code points."""

from __future__ import annotations

from bisect import bisect_left


class Offsets:
    """Converts UTF-16 offsets in one text to indexes of that `str`."""

    def __init__(self, code: str) -> None:
        """Note where the characters outside the basic plane are; each is two units in UTF-16."""
        self._length = len(code)
        self._wide: list[int] = []
        if not code.isascii():
            self._wide = [
                index + before
                for before, index in enumerate(i for i, char in enumerate(code) if char > "\uffff")
            ]

    def index(self, utf16_offset: int) -> int:
        """Give the code point index of a UTF-16 offset, kept inside the text."""
        # A wide character that starts before the offset has taken one unit more than it counts here.
        passed = bisect_left(self._wide, utf16_offset)
        return max(0, min(utf16_offset - passed, self._length))


def utf8_offset(text: str, index: int) -> int:
    """The place of a code point index in the text's UTF-8 bytes, as pycrdt counts."""
    return index if text.isascii() else len(text[:index].encode())


def unix_lines(text: str) -> str:
    """The text with one line break for one: editors in browsers know no other, and would count wrongly."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_whole(text: str) -> bool:
    """Whether the text can be shared: half a surrogate pair, which JSON can smuggle in, cannot."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
