"""What the house band reads out of code: which functions play in it, and which wrong word is meant how."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .cards import cards

EXPLAIN = re.compile(r"explain\b.*?'(?P<layer>[^']+)'", re.IGNORECASE | re.DOTALL)
REPAIR = re.compile(
    r"repair\b.*?'(?P<layer>[^']+)'.*?what is wrong: (?P<wrong>.*)", re.IGNORECASE | re.DOTALL
)
MEANT = re.compile(
    r"(?:unknown name (?P<name>\w+)|(?P<called>\w+) is not a function) \(did you mean (?P<meant>\w+)"
)
CALLED = re.compile(r"(?<![\w$])(?P<name>[A-Za-z]\w*)\s*\(")
STRING = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|//[^\n]*")
MOST = 8


def explained(words: str, texts: Mapping[str, str]) -> str | None:
    """What the functions of a layer do, in the order of its code; None when nobody asks for that."""
    asked = EXPLAIN.match(words)
    if asked is None or asked["layer"] not in texts:
        return None
    known = {name: card for card in cards() for name in (card.name, *card.also)}
    called = dict.fromkeys(
        found["name"] for found in CALLED.finditer(STRING.sub('""', texts[asked["layer"]]))
    )
    told = [f"{name}: {known[name].sentence}" for name in called if name in known][:MOST]
    if not told:
        return "The house band knows none of the functions in there."
    return f"What is in '{asked['layer']}', by the reference. {' '.join(told)}"


def repaired(words: str, texts: Mapping[str, str]) -> str | None:
    """The layer with wrong names put right, as an answer; None when nobody asks for that."""
    asked = REPAIR.match(words)
    if asked is None or asked["layer"] not in texts:
        return None
    text, layer = texts[asked["layer"]], asked["layer"]
    for found in MEANT.finditer(asked["wrong"]):
        wrong = found["name"] or found["called"]
        text = re.sub(rf"(?<![\w$]){re.escape(wrong)}(?=\s*\()", found["meant"], text)
    if text == texts[layer]:
        return "The house band can only put right names that are nearly right."
    return f'The nearest name that there is.\n<code layer="{layer}">\n{text}\n</code>'
