"""`%algorave open`, `join`, `invite` and what else a notebook does with the session it has open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from . import gate, output_file, session_line
from .access import is_near
from .arguments import BadUsage
from .code_file import Failure
from .engine import default_engine
from .offsets import unix_lines
from .strudel_file import FileLayer, StrudelFile, free_name, read_file, write_file
from .trouble import Gone, Trouble

if TYPE_CHECKING:
    from .live_cell import LiveCells
    from .session import Session

FILE_LIMIT_BYTES = 8_000_000
NEAR_ONLY = " Its address is good on this machine only: docs/playing-together.md says how others reach you."
FOR_AGENT = "`algorave agent LINK` with this link brings an agent into '{session}', also without a key."
WHEN_OVER = "`%algorave leave` and your cells play for you alone, `%algorave open NAME` opens another session"
NONE_OPEN = "no session is open here: `%algorave open NAME` opens one, `%algorave join LINK` comes into one"


AI_OF_LAYER = {
    "no": "The agent neither sees nor changes '{layer}'.",
    "credit": "The agent may change '{layer}', and its name stands beside what it changed.",
    "yes": "The agent may change '{layer}', and nothing is shown beside it; the journal says so always.",
}


@dataclass(frozen=True, repr=False)
class Rows:
    """A small table for a notebook: a title, the heads of the columns, and the rows."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __repr__(self) -> str:
        if not self.rows:
            return self.title
        columns = zip(*[self.heads, *self.rows], strict=True)
        widths = [max(len(cell) for cell in column) for column in columns]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (self.heads, *self.rows)
        ]
        return "\n".join([self.title, *lines])

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>{escape(self.title)}</p>"
        heads = "".join(f"<th>{escape(head)}</th>" for head in self.heads)
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        return (
            f"<p>{escape(self.title)}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


class SessionDesk:
    """The session that is open in one notebook. What cannot be done raises `Trouble` or `BadUsage`."""

    def __init__(self) -> None:
        self.live: LiveCells | None = None
        #: Sessions that were heard of, for completion.
        self.titles: list[str] = []

    @property
    def session(self) -> Session:
        """The open session; raise `BadUsage` that says how to open one when there is none."""
        if self.live is None:
            raise BadUsage(f"{NONE_OPEN}.")
        return self.live.session

    def open(self, name: str) -> Session:
        """Open a session by its name; the one that was open is left."""
        from . import session

        return self._sit_down(session.open(name))

    def join(self, text: str) -> Session:
        """Come into a session by a link."""
        from . import session

        found = session_line.read_join(text)
        return self._sit_down(session.join(found.link, found.name))

    def words_of(self, trouble: Trouble) -> str:
        """What a person is told, with what to do where the open session is over."""
        if isinstance(trouble, Gone) and self.live is not None and self.live.session.is_over:
            return f"{trouble}: {WHEN_OVER}"
        return str(trouble)

    def leave(self) -> str:
        """Leave it; gives what to say about it."""
        session = self.session
        lost = session.leave()
        self.live = None
        said = f"You have left '{session.title}'. Your cells play for you alone again."
        if lost:
            said += f" Changes that had not reached the server ({lost}) are only in your cells now."
        return said

    def invite(self, text: str) -> tuple[str, str]:
        """What a new link is for in words, and the link."""
        terms = session_line.read_invite(text)
        if terms.is_for_agent:
            return FOR_AGENT.format(session=self.session.title), self.session.invite_agent(terms.expires_s)
        link = self.session.invite(terms.role, uses=terms.uses, expires_s=terms.expires_s)
        does = "hear and chat" if terms.role == "viewer" else "play along"
        words = f"Whoever opens this link comes into '{self.session.title}' to {does}."
        return words + (NEAR_ONLY if is_near(link) else ""), link

    def tempo(self, text: str) -> str:
        """Set the tempo or nudge, when that is asked for; gives what the tempo is or becomes."""
        session = self.session
        asked = session_line.read_tempo(text) if text else None
        if isinstance(asked, session_line.NudgeLine):
            session.nudge(asked.cycles)
            return f"{session.title}: moved by {asked.cycles:+g} of a cycle"
        if asked is None:
            return f"{session.title}: {_tempo_words(session.state.cps)}"
        session.tempo(asked.cps, over_s=asked.over_s)
        within = f", in {asked.over_s:g} seconds" if asked.over_s else ""
        return f"{session.title}: {_tempo_words(asked.cps)}{within}"

    def quantum(self, text: str) -> str:
        """Set how long a bar is, when that is asked for; gives when layers begin."""
        session = self.session
        if text:
            session.quantum = session_line.read_quantum(text)
        bar = "cycle" if session.quantum == 1 else f"bar of {session.quantum} cycles"
        return f"{session.title}: what you play begins with the next {bar}"

    def who(self) -> Rows:
        """Who is in the session."""
        session = self.session
        state = session.state
        here = [person for person in state.participants if person.connections]
        rows = [
            (
                person.name + (" (you)" if person.id == state.you else ""),
                person.role.value.replace("_", "-"),
                "waits to be let in" if person.waiting else "active" if person.active else "idle",
            )
            for person in here
        ]
        listening = f", {state.listening} listening" if state.listening else ""
        return Rows(f"{len(rows)} in '{session.title}'{listening}", ("who", "role", "now"), rows)

    def ai(self, text: str) -> str:
        """Switch the agent on or off, for the session or one layer; gives how it is."""
        said, session = session_line.read_ai(text), self.session
        if said.on is not None:
            session.set_ai(on=said.on, review=said.review)
            how = "on" if said.on else "off"
            waits = ", and its changes wait until who asked or a host accepts them" if said.review else ""
            return f"AI is {how} in '{session.title}'{waits}."
        if said.layer:
            session.set_layer_ai(said.layer, said.ai)
            return f"{AI_OF_LAYER[said.ai].format(layer=said.layer)}"
        return _ai_of(session)

    def sessions(self) -> Rows:
        """The sessions that can be opened."""
        from .session import sessions

        open_id = self.live.session.id if self.live else None
        found = sessions()
        self.titles = [each["title"] for each in found if each["state"] == "open"]
        rows = [
            (
                each["title"],
                each["role"].replace("_", "-"),
                ", ".join(layer["name"] for layer in each["layers"]),
                "open here" if each["id"] == open_id else "" if each["state"] == "open" else "ended",
            )
            for each in found
        ]
        title = "Your sessions" if rows else "You have no sessions yet: `%algorave open jam` makes one."
        return Rows(title, ("session", "you are", "layers", ""), rows)

    def export(self, name: str, own: Sequence[FileLayer]) -> str:
        """All layers as one text, into a file when one is named; without a session, `own` are the layers."""
        file = StrudelFile(tuple(own)) if self.live is None else _file_of(self.live.session)
        if not file.layers:
            raise BadUsage("there is no layer to export yet.")
        text = write_file(file)
        if not name:
            return text
        try:
            output_file.write(Path(name).expanduser(), text.encode())
        except Failure as failure:
            raise BadUsage(f"{failure}.") from None
        return f"{name}: {', '.join(layer.name for layer in file.layers)}"

    def import_file(self, name: str) -> str:
        """Bring a file's layers into the session; nothing that is there is overwritten."""
        session = self.session
        file = _read(Path(name).expanduser())
        said = []
        for layer in file.layers:
            place = _free_place(session, layer)
            if session.find(place) is None:
                session.add(place)
            session.edit(place, layer.code)
            if (layer.gain, layer.mute) != (1.0, False):
                session.mix(place, gain=layer.gain, mute=layer.mute)
            said.append(place if place == layer.name else f"{layer.name} as {place}")
        return f"'{session.title}' has {', '.join(said)} now; nothing of it plays yet."

    def close(self) -> None:
        """Leave whatever is open, as the magics go."""
        if self.live is not None:
            self.live.session.leave()
            self.live = None

    def _sit_down(self, session: Session) -> Session:
        from .live_cell import LiveCells

        if self.live is not None and self.live.session is not session:
            self.live.session.leave()
        self.live = LiveCells(session, lambda code: gate.check(code, engine=default_engine()))
        return session


def _ai_of(session: Session) -> str:
    state = session.state
    if not state.ai:
        return f"AI is off in '{session.title}'; a host turns it on with `%algorave ai on`."
    agents = "; ".join(f"{each.label} ({each.pays})" for each in state.agents if each.only_for is None)
    here = agents or "no agent for everybody is here; `%algorave ask` brings your own"
    review = ", changes wait to be accepted" if state.ai_review else ""
    kept = ", ".join(f"'{layer.name}'" for layer in state.layers if layer.ai == "no")
    works = ", ".join(
        f"'{layer.name}' ({layer.credit.agent}, asked by {layer.credit.asker})"
        for layer in state.layers
        if layer.credit is not None
    )
    more = f" Kept from it: {kept}." if kept else ""
    more += f" Its work: {works}." if works else ""
    return f"AI is on in '{session.title}'{review}: {here}.{more}"


def _file_of(session: Session) -> StrudelFile:
    layers = [
        FileLayer(layer.name, session.text(layer.name), layer.gain, layer.mute)
        for layer in session.state.layers
    ]
    return StrudelFile(tuple(layers), session.title, session.state.cps)


def _read(path: Path) -> StrudelFile:
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise BadUsage(f"{path} cannot be read: {problem.strerror}.") from None
    if len(raw) > FILE_LIMIT_BYTES:
        raise BadUsage(f"{path} has more than {FILE_LIMIT_BYTES // 1_000_000} MB: that is no Strudel code.")
    try:
        text = unix_lines(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadUsage(f"{path} is not UTF-8 text.") from None
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).lstrip("-0123456789")[:40]
    return read_file(text, stem or "imported")


def _free_place(session: Session, layer: FileLayer) -> str:
    """The layer of that name when it is empty or says the same already, else another name."""
    if session.find(layer.name) is not None and session.text(layer.name) in ("", layer.code):
        return layer.name
    return free_name(layer.name, session.layers)


def _tempo_words(cps: float | None) -> str:
    if cps is None:
        return "the tempo is not known yet"
    beats = cps * session_line.PER_CPS["bpm"]
    return f"{round(beats, 2):g} beats a minute ({round(cps, 4):g} cycles per second)"
