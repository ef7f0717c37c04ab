"""Pages in one session of a real server, in a headless Chromium, recorded: what benchmarks of time share."""

from __future__ import annotations

import base64
import os
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from _thin_link import Link, thin_link

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Error, ViewportSize, sync_playwright  # noqa: E402 - the tests' folder must be known first

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser, Page

    from live_server import LiveServer

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--no-first-run", "--disable-background-networking"]
RECORDER = (ROOT / "tests" / "stage" / "recorder.js").read_text(encoding="utf-8")
# Wall clocks that are wrong, in the page alone: the stage's frame goes by another.
SKEW = """if (top === window) {
  const origin = performance.timeOrigin;
  Object.defineProperty(performance, "timeOrigin", { get: () => origin + %s });
}"""
ENTER = """async ([base, session]) => {
  const xsrf = /_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const answer = await fetch(`${base}algorave/api/sessions/${session}/enter`, { method: "POST", headers });
  return answer.json();
}"""
MOUNT = """async ({ app, session, layer, you }) => {
  document.body.replaceChildren(document.createElement("main"));
  const mount = await (await import(app)).loadSessions();
  const url = new URL(`../ws/${session}`, app);
  url.protocol = url.protocol.replace("http", "ws");
  const place = { id: session, layer: layer.id, url: url.href, who: you };
  const main = document.querySelector("main");
  globalThis.mounted = mount(main, { layer: layer.name, code: "", session: place });
}"""
PLAY = """([layer, code]) => {
  const { text } = mounted.session.binding(layer);
  text.delete(0, text.length);
  text.insert(0, code);
  return mounted.session.play(layer);
}"""
PATIENCE_MS = 30_000
# Without a graphics card every pixel is drawn by the processors that are to keep time.
VIEWPORT: ViewportSize = {"width": 320, "height": 240}


@dataclass
class Player:
    """A page in the session."""

    page: Page
    layer: str
    participant: str
    link: Link
    _parts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def start(self) -> None:
        """Record from now on."""
        self._parts.clear()
        self.page.evaluate("() => recorder.start()")

    def keep(self) -> None:
        """Bring what was recorded so far out of the page, which could not hold many minutes."""
        self._parts.append(self.page.evaluate("() => recorder.take()"))

    def stop(self) -> dict[str, Any]:
        """Everything that was recorded, as the recorder gives it, with times by the machine's clock."""
        parts = [*self._parts, self.page.evaluate("() => recorder.stop()")]
        first, skew_ms = next((part for part in parts if part["rate"]), parts[0]), self.link.skew_ms
        sound = b"".join(base64.b64decode(part["left"]) for part in parts)
        pairs = {
            name: [(audio_ms, epoch_ms - skew_ms) for part in parts for audio_ms, epoch_ms in part[name]]
            for name in ("heard", "arrived")
        }
        return {**parts[-1], "frame": first["frame"], "rate": first["rate"], **pairs} | {
            "left": base64.b64encode(sound).decode()
        }

    def play(self, code: str) -> None:
        """Make this the session's music."""
        self.page.evaluate(PLAY, [self.layer, code])

    def ask(self, request: dict[str, Any]) -> None:
        """Ask the session for something."""
        self.page.evaluate("(request) => mounted.session.client.ask(request)", request)

    def status(self) -> dict[str, Any]:
        """What the page says: its error against the session's clock, and how wrong that may be."""
        return self.page.evaluate(
            """() => ({
                phase_error_ms: mounted.engine.punctuality.phaseError_ms,
                clock_bound_ms: mounted.session.client.clock.errorMs(performance.now()),
                said: [...document.querySelectorAll(".alg-status, .alg-problems, .alg-notice")]
                    .map((each) => each.textContent.trim()).filter((words) => words !== "").join("; "),
            })"""
        )

    def wait_playing(self) -> bool:
        """Wait until the page plays and knows how well; whether it came to that."""
        knows = "mounted.engine.playing && mounted.engine.punctuality.phaseError_ms !== null"
        try:
            self.page.wait_for_function(knows, timeout=PATIENCE_MS)
        except Error:
            return False
        return True


@contextmanager
def headless() -> Generator[Browser]:
    """A Chromium without windows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def joined(browser: Browser, server: LiveServer, session: str, link: Link, seed: int) -> Generator[Player]:
    """A page of somebody new that hears the session over a link."""
    with ExitStack() as stack:
        url = server.url
        if link.is_thin:
            port = stack.enter_context(thin_link(link, urlsplit(url).port or 0, seed))
            url = f"http://127.0.0.1:{port}{urlsplit(url).path}"
        context = stack.enter_context(browser.new_context(viewport=VIEWPORT))
        context.add_init_script(SKEW % link.skew_ms)
        page = context.new_page()
        page.goto(f"{url}algorave/?token={server.token}", timeout=PATIENCE_MS)
        info = page.evaluate(ENTER, [url, session])
        manifest = page.evaluate(f"fetch('{url}algorave/static/manifest.json').then((r) => r.json())")
        page.goto(f"{url}algorave/static/manifest.json", timeout=PATIENCE_MS)
        layer = info["layers"][0]
        given = {"app": f"{url}algorave/static/{manifest['app']}", "session": session, "layer": layer}
        page.evaluate(MOUNT, {**given, "you": info["you"]})
        page.wait_for_function("mounted.session.client.replica.hasArrived", timeout=PATIENCE_MS)
        page.evaluate(f"{RECORDER}; null")
        page.evaluate(
            "() => { mounted.session.listen(true); window.recorder = record(mounted.engine.stage); }"
        )
        yield Player(page, layer["id"], info["you"], link)


class Processors:
    """How idle the machine's processors are from here on."""

    def __init__(self) -> None:
        self._idle, self._all = _ticks()

    def idle(self) -> float:
        """From 0 to 1."""
        idle, total = _ticks()
        return round((idle - self._idle) / max(1, total - self._all), 2)


def load() -> float:
    """How many processes wanted to run at a time, over the last minute."""
    return round(os.getloadavg()[0], 1)


def _ticks() -> tuple[int, int]:
    ticks = [int(each) for each in Path("/proc/stat").read_text(encoding="utf-8").split("\n")[0].split()[1:]]
    return ticks[3], sum(ticks)
