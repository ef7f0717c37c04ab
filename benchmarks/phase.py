"""How far apart is what the pages of one session play?

`python benchmarks/phase.py [--json] [--pages 4] [--links quiet,jitter,asymmetric] [--busy 2] [--minutes 0]`
starts a real server and a headless Chromium, lets pages join one session over links of different quality,
captures what they play, and compares onsets on the machine's clock: while nothing changes, during sudden
changes of tempo, ramps and nudges, for late joiners, and beside busy processes. It takes three minutes for
each kind of links. With `--minutes` nothing changes for so long, and missing and double onsets are counted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _onsets import compared, regularity, take_of
from _session_pages import Player, Processors, headless, joined, load
from _thin_link import Link

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from flows.people import Member  # noqa: E402 - the tests' folder must be known first
from live_server import running_server  # noqa: E402 - the tests' folder must be known first

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser

    from live_server import LiveServer

CODE = 's("rim*8")'
ONSETS_PER_CYCLE = 8
CPS = 0.5
STEADY_S = 8.0
SETTLED_S = 2.0
CHANGES = 20
CHANGE_EVERY_S = 1.2
RAMPS = 6
RAMP_S = 2.5
NUDGES = 6
NUDGE_EVERY_S = 2.5
JOINERS = 3
JOINED_AFTER_S = 2.0
JOINED_S = 4.0
BUSY_S = 6.0
KEEP_EVERY_S = 5.0

LINKS = {
    "quiet": [Link()],
    "jitter": [
        Link(5, 5, 40, 500),
        Link(20, 20, 40, -500),
        Link(2, 2, 40, 120),
        Link(40, 40, 40, -40),
    ],
    "asymmetric": [Link(5, 5), Link(40, 5), Link(5, 40), Link(10, 50)],
}
AIMS_MS = {"quiet": 2.0, "jitter": 10.0}
"""For the 99th percentile of the distance. Lopsided links add to it what nobody can tell: `asymmetry_ms`."""


def recorded(what: str, players: list[Player], during: Callable[[], object]) -> dict[str, Any]:
    """What all pages play meanwhile, compared, and how idle the machine was, from 0 to 1."""
    processors = Processors()
    for player in players:
        player.start()
    during()
    row = compared(what, [take_of(player.stop()) for player in players])
    return {**row, "cpu_idle": processors.idle()}


def waits(players: list[Player], seconds: float) -> Callable[[], object]:
    """Nothing happens for so long."""
    return lambda: players[0].page.wait_for_timeout(seconds * 1000)


def asks(players: list[Player], requests: list[dict[str, Any]], every_s: float) -> Callable[[], object]:
    """The first page asks for one thing after the other."""

    def during() -> None:
        for request in requests:
            players[0].ask(request)
            players[0].page.wait_for_timeout(every_s * 1000)
        players[0].page.wait_for_timeout(SETTLED_S * 1000)

    return during


def changes() -> list[dict[str, Any]]:
    """Sudden changes of tempo, the last one back to what it was."""
    return [{"kind": "set_tempo", "cps": CPS + 0.12 * (change % 5)} for change in range(CHANGES + 1)]


def ramps() -> list[dict[str, Any]]:
    """Faster and slower by degrees; one is cut short by the next."""
    return [
        {"kind": "set_tempo", "cps": cps, "over_s": RAMP_S * (1.5 if index == 2 else 0.8)}
        for index, cps in enumerate([0.9, 0.45, 1.0, 0.6, 0.8, CPS][:RAMPS])
    ]


def nudges() -> list[dict[str, Any]]:
    """Forth and back."""
    sizes = (0.1, -0.1, 0.2, -0.05, 0.05, -0.2)
    return [{"kind": "nudge", "cycles": cycles} for cycles in sizes[:NUDGES]]


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
        what = f"late joiner {index + 1}"
        with joined(browser, server, session, links[index % len(links)], 100 + index) as late:
            if not late.wait_playing():
                rows.append({"what": what, "silent": late.status()["said"]})
                continue
            late.page.wait_for_timeout(JOINED_AFTER_S * 1000)
            rows.append(recorded(what, [*players, late], waits(players, JOINED_S)))
    return rows


def long_run(players: list[Player], minutes: float) -> dict[str, Any]:
    """Nothing changes for minutes; every onset is counted."""
    processors = Processors()
    for player in players:
        player.start()
    end_s = time.monotonic() + minutes * 60
    while time.monotonic() < end_s:
        players[0].page.wait_for_timeout(KEEP_EVERY_S * 1000)
        for player in players:
            player.keep()
    takes = [take_of(player.stop()) for player in players]
    row = compared(f"{minutes:g} minutes", takes)
    counts = regularity(takes, 1000 / CPS / ONSETS_PER_CYCLE)
    return {**row, **counts, "cpu_idle": processors.idle(), "load": load()}


def asymmetry_ms(links: list[Link]) -> float:
    """By how much pages are apart: half the difference of the ways looks like a clock that is wrong."""
    shifts_ms = [(link.up_ms - link.down_ms) / 2 for link in links]
    return max(shifts_ms) - min(shifts_ms)


def measured(browser: Browser, server: LiveServer, kind: str, options: argparse.Namespace) -> dict[str, Any]:
    """All situations over one kind of links."""
    links = [LINKS[kind][index % len(LINKS[kind])] for index in range(options.pages)]
    session = Member(server).create(f"Phase over {kind} links")
    with ExitStack() as stack:
        players = [
            stack.enter_context(joined(browser, server, session, link, index))
            for index, link in enumerate(links)
        ]
        players[0].play(CODE)
        for player in players:
            player.wait_playing()
        players[0].page.wait_for_timeout(JOINED_AFTER_S * 1000)
        rows = [recorded("steady", players, waits(players, STEADY_S))]
        if options.minutes > 0:
            rows.append(long_run(players, options.minutes))
        else:
            told = {
                f"{CHANGES} tempo changes": (changes(), CHANGE_EVERY_S),
                f"{RAMPS} ramps": (ramps(), RAMP_S),
                f"{NUDGES} nudges": (nudges(), NUDGE_EVERY_S),
            }
            rows += [recorded(what, players, asks(players, *given)) for what, given in told.items()]
            rows += late_joiners(browser, server, session, players, links)
            with busy(options.busy):
                rows.append(recorded(f"{options.busy} busy processes", players, waits(players, BUSY_S)))
        statuses = [player.status() for player in players]
    aim_ms = AIMS_MS.get(kind, asymmetry_ms(links) + AIMS_MS["jitter"])
    return {
        "links": [asdict(link) for link in links],
        "aim_p99_ms": aim_ms,
        "missed": [row["what"] for row in rows if not row.get("heard_p99_ms", float("inf")) <= aim_ms],
        "asymmetry_ms": asymmetry_ms(links),
        "load": load(),
        "rows": rows,
        "pages": statuses,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--pages", type=int, default=4, help="how many pages are in the session")
    parser.add_argument("--links", default="quiet,jitter", help="kinds of links: quiet, jitter, asymmetric")
    parser.add_argument("--busy", type=int, default=2, help="how many busy processes run beside in the end")
    parser.add_argument("--minutes", type=float, default=0, help="instead: nothing changes for so long")
    options = parser.parse_args()
    result: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder)) as server,
        headless() as browser,
    ):
        for kind in options.links.split(","):
            result[kind] = measured(browser, server, kind, options)
    if options.json:
        print(json.dumps(result))
        return
    for kind, one in result.items():
        about = {key: value for key, value in one.items() if key not in ("rows", "pages", "links")}
        print(f"\n{kind} links, {options.pages} pages, {about}")
        for row in one["rows"]:
            print("  " + ", ".join(f"{key} {value}" for key, value in row.items()))
        for status in one["pages"]:
            print("  page: " + ", ".join(f"{key} {value}" for key, value in status.items()))


if __name__ == "__main__":
    main()
