"""How much a session server bears, ours beside Hocuspocus, in turns in the same run.

`python benchmarks/load.py [--json] [--rounds N] [--seconds S] [--only NAME ...] [--install-peer]`. Ours is
`algorave serve` with the update gate, the journal and acknowledgements on, compiled where there is a C
compiler unless `--interpreted`; it and the clients get a core each. Without Hocuspocus, which
`--install-peer` puts into a cache folder, its numbers are null.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _session_servers import (
    PEER_FOLDER,
    Hocuspocus,
    Ours,
    Server,
    compiled_package,
    has_peer,
    install_peer,
    on_core,
)

CLIENT = Path(__file__).with_name("load_client.mjs")
Settings = dict[str, Any]
Result = dict[str, Any]
Servers = Mapping[str, type[Server]]

BASE: Settings = {
    "sessions": 1, "clients": 5, "writers": 2, "edits_per_s": 5.0, "replace_every": 4, "cuts_per_s": 0,
    "warm_up_s": 2, "drain_s": 15,
}  # fmt: skip
SCENARIOS: dict[str, Settings] = {
    "fan_out": {"sessions": 100},
    "hall": {"clients": 501, "writers": 1, "edits_per_s": 8.0},
    "churn": {"sessions": 50, "cuts_per_s": 20},
}
KNEE_LIMIT_MS = 100.0
KNEE_START_PER_S = 2_000.0
KNEE_STEPS = 14
KNEE_CLOSE = 1.1
CLIENTS_LATE_MS = 10.0
"""When one of a hundred edits is sent so late, it is the clients that do not keep up."""
JAM_EDITS = 100_000
IDLE_CLIENTS = 500
_seed = 1


def measure(server: Server, settings: Settings) -> Result:
    """One scenario against a running server."""
    global _seed  # noqa: PLW0603 - Yjs client ids must not come twice
    _seed += 1
    before = server.usage()
    wanted: Settings = {
        **BASE, **settings, "host": "127.0.0.1", "port": server.port, "seed": _seed,
        "spins": len(os.sched_getaffinity(0)) > 1,
        "speaks": server.speaks, "root": server.root, "headers": server.headers,
    }  # fmt: skip
    wanted["sessions"] = settings.get("of") or server.sessions(wanted["sessions"])
    command = on_core(-1, ["node", "--max-semi-space-size=128", str(CLIENT)])
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(wanted).encode())
    process.stdin.flush()
    result: Result = {}
    marks: dict[str, tuple[float, float]] = {}
    try:
        for line in process.stdout:
            said = json.loads(line)
            result |= said.get("result") or {key: value for key, value in said.items() if key != "phase"}
            if "phase" in said:
                usage = server.usage()
                marks[said["phase"]] = (time.monotonic(), usage.cpu_s)
                result["rss_mb"] = round(usage.rss_bytes / 1e6, 1)
                if said["phase"] == "connected":
                    result["rss_grown_bytes"] = usage.rss_bytes - before.rss_bytes
    finally:
        process.kill()
        process.wait()
    if "drain" not in marks:
        sys.exit(f"the clients failed: {result}")
    (begin, used_before), (end, used) = marks["type"], marks["drain"]
    result["cpu"] = round((used - used_before) / (end - begin), 3)
    result["cpu_us_per_delivery"] = round(1e6 * result["cpu"] / max(1, result["delivered_per_s"]), 1)
    return result


def with_server(kind: type[Server], work: Callable[[Server], Result]) -> Result:
    """Do something with a fresh server."""
    with tempfile.TemporaryDirectory(prefix="algorave-load-") as folder:
        server = kind(Path(folder))
        server.start()
        try:
            return work(server)
        finally:
            server.stop()


def median_of(results: list[Result]) -> Result:
    """The median of each number; what may never happen, lost edits, is summed."""
    summed = ("lost", "sessions_with_wrong_text", "closed_by_server", "edits", "delivered", "cut_off")
    merged: Result = {}
    for key, first in results[0].items():
        values = [result[key] for result in results]
        if isinstance(first, dict):
            merged[key] = median_of(values)
        elif key in summed:
            merged[key] = sum(values)
        elif isinstance(first, int | float):
            merged[key] = round(statistics.median(value for value in values if value is not None), 3)
        else:
            merged[key] = next((value for value in values if value), first)
    return merged


def in_turns(servers: Servers, rounds: int, settings: Settings) -> dict[str, Result]:
    """A scenario on each server in turn, so that whatever else the machine does hits all of them."""
    results: dict[str, list[Result]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, kind in servers.items():
            results[name].append(with_server(kind, lambda server: measure(server, settings)))
    return {name: median_of(found) for name, found in results.items()}


@dataclass
class Knee:
    """The most edits a second that all arrive, 99 of 100 within the limit: up by half, then halfway back."""

    kind: type[Server]
    rate: float = KNEE_START_PER_S
    good: float = 0.0
    bad: float = 0.0
    best: Result = field(default_factory=Result)
    beyond: Result = field(default_factory=Result)
    """What was found at the lowest rate that was too much."""

    @property
    def is_found(self) -> bool:
        """Whether what is borne and what is not are close together."""
        return bool(self.good and self.bad and self.bad / self.good < KNEE_CLOSE)

    def try_rate(self, seconds: float) -> None:
        """One step nearer."""
        settings = {
            **SCENARIOS["fan_out"],
            "edits_per_s": self.rate / 200,
            "seconds": seconds,
            "warm_up_s": 4,
        }
        found = with_server(self.kind, lambda server: measure(server, settings))
        p99_ms = found["delivery"]["p99_ms"]
        print(f"  {self.kind.__name__} {self.rate:.0f}/s: {found['delivery']}", file=sys.stderr)
        if p99_ms is not None and p99_ms < KNEE_LIMIT_MS and found["lost"] == found["closed_by_server"] == 0:
            self.good, self.best = self.rate, found
        else:
            self.bad, self.beyond = self.rate, found
        if not self.bad:
            self.rate *= 1.5
        else:
            self.rate = (self.good * self.bad) ** 0.5 if self.good else self.rate / 2

    def result(self) -> Result:
        """What was found."""
        own_lag_ms = self.beyond.get("own_lag", {}).get("p99_ms") or 0.0
        late = own_lag_ms > CLIENTS_LATE_MS
        return {"edits_per_s": round(self.good), "clients_were_the_limit": late, "at_knee": self.best}


def knees(servers: Servers, seconds: float) -> dict[str, Result]:
    """Both step by step in turn, so that whatever else the machine does hits both of them."""
    searches = {name: Knee(kind) for name, kind in servers.items()}
    for _ in range(KNEE_STEPS):
        for search in searches.values():
            if not search.is_found:
                search.try_rate(seconds)
    return {name: search.result() for name, search in searches.items()}


def idle_memory(kind: type[Server]) -> Result:
    """What connections that only listen cost, in one session and in sessions of their own."""
    silent = {"writers": 0, "clients": 1, "seconds": 1, "warm_up_s": 0, "drain_s": 0}

    def grown_kb(server: Server, settings: Settings) -> float:
        measure(server, {**silent, "clients": 20})
        grown_bytes = measure(server, {**silent, **settings})["rss_grown_bytes"]
        return round(grown_bytes / IDLE_CLIENTS / 1e3, 1)

    crowd, alone = {"clients": IDLE_CLIENTS}, {"sessions": IDLE_CLIENTS}
    return {
        "connection_kb": with_server(kind, lambda server: {"kb": grown_kb(server, crowd)})["kb"],
        "session_with_a_connection_kb": with_server(kind, lambda server: {"kb": grown_kb(server, alone)})[
            "kb"
        ],
    }


def long_jam(server: Server) -> Result:
    """A layer of 100,000 edits: how long until somebody has it after the server was killed."""
    of = server.sessions(1)
    seconds = JAM_EDITS / 4_000
    hard = {"sessions": 1, "clients": 2, "writers": 2, "edits_per_s": 2_000.0, "replace_every": 2, "of": of}
    jam = measure(server, {**hard, "seconds": seconds, "warm_up_s": 0, "drain_s": 60})
    server.stop(signal.SIGKILL)
    server.start()
    server.sessions(1)
    alone = {**hard, "clients": 1, "writers": 0, "warm_up_s": 0, "drain_s": 0, "seconds": 1}
    back = measure(server, alone)
    return {
        "edits": jam["edits"],
        "lost": jam["lost"],
        "opens_in_ms": back["synced_ms"],
        "room_mb": round(back["rss_grown_bytes"] / 1e6, 1),
    }


def report(results: Result) -> None:
    """The same as a table."""
    print(f"{'':10}{'':14}{'p50':>8}{'p99 ms':>9}{'lost':>7}{'CPU':>8}{'us each':>9}{'RSS MB':>8}")
    for scenario in SCENARIOS:
        for name, row in (results.get(scenario) or {}).items():
            if row is not None:
                times = row["delivery"]
                print(
                    f"{scenario:10}{name:14}{times['p50_ms']:>8}{times['p99_ms']:>9}{row['lost']:>7}"
                    f"{row['cpu']:>8.1%}{row['cpu_us_per_delivery']:>9}{row['rss_mb']:>8}"
                )
    for name, row in (results.get("knee") or {}).items():
        if row is not None:
            print(f"{'knee':10}{name:14}{row['edits_per_s']:>8} edits/s")
    for key in ("memory", "jam"):
        if key in results:
            print(f"{key:10}{results[key]}")


def main() -> None:
    """Measure what is asked for."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    words.add_argument("--json", action="store_true", help="print one JSON object")
    words.add_argument("--rounds", type=int, default=3, help="how many turns each server gets (default 3)")
    words.add_argument("--seconds", type=float, default=8.0, help="how long each turn types (default 8)")
    words.add_argument(
        "--only", nargs="*", choices=[*SCENARIOS, "knee", "memory", "jam"], help="not everything"
    )
    words.add_argument(
        "--peer", type=Path, default=PEER_FOLDER, help="folder with Hocuspocus in node_modules"
    )
    words.add_argument("--interpreted", action="store_true", help="measure ours as it is without compiling")
    words.add_argument("--install-peer", action="store_true", help="install Hocuspocus there first")
    options = words.parse_args()
    if options.install_peer:
        install_peer(options.peer)
    Hocuspocus.peer_folder = options.peer
    Ours.compiled = None if options.interpreted else compiled_package()
    servers: dict[str, type[Server]] = {"ours": Ours}
    if has_peer(options.peer):
        servers["hocuspocus"] = Hocuspocus
    if len(servers) == 1:
        print("Hocuspocus is not there: run once with --install-peer to compare", file=sys.stderr)
    absent = {} if len(servers) > 1 else {"hocuspocus": None}
    asked = options.only or [*SCENARIOS, "knee", "memory", "jam"]
    results: Result = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "ours_is_compiled": Ours.compiled is not None,
            "load_before": os.getloadavg()[0],
        }
    }
    for name, settings in SCENARIOS.items():
        if name in asked:
            results[name] = (
                in_turns(servers, options.rounds, {**settings, "seconds": options.seconds}) | absent
            )
    if "knee" in asked:
        results["knee"] = knees(servers, options.seconds) | absent
    if "memory" in asked:
        results["memory"] = {name: idle_memory(kind) for name, kind in servers.items()} | absent
    if "jam" in asked:
        results["jam"] = {"ours": with_server(Ours, long_jam)}
    results["machine"]["load_after"] = os.getloadavg()[0]
    if options.json:
        print(json.dumps(results))
    else:
        report(results)


if __name__ == "__main__":
    main()
