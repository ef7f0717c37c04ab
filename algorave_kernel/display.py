"""What a layer looks like in a notebook: the live view, a picture for where nothing runs, and the code.

The output is a bundle of four: our session MIME type (JupyterLab with our extension), a widget (other hosts
with a kernel), HTML with a piano roll as an image (a saved notebook, a diff), and the code as text.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from algorave_widgets import Player

    from .pianoroll import PianoRoll
    from .problem import Problem

SESSION_MIME = "application/vnd.algorave.session+json"
WIDGET_MIME = "application/vnd.jupyter.widget-view+json"

CODE_STYLE = "white-space:pre-wrap;margin:4px 0;font-family:ui-monospace,Menlo,Consolas,monospace"
WORDS_STYLE = "margin:4px 0"

#: anywidget complains in the page when a widget is closed while it is still being set up.
SETTLE_S = 3.0


@dataclass(frozen=True)
class _Opened:
    """A widget and when it was opened, on the monotonic clock."""

    player: Player
    opened_s: float


_current: dict[tuple[str, str], _Opened] = {}  # by cell and layer
_superseded: list[_Opened] = []


@dataclass(frozen=True)
class InSession:
    """The session that something is shown of; `layer` is a layer's id, or None for the session itself."""

    id: str
    layer: str | None
    title: str


@dataclass(frozen=True)
class Showing:
    """One layer at one moment, ready to be shown. `run_id` lets the page see a run only once."""

    layer: str
    code: str
    cps: float | None = None
    play: bool = False
    problems: Sequence[Problem] = ()
    cell: str = ""  # the id of the cell that shows it, where the host says so
    words: str = ""  # what became of the sound, when there is something to say
    roll: PianoRoll | None = None
    session: InSession | None = None  # where everybody plays it; None when it is played here alone
    session_url: str = ""  # the session's page, for hosts that cannot join it in the notebook
    conflict: str | None = None  # the cell's text where it could not be merged with the live one
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    issued_at_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def to_bundle(self) -> dict[str, Any]:
        """The MIME bundle. In a kernel this also opens a widget and closes the layer's older one."""
        payload = self.to_payload()
        bundle: dict[str, Any] = {SESSION_MIME: payload}
        if in_kernel():
            bundle[WIDGET_MIME] = _widget_view(self.cell, payload, self._session_link())
        return bundle | {"text/html": self._to_html(), "text/plain": self._to_text()}

    def _session_link(self) -> dict[str, str] | None:
        return {"title": self.session.title, "url": self.session_url} if self.session else None

    def to_payload(self) -> dict[str, Any]:
        """The session MIME type's data, which the front end draws and plays from."""
        return {
            "version": 1,
            "session": asdict(self.session) if self.session else None,
            "layer": self.layer,
            "code": self.code,
            "cps": self.cps,
            "play": self.play and not self.problems,
            "run_id": self.run_id,
            "issued_at_ms": self.issued_at_ms,
            "problems": [asdict(problem) for problem in self.problems],
            # With problems the page says for itself what goes on.
            "words": "" if self.problems else self.words,
            "conflict": None if self.conflict is None else {"cell": self.conflict},
        }

    def _to_html(self) -> str:
        marked = {problem.line for problem in self.problems}
        lines = [
            f"<mark>{escape(line)}</mark>" if number in marked else escape(line)
            for number, line in enumerate(self.code.split("\n"), 1)
        ]
        words = [str(problem) for problem in self.problems] + ([self.words] if self.words else [])
        told = "".join(f'<p style="{WORDS_STYLE}">{escape(each)}</p>' for each in words)
        picture = self.roll.to_img() if self.roll else ""
        return f'<div><pre style="{CODE_STYLE}">{chr(10).join(lines)}</pre>{told}{picture}</div>'

    def _to_text(self) -> str:
        words = [str(problem) for problem in self.problems] + ([self.words] if self.words else [])
        return "\n".join([self.code, *(f"// {each}" for each in words)])


def hush_bundle() -> dict[str, Any]:
    """An output that silences the page it arrives in."""
    payload = Showing(layer="", code="").to_payload() | {"action": "hush"}
    return {SESSION_MIME: payload, "text/plain": "hush"}


def removal_bundle(layer: str, cell: str) -> dict[str, Any]:
    """An output that says that a layer is no more, and ends its sound on the page it arrives in."""
    showing = Showing(layer, "", play=True, cell=cell, words=f"{layer} is no more.")
    payload = showing.to_payload() | {"action": "remove"}
    bundle: dict[str, Any] = {SESSION_MIME: payload}
    if in_kernel():
        bundle[WIDGET_MIME] = _widget_view(cell, payload, None)
    return bundle | _said(showing.words)


def session_bundle(session: InSession | None, words: str, url: str) -> dict[str, Any]:
    """An output that shows a session where the page can join it; elsewhere words, and its page at `url`."""
    link = f' <a href="{escape(url)}" target="_blank" rel="noopener">Open it</a>' if url else ""
    said = _said(words, link)
    if session is None:
        return said
    return {SESSION_MIME: Showing(layer="", code="", session=session).to_payload(), **said}


def _said(words: str, link: str = "") -> dict[str, Any]:
    return {"text/html": f'<p style="{WORDS_STYLE}">{escape(words)}{link}</p>', "text/plain": words}


def close_all() -> None:
    """Close every widget that was opened here, and with them their sound."""
    for each in (*_superseded, *_current.values()):
        each.player.close()
    _superseded.clear()
    _current.clear()


def _widget_view(cell: str, payload: dict[str, Any], session: dict[str, str] | None) -> dict[str, Any]:
    from algorave_widgets import Player

    names = ("layer", "code", "cps", "play", "problems", "run_id", "issued_at_ms")
    given = {name: payload[name] for name in names}
    player = Player(session=session, action=payload.get("action", ""), **given)
    _supersede((cell, payload["layer"]), _Opened(player, time.monotonic()))
    return {"version_major": 2, "version_minor": 0, "model_id": player.model_id}


def _supersede(place: tuple[str, str], opened: _Opened) -> None:
    """Put a widget in its place, and close those that lost theirs once they have settled."""
    if place in _current:
        _superseded.append(_current[place])
    _current[place] = opened
    settled = [each for each in _superseded if opened.opened_s - each.opened_s >= SETTLE_S]
    _superseded[:] = [each for each in _superseded if each not in settled]
    for each in settled:
        each.player.close()


def in_kernel() -> bool:
    """Whether this process is a Jupyter kernel: looks only at what is loaded, so it costs nothing."""
    app = sys.modules.get("ipykernel.kernelapp")
    return app is not None and bool(app.IPKernelApp.initialized())
