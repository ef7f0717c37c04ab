"""The gate before the CRDT: no update of a stranger reaches yrs before it has been understood here.

An update passes when a document of root texts can take it in whole and at once: every struct follows on
from what is held, every origin is there and stands in the same root, deletions name what exists, and no
surrogate pair is cut. So nothing is ever left pending in the document, and every engine reads the same
text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

from algorave_server.holdings import Holdings, Stretch
from algorave_server.lib0 import Malformed
from algorave_server.yjs_update import Deletion, Id, Stroke, Struct, Update, parse_stroke, parse_update


class Admitted(NamedTuple):
    """What an update that passed does to the document."""

    inserted_units: int
    """UTF-16 units that were not there before."""
    authors: frozenset[int]
    """Yjs clients that the new units belong to."""
    roots: frozenset[str]
    """Roots that are inserted into or deleted from; empty when the update brings nothing new."""


class Unfounded(Malformed):
    """An update that builds on what is not there, and may be right all the same once that has come."""


_Gap = tuple[int, int, int]
"""(client, begin, end): units that are deleted."""
_NOBODY = frozenset[int]()
_NOTHING_NEW = Admitted(0, _NOBODY, frozenset())

MayWrite = Callable[[Admitted], None]
"""Asked about an update that brings something new; raises to refuse it."""


class _Typing:
    """Where a client typed last. Who goes on right there is judged already, and nearly everybody does."""

    __slots__ = ("authors", "right_origin", "root", "roots", "stretch")

    def __init__(self, stretch: Stretch, right_origin: Id | None, root: str, authors: frozenset[int]) -> None:
        self.stretch = stretch
        self.right_origin = right_origin
        self.root = root
        self.roots = frozenset((root,))
        self.authors = authors

    def goes_on_with(self, struct: Struct) -> bool:
        """Whether a struct of the same client stands right behind its last unit, before the same as that."""
        clock, origin = struct.clock, struct.origin
        return (
            clock == self.stretch.end
            and origin is not None
            and origin[1] == clock - 1
            and origin[0] == struct.client
            and struct.right_origin == self.right_origin
        )


class UpdateGate:
    """Stands before one document and knows what it holds. How large a frame may be is the room's business."""

    def __init__(self, holdings: Holdings | None = None) -> None:
        self.holdings = holdings or Holdings()
        self._typing: dict[int, _Typing] = {}
        """By Yjs client."""

    def admit(self, data: bytes, may_write: MayWrite) -> Admitted:
        """Take note of an update that the document is about to apply.

        Raises `Malformed`, or what `may_write` raises; then nothing has changed, and the document must not
        see the update.
        """
        stroke = parse_stroke(data)
        if stroke is not None:
            struct, deletion = stroke
            if struct is not None and deletion is None:
                typing = self._typing.get(struct.client)
                if typing is not None and typing.goes_on_with(struct):
                    return self._admit_next(typing, struct, may_write)
            if deletion is None or self._hits_known(deletion, struct):
                return self._admit_stroke(stroke, may_write)
        update = parse_update(data)
        for client in update.structs:
            self._typing.pop(client, None)
        before = {client: self.holdings.end(client) for client in update.structs}
        try:
            roots = self._integrate(update)
            dying = self._dying(update.deletions)
            for client, begin, end in dying:
                roots.update(self.holdings.roots_between(client, begin, end))
            admitted = self._summary(before, roots)
            if roots:
                may_write(admitted)
        except BaseException:
            self.holdings.cut_back(before)
            raise
        for client, begin, end in dying:
            self.holdings.delete(client, begin, end)
        return admitted

    def _admit_next(self, typing: _Typing, struct: Struct, may_write: MayWrite) -> Admitted:
        """More behind what its client typed last: all but the order was judged with that."""
        self._check_order(struct.origin, struct.right_origin)
        admitted = Admitted(struct.length, typing.authors, typing.roots)
        may_write(admitted)
        typing.stretch.extend(struct.length, typing.root, struct.text, goes_on=True)
        return admitted

    def _hits_known(self, deletion: Deletion, struct: Struct | None) -> bool:
        """Whether it deletes only what is held already, or comes with it and is ASCII and new as a whole."""
        held_end = self.holdings.end(deletion.client)
        beyond = deletion.clock + deletion.length - held_end
        if beyond <= 0:
            return True
        return (
            struct is not None
            and struct.client == deletion.client
            and struct.clock == held_end
            and beyond <= struct.length
            and (struct.text or "").isascii()
        )

    def _admit_stroke(self, stroke: Stroke, may_write: MayWrite) -> Admitted:
        """What nearly all updates are. Judged as others are, but before anything is noted."""
        struct, deletion = stroke
        roots: list[str] = []
        root, units, text, authors = "", 0, None, _NOBODY
        if struct is not None:
            if self._missing(struct) is not None:
                raise Unfounded("refers to what is not there")
            root, units, text = self._news_of(struct)
            if units:
                roots.append(root)
                authors = frozenset((struct.client,))
        dying, dying_new = ([], []) if deletion is None else self._dying_of_stroke(deletion)
        for client, begin, end in dying:
            roots += self.holdings.roots_between(client, begin, end)
        if not roots:
            return _NOTHING_NEW
        admitted = Admitted(units, authors, frozenset(roots))
        may_write(admitted)
        if struct is not None and units:
            self._append(struct, units, root, text)
            stretch = self.holdings.stretch(struct.client)
            self._typing[struct.client] = _Typing(stretch, struct.right_origin, root, authors)
        for client, begin, end in dying + dying_new:
            self.holdings.delete(client, begin, end)
        return admitted

    def _dying_of_stroke(self, deletion: Deletion) -> tuple[list[_Gap], list[_Gap]]:
        """What of a deletion that `_hits_known` dies of what is held, and of what comes with it."""
        client, clock, length = deletion
        end, held_end = clock + length, self.holdings.end(client)
        if end <= held_end:
            return self._dying((deletion,)), []
        held = self._dying((Deletion(client, clock, held_end - clock),)) if clock < held_end else []
        return held, [(client, max(clock, held_end), end)]

    def _summary(self, before: dict[int, int], roots: set[str]) -> Admitted:
        grown = {client: self.holdings.end(client) - end for client, end in before.items()}
        return Admitted(
            inserted_units=sum(grown.values()),
            authors=frozenset(client for client, units in grown.items() if units),
            roots=frozenset(roots),
        )

    def _integrate(self, update: Update) -> set[str]:
        """Take in all structs, dependencies first, as an engine would; the roots that grew.

        Two clients may each hang on parts of the other: of one that another waits for, one struct at a time.
        """
        roots: set[str] = set()
        left = {client: deque(run) for client, run in update.structs.items()}
        for first in update.structs:
            clients = [first]
            while clients:
                run = left[clients[-1]]
                if not run:
                    clients.pop()
                    continue
                missing = self._missing(run[0])
                if missing is None:
                    self._take(run.popleft(), roots)
                    if len(clients) > 1:
                        clients.pop()
                elif missing in clients or not left.get(missing):
                    raise Unfounded("refers to what is not there")
                else:
                    clients.append(missing)
        return roots

    def _missing(self, struct: Struct) -> int | None:
        """The client of an origin that is not held yet. Yjs asks this of structs it already has, too."""
        origin, right_origin, end = struct.origin, struct.right_origin, self.holdings.end
        if origin is not None and origin[1] >= end(origin[0]):
            return origin[0]
        if right_origin is not None and right_origin[1] >= end(right_origin[0]):
            return right_origin[0]
        return None

    def _take(self, struct: Struct, roots: set[str]) -> None:
        """Append what is new of a struct whose origins are held."""
        root, units, text = self._news_of(struct)
        if units:
            self._append(struct, units, root, text)
            roots.add(root)

    def _append(self, struct: Struct, units: int, root: str, text: str | None) -> None:
        """Take note of the last units of a struct."""
        client, clock = struct.client, struct.clock
        goes_on = struct.origin == (client, clock - 1) or self.holdings.end(client) > clock
        self.holdings.extend(client, units, root, text, goes_on=goes_on)

    def _news_of(self, struct: Struct) -> tuple[str, int, str | None]:
        """The root of a struct whose origins are held, how many units of it are new, and their text."""
        client = struct.client
        known = self.holdings.end(client) - struct.clock
        if known < 0:
            raise Unfounded("leaves a gap")
        root = self._root_of(struct)
        if known:
            held_end = struct.clock + min(known, struct.length)
            # All of them: what is new of the struct will stand beside the last one.
            if any(it != root for it in self.holdings.roots_between(client, struct.clock, held_end)):
                raise Malformed("in another root than before")
            self._check_order((client, held_end - 1), struct.right_origin)
        if known >= struct.length:
            return root, 0, None
        return root, struct.length - known, struct.text and self._rest(struct.text, known)

    def _root_of(self, struct: Struct) -> str:
        root, origin, right_origin = struct.root, struct.origin, struct.right_origin
        beside = self.holdings.root_beside
        if origin is not None:
            root = _the_same(root, beside(origin, origin[1] + 1))
        if right_origin is not None:
            root = _the_same(root, beside(right_origin, right_origin[1]))
            self._check_order(origin, right_origin)
        if root is None:
            raise Malformed("in no root")
        return root

    def _check_order(self, origin: Id | None, right_origin: Id | None) -> None:
        """What was typed in one go is one piece to engines; of a place in it that ends first they differ."""
        if origin is None or right_origin is None or origin[0] != right_origin[0]:
            return
        client, begin, end = origin[0], right_origin[1], origin[1]
        if begin <= end and self.holdings.is_unbroken(client, begin, end):
            raise Malformed("ends before it begins")

    def _rest(self, text: str, units: int) -> str:
        """`text` without its first UTF-16 units, which are held already."""
        if units == 0:
            return text
        try:
            return text.encode("utf-16-le")[2 * units :].decode("utf-16-le")
        except UnicodeDecodeError:
            raise Malformed("cuts a surrogate pair") from None

    def _dying(self, deletions: Iterable[Deletion]) -> list[_Gap]:
        """What the deletions delete that is not deleted yet: (client, begin, end).

        A client that comes back sends all deletions it knows of, whether or not they are news.
        """
        dying: list[_Gap] = []
        for client, clock, length in deletions:
            end = clock + length
            if end > self.holdings.end(client):
                raise Unfounded("deletes what is not there")
            if self.holdings.cuts_pair(client, clock) or self.holdings.cuts_pair(client, end):
                raise Malformed("cuts a surrogate pair")
            dying += [(client, *gap) for gap in self.holdings.alive(client, clock, end)]
        return dying


def _the_same(root: str | None, beside: str) -> str:
    if root is not None and root != beside:
        raise Malformed("between two roots")
    return beside
