"""`%algorave open`, `join`, `invite` and what else a notebook does with the session it has open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from . import gate, session_line
from .arguments import BadUsage, cps
from .engine import default_engine

if TYPE_CHECKING:
    from .live_cell import LiveCells
    from .session import Session

NONE_OPEN = "no session is open here: `%algorave open NAME` opens one, `%algorave join LINK` comes into one"


@dataclass(frozen=True, repr=False)
class Rows:
    """A small table for a notebook: a title, the heads of the columns, and the rows."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __repr__(self) -> str:
        columns = zip(*[self.heads, *self.rows], strict=True)
        widths = [max(len(cell) for cell in column) for column in columns]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (self.heads, *self.rows)
        ]
        return "\n".join([self.title, *lines])

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{escape(head)}</th>" for head in self.heads)
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        return (
            f"<p>{escape(self.title)}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


class SessionDesk:
    """The session that is open in one notebook. What cannot be done raises `Trouble` or `BadUsage`."""

    def __init__(self) -> None:
        self.live: LiveCells | None = None

    @property
    def session(self) -> Session:
        """The open session; raise `BadUsage` that says how to open one when there is none."""
        if self.live is None:
            raise BadUsage(f"{NONE_OPEN}.")
        return self.live.session

    def open(self, name: str) -> Session:
        """Open a session by its name; the one that was open is left."""
        from .session import open_session

        return self._sit_down(open_session(name))

    def join(self, text: str) -> Session:
        """Come into a session by a link."""
        from .session import join_session

        found = session_line.read_join(text)
        return self._sit_down(join_session(found.link, found.name))

    def leave(self) -> str:
        """Leave it; gives what to say about it."""
        session = self.session
        session.leave()
        self.live = None
        return f"You have left '{session.title}'. Your cells play for you alone again."

    def invite(self, text: str) -> tuple[str, str]:
        """A link, and who it is for in words."""
        terms = session_line.read_invite(text)
        link = self.session.invite(terms.role, uses=terms.uses, expires_s=terms.expires_s)
        does = "hear and chat" if terms.role == "viewer" else "play along"
        return link, f"Whoever opens this link comes into '{self.session.title}' to {does}."

    def tempo(self, text: str) -> str:
        """Set the tempo when a number is given; gives what it is."""
        if text:
            self.session.tempo(_cps(text))
        else:
            now = self.session.state.cps
            text = "unknown" if now is None else f"{now:g}"
        return f"{self.session.title}: {text} cycles per second"

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
        return Rows(f"{session.title}: {state.listening} listening", ("who", "role", ""), rows)

    def sessions(self) -> Rows:
        """The sessions that can be opened."""
        from .session import sessions

        open_id = self.live.session.id if self.live else None
        rows = [
            (
                each["title"],
                each["role"].replace("_", "-"),
                ", ".join(layer["name"] for layer in each["layers"]),
                "open here" if each["id"] == open_id else "" if each["state"] == "open" else "ended",
            )
            for each in sessions()
        ]
        title = "Your sessions" if rows else "You have no sessions yet: `%algorave open jam` makes one."
        return Rows(title, ("session", "you are", "layers", ""), rows)

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


def _cps(text: str) -> float:
    import argparse

    try:
        return cps(text)
    except argparse.ArgumentTypeError as problem:
        raise BadUsage(f"{problem}.") from None
