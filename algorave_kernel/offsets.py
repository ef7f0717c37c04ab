"""From JavaScript's UTF-16 offsets to Python's code points, in one place."""

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
