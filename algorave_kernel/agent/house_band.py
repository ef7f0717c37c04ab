"""The house band: rules instead of a model, for the common requests, with no network and no key.

It says so when it does not know a request. What it proposes goes through the same gate as anybody's.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping

from .band_edits import changed
from .band_parts import Part, parts
from .band_pieces import key_of, piece, roles_to_add
from .band_reads import explained, repaired
from .band_words import Wanted, understand
from .provider import Answer, Turn
from .usage import Usage

UNDERSTANDS = (
    "The house band plays by rules and understands: darker, brighter, louder, softer, faster, slower, "
    "busier, sparser, higher, lower, swing, reverb, delay, dirtier, shorter, longer, wider, mute, unmute, "
    "remove, add drums, hats, bass, melody or chords, and a tempo in bpm, for a layer by its name or for all."
)
TEMPO = re.compile(r"\bset(?P<unit>cpm|cps)\s*\(\s*(?P<value>[\d./ *]+?)\s*\)", re.IGNORECASE)
PITCHED = frozenset({"bass", "melody", "chords"})
#: What a verb is about when nobody says what.
USUALLY: Mapping[str, frozenset[str]] = {
    "darker": PITCHED, "brighter": PITCHED, "higher": PITCHED, "lower": PITCHED,
    "swing": frozenset({"drums", "hats", "kick", "snare"}), "echo": frozenset({"melody", "chords", "snare"}),
}  # fmt: skip
INSIDE = {"hats": r"\b(?:hh|oh|hat|sh)\b", "kick": r"\b(?:bd|kick)\b", "snare": r"\b(?:sd|cp|snare|clap)\b"}
DID = {
    "mute": "Muted", "unmute": "Back again:", "remove": "Without", "swing": "Swing for",
    "straight": "Straight:", "wetter": "More room for", "drier": "Less room for", "echo": "Echo for",
    "no_echo": "No echo for", "reverse": "Backwards:", "vary": "Some variation for",
}  # fmt: skip
MIN_BPM, MAX_BPM = 20.0, 400.0


class HouseBand:
    """A provider that plays by rules."""

    @property
    def name(self) -> str:
        """What people see."""
        return "house band"

    @property
    def model(self) -> str:
        """That it is none."""
        return "rules"

    def estimate_usd(self, turn: Turn) -> float:
        """Nothing."""
        del turn
        return 0.0

    async def stream(self, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        """The whole answer at once. A change that did not pass is not tried a second time."""
        answer.usage = Usage()
        if len(turn.messages) > 1:
            yield "The house band knows no better way."
        else:
            yield arrange(turn)
        answer.stop_reason = "end_turn"


def arrange(turn: Turn) -> str:
    """The answer to a wish: a sentence, and the layers that are other than before."""
    read = explained(turn.words, turn.texts) or repaired(turn.words, turn.texts)
    if read is not None:
        return read
    names = [part.name for part in parts(turn.texts)]
    wishes = understand(turn.words, [*dict.fromkeys([*names, *turn.texts])])
    if not wishes:
        return UNDERSTANDS
    sheet = _Sheet(turn)
    for wanted in wishes:
        sheet.take(wanted)
    return sheet.answer()


class _Sheet:
    """The layers while the band writes on them, and what it says about it."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._texts: dict[str, str | None] = dict(turn.texts)
        self._says: list[str] = []

    @property
    def _there(self) -> dict[str, str]:
        return {layer: text for layer, text in self._texts.items() if text is not None}

    def take(self, wanted: Wanted) -> None:
        """Do one thing that is wanted."""
        if wanted.verb == "tempo" or (wanted.verb in ("faster", "slower") and self._is_about_tempo(wanted)):
            self._set_tempo(wanted)
        elif wanted.verb == "add":
            self._add(wanted)
        else:
            self._change(wanted)

    def answer(self) -> str:
        """All that was done, in the form every provider's answer has."""
        pieces: list[str] = [" ".join(dict.fromkeys(self._says)) or "Nothing to change."]
        for layer, text in self._texts.items():
            if text != self._turn.texts.get(layer):
                whole = f'<code layer="{layer}">\n{text}\n</code>'
                pieces.append(f'<remove layer="{layer}"/>' if text is None else whole)
        return "\n".join(pieces)

    def _change(self, wanted: Wanted) -> None:
        chosen = self._chosen(wanted)
        if not chosen:
            self._says.append(self._why_none(wanted))
            return
        # From the back, so that the places of those before stay what they are.
        done = [part.name for part in reversed(chosen) if self._rewritten(part, wanted)]
        names = " and ".join(reversed(done))
        self._says.append(
            f"{_did(wanted.verb)} {names}."
            if done
            else f"There is nothing to be done about that in {chosen[0].name}."
        )

    def _rewritten(self, part: Part, wanted: Wanted) -> bool:
        text = self._texts[part.layer] or ""
        if wanted.verb == "remove":
            self._texts[part.layer] = _without(text, part, alone=len(parts({part.layer: text})) == 1)
            return True
        if wanted.verb in ("mute", "unmute"):
            new = _muted(text, part, wanted.verb)
        else:
            code = changed(part, wanted)
            new = None if code is None else text[: part.expression] + code + text[part.end :]
        if new is None or new == text:
            return False
        self._texts[part.layer] = new
        return True

    def _chosen(self, wanted: Wanted) -> list[Part]:
        allowed = self._turn.may_change
        there = [part for part in parts(self._there) if not allowed or part.layer in allowed]
        if wanted.named:
            return [part for part in there if part.name in wanted.named or part.layer in wanted.named]
        if wanted.roles:
            return [
                part
                for part in there
                if part.role in wanted.roles or (part.role in INSIDE and "drums" in wanted.roles)
            ]
        if wanted.is_all:
            return there
        if self._turn.focus is not None:
            return [part for part in there if part.layer == self._turn.focus]
        usual = USUALLY.get(wanted.verb)
        if wanted.verb in ("remove", "mute") and len(there) > 1:
            return []
        return [part for part in there if usual is None or part.role in usual] or there

    def _why_none(self, wanted: Wanted) -> str:
        for role in wanted.roles:
            for part in parts(self._there):
                if role in INSIDE and re.search(INSIDE[role], part.code):
                    return f"The {role} are inside '{part.name}': the house band changes whole patterns only."
        if wanted.roles or wanted.named:
            return f"There is no {' or '.join(wanted.roles or wanted.named)} to change."
        return "Say which layer is meant." if self._there else "There is no music yet: add some drums first."

    def _is_about_tempo(self, wanted: Wanted) -> bool:
        is_whole = not wanted.roles and not wanted.named and (wanted.is_all or self._turn.focus is None)
        return is_whole and any(TEMPO.search(text) for text in self._there.values())

    def _set_tempo(self, wanted: Wanted) -> None:
        layer = next((layer for layer, text in self._there.items() if TEMPO.search(text)), None)
        if layer is None:
            self._begin_tempo(wanted)
            return
        text = self._texts[layer] or ""
        found = TEMPO.search(text)
        assert found is not None
        bpm = (
            wanted.number
            or _bpm(found) * {"faster": 1.1, "slower": 1 / 1.1}.get(wanted.verb, 1.0) ** wanted.amount
        )
        if not MIN_BPM <= bpm <= MAX_BPM:
            self._says.append(f"A tempo is {MIN_BPM:g} to {MAX_BPM:g} bpm.")
            return
        self._texts[layer] = f"{text[: found.start()]}setcpm({bpm:.4g}/4){text[found.end() :]}"
        self._says.append(f"{bpm:.4g} beats a minute.")

    def _begin_tempo(self, wanted: Wanted) -> None:
        allowed = [
            layer for layer in self._there if not self._turn.may_change or layer in self._turn.may_change
        ]
        bpm = wanted.number or 0.0
        if not allowed or not MIN_BPM <= bpm <= MAX_BPM:
            self._says.append(
                f"A tempo is {MIN_BPM:g} to {MAX_BPM:g} bpm." if allowed else "There is no music yet."
            )
            return
        self._texts[allowed[0]] = f"setcpm({bpm:.4g}/4)\n{self._texts[allowed[0]]}"
        self._says.append(f"{bpm:.4g} beats a minute.")

    def _add(self, wanted: Wanted) -> None:
        roles = roles_to_add(wanted)
        if not roles:
            self._says.append(UNDERSTANDS)
            return
        if self._turn.may_change:
            self._says.append("Something new would be a layer of its own.")
            return
        key = key_of(self._turn.words, self._there)
        for role in roles:
            layer = self._free_name(role)
            self._texts[layer] = piece(role, wanted.style, key, self._seed(role))
            self._says.append(f"New {role}{f' in {key}' if role in PITCHED else ''}.")

    def _seed(self, role: str) -> int:
        """Another way each time something like it is there already."""
        return self._turn.seed + sum(part.role == role for part in parts(self._there))

    def _free_name(self, role: str) -> str:
        number, name = 2, role
        while name in self._texts:
            name, number = f"{role}-{number}", number + 1
        return name


def _without(text: str, part: Part, *, alone: bool) -> str | None:
    """The text without the part; None when nothing else was in it."""
    if alone:
        return None
    end = part.end
    while end < len(text) and text[end] in " \t;":
        end += 1
    if text[end : end + 1] == "\n":
        end += 1
    return text[: part.begin] + text[end:]


def _muted(text: str, part: Part, verb: str) -> str | None:
    if verb == "unmute":
        return text[: part.begin] + text[part.begin + 1 :] if part.is_muted else None
    if part.is_muted:
        return None
    label = "" if part.label else f"{re.sub(r'[^A-Za-z0-9_]', '_', part.layer)}: "
    return f"{text[: part.begin]}_{label}{text[part.begin :]}"


def _bpm(found: re.Match[str]) -> float:
    value, *divisors = [float(each) for each in re.findall(r"\d+\.?\d*|\.\d+", found["value"])] or [0.0]
    for each in divisors:
        value = value / each if "/" in found["value"] and each else value * each
    return value * 4 if found["unit"].lower() == "cpm" else value * 240


def _did(verb: str) -> str:
    return DID.get(verb, f"{verb.capitalize()}:")
