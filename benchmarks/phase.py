"""How far apart is what the pages of one session play?

`python benchmarks/phase.py [--json] [--pages 4] [--links quiet,jitter,asymmetric]` starts a real server and a
headless Chromium, lets pages join one session over links of different quality, captures what they play, and
compares onsets on the machine's clock. It takes two minutes for each kind of links.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from _thin_link import Link, thin_link

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Error, sync_playwright  # noqa: E402 - the tests' folder must be known first

from flows.people import Member  # noqa: E402 - the tests' folder must be known first
from live_server import running_server  # noqa: E402 - the tests' folder must be known first
from stage import recorded  # noqa: E402 - the tests' folder must be known first

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray
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
CODE = 's("rim*8")'
ENTER = """async ([base, session]) => {
  const xsrf = /_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const headers = { "X-XSRFToken": xsrf, "Content-Type": "application/json" };
  const answer = await fetch(`${base}algorave/api/sessions/${session}/enter`, { method: "POST", headers });
  return answer.json();
}"""
MOUNT = """async ({ app, session, layer, you }) => {
  document.body.replaceChildren(document.createElement("main"));
  const { mount } = await import(app);
  const url = new URL(`../ws/${session}`, app);
  url.protocol = url.protocol.replace("http", "ws");
  const place = { id: session, layer: layer.id, url: url.href, who: you };
  globalThis.mounted = mount(document.querySelector("main"), { layer: layer.name, code: "", session: place });
}"""
STEADY_S = 8.0
CHANGES = 20
CHANGE_EVERY_S = 1.2
JOINERS = 3
JOINED_AFTER_S = 2.0
JOINED_S = 4.0
LOAD_S = 6.0
# Onsets are at least 60 ms apart at the fastest tempo here: nearer than half of it is the same one.
SAME_MS = 25.0
PATIENCE_MS = 30_000

QUIET = [Link()]
JITTER = [
    Link(5, 5, 40, 500),
    Link(20, 20, 40, -500),
    Link(2, 2, 40, 120),
    Link(40, 40, 40, -40),
]
ASYMMETRIC = [Link(5, 5), Link(10, 30), Link(30, 10), Link(10, 50)]
LINKS = {"quiet": QUIET, "jitter": JITTER, "asymmetric": ASYMMETRIC}


@dataclass
class Take:
    """Onsets of one page on the machine's clock: as its stage says it is heard, and as it arrived."""

    heard_ms: NDArray[np.float64]
    arrived_ms: NDArray[np.float64]
    late_haps: int


@dataclass
class Recording:
    """What all pages played at the same time, and how idle the machine was, from 0 to 1."""

    takes: list[Take]
    cpu_idle: float


@dataclass
class Player:
    """A page in the session."""

    page: Page
    layer: str
    skew_ms: float

    def start(self) -> None:
        """Record from now on."""
        self.page.evaluate("() => recorder.start()")

    def stop(self) -> Take:
        """What was recorded."""
        got = self.page.evaluate("() => recorder.stop()")
        late_haps = int((got["clock"] or {}).get("late_haps", 0))
        if len(got["heard"]) == 0 or len(got["arrived"]) == 0:
            return Take(np.array([]), np.array([]), late_haps)
        heard_ms, arrived_ms = recorded.heard_ms(got), recorded.arrived_ms(got)
        return Take(heard_ms - self.skew_ms, arrived_ms - self.skew_ms, late_haps)

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


@contextmanager
def joined(browser: Browser, server: LiveServer, session: str, link: Link, seed: int) -> Generator[Player]:
    """A page of somebody new that hears the session over a link."""
    with ExitStack() as stack:
        url = server.url
        if link.is_thin:
            port = stack.enter_context(thin_link(link, urlsplit(url).port or 0, seed))
            url = f"http://127.0.0.1:{port}{urlsplit(url).path}"
        context = stack.enter_context(browser.new_context())
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
        yield Player(page, layer["id"], link.skew_ms)


def wait_playing(player: Player) -> bool:
    """Wait until the page plays and knows how well; whether it came to that."""
    try:
        player.page.wait_for_function(
            "mounted.engine.playing && mounted.engine.punctuality.phaseError_ms !== null", timeout=PATIENCE_MS
        )
    except Error:
        return False
    return True


def cpu_ticks() -> tuple[int, int]:
    """Idle and all ticks of the machine's processors so far."""
    ticks = [int(each) for each in Path("/proc/stat").read_text(encoding="utf-8").split("\n")[0].split()[1:]]
    return ticks[3], sum(ticks)


def record(players: list[Player], seconds: float, changes: int = 0) -> Recording:
    """Record all pages at once, while the first one changes the tempo so many times."""
    idle, total = cpu_ticks()
    for player in players:
        player.start()
    for change in range(changes):
        cps = 0.5 + 0.12 * (change % 5)
        players[0].page.evaluate("(cps) => mounted.session.tempo.set(cps)", cps)
        time.sleep(CHANGE_EVERY_S)
    players[0].page.wait_for_timeout(seconds * 1000)
    idle_then, total_then = cpu_ticks()
    takes = [player.stop() for player in players]
    return Recording(takes, (idle_then - idle) / max(1, total_then - total))


def compared(what: str, recording: Recording) -> dict[str, Any]:
    """The distances of onsets between any two pages, and onsets of one that another has not."""
    takes = [take for take in recording.takes if len(take.heard_ms) > 1]
    row: dict[str, Any] = {
        "what": what,
        "pages": len(takes),
        "silent_pages": len(recording.takes) - len(takes),
        "late_haps": sum(take.late_haps for take in recording.takes),
        "onsets": min(len(take.heard_ms) for take in takes),
        "cpu_idle": round(recording.cpu_idle, 2),
    }
    if len(takes) < 2:
        return row
    for basis in ("heard_ms", "arrived_ms"):
        apart: list[float] = []
        alone = 0
        onsets = [getattr(take, basis) for take in takes]
        begin, end = max(each[0] for each in onsets), min(each[-1] for each in onsets)
        for one in range(len(onsets)):
            for other in range(len(onsets)):
                inside = onsets[other][(onsets[other] > begin + SAME_MS) & (onsets[other] < end - SAME_MS)]
                nearest = np.array([np.abs(onsets[one] - onset).min() for onset in inside])
                alone += int(np.sum(nearest > SAME_MS))
                if one < other:
                    apart += [float(each) for each in nearest if each <= SAME_MS]
        name = basis.removesuffix("_ms")
        row[f"{name}_alone"] = alone
        if not apart:
            continue
        row[f"{name}_p50_ms"], row[f"{name}_p99_ms"] = (
            round(float(np.percentile(apart, q)), 3) for q in (50, 99)
        )
        row[f"{name}_max_ms"] = round(max(apart), 3)
    return row


def _burn() -> None:
    while True:
        pass


@contextmanager
def busy(processes: int) -> Generator[None]:
    """So many processes that use all they get."""
    burning = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(processes)]
    for each in burning:
        each.start()
    try:
        yield
    finally:
        for each in burning:
            each.terminate()
            each.join()


def late_joiners(
    browser: Browser, server: LiveServer, session: str, players: list[Player], links: list[Link]
) -> list[dict[str, Any]]:
    """One after the other comes, and is compared with those who are there, two seconds later."""
    rows: list[dict[str, Any]] = []
    for index in range(JOINERS):
        with joined(browser, server, session, links[index % len(links)], 100 + index) as late:
            if not wait_playing(late):
                rows.append({"what": f"late joiner {index + 1}", "silent": late.status()["said"]})
                continue
            late.page.wait_for_timeout(JOINED_AFTER_S * 1000)
            rows.append(compared(f"late joiner {index + 1}", record([*players, late], JOINED_S)))
    return rows


def measured(browser: Browser, server: LiveServer, kind: str, count: int) -> dict[str, Any]:
    """All situations over one kind of links."""
    links = LINKS[kind]
    host = Member(server)
    session = host.create(f"Phase over {kind} links")
    with ExitStack() as stack:
        players = [
            stack.enter_context(joined(browser, server, session, links[index % len(links)], index))
            for index in range(count)
        ]
        first = players[0]
        first.page.evaluate(
            """([layer, code]) => {
                mounted.session.binding(layer).text.insert(0, code);
                return mounted.session.play(layer);
            }""",
            [first.layer, CODE],
        )
        for player in players:
            wait_playing(player)
        first.page.wait_for_timeout(JOINED_AFTER_S * 1000)
        rows = [compared("steady", record(players, STEADY_S))]
        rows.append(compared(f"{CHANGES} tempo changes", record(players, 2, changes=CHANGES)))
        rows += late_joiners(browser, server, session, players, links)
        with busy(2):
            rows.append(compared("two busy processes beside", record(players, LOAD_S)))
        statuses = [player.status() for player in players]
    return {
        "links": [asdict(link) for link in links],
        "rows": rows,
        "pages": statuses,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--pages", type=int, default=4, help="how many pages are in the session")
    parser.add_argument("--links", default="quiet,jitter", help="kinds of links: quiet, jitter, asymmetric")
    found = parser.parse_args()
    result: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for kind in found.links.split(","):
            result[kind] = measured(browser, server, kind, found.pages)
        browser.close()
    if found.json:
        print(json.dumps(result))
        return
    for kind, one in result.items():
        print(f"\n{kind} links, {found.pages} pages")
        for row in one["rows"]:
            print("  " + ", ".join(f"{key} {value}" for key, value in row.items()))
        for status in one["pages"]:
            print("  page: " + ", ".join(f"{key} {value}" for key, value in status.items()))


if __name__ == "__main__":
    main()
