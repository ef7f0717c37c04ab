"""A session as one text: a Strudel file that Strudel itself plays, and that becomes the same layers again.

Each layer is a section with a headline in a comment. Strudel wants parts of a piece to be labelled, so a
layer that has no label of its own is given one, marked, so that it can be taken out again. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .statements import last_expression

MARK = "// algorave:"
NAME = r"[^\W\d][\w-]{0,39}"
HEADLINE = re.compile(
    rf"^{MARK} layer (?P<name>{NAME})(?:, gain (?P<gain>[\d.]+))?(?P<muted>, muted)?$", re.MULTILINE
)
SESSION = re.compile(rf"\A{MARK} session (?P<title>\".*\")\n")
TEMPO = re.compile(rf"^setcps\((?P<cps>[\d.e-]+)\) {MARK} tempo\n", re.MULTILINE)
LABEL = re.compile(rf"_?[^\W\d]\w*: {MARK} label\n")


@dataclass(frozen=True, slots=True)
class FileLayer:
    """One layer: its name, its code, its level (linear) and whether it is muted."""

    name: str
    code: str
    gain: float = 1.0
    mute: bool = False


@dataclass(frozen=True, slots=True)
class StrudelFile:
    """All layers of a session, its title and its tempo in cycles per second where they are known."""

    layers: tuple[FileLayer, ...]
    title: str | None = None
    cps: float | None = None


def write_file(file: StrudelFile) -> str:
    """The text of the file. `read_file` makes the same of it again, to the last character."""
    title = "" if file.title is None else f"{MARK} session {json.dumps(file.title, ensure_ascii=False)}\n"
    tempo = "" if file.cps is None else f"setcps({file.cps!r}) {MARK} tempo\n"
    return title + tempo + "".join(map(_section, file.layers))


def read_file(text: str, name: str) -> StrudelFile:
    """Understand the text of a file; one that is not ours is one layer called `name`."""
    headlines = list(HEADLINE.finditer(text))
    if not headlines:
        return StrudelFile((FileLayer(name, text.removesuffix("\n")),))
    # An empty line stands before each headline, so it is not the code's.
    ends = [*(found.start() - 1 for found in headlines[1:]), len(text)]
    layers = [
        FileLayer(
            found["name"],
            _bare(text[found.end() + 1 : end].removesuffix("\n")),
            float(found["gain"] or 1),
            found["muted"] is not None,
        )
        for found, end in zip(headlines, ends, strict=True)
    ]
    before = text[: headlines[0].start()]
    title, tempo = SESSION.match(before), TEMPO.search(before)
    return StrudelFile(
        tuple(layers), json.loads(title["title"]) if title else None, float(tempo["cps"]) if tempo else None
    )


def free_name(name: str, taken: Sequence[str]) -> str:
    """The name, or the first of `name-2`, `name-3` … that nobody has."""
    number, free = 2, name
    while free in taken:
        free = f"{name[:36]}-{number}"
        number += 1
    return free


def _section(layer: FileLayer) -> str:
    gain = "" if layer.gain == 1 else f", gain {layer.gain!r}"
    muted = ", muted" if layer.mute else ""
    return f"\n{MARK} layer {layer.name}{gain}{muted}\n{_labelled(layer)}\n"


def _labelled(layer: FileLayer) -> str:
    code = layer.code.replace(MARK, f"{MARK}:")  # what the code says itself is no mark of ours
    place = last_expression(code)
    if place is None:
        return code
    label = ("_" if layer.mute else "") + layer.name.replace("-", "_")
    return f"{code[:place]}{label}: {MARK} label\n{code[place:]}"


def _bare(section: str) -> str:
    return LABEL.sub("", section, count=1).replace(f"{MARK}:", MARK)
