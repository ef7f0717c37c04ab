"""What a document holds, as the update gate needs it.

Per client: how far, in which root, and where surrogate pairs stand. Yjs counts text in UTF-16 units, and an
engine asked to cut a pair in two either replaces both halves (Yjs) or does not cut (yrs), so their texts
differ for ever after.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from algorave_server.lib0 import Malformed
from algorave_server.outline import Outlined
from algorave_server.yjs_update import Deletion, Id

_CLOCKS = "i"
"""Arrays of clocks: none is past `MAX_CLOCK`, so four bytes do, a tenth of what a list takes."""


class Spans:
    """A set of clocks, kept as ranges [begin, end) that neither touch nor overlap."""

    __slots__ = ("_begins", "_ends")

    def __init__(self) -> None:
        self._begins = array(_CLOCKS)
        self._ends = array(_CLOCKS)

    def missing(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The parts of [begin, end) that are not in the set."""
        gaps: list[tuple[int, int]] = []
        at = bisect_right(self._ends, begin)
        while begin < end:
            known = self._begins[at] if at < len(self._begins) else end
            if begin < known:
                gaps.append((begin, min(known, end)))
            if known >= end:
                break
            begin = self._ends[at]
            at += 1
        return gaps

    def add(self, begin: int, end: int) -> None:
        """Put [begin, end) into the set."""
        first = bisect_left(self._ends, begin)
        last = bisect_right(self._begins, end)
        if first < last:
            begin = min(begin, self._begins[first])
            end = max(end, self._ends[last - 1])
        self._begins[first:last] = array(_CLOCKS, (begin,))
        self._ends[first:last] = array(_CLOCKS, (end,))

    def append(self, begin: int, end: int) -> None:
        """Put [begin, end) into the set, which holds nothing from `begin` on."""
        if self._ends and self._ends[-1] == begin:
            self._ends[-1] = end
        else:
            self._begins.append(begin)
            self._ends.append(end)

    def cut_back(self, end: int) -> None:
        """Forget everything from `end` on."""
        while self._ends and self._ends[-1] > end:
            if self._begins[-1] < end:
                self._ends[-1] = end
            else:
                self._begins.pop()
                self._ends.pop()


class Stretch:
    """All that one client ever typed: clocks [0, end), cut where the root changes."""

    __slots__ = ("_breaks", "_roots", "_starts", "deleted", "end", "pairs")

    def __init__(self) -> None:
        self.end = 0
        self.pairs = array(_CLOCKS)
        """Clocks that are the first half of a surrogate pair, in order."""
        self.deleted = Spans()
        self._breaks = array(_CLOCKS)
        """Clocks of units that were not typed right behind the one before, in order."""
        self._starts: list[int] = []
        self._roots: list[str] = []

    def root_at(self, clock: int) -> str:
        """The root that the unit at `clock` stands in; `clock` must be below `end`."""
        roots = self._roots
        return roots[0] if len(roots) == 1 else roots[bisect_right(self._starts, clock) - 1]

    def roots_between(self, begin: int, end: int) -> list[str]:
        """The roots that the units [begin, end) stand in."""
        first = bisect_right(self._starts, begin) - 1
        return self._roots[first : bisect_right(self._starts, end - 1)]

    def is_pair_at(self, clock: int) -> bool:
        """Whether the unit at `clock` is the first half of a surrogate pair."""
        if not self.pairs:
            return False
        at = bisect_left(self.pairs, clock)
        return at < len(self.pairs) and self.pairs[at] == clock

    def is_unbroken(self, begin: int, end: int) -> bool:
        """Whether each unit of (begin, end] was typed right behind the one before: they stand in order."""
        return bisect_right(self._breaks, begin) == bisect_right(self._breaks, end)

    def extend(self, length: int, root: str, text: str | None, *, goes_on: bool) -> None:
        """Append `length` units that stand in `root`; `text` is None when they are deleted already.

        `goes_on`: the first of them was typed right behind the last one so far.
        """
        if not goes_on:
            self._breaks.append(self.end)
        if not self._roots or self._roots[-1] != root:
            self._starts.append(self.end)
            self._roots.append(root)
        if text is None:
            self.deleted.add(self.end, self.end + length)
        elif not text.isascii():
            self.pairs.extend(pair_clocks(text, self.end))
        self.end += length

    def cut_back(self, end: int) -> None:
        """Forget everything from `end` on."""
        while self._starts and self._starts[-1] >= end:
            self._starts.pop()
            self._roots.pop()
        del self.pairs[bisect_left(self.pairs, end) :]
        del self._breaks[bisect_left(self._breaks, end) :]
        self.deleted.cut_back(end)
        self.end = end

    def outlined(self, client: int) -> Outlined:
        """What of it a snapshot says only piece by piece."""
        return Outlined(
            client, self._starts.copy(), self._roots.copy(), self._breaks.tolist(), self.pairs.tolist()
        )

    @classmethod
    def restored(cls, outlined: Outlined, end: int, deleted: Spans) -> Stretch:
        """The stretch up to `end`. A document keeps nothing of deleted text, so its pairs are forgotten."""
        stretch = cls()
        stretch._starts, stretch._roots = outlined.starts, outlined.roots
        stretch._breaks.extend(outlined.breaks)
        stretch.pairs.extend(clock for clock in outlined.pairs if deleted.missing(clock, clock + 1))
        stretch.deleted = deleted
        stretch.cut_back(end)
        return stretch


class Holdings:
    """Per client its stretch."""

    __slots__ = ("_stretches",)

    def __init__(self) -> None:
        self._stretches: dict[int, Stretch] = {}

    def outlined(self) -> list[Outlined]:
        """What a snapshot says only piece by piece."""
        return [stretch.outlined(client) for client, stretch in self._stretches.items()]

    @classmethod
    def restored(
        cls, stretches: Iterable[Outlined], ends: Mapping[int, int], deletions: Iterable[Deletion]
    ) -> Holdings:
        """The holdings of a document with these ends and deletions. Stretches may go on beyond its ends."""
        holdings, deleted = cls(), {client: Spans() for client in ends}
        for client, clock, length in deletions:
            deleted[client].append(clock, clock + length)
        outlines = {outlined.client: outlined for outlined in stretches}
        for client, end in ends.items():
            holdings._stretches[client] = Stretch.restored(outlines[client], end, deleted[client])
        return holdings

    def end(self, client: int) -> int:
        """The next clock expected from `client`."""
        stretch = self._stretches.get(client)
        return 0 if stretch is None else stretch.end

    def stretch(self, client: int) -> Stretch:
        """All that a client ever typed, who has typed something."""
        return self._stretches[client]

    def state_vector(self) -> dict[int, int]:
        """Client → next clock."""
        return {client: stretch.end for client, stretch in self._stretches.items()}

    def root_beside(self, unit: Id, cut: int) -> str:
        """The root of a held unit, beside which a cut is made right before the clock `cut`."""
        stretch = self._stretches[unit[0]]
        if stretch.is_pair_at(cut - 1):
            raise Malformed("cuts a surrogate pair")
        return stretch.root_at(unit[1])

    def roots_between(self, client: int, begin: int, end: int) -> list[str]:
        """The roots that the held units [begin, end) of `client` stand in."""
        return self._stretches[client].roots_between(begin, end)

    def alive(self, client: int, begin: int, end: int) -> list[tuple[int, int]]:
        """The parts of the held units [begin, end) of `client` that are not deleted yet."""
        return self._stretches[client].deleted.missing(begin, end)

    def delete(self, client: int, begin: int, end: int) -> None:
        """The held units [begin, end) of `client` are deleted."""
        self._stretches[client].deleted.add(begin, end)

    def cuts_pair(self, client: int, clock: int) -> bool:
        """Whether a cut right before `clock` would go through a surrogate pair."""
        stretch = self._stretches.get(client)
        return stretch is not None and stretch.is_pair_at(clock - 1)

    def is_unbroken(self, client: int, begin: int, end: int) -> bool:
        """Whether the held units (begin, end] of `client` were each typed right behind the one before."""
        return self._stretches[client].is_unbroken(begin, end)

    def extend(self, client: int, length: int, root: str, text: str | None, *, goes_on: bool) -> None:
        """Append to the stretch of `client`."""
        stretch = self._stretches.get(client)
        if stretch is None:
            stretch = self._stretches[client] = Stretch()
        stretch.extend(length, root, text, goes_on=goes_on)

    def cut_back(self, ends: Mapping[int, int]) -> None:
        """Go back to where the named clients were."""
        for client, end in ends.items():
            if end == 0:
                self._stretches.pop(client, None)
            elif end < self.end(client):
                self._stretches[client].cut_back(end)


def pair_clocks(text: str, clock: int) -> list[int]:
    """The clocks of the first halves of the surrogate pairs in `text`, whose first unit is at `clock`."""
    clocks: list[int] = []
    for char in text:
        if char > "\uffff":
            clocks.append(clock)
            clock += 1
        clock += 1
    return clocks
