"""How an ask looks on its way and when it is over, as HTML and as text. All from outside is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .agent.asking import Progress, State
from .agent.result import AskResult
from .agent.result_html import BOX, change_html
from .agent.score import LayerChange

STATES: Mapping[State, str] = {
    "waiting": "is asked",
    "listening": "writes",
    "checking": "is checked before anything sounds",
    "mending": "is told what was wrong",
    "over": "is done",
}
STOP = "Interrupt the kernel (■) to stop it; until it is done the music stays as it is."
STOP_BACKGROUND = "`%algorave cancel` stops it; until it is done the music stays as it is."
NOTE = '<p style="margin:6px 2px 0;max-width:860px">{}</p>'


@dataclass(frozen=True, slots=True)
class AskView:
    """What somebody asked, the layers as they were, and how it can be stopped."""

    words: str
    before: Mapping[str, str]
    stop: str = STOP

    def progress(self, progress: Progress, texts: Mapping[str, str | None]) -> dict[str, str]:
        """How far it is; `texts` are the layers as the answer would have them so far."""
        told = STATES[progress.state]
        changes = [LayerChange(name, self.before.get(name), text) for name, text in texts.items()]
        parts = [f'<div class="algorave-asking" style="{BOX}" role="status">']
        parts.append(
            f'<div><strong style="color:#8250df">✎</strong> <strong>{escape(_short(self.words))}</strong> '
            f'<span style="opacity:.65">{escape(told)}</span></div>'
        )
        if progress.says:
            parts.append(f'<div style="margin:4px 0 6px">{escape(progress.says)}</div>')
        parts += (change_html(each) for each in changes if each.before != each.after)
        parts += (f'<div style="opacity:.8">{escape(each)}</div>' for each in progress.problems)
        parts.append(f'<div style="opacity:.6;font-size:12px">{code(self.stop)}</div></div>')
        return {"text/html": "".join(parts), "text/plain": f"{_short(self.words)}: {told}"}


def over(result: AskResult, notes: Sequence[str]) -> dict[str, str]:
    """The result, and what there is to say about it."""
    return {
        "text/html": result.to_html() + "".join(NOTE.format(code(each)) for each in notes),
        "text/plain": "\n".join([repr(result), *(["", *notes] if notes else [])]),
    }


def code(text: str) -> str:
    """Escaped, with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


def _short(words: str) -> str:
    first = " ".join(words.split())
    return first if len(first) <= 80 else f"{first[:79]}…"
