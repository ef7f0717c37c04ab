"""Pages on a real server that show layers of a session, each in a browser context of a person of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from live_server import LiveServer

PATIENCE_MS = 15_000
BLANK = """() => {
  document.head.replaceChildren(Object.assign(document.createElement("title"), { textContent: "Session" }));
  document.documentElement.lang = "en";
  document.documentElement.style.colorScheme = "light dark";
  document.body.replaceChildren(document.createElement("main"));
}"""
MOUNT = """async ({ app, session, layer, you, options }) => {
  const mount = await (await import(app)).loadSessions();
  const url = new URL(`../ws/${session}`, app);
  url.protocol = url.protocol.replace("http", "ws");
  const el = document.createElement("div");
  document.querySelector("main").append(el);
  if (options.cell) {
    const listeners = new Set();
    globalThis.cell = {
      text: options.conflict?.cell ?? "",
      differsFrom: (live) => live !== cell.text,
      write: (live) => { cell.text = live; for (const listener of listeners) listener(); },
      onChange: (listener) => { listeners.add(listener); return () => listeners.delete(listener); },
    };
    options = { ...options, cell: globalThis.cell };
  }
  const place = { id: session, layer: layer.id, url: url.href, who: you };
  globalThis.mounted = mount(el, { layer: layer.name, code: "", session: place, ...options });
}"""


ASK = """async ([url, body]) => {
  const xsrf = /_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return [answer.status, await answer.json()];
}"""
SET_ROLE = "([participant, role]) => mounted.session.client.ask({ kind: 'set_role', participant, role })"


@dataclass(frozen=True)
class Player:
    """A person with a page that shows one layer of a session."""

    context: BrowserContext
    page: Page
    session: str
    layer: str
    you: str

    @property
    def view(self) -> Locator:
        """The layer's view."""
        return self.page.locator(".alg").first

    @property
    def code(self) -> Locator:
        """The editor's text."""
        return self.view.locator(".cm-content")

    @property
    def name(self) -> str:
        """What the others see this person called."""
        people = "mounted.session.state.participants"
        return str(self.page.evaluate(f"{people}.find(({{ id }}) => id === '{self.you}').name"))

    def expect_text(self, text: str) -> None:
        """Wait until this page's document says this."""
        self.page.wait_for_function(
            "([layer, text]) => mounted.session.client.replica.text(layer).toString() === text",
            arg=[self.layer, text],
            timeout=PATIENCE_MS,
        )

    def type(self, text: str) -> None:
        """Type at the end of the text, as a person does."""
        self.code.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def give_role(self, other: Player, role: str) -> None:
        """Give another role to somebody, as a host."""
        self.page.evaluate(SET_ROLE, [other.you, role])

    def expect_status(self, words: str) -> None:
        """Wait until the layer says what it does in these words."""
        expect(self.view.locator(".alg-status")).to_have_text(words, timeout=PATIENCE_MS)


def open_player(
    browser: Browser,
    server: LiveServer,
    session: str | None,
    *,
    options: dict[str, Any] | None = None,
    **look: Any,
) -> Player:
    """Open a page as somebody new and show a session's first layer; without a session, of a new one as its host."""
    context = browser.new_context(**{"viewport": {"width": 900, "height": 700}, **look})
    page = context.new_page()
    page.goto(f"{server.url}algorave/?token={server.token}")
    sessions = f"{server.url}algorave/api/sessions"
    asked = [sessions, {"title": "Together"}] if session is None else [f"{sessions}/{session}/enter", {}]
    status, info = page.evaluate(ASK, asked)
    assert status in (200, 201), info
    place = {"session": info["id"], "layer": info["layers"][0], "you": info["you"]}
    manifest = page.evaluate(f"fetch('{server.url}algorave/static/manifest.json').then((r) => r.json())")
    # A page of the server with no policy and no script of its own: browsers let no made-up page open sockets.
    page.goto(f"{server.url}algorave/static/manifest.json")
    page.evaluate(BLANK)
    app = f"{server.url}algorave/static/{manifest['app']}"
    page.evaluate(MOUNT, {"app": app, **place, "options": options or {}})
    player = Player(context, page, info["id"], place["layer"]["id"], info["you"])
    expect(player.view.locator(".cm-content[contenteditable=true]")).to_be_visible(timeout=PATIENCE_MS)
    return player
