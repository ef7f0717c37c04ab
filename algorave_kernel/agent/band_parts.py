"""The parts of a layer's text, as the house band sees them, and who plays what. Pure; code points."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from algorave_kernel.statements import LABEL, NOT_A_PATTERN, PIECE, statement_begins

DRUMS = re.compile(
    r"\b(?:bd|sd|hh|oh|cp|rim|kick|snare|clap|hat|lt|mt|ht|cr|rd|cb|sh|tb|perc|breaks\d*|amen\w*)\b"
)
SOUND_TEXT = re.compile(r"(?<![\w$])(?:s|sound)\s*\(\s*([\"'`])(?P<text>(?:(?!\1).)*)\1", re.DOTALL)
LOW = re.compile(r"\b[a-g][#b]?[0-2]\b", re.IGNORECASE)
HAS_PITCH = re.compile(r"(?<![\w$])(?:note|n|chord|freq|scale|voicing|arp|rootNotes)\s*\(")
ROLE_NAMES = {
    "hats": r"hats?|hh|hihat",
    "kick": r"kick|bd",
    "snare": r"snare|clap|sd|cp",
    "drums": r"drum|beat|perc|rhythm|break",
    "bass": r"bass|sub",
    "chords": r"chord|pad|keys|piano|string|harm",
    "melody": r"melod|lead|tune|arp|synth|riff",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One pattern in a layer: where its statement is, where its expression begins, and its role."""

    layer: str
    label: str | None
    begin: int
    expression: int
    end: int
    role: str
    code: str

    @property
    def name(self) -> str:
        """What people call it: its label, else its layer."""
        bare = (self.label or "").lstrip("_S").rstrip("$0123456789")
        return (self.label or "").removeprefix("_") if bare else self.layer

    @property
    def has_pitch(self) -> bool:
        """Whether it can be transposed."""
        return HAS_PITCH.search(self.code) is not None

    @property
    def is_muted(self) -> bool:
        """Whether an underscore keeps it silent."""
        return (self.label or "").startswith("_")


def parts(texts: Mapping[str, str]) -> list[Part]:
    """Every pattern in every layer, in order."""
    return [part for layer, text in texts.items() for part in _parts_of(layer, text)]


def _parts_of(layer: str, text: str) -> list[Part]:
    begins = list(statement_begins(text))
    found: list[Part] = []
    for begin, following in zip(begins, [*begins[1:], len(text)], strict=True):
        labelled = LABEL.match(text, begin)
        expression = labelled.end() if labelled else begin
        while expression < following and text[expression].isspace():
            expression += 1
        end = _code_end(text, expression, following)
        if end <= expression or NOT_A_PATTERN.match(text, begin):
            continue
        label = labelled[0].rstrip()[:-1].rstrip() if labelled else None
        code = text[expression:end]
        found.append(Part(layer, label, begin, expression, end, _role(label or layer, layer, code), code))
    if any(part.label for part in found):
        return [part for part in found if part.label]
    return found[-1:]


def _code_end(text: str, begin: int, end: int) -> int:
    """Where the expression ends: before a semicolon, comments and white space that follow it."""
    last, at = begin, begin
    for piece in PIECE.finditer(text, begin, end):
        at = piece.end()
        if piece.lastgroup not in ("space", "line", "comment", "end"):
            last = at
    return last


def _role(name: str, layer: str, code: str) -> str:
    for said in (name, layer):
        for role, shape in ROLE_NAMES.items():
            if re.search(shape, said, re.IGNORECASE):
                return role
    return _role_by_sound(code)


def _role_by_sound(code: str) -> str:
    sounds = " ".join(found["text"] for found in SOUND_TEXT.finditer(code))
    drums = set(DRUMS.findall(sounds))
    if drums and not HAS_PITCH.search(code):
        for role, only in (
            ("hats", {"hh", "oh", "hat", "sh"}),
            ("kick", {"bd", "kick"}),
            ("snare", {"sd", "cp", "snare", "clap"}),
        ):
            if drums <= only:
                return role
        return "drums"
    if re.search(r"\bbass\b", sounds) or (LOW.search(code) and HAS_PITCH.search(code)):
        return "bass"
    return "chords" if re.search(r"\bvoicing|\bchord\(", code) else "melody"
