"""A server without notebooks, a host and guests in browsers of their own, and the steps they take on our pages."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import ViewportSize, expect

from live_server import LiveServer, running_server
from widget.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 820}
PATIENCE_MS = 30_000
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200) + node.failureSummary)]);
}"""
INVITE = """async ([base, session, terms]) => {
  const xsrf = document.cookie.match(/_xsrf=([^;]*)/)[1];
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const path = `${base}algorave/api/sessions/${session}/invites`;
  const reply = await fetch(path, { method: "POST", headers, body: JSON.stringify(terms) });
  return (await reply.json()).link;
}"""


@contextmanager
def jam_server(folder: Path, *more: str) -> Generator[LiveServer]:
    """`algorave serve`, below `/base/`, with more arguments where they matter."""
    arguments = ["--ServerApp.base_url=/base/", "--ServerApp.trust_xheaders=True", *more]
    with running_server(folder, app="algorave_server.serve", token="", arguments=arguments) as live:
        yield live


class Person:
    """Somebody with a browser of their own, and what its console said."""

    def __init__(self, browser: Browser, *, phone: bool = False, dark: bool = False) -> None:
        self.context = browser.new_context(
            viewport=PHONE if phone else DESK,
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def code(self, index: int = 0) -> Locator:
        """The text of a layer."""
        return self.page.locator(".alg .cm-content").nth(index)

    def type_code(self, text: str, index: int = 0) -> None:
        """Put a text in the place of a layer's, by keys."""
        self.code(index).click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def tab(self, name: str) -> None:
        """On a phone: another part of the session."""
        self.page.locator(".algs-tab", has_text=name).click()

    def axe(self) -> Any:
        """What axe finds wrong with the page as it is."""
        # Not as a script of the page: its policy would not let it in.
        self.page.evaluate(f"{AXE.read_text(encoding='utf-8')}; null")
        return self.page.evaluate(CHECK)


class Host(Person):
    """The host, logged in by the printed link."""

    def __init__(self, browser: Browser, server: LiveServer, **look: bool) -> None:
        super().__init__(browser, **look)
        self.server = server
        link = self._login_link()
        self.page.goto(link)
        self.page.wait_for_url("**/base/algorave/", timeout=PATIENCE_MS)

    def _login_link(self) -> str:
        [code] = re.findall(r"/login#k=([\w-]{43})\s", self.server.log)
        return f"{self.server.url}login#k={code}"

    @property
    def session(self) -> str:
        """The id of the session that is open."""
        return self.page.url.partition("#s=")[2]

    def create(self, title: str) -> str:
        """Make a session and open it."""
        self.page.goto(f"{self.server.url}algorave/")
        self.page.get_by_label("Title of a new session").fill(title)
        self.page.get_by_role("button", name="New session").click()
        expect(self.code()).to_be_editable(timeout=PATIENCE_MS)
        return self.session

    def link(self, role: str = "co_author", **terms: Any) -> str:
        """The link of a new invite to the open session."""
        arguments = ["/base/", self.session, {"role": role, **terms}]
        return str(self.page.evaluate(INVITE, arguments))


def join(person: Person, link: str, name: str) -> None:
    """Come in by a link."""
    person.page.goto(link)
    person.page.get_by_label("Your name").fill(name)
    person.button("Join").click()
