"""A session as this kernel takes part in it: opened by name or joined by link."""

from __future__ import annotations

import atexit
import contextlib
import getpass
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from algorave_server.protocol import (
    AddLayer,
    End,
    Evaluate,
    Hush,
    Layer,
    LayerAi,
    MixLayer,
    Nudge,
    RemoveLayer,
    Rename,
    RenameLayer,
    Say,
    SetAi,
    SetLayerAi,
    SetTempo,
    Stop,
)

from .access import NO_SECRET, Access, own_access
from .agent_link import seat_at
from .client import SessionClient
from .display import InSession, session_bundle
from .offsets import unix_lines
from .trouble import NotDone, Trouble

if TYPE_CHECKING:
    from .session_state import SessionState

LAYER_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
INVITE_MARK = "algorave/guest/#i="
#: By the server's address, the session's id, and whether one is a guest there.
_opened: dict[tuple[str, str, bool], Session] = {}


class Session:
    """One session that is open here. Layers go by their names; what cannot be done raises `Trouble`."""

    def __init__(self, access: Access, session_id: str) -> None:
        """Join it; raise `Trouble` when that does not work within a quarter of a minute."""
        self.id = session_id
        #: What is evaluated begins at the next cycle that this divides.
        self.quantum = 1
        self._access = access
        self._client = SessionClient(access, session_id)
        try:
            self._client.until_joined()
        except Trouble:
            self._client.leave()
            raise

    # -- what it is -------------------------------------------------------------------------------------

    @property
    def state(self) -> SessionState:
        """All that the server said about it, apart from the text."""
        return self._client.state

    @property
    def title(self) -> str:
        """What it is called."""
        return self.state.title

    @property
    def own_name(self) -> str:
        """What one is called there oneself."""
        return self.state.name_of(self.state.you or "")

    @property
    def is_own(self) -> bool:
        """Whether it is on the server that this notebook's page comes from, so that the page can join it."""
        return not self._access.is_guest

    @property
    def server_url(self) -> str:
        """Where this kernel reaches its server."""
        return self._access.url

    @property
    def page(self) -> str:
        """Where the session is in a browser; empty on another server, where one needs an invite."""
        return f"{self._access.page_url}algorave/#s={self.id}" if self.is_own else ""

    @property
    def trouble(self) -> str | None:
        """Why there is no connection right now, in words; None while there is one."""
        return self._client.trouble

    @property
    def is_over(self) -> bool:
        """Whether it was left for good, by oneself or because the server said so."""
        return self._client.is_over

    @property
    def layers(self) -> list[str]:
        """The names of its layers, in their order."""
        return [layer.name for layer in self.state.layers]

    @property
    def cycle(self) -> float | None:
        """The cycle that it is right now; None before the clocks were compared."""
        server_ms = self._client.clock.server_ms(time.monotonic() * 1000)
        return None if server_ms is None else self.state.cycle(server_ms)

    def layer(self, name: str) -> Layer:
        """A layer by its name; raise `Trouble` that names those that are there."""
        self.refuse_waiting()
        found = self.find(name)
        if found is None:
            there = ", ".join(self.layers) or "none yet"
            raise Trouble(f"there is no layer '{name}' in '{self.title}'; there are: {there}")
        return found

    def find(self, name: str) -> Layer | None:
        """A layer by its name; None when there is none."""
        return next((layer for layer in self.state.layers if layer.name == name), None)

    def text(self, name: str) -> str:
        """The live text of a layer."""
        layer_id = self.layer(name).id
        return self._client.do(lambda replica: replica.text(layer_id))

    # -- changing it ------------------------------------------------------------------------------------

    def add(self, name: str) -> Layer:
        """Add an empty layer at the end."""
        self.refuse_waiting()
        if not LAYER_NAME.fullmatch(name):
            raise Trouble(
                f"'{name}' is no name for a shared layer: use a letter from A to Z, then letters, digits, "
                "'_' or '-' (40 at most)"
            )
        self._client.ask(AddLayer, name=name)
        self._client.until(lambda: self.find(name) is not None, 5, "the new layer did not appear")
        return self.layer(name)

    def edit(self, name: str, text: str) -> None:
        """Make a layer's text this, by as small changes as possible; returns when the server keeps it."""
        self.change(name, lambda _: text)
        self._client.until_saved()

    def change(self, name: str, make: Callable[[str], str]) -> tuple[str, str]:
        """Change a layer's text in one step that nobody comes between; gives the text before and after."""
        layer = self.layer(name)
        self.refuse_reader(layer)

        def work(replica: Any) -> tuple[str, str]:
            before = replica.text(layer.id)
            after = unix_lines(make(before))
            replica.write(layer.id, after)
            return before, after

        return self._client.do(work)

    def refuse_reader(self, layer: Layer) -> None:
        """Raise `NotDone` when this participant may not change the layer."""
        self.refuse_waiting()
        if not self.state.may_edit:
            raise NotDone("forbidden", f"you are a viewer of '{self.title}', who cannot change it")
        if layer.locked and self.state.role != "host":
            raise NotDone("forbidden", f"a host has locked the layer '{layer.name}'")

    def refuse_waiting(self) -> None:
        """Raise `NotDone` while a host has to let this participant in, and `Gone` when all is over."""
        self._client.refuse_gone()
        if self.state.is_waiting:
            raise NotDone("forbidden", f"a host of '{self.title}' has to let you in first")

    def until_saved(self, timeout_s: float = 10.0) -> None:
        """Wait until the server keeps all that was changed here; raise `Lost` when it did not take it."""
        self._client.until_saved(timeout_s)

    def undo(self) -> bool:
        """Take back the last change that was made from here, and nobody else's; False when there is none."""
        return self._client.do(lambda replica: replica.undo())

    def evaluate(self, name: str, code: str | None = None, cps: float | None = None) -> None:
        """Let a layer's text sound from the next bar on; with `code`, only when it is still that text.

        `cps` is the tempo that the text sets: it becomes the session's where the layer begins.
        """
        layer_id = self.layer(name).id
        self._client.ask(Evaluate, layer=layer_id, code=code, cps=cps, quantum=self.quantum)

    def stop(self, name: str) -> None:
        """Let a layer sound no more."""
        self._client.ask(Stop, layer=self.layer(name).id)

    def hush(self) -> None:
        """Silence everything, for everybody."""
        self._client.ask(Hush)

    def mix(
        self, name: str, *, gain: float | None = None, mute: bool | None = None, solo: bool | None = None
    ) -> None:
        """Set a layer's level (linear, 0 to 2), mute or solo, for everybody."""
        self._client.ask(MixLayer, layer=self.layer(name).id, gain=gain, mute=mute, solo=solo)

    def tempo(self, cps: float, *, over_s: float = 0.0) -> None:
        """Go on at so many cycles per second, at once or evenly within `over_s` seconds (120 at most)."""
        self._client.ask(SetTempo, cps=cps, over_s=over_s)

    def nudge(self, cycles: float) -> None:
        """Move everybody's phase by up to a quarter of a cycle, by a short bend of the tempo."""
        self._client.ask(Nudge, cycles=cycles)

    def rename(self, title: str) -> None:
        """Call the session something else."""
        self._client.ask(Rename, title=title)

    def rename_layer(self, name: str, new_name: str) -> None:
        """Call a layer something else."""
        self._client.ask(RenameLayer, layer=self.layer(name).id, name=new_name)

    def remove(self, name: str) -> None:
        """Take a layer away; its text stays in the session's history."""
        self._client.ask(RemoveLayer, layer=self.layer(name).id)

    def say(self, text: str) -> None:
        """Say something in the chat."""
        self._client.ask(Say, text=text)

    def end(self) -> None:
        """End the session for everybody; it can still be read."""
        self._client.ask(End)

    def leave(self) -> int:
        """Go; everybody else plays on. Gives how many edits were not saved even so, and are lost."""
        with contextlib.suppress(Trouble):
            if self._client.is_connected and self._client.unsaved:
                self._client.until_saved(3)
        key = (self._access.url, self.id, self._access.is_guest)
        if _opened.get(key) is self:
            del _opened[key]
        lost = self._client.unsaved
        self._client.leave()
        return lost

    def invite(
        self,
        role: Literal["viewer", "co_author"] = "viewer",
        *,
        uses: int | None = None,
        expires_s: float | None = None,
    ) -> str:
        """Make a link by which people come in without an account. It is a secret, and shown only now."""
        return self._invite(role=role, max_uses=uses, expires_in_s=expires_s)

    def invite_agent(self, expires_s: float | None = None) -> str:
        """Make a link for `algorave agent`, which answers everybody. It is a secret, and shown only now."""
        return self._invite(kind="agent", expires_in_s=expires_s)

    def _invite(self, **terms: object) -> str:
        if not self.is_own or self.state.role != "host":
            raise NotDone("forbidden", f"only a host can invite people to '{self.title}'")
        asked = {name: value for name, value in terms.items() if value is not None}
        made: Any = self._access.ask("POST", f"api/sessions/{self.id}/invites", asked)
        # The server goes by the address it was asked at, which for a kernel works on this machine only.
        return str(made["link"]).replace(self._access.url, self._access.page_url, 1)

    # -- its agent --------------------------------------------------------------------------------------

    @property
    def client(self) -> SessionClient:
        """The connection, for what layers' names say nothing of."""
        return self._client

    def set_ai(self, *, on: bool, review: bool = False) -> None:
        """Switch the agent on or off; with `review`, who asks accepts a change before it is made."""
        self._client.ask(SetAi, on=on, review=review)

    def set_layer_ai(self, name: str, ai: LayerAi) -> None:
        """Whether the agent may change a layer: `no`, with its name beside it (`credit`), or `yes`."""
        self._client.ask(SetLayerAi, layer=self.layer(name).id, ai=ai)

    def agent_access(self) -> Access:
        """By which right an agent of one's own takes part; the one before it is out."""
        self.refuse_waiting()
        place = f"api/sessions/{self.id}/agent" if self.is_own else f"guest/api/agent/{self.id}"
        seat: Any = self._access.ask("POST", place)
        return seat_at(replace(self._access, scheme="", secret=NO_SECRET), str(seat["link"]))

    # -- showing it -------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        if self.state.is_waiting:
            return f"'{self.title}': waiting until a host lets you in"
        layers = ", ".join(self.layers) or "no layers yet"
        people = sum(1 for each in self.state.participants if each.connections)
        return f"'{self.title}': {layers}; {people} here, you are {_role_words(self.state.role)}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """In JupyterLab the session itself: who is in it, its chat, and whether all is saved."""
        shown = InSession(self.id, None, self.title) if self.is_own else None
        return session_bundle(shown, repr(self), self.page)


def open(name: str) -> Session:  # noqa: A001 - one opens a session as one opens a file
    """Open the session of this name; one that is not there yet is made, and you are its host."""
    access = own_access()
    title = " ".join(name.split())
    if not title:
        raise Trouble("a session needs a name: open('jam')")
    known: Any = access.ask("GET", "api/sessions")
    mine = [each for each in known if each["state"] == "open"]
    found = next((each for each in mine if each["title"] == title), None)
    found = found or next((each for each in mine if each["title"].casefold() == title.casefold()), None)
    if found is None:
        found = access.ask("POST", "api/sessions", {"title": title, "layer": None})
    return _enter(access, str(found["id"]))  # type: ignore[index]  # JSON from our own server


def sessions() -> list[dict[str, Any]]:
    """The sessions that you may enter on this kernel's server, newest first."""
    found: Any = own_access().ask("GET", "api/sessions")
    return list(found)


def join(link: str, name: str = "") -> Session:
    """Come in by an invite: on this kernel's own server as yourself, elsewhere as a guest called `name`."""
    before, mark, secret = link.strip().partition(INVITE_MARK)
    if not mark or not secret or urlsplit(before).scheme not in ("http", "https"):
        raise Trouble(f"that is no invite link; one looks like https://…/{INVITE_MARK}…")
    own = _own_access_at(before)
    if own is not None:
        found: Any = own.ask("POST", "api/join", {"invite": secret})
        return _enter(own, str(found["id"]))
    access = Access(before, before, is_guest=True)
    came: Any = access.ask("POST", "guest/api/redeem", {"invite": secret, "name": name or _user_name()})
    session_id = str(came["session"]["id"])
    before_this = _opened.get((access.url, session_id, True))
    if before_this is not None:  # a guest of another name, or with other rights
        before_this.leave()
    return _enter(access, session_id)


def _own_access_at(url: str) -> Access | None:
    try:
        own = own_access()
    except Trouble:
        return None
    return own if url in (own.url, own.page_url) else None


def _enter(access: Access, session_id: str) -> Session:
    key = (access.url, session_id, access.is_guest)
    session = _opened.get(key)
    if session is None or session.is_over:
        session = _opened[key] = Session(access, session_id)
    return session


def _user_name() -> str:
    try:
        return getpass.getuser()[:40]
    except (OSError, KeyError):  # a container without users
        return "Guest"


@atexit.register
def _leave_all() -> None:
    """The interpreter ends: no thread may be in the middle of a document then."""
    for session in list(_opened.values()):
        session.leave()


def _role_words(role: str) -> str:
    return {"host": "its host", "co_author": "a co-author"}.get(role, "a viewer")
