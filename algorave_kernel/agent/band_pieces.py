"""What the house band can play when something new is wanted: a few ways for each role and style. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from .band_words import Wanted

SCALE = re.compile(r"scale\(\s*[\"'`]<?\s*([A-Ga-g][#b]?)\d?:([a-z:]+)")
NOTES = re.compile(r"note\(\s*[\"'`]([^\"'`]*)")
NOTE_NAME = re.compile(r"\b([a-g][#b]?)\d?\b", re.IGNORECASE)
KEY_WORDS = re.compile(
    r"\b(?:in|of|key) ([a-g](?: ?(?:sharp|flat)|[#b])?) ?(major|minor|dorian|phrygian|lydian|mixolydian)?\b"
)
WHOLE_BAND = ("drums", "bass", "chords")


def piece(role: str, style: str | None, key: str, seed: int) -> str:
    """Something new for a role, in a key such as `C:minor`; another seed, another way."""
    ways = pieces()[role]
    # A style that this role has no way of its own for takes the ordinary ones.
    chosen = ways.get(style or "") or ways[""]
    return in_key(chosen[seed % len(chosen)], key)


def in_key(code: str, key: str) -> str:
    """The code with its scales written out."""
    root, _, mode = key.partition(":")
    for place, octave in (("low", 2), ("mid", 3), ("high", 4)):
        code = code.replace(f"{{{place}}}", f"{root}{octave}:{mode}")
    return code


def roles_to_add(wanted: Wanted) -> tuple[str, ...]:
    """Which roles a wish for something new means: those it names, else a small band in that style."""
    if wanted.roles:
        return wanted.roles
    return WHOLE_BAND if wanted.style or wanted.is_all else ()


def key_of(words: str, texts: Mapping[str, str]) -> str:
    """The key that is asked for, else the one the music is in as far as it says so, else C minor."""
    asked = KEY_WORDS.search(words.lower())
    if asked and (asked[2] or re.search(r"\bkey\b", words.lower())):
        root = asked[1].replace(" sharp", "#").replace(" flat", "b")
        return f"{root.capitalize()}:{asked[2] or 'minor'}"
    code = "\n".join(texts.values())
    scale = SCALE.search(code)
    if scale:
        return f"{scale[1].capitalize()}:{scale[2].rstrip(':')}"
    written = NOTES.search(code)
    first = NOTE_NAME.search(written[1]) if written else None
    if first is None:
        return "C:minor"
    return f"{first[1].capitalize()}:{_mode(written[1] if written else '', first[1])}"


@cache
def pieces() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By role and style: code with sounds that need no network, with room for one another."""
    return json.loads(resources.files(__package__ or "").joinpath("band_pieces.json").read_text("utf-8"))


def _mode(notes: str, root: str) -> str:
    """Major when its third is there and the minor one is not."""
    names = ["c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"]
    flats = {"db": "c#", "eb": "d#", "gb": "f#", "ab": "g#", "bb": "a#"}
    heard = {flats.get(name.lower(), name.lower()) for name in NOTE_NAME.findall(notes)}
    start = (
        names.index(flats.get(root.lower(), root.lower()))
        if flats.get(root.lower(), root.lower()) in names
        else 0
    )
    return "major" if names[(start + 4) % 12] in heard and names[(start + 3) % 12] not in heard else "minor"
