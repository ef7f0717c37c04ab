"""Wishes carried out on copies of the layers' texts, before anything is judged or shared. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from algorave_kernel.engine import whole_text
from algorave_kernel.offsets import is_whole

from .edits import Code, Edit, Removal, Wish
from .locate import Missing, Place, locate

ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#39|apos);")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LAYER_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Draft:
    """The texts as they would be, None for a layer that goes. `faults` say which wishes cannot be meant."""

    texts: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    faults: tuple[str, ...] = ()


class _Cannot(Exception):
    """A wish that cannot be carried out; its text is for whoever wished."""


def draft(
    before: Mapping[str, str],
    wishes: Sequence[Wish],
    may_change: frozenset[str] = frozenset(),
    locked: frozenset[str] = frozenset(),
) -> Draft:
    """Carry out the wishes in order. `may_change` are the only layers to be touched, all when it is empty.

    Those that are `locked` are never touched.
    """
    after: dict[str, str | None] = dict(before)
    faults: list[str] = []
    for wish in wishes:
        try:
            layer = _layer_of(wish, after, may_change)
            if may_change and layer not in may_change:
                raise _Cannot(f"layer '{layer}' must not be changed; only: {', '.join(sorted(may_change))}")
            if layer in locked:
                raise _Cannot(f"layer '{layer}' is locked and stays as it is")
            after[layer] = _carried_out(wish, after.get(layer), layer)
        except _Cannot as fault:
            faults.append(str(fault))
    changed = {layer: text for layer, text in after.items() if text != before.get(layer)}
    return Draft(changed, tuple(faults))


def _carried_out(wish: Wish, text: str | None, layer: str) -> str | None:
    if isinstance(wish, Removal):
        if text is None:
            raise _Cannot(f"there is no layer '{layer}' to remove")
        return None
    if isinstance(wish, Code):
        return _whole(_meant(wish.text, text or ""), layer)
    if text is None and wish.find:
        raise _Cannot(f"there is no layer '{layer}'; to make it, give its whole code")
    return _edited(wish, text or "", layer)


def _edited(wish: Edit, text: str, layer: str) -> str:
    put = _whole(_meant(wish.put, text), layer)
    ending = "\r\n" if "\r\n" in text else "\n"
    put = put.replace("\r\n", "\n").replace("\n", ending)
    if not wish.find.strip():
        joint = ending if text.strip() and not text.endswith("\n") else ""
        return text + joint + put
    for find in dict.fromkeys((wish.find, html.unescape(wish.find))):
        place = locate(text, find)
        if isinstance(place, Place):
            return _replaced(text, place, put)
    raise _Cannot(_not_found(wish.find, layer, locate(text, wish.find)))


def _replaced(text: str, place: Place, put: str) -> str:
    begin, end = place.begin, place.end
    takes_lines = (begin == 0 or text[begin - 1] == "\n") and text[end : end + 1] in ("\n", "")
    if not put and takes_lines:
        # A line that goes leaves no empty one behind.
        end += 1
    return text[:begin] + put + text[end:]


def _not_found(find: str, layer: str, found: object) -> str:
    quoted = find if len(find) <= 80 else find[:77] + "…"
    if isinstance(found, Missing):
        closest = f"; the closest line is line {found.line}: {found.closest}" if found.closest else ""
        return f"layer '{layer}' does not contain <find>{quoted}</find>{closest}"
    lines = ", ".join(str(line) for line in getattr(found, "lines", ()))
    return f"layer '{layer}' contains <find>{quoted}</find> more than once (lines {lines}): quote more of it"


def _layer_of(wish: Wish, texts: Mapping[str, str | None], may_change: frozenset[str]) -> str:
    if wish.layer is not None:
        exact = wish.layer.strip()
        alike = [name for name in texts if name.casefold() == exact.casefold()]
        layer = exact if exact in texts or len(alike) != 1 else alike[0]
        if layer not in texts and not LAYER_NAME.fullmatch(layer):
            raise _Cannot("a layer is named with a letter, then letters, digits, _ or -, at most 40 in all")
        return layer
    there = [name for name, text in texts.items() if text is not None]
    candidates = [name for name in there if name in may_change] if may_change else there
    if isinstance(wish, Edit) and wish.find.strip() and len(candidates) > 1:
        candidates = [name for name in candidates if isinstance(locate(texts[name] or "", wish.find), Place)]
    if len(candidates) == 1:
        return candidates[0]
    raise _Cannot(
        f'say which layer is meant, as in <edit layer="…">; there are: {", ".join(there) or "none"}'
    )


def _meant(put: str, text: str) -> str:
    """Without HTML's entities, when the text it goes into has none."""
    return html.unescape(put) if ENTITY.search(put) and not ENTITY.search(text) else put


def _whole(put: str, layer: str) -> str:
    if not is_whole(put):
        # The two halves of a character may have come in two pieces.
        put = str(whole_text(put))
        if "\ufffd" in put:
            raise _Cannot(f"the code for layer '{layer}' contains half a character")
    if CONTROL.search(put):
        raise _Cannot(f"the code for layer '{layer}' contains a control character")
    return put
