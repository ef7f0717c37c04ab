"""A piano roll: haps as a small SVG picture that needs no script and suits light and dark pages."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import SPAN_LIMIT_CYCLES

if TYPE_CHECKING:
    from .hap import Hap

WIDTH = 720
GUTTER = 58  # left of the haps: row names
TOP = 6
RIGHT = 8  # right of the haps
LEGEND = 14  # above the haps, when there are several pitched voices
FOOT = 18  # below the haps: cycle numbers
ROW = 14  # height of a sound's row
PITCHED_HEIGHT = (48, 168)  # least and greatest height of the part with notes
#: Nearer to each other, or farther from 0, floats no longer tell places apart.
SHORTEST_CYCLES = 1e-5
FARTHEST_CYCLE = 1e9
HAPS_LIMIT = 2000
ROWS_LIMIT = 16
NAME_LIMIT = 8  # characters that fit left of a row

#: Mid-tones that keep 3:1 contrast on white and on near-black.
COLORS = ("#8b6cf0", "#d9577f", "#1f9a8a", "#c4761b", "#3d86d6", "#7a8f1c", "#b65fc4", "#c9574a")
INK = "#7b7b85"
FONT = "ui-monospace,Menlo,Consolas,monospace"
#: The order in which drummers read a kit; other sounds follow by name.
KIT_ORDER = ("cr", "rd", "oh", "hh", "sh", "tb", "cb", "perc", "cp", "rim", "sd", "ht", "mt", "lt", "bd")
SAFE_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,20}")
#: What XML cannot say.
UNSPEAKABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOTE_NAME = re.compile(r"([a-gA-G])([#bsf]*)(-?\d)?")
NOTE_NAMES = ("c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b")


@dataclass(frozen=True)
class PianoRoll:
    """A finished picture. Notebooks show it as an image, so that it survives where inline SVG is stripped."""

    svg: str
    summary: str

    @property
    def data_url(self) -> str:
        """The picture as a `data:` URL for an `<img>`."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode("ascii")

    def to_img(self) -> str:
        """The picture as an `<img>` element with its summary as alternative text."""
        return f'<img src="{self.data_url}" alt="{escape(self.summary)}" style="max-width:100%">'

    def save(self, path: str | Path) -> None:
        """Write the SVG to a file; raise `OSError` when that is not possible."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": self.summary, "text/html": self.to_img()}


@dataclass(frozen=True)
class _Note:
    """A hap on its way into the picture: where it lies and what it looks like."""

    begin: float
    end: float
    pitch: float | None
    voice: str
    color: str | None
    gain: float


def drawn_span(begin: Fraction | float, end: Fraction | float) -> tuple[Fraction, Fraction]:
    """Begin and end of a picture in cycles; raise `ValueError` when no picture could have them."""
    # Written so that NaN is refused too.
    if not (abs(begin) <= FARTHEST_CYCLE and SHORTEST_CYCLES <= end - begin <= SPAN_LIMIT_CYCLES):
        raise ValueError(
            f"a piano roll goes from a cycle to a later one, at most {SPAN_LIMIT_CYCLES} on, "
            f"not from {begin} to {end}"
        )
    return Fraction(begin), Fraction(end)


def draw(haps: Iterable[Hap], begin: Fraction | float, end: Fraction | float) -> PianoRoll:
    """Draw the haps that start in [begin, end) cycles; the summary says when some had to be left out.

    Raises `ValueError` when the end is not after the begin, or too far from it.
    """
    begin, end = drawn_span(begin, end)
    notes, left_out = _notes(haps, begin, end)
    layout = _Layout.of(notes, float(begin), float(end))
    strokes = _Strokes(layout)
    for note in notes:
        strokes.add(note)
    summary = _summary(layout, len(notes), left_out)
    parts = [*_grid(layout), *_octaves(layout), *_row_names(layout), *strokes.paths(), *_legend(layout)]
    return PianoRoll(_svg(layout.height, summary, parts), summary)


@dataclass(frozen=True)
class _Layout:
    """Where everything goes: pitched voices above, a row for each sound without pitch below."""

    begin: float
    end: float
    scale: float  # pixels a cycle
    low: float
    high: float
    pitched_top: float
    pitched_height: float
    drums_top: float
    height: float
    drums: tuple[str, ...]
    voices: tuple[str, ...]  # those with pitch
    colors: dict[str, str]

    @classmethod
    def of(cls, notes: Sequence[_Note], begin: float, end: float) -> _Layout:
        drums = _rows(notes)
        pitched = [note.pitch for note in notes if note.pitch is not None]
        voices = tuple(dict.fromkeys(note.voice for note in notes if note.pitch is not None))
        low, high = _pitch_range(pitched)
        top = TOP + (LEGEND if len(voices) > 1 else 0)
        pitched_height = _pitched_height(low, high) if pitched else 0
        drums_top = top + pitched_height + (8 if pitched and drums else 0)
        return cls(
            begin=begin,
            end=end,
            scale=(WIDTH - GUTTER - RIGHT) / (end - begin),
            low=low,
            high=high,
            pitched_top=top,
            pitched_height=pitched_height,
            drums_top=drums_top,
            height=drums_top + max(ROW * len(drums), 0 if pitched else ROW * 2) + FOOT,
            drums=drums,
            voices=voices,
            colors=_voice_colors(drums, voices),
        )

    def x(self, cycle: float) -> float:
        return GUTTER + (cycle - self.begin) * self.scale

    @property
    def semitone(self) -> float:
        """Pixels a semitone."""
        return self.pitched_height / (self.high - self.low + 1)

    def pitch_y(self, pitch: float) -> float:
        return self.pitched_top + (self.high - pitch + 0.5) * self.semitone

    def row_y(self, voice: str) -> float:
        row = self.drums.index(voice) if voice in self.drums else len(self.drums) - 1
        return self.drums_top + (row + 0.5) * ROW


def _notes(haps: Iterable[Hap], begin: Fraction, end: Fraction) -> tuple[list[_Note], int]:
    notes: list[_Note] = []
    left_out = 0
    for hap in haps:
        if hap.whole is None or not hap.has_onset or not begin <= hap.whole.begin < end:
            continue
        if len(notes) >= HAPS_LIMIT:
            left_out += 1
            continue
        notes.append(_seen(hap, end))
    return notes, left_out


def _seen(hap: Hap, end: Fraction) -> _Note:
    whole = hap.whole or hap.part
    pitch = pitch_of(hap)
    color = hap.controls.get("color")
    safe = color if isinstance(color, str) and SAFE_COLOR.fullmatch(color) else None
    voice = _voice(hap, pitch is not None)
    return _Note(float(whole.begin), float(min(whole.end, end)), pitch, voice[:24], safe, hap.gain)


def _voice(hap: Hap, is_pitched: bool) -> str:
    """Whom a hap belongs to: a drum to its sound, a note to its named layer, else to its sound."""
    sound = hap.sound or ("triangle" if is_pitched else "?")
    is_named = hap.layer is not None and not hap.layer.startswith("$")
    return UNSPEAKABLE.sub("?", hap.layer if is_pitched and is_named and hap.layer else sound)


def pitch_of(hap: Hap) -> float | None:
    """The MIDI number of a hap's note or frequency; None when it has no pitch, or one nobody can read."""
    note, frequency_hz = hap.note, hap.controls.get("freq")
    if isinstance(note, int | float):
        return float(note) if abs(note) < 256 else None  # also refuses NaN
    if isinstance(note, str):
        return _named_pitch(note)
    if isinstance(frequency_hz, int | float) and 1 < frequency_hz < 50_000:
        return 69 + 12 * math.log2(frequency_hz / 440)
    return None


def _named_pitch(name: str) -> float | None:
    found = NOTE_NAME.fullmatch(name.strip())
    if not found:
        return None
    letter, accidentals, octave = found.groups()
    shift = sum(1 if sign in "#s" else -1 for sign in accidentals)
    return "c d ef g a b".index(letter.lower()) + shift + 12 * (int(octave or 3) + 1)


def _rows(notes: Sequence[_Note]) -> tuple[str, ...]:
    """The sounds without pitch in kit order, cut at 16 with a last row for the rest."""
    rank = {name: place for place, name in enumerate(KIT_ORDER)}
    voices = {note.voice for note in notes if note.pitch is None}
    names = sorted(voices, key=lambda name: (rank.get(_row_name(name), -1), name))
    return tuple(names if len(names) <= ROWS_LIMIT else [*names[: ROWS_LIMIT - 1], "others"])


def _row_name(voice: str) -> str:
    """`RolandTR909_cp` is `cp` to a drummer."""
    bank, _, drum = voice.rpartition("_")
    return drum if bank[:1].isupper() else voice


def _voice_colors(drums: Sequence[str], voices: Sequence[str]) -> dict[str, str]:
    names = dict.fromkeys([*voices, *drums])
    return {name: COLORS[place % len(COLORS)] for place, name in enumerate(names)}


def _pitch_range(pitches: Sequence[float]) -> tuple[float, float]:
    if not pitches:
        return 0.0, 0.0
    low, high = min(pitches), max(pitches)
    spare = max(0.0, (7 - (high - low)) / 2)  # one lonely note should not fill the picture
    return low - spare - 0.5, high + spare + 0.5


def _pitched_height(low: float, high: float) -> float:
    least, most = PITCHED_HEIGHT
    return min(most, max(least, round((high - low + 1) * 7)))


class _Strokes:
    """Haps as round-ended strokes, merged into one path for each look: that keeps the picture small."""

    def __init__(self, layout: _Layout) -> None:
        self._layout = layout
        self._paths: dict[tuple[str, float, float], list[str]] = {}

    def add(self, note: _Note) -> None:
        """Put one hap in its place. A drum is drawn as a hit, however long its hap lasts."""
        layout = self._layout
        pitched = note.pitch is not None
        y = layout.pitch_y(note.pitch) if note.pitch is not None else layout.row_y(note.voice)
        width = max(2.5, min(9.0, layout.semitone * 0.9)) if pitched else 8.0
        length = (note.end - note.begin) * layout.scale - width - 1
        length = max(0.0, length if pitched else min(length, 8.0))
        color = note.color or layout.colors.get(note.voice, COLORS[-1])
        gain = 0.25 * round(4 * min(1.0, max(0.25, note.gain)))
        step = f"M{_short(layout.x(note.begin) + width / 2)} {_short(y)}h{_short(length)}"
        self._paths.setdefault((color, gain, round(width, 1)), []).append(step)

    def paths(self) -> list[str]:
        """The strokes as SVG elements."""
        return [
            f'<path d="{"".join(steps)}" stroke="{color}" stroke-width="{_short(width)}" opacity="{gain:g}"/>'
            for (color, gain, width), steps in self._paths.items()
        ]


def _grid(layout: _Layout) -> list[str]:
    """A line and a number at every cycle, a fainter line at every quarter when there is room."""
    begin, end, foot = layout.begin, layout.end, layout.height - FOOT + 3
    step = max(1, round((end - begin) / 16))
    cycles = [cycle for cycle in range(math.floor(begin), math.ceil(end) + 1) if cycle % step == 0]
    quarters = [cycle + part for cycle in cycles for part in (0.25, 0.5, 0.75)] if layout.scale > 60 else []
    strong = _verticals(layout, [cycle for cycle in cycles if begin <= cycle <= end], foot)
    faint = _verticals(layout, [quarter for quarter in quarters if begin < quarter < end], foot)
    numbers = [
        _text(layout.x(cycle) + 4, layout.height - 4, str(cycle), "start")
        for cycle in cycles
        if begin <= cycle < end
    ]
    return [_line(strong, 0.5), _line(faint, 0.18), *numbers]


def _verticals(layout: _Layout, cycles: Sequence[float], foot: float) -> str:
    return "".join(f"M{_short(layout.x(cycle))} {TOP}V{_short(foot)}" for cycle in cycles)


def _line(path: str, opacity: float) -> str:
    return f'<path d="{path}" stroke="{INK}" stroke-width="1" opacity="{opacity}"/>' if path else ""


def _octaves(layout: _Layout) -> list[str]:
    """A line at every c with its name; when no c is in sight, at the middle."""
    if not layout.pitched_height:
        return []
    low, high = layout.low, layout.high
    marks = [pitch for pitch in range(math.ceil(low), math.floor(high) + 1) if pitch % 12 == 0]
    marks = (marks or [round((low + high) / 2)])[:: max(1, math.ceil(len(marks) / 8))]
    lines = "".join(f"M{GUTTER} {_short(layout.pitch_y(mark))}H{WIDTH - RIGHT}" for mark in marks)
    names = [
        _text(GUTTER - 8, layout.pitch_y(mark) + 3.5, f"{NOTE_NAMES[mark % 12]}{mark // 12 - 1}", "end")
        for mark in marks
    ]
    return [_line(lines, 0.18), *names]


def _row_names(layout: _Layout) -> list[str]:
    return [_text(GUTTER - 8, layout.row_y(voice) + 3.5, _row_name(voice), "end") for voice in layout.drums]


def _legend(layout: _Layout) -> list[str]:
    """Which colour is which sound, right to left, when more than one has notes."""
    parts: list[str] = []
    x = float(WIDTH - RIGHT)
    for voice in reversed(layout.voices[:6] if len(layout.voices) > 1 else ()):
        color = layout.colors[voice]
        parts.append(f'<g fill="{color}">{_text(x, TOP + 9, voice, "end")}</g>')
        x -= 6.4 * min(len(voice), NAME_LIMIT) + 12
    return parts


def _text(x: float, y: float, words: str, anchor: str) -> str:
    short = words if len(words) <= NAME_LIMIT else words[: NAME_LIMIT - 1] + "…"
    return f'<text x="{_short(x)}" y="{_short(y)}" text-anchor="{anchor}">{escape(short)}</text>'


def _short(number: float) -> str:
    """A coordinate with one decimal at most: shorter, and exact enough for a screen."""
    return f"{number:.1f}".removesuffix(".0")


def _summary(layout: _Layout, count: int, left_out: int) -> str:
    cycles = f"cycles {layout.begin:g} to {layout.end:g}"
    if count == 0:
        return f"Piano roll, {cycles}: silence"
    voices = dict.fromkeys([*layout.voices, *layout.drums])
    rest = f", {left_out} more left out" if left_out else ""
    return f"Piano roll, {cycles}: {count} haps of {', '.join(list(voices)[:12])}{rest}"


def _svg(height: float, summary: str, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {_short(height)}" width="{WIDTH}" height="{_short(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t d" '
        f'fill="{INK}" stroke-linecap="round" font-family="{FONT}" font-size="10.5">'
        f'<title id="t">Piano roll</title><desc id="d">{escape(summary)}</desc>{"".join(parts)}</svg>'
    )
