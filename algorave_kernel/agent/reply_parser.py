"""A reply as it comes in, in pieces of any size: prose, and wishes between tags. Pure.

    Darker now.
    <edit layer="bass"><find>.lpf(800)</find><put>.lpf(300)</put></edit>
    <code layer="hats">s("hh*8")</code>
    <remove layer="noise"/>

The same text gives the same wishes, however it was cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .edits import Code, Edit, Removal, Wish

OPENING = re.compile(r"<(?P<tag>edit|code|remove)(?P<rest>\s[^<>]*|/)?>", re.IGNORECASE)
#: The beginning of an opening tag, at the end of what has come.
UNFINISHED = re.compile(
    r"<(?:e(?:d(?:it?)?)?|c(?:o(?:de?)?)?|r(?:e(?:m(?:o(?:ve?)?)?)?)?)?$|<(?:edit|code|remove)(?:\s[^<>]{0,200}|/)$",
    re.IGNORECASE,
)
LAYER = re.compile(r"""\blayer\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'/>]+))""")
IN_EDIT = re.compile(r"<find\s*/>|<(?:find|put)>|</edit>", re.IGNORECASE)
FENCE = re.compile(r"\s*```[\w-]*[ \t]*\r?\n(?P<code>.*?)\r?\n?[ \t]*```\s*", re.DOTALL)
#: Once a reply is longer than this it is no change to a piece of music.
MAX_REPLY_CHARS = 200_000

State = Literal["prose", "edit", "find", "put", "code"]
CLOSING: dict[State, re.Pattern[str]] = {
    "find": re.compile(r"</find>", re.IGNORECASE),
    "put": re.compile(r"</put>|(?=</edit>)", re.IGNORECASE),
    "code": re.compile(r"</code>", re.IGNORECASE),
}
#: What may be the beginning of a closing tag.
HALF_CLOSED = re.compile(r"<(?:/(?:p(?:u(?:t)?)?|c(?:o(?:d(?:e)?)?)?)?)?\Z", re.IGNORECASE)
LONGEST_CLOSING = len("</find>")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The wish that is being written: what is known of it so far."""

    layer: str | None
    find: str | None
    text: str


class ReplyParser:
    """Takes a reply piece by piece. `wishes` are whole; `faults` say what was wrong with the others."""

    def __init__(self) -> None:
        self.prose = ""
        self.wishes: list[Wish] = []
        self.faults: list[str] = []
        self.is_too_long = False
        self._state: State = "prose"
        self._pending = ""
        self._held: list[str] = []
        self._layer: str | None = None
        self._find: str | None = None
        self._put: str | None = None
        self._length = 0

    def feed(self, piece: str) -> None:
        """Take in what came next."""
        self._length += len(piece)
        if self._length > MAX_REPLY_CHARS:
            self._give_up_on_length()
            return
        self._pending += piece
        while self._step():
            pass

    def finish(self) -> None:
        """Nothing more comes: what is still open is a fault."""
        if self._state == "prose":
            self.prose += self._pending
        else:
            tag = "code" if self._state == "code" else "edit"
            self.faults.append(f"the <{tag}> for {_named(self._layer)} was not closed")
        self._pending = ""
        self._state = "prose"

    @property
    def unfinished(self) -> Unfinished | None:
        """The wish that is being written right now, for those who watch."""
        if self._state not in ("put", "code"):
            return None
        text = HALF_CLOSED.sub("", "".join(self._held) + self._pending)
        return Unfinished(self._layer, self._find if self._state == "put" else None, text.lstrip("\r\n"))

    def _give_up_on_length(self) -> None:
        if not self.is_too_long:
            self.is_too_long = True
            self.faults.append("the reply was too long")
        self._pending, self._held, self._state = "", [], "prose"

    def _step(self) -> bool:
        if self._state == "prose":
            return self._read_prose()
        if self._state == "edit":
            return self._read_edit()
        return self._read_text()

    def _read_prose(self) -> bool:
        found = OPENING.search(self._pending)
        if found is None:
            tail = UNFINISHED.search(self._pending)
            keep = tail.start() if tail else len(self._pending)
            self.prose += self._pending[:keep]
            self._pending = self._pending[keep:]
            return False
        self.prose += self._pending[: found.start()]
        self._pending = self._pending[found.end() :]
        self._open(found["tag"].lower(), found["rest"] or "")
        return True

    def _open(self, tag: str, rest: str) -> None:
        named = LAYER.search(rest)
        layer = next((each for each in named.groups() if each is not None), None) if named else None
        if tag == "remove":
            if layer:
                self.wishes.append(Removal(layer))
            else:
                self.faults.append("a <remove> did not say which layer")
            return
        self._layer, self._find, self._put, self._held = layer, None, None, []
        self._state = "edit" if tag == "edit" else "code"

    def _read_edit(self) -> bool:
        """Between the parts of an edit; what is there besides tags means nothing."""
        found = IN_EDIT.search(self._pending)
        if found is None:
            tail = self._pending.rfind("<")
            self._pending = self._pending[tail:] if tail >= 0 else ""
            return False
        self._pending = self._pending[found.end() :]
        tag = found[0].lower()
        if tag == "</edit>":
            self._close_edit()
        elif tag.endswith("/>"):
            self._find = ""
        else:
            self._held = []
            self._state = "find" if tag == "<find>" else "put"
        return True

    def _close_edit(self) -> None:
        self._state = "prose"
        if self._put is None:
            self.faults.append(f"an <edit> of {_named(self._layer)} had no <put>")
        elif self._find is None:
            self.faults.append(f"an <edit> of {_named(self._layer)} had no <find>")
        else:
            self.wishes.append(Edit(self._layer, self._find, self._put))

    def _read_text(self) -> bool:
        found = CLOSING[self._state].search(self._pending)
        if found is None:
            keep = max(0, len(self._pending) - LONGEST_CLOSING + 1)
            self._held.append(self._pending[:keep])
            self._pending = self._pending[keep:]
            return False
        text = clean("".join(self._held) + self._pending[: found.start()])
        self._pending = self._pending[found.end() :]
        self._held = []
        if self._state == "code":
            self.wishes.append(Code(self._layer, text))
            self._state = "prose"
        else:
            if self._state == "find":
                self._find = text
            else:
                self._put = text
            self._state = "edit"
        return True


def clean(text: str) -> str:
    """What was meant between two tags: without a code fence, and without the line breaks next to the tags."""
    fenced = FENCE.fullmatch(text)
    if fenced:
        return fenced["code"]
    text = re.sub(r"\A[ \t]*\r?\n", "", text)
    return re.sub(r"\r?\n[ \t]*\Z", "", text)


def _named(layer: str | None) -> str:
    return f"layer '{layer}'" if layer else "a layer"
