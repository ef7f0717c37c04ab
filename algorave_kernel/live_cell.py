"""A cell and the live layer it shows, made one: merged, checked, and played for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from algorave_server.protocol import MAX_CPS, MIN_CPS, Layer

from .cell_bases import CellBases
from .merge import merge
from .offsets import is_whole, unix_lines
from .session import Session
from .trouble import Lost, NotDone, Trouble
from .verdict import Verdict

TEMPO_CALL = re.compile(r"\bsetc(?:ps|pm)\b", re.IGNORECASE)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
#: How often the text may change between the check and the playing of it, before that is left to people.
TRIES = 3

CONFLICT = (
    "This cell and others changed the same place of {layer}, so the live text was left as it is. Take either "
    "text in the player, or make them one here and run the cell again."
)
NOT_SENT = "What this cell says was not sent: {why}."


@dataclass(frozen=True, slots=True)
class LiveRun:
    """What became of a cell that was run in a session."""

    layer_id: str
    #: The live text, merged.
    text: str
    verdict: Verdict
    is_playing: bool
    #: The cell's own text when it could not be merged; None when it was.
    conflict: str | None
    words: str


class LiveCells:
    """The cells of this kernel in one session."""

    def __init__(
        self, session: Session, check: Callable[[str], Verdict], bases: CellBases | None = None
    ) -> None:
        """`check` is the gate; `bases` are kept on disk by default."""
        self.session = session
        self._check = check
        self._bases = bases or CellBases(f"{session.server_url} {session.id}")
        #: Bases of cells whose change is not saved yet: a kernel that dies now leaves neither behind.
        self._unsaved: dict[tuple[str, str], str] = {}

    def run(self, name: str, code: str, cell_id: str, *, play: bool, cps: float | None) -> LiveRun:
        """Run a cell as its layer `name`; raise `Trouble` when the session cannot be reached or refuses."""
        if not is_whole(code):
            raise Trouble("the code has half a character in it (a lone surrogate), which cannot be shared")
        session, code = self.session, unix_lines(code)
        layer = session.find(name) or self._added(name)
        try:
            session.refuse_reader(layer)
        except NotDone as refused:
            return self._read(layer, code, str(refused))
        text, is_merged = self._merge(layer, code, cell_id)
        verdict = self._check(text)
        is_playing = False
        if play and verdict.playable:
            text, verdict, is_playing = self._evaluate(name, text, verdict, cps)
        if is_merged:
            return LiveRun(layer.id, text, verdict, is_playing, conflict=None, words="")
        return LiveRun(layer.id, text, verdict, is_playing, code, CONFLICT.format(layer=name))

    def _added(self, name: str) -> Layer:
        """A new layer of this name, unless the layer that had it is only called something else now."""
        layer_id = self._bases.layer_named(name)
        renamed = next((layer for layer in self.session.state.layers if layer.id == layer_id), None)
        if renamed is not None:
            raise Trouble(
                f"the layer '{name}' is called '{renamed.name}' now: write `%%strudel {renamed.name}`"
            )
        return self.session.add(name)

    def _read(self, layer: Layer, code: str, why: str) -> LiveRun:
        """Only show the live text, to somebody who may not change it."""
        text = self.session.text(layer.name)
        words = NOT_SENT.format(why=why) if code.strip() and code != text else ""
        return LiveRun(layer.id, text, self._check(text), is_playing=False, conflict=None, words=words)

    def _merge(self, layer: Layer, code: str, cell_id: str) -> tuple[str, bool]:
        """The live text afterwards, and whether the cell's changes are in it."""
        key = (layer.id, cell_id)
        base = self._unsaved[key] if key in self._unsaved else self._bases.get(*key)
        merged: str | None = None

        def make(live: str) -> str:
            nonlocal merged
            merged = merged_cell(base, code, live)
            return live if merged is None else merged

        _, after = self.session.change(layer.name, make)
        if merged is not None:
            self._unsaved[key] = code
            self._bases.put_name(layer.name, layer.id)
        try:
            self.session.until_saved()
        except Lost:
            self._unsaved.clear()
            raise
        for saved, text in self._unsaved.items():
            self._bases.put(*saved, text)
        self._unsaved.clear()
        return after, merged is not None

    def _evaluate(
        self, name: str, text: str, verdict: Verdict, cps: float | None
    ) -> tuple[str, Verdict, bool]:
        for _ in range(TRIES):
            try:
                self.session.evaluate(name, text, tempo_of(text, verdict, cps))
            except NotDone as refused:
                if refused.reason != "conflict":
                    raise
                # Somebody typed meanwhile, and that has to be checked as well.
                text = self.session.text(name)
                verdict = self._check(text)
                if not verdict.playable:
                    return text, verdict, False
                continue
            return text, verdict, True
        raise Trouble(f"{name} is being typed in all the time; run the cell again in a moment")


def merged_cell(base: str | None, cell: str, live: str) -> str | None:
    """The live text with what the cell changed since `base`; None when nobody can know how."""
    merged = live if cell == live else None if base is None else merge(base, cell, live)
    if merged is None and not live.strip():
        return cell
    if merged is None and base is None and not cell.strip():
        return live
    return merged


def tempo_of(text: str, verdict: Verdict, asked: float | None) -> float | None:
    """The tempo that was asked for, else what the code sets, as far as a session takes it."""
    cps = asked or (verdict.cps if TEMPO_CALL.search(COMMENT.sub("", text)) else None)
    return None if cps is None else min(max(cps, MIN_CPS), MAX_CPS)
