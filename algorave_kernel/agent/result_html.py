"""How a change is shown in a notebook: what was said, the lines, what one hears of it, and pictures."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from html import escape

from algorave_kernel import pianoroll
from algorave_kernel.hap import Haps

from .musical_diff import LayerDiff, MusicalDiff
from .score import LayerChange

DRAWN_CYCLES = 2
MARKS = {
    "+": "background:rgba(46,160,67,.18);border-left:3px solid #2ea043",
    "-": "background:rgba(218,54,51,.16);border-left:3px solid #da3633",
    "@": "opacity:.55;border-left:3px solid transparent",
    " ": "border-left:3px solid transparent",
}
BOX = (
    "border:1px solid rgba(127,127,127,.35);border-radius:8px;padding:10px 14px;max-width:860px;"
    "font-family:system-ui,sans-serif;font-size:13px;line-height:1.5"
)
BADGE = "display:inline-block;border-radius:99px;padding:1px 9px;font-size:12px;margin:0 6px 4px 0"
BADGES = (
    ("added", "#2ea043", "+"),
    ("removed", "#da3633", "−"),
    ("moved", "#8250df", "↔ "),
    ("changed", "#bf8700", "~"),
)


def diff_lines(change: LayerChange) -> Sequence[str]:
    """A layer's change as a unified diff, with three lines around each place."""
    before, after = (change.before or "").splitlines(), (change.after or "").splitlines()
    old = "nothing" if change.before is None else change.layer
    new = "nothing" if change.after is None else change.layer
    return list(difflib.unified_diff(before, after, old, new, lineterm=""))


def result_html(  # noqa: PLR0913 -- the fields of a result, which is a floor above
    sentence: str, says: str, changes: Sequence[LayerChange], music: MusicalDiff, foot: str, *, is_good: bool
) -> str:
    """The whole box. Everything from outside is escaped."""
    mark, color = ("✓", "#2ea043") if is_good else ("○", "#bf8700")
    parts = [f'<div class="algorave-ask" style="{BOX}">']
    parts.append(
        f'<div><strong style="color:{color}">{mark}</strong> <strong>{escape(sentence)}</strong></div>'
    )
    if says:
        parts.append(f'<div style="margin:4px 0 6px">{escape(says)}</div>')
    parts += (_music_row(each) for each in music.layers)
    if music.cps_before != music.cps_after:
        parts.append(f"<div>tempo {music.cps_before:g} → {music.cps_after:g} cycles a second</div>")
    parts += (change_html(each) for each in changes)
    parts += _rolls(music)
    parts.append(f'<div style="opacity:.6;font-size:12px;margin-top:6px">{escape(foot)}</div></div>')
    return "".join(parts)


def _music_row(diff: LayerDiff) -> str:
    counted = [(getattr(diff, name), name, color, sign) for name, color, sign in BADGES]
    badges = "".join(
        f'<span style="{BADGE};border:1px solid {color};color:{color}">{sign}{number} {name}</span>'
        for number, name, color, sign in counted
        if number
    )
    kept = f'<span style="opacity:.6;font-size:12px">{diff.kept} kept</span>' if diff.kept else ""
    same = "" if badges or kept else '<span style="opacity:.6">sounds the same</span>'
    controls = ", ".join(map(str, diff.controls))
    told = f'<div style="opacity:.8;font-size:12px">{escape(controls)}</div>' if controls else ""
    return f'<div style="margin-top:4px"><code>{escape(diff.layer)}</code> {badges}{kept}{same}</div>{told}'


def change_html(change: LayerChange) -> str:
    """The lines of one layer's change."""
    lines = "".join(_line(line) for line in list(diff_lines(change))[2:])
    style = "margin:6px 0;padding:4px 0;overflow-x:auto;font-size:12px;line-height:1.45"
    return f'<pre aria-label="change of {escape(change.layer)}" style="{style}">{lines}</pre>'


def _line(line: str) -> str:
    style = MARKS.get(line[:1], MARKS[" "])
    return f'<span style="display:block;padding:0 8px;white-space:pre;{style}">{escape(line) or " "}</span>'


def _rolls(music: MusicalDiff) -> Iterator[str]:
    for title, haps in (("before", music.haps_before), ("after", music.haps_after)):
        if haps is not None and len(haps):
            yield f'<div style="opacity:.6;font-size:12px;margin-top:4px">{title}</div>{_roll(haps)}'


def _roll(haps: Haps) -> str:
    return pianoroll.draw(haps, 0, DRAWN_CYCLES).to_img()
