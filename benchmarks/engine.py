"""How fast the engine is, as ratios to the same bundle in Node, measured in turns in the same run.

`python benchmarks/engine.py [--json] [--rounds N] [--backend v8|quickjs]`. Each number is the median round
trip in ms of one request to a worker process, ours or Node's: code is evaluated and asked for its haps.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from algorave_kernel.engine import DATA_LIMIT_BYTES, MEMORY_LIMIT_BYTES, Engine
from algorave_kernel.pool import Worker, WorkerSettings, static_folder
from algorave_kernel.worker import read_frame, write_frame

PATTERNS = {
    "tiny": 's("bd hh sd hh")',
    "typical": """setcpm(110/4)
drums: s("bd*2, ~ [sd cp], hh*8").gain("0.9 0.6 0.8 0.5").sometimes(x => x.speed("1.5"))
chords: chord("<Am7 Dm7 G7 C^7>").voicing().s("sawtooth").lpf(sine.range(400, 2000).slow(4)).room(.4)
bass: note("<a1 d2 g1 c2>*4").s("triangle").off(1/8, x => x.add(note(12)).gain(.4))
lead: n("0 [2 4] <3 5> [~ 7]").scale("A4:minor:pentatonic").s("square").jux(rev).delay(.3)
""",
    "dense": """$: n("0 .. 7".add("<0 2 -3>")).scale("C:dorian").fast(4).jux(x => x.fast(2).rev()).s("saw")
$: s("hh*32").degradeBy(.3).gain(perlin.range(.3, 1)).pan(rand)
$: note("c2 eb2 g2 bb2").euclid(5, 8).ply("2 <3 4>").echo(4, 1/16, .7).s("square")
""",
}
SPANS = {"evaluate": None, "query_1": 1, "query_16": 16, "query_64": 64}
LIMIT_S = 120.0


class NodeWorker:
    """The bundle in Node, behind the same frames."""

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None:
            sys.exit("benchmarks/engine.py compares with Node, which is not installed")
        script = str(Path(__file__).with_name("engine_node.mjs"))
        self._process = subprocess.Popen(
            [node, script, str(static_folder() / "engine.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._read()

    def _read(self) -> bytes:
        assert self._process.stdout is not None
        frame = read_frame(self._process.stdout)
        if frame is None:
            sys.exit("the Node worker ended")
        return frame

    def ask(self, request: dict[str, Any], _deadline_s: float) -> bytes:
        assert self._process.stdin is not None
        write_frame(self._process.stdin, json.dumps(request).encode())
        return self._read()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def request_for(code: str, cycles: int | None) -> dict[str, Any]:
    op = (
        {"op": "evaluate", "code": code}
        if cycles is None
        else {"op": "haps", "code": code, "begin": "0", "end": str(cycles)}
    )
    return {"text": json.dumps(op), "evaluate_limit_s": LIMIT_S, "query_limit_s": LIMIT_S}


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def measure_start(settings: WorkerSettings, rounds: int) -> dict[str, float]:
    """From nothing to the first answer, in ms."""
    first = request_for(PATTERNS["tiny"], 1)
    ours: list[float] = []
    nodes: list[float] = []
    for _ in range(rounds):
        for times, make in ((ours, lambda: Worker(settings)), (nodes, NodeWorker)):
            made: list[Any] = []

            def start(make: Callable[[], Any] = make, made: list[Any] = made) -> None:
                made.append(make())
                made[0].ask(first, LIMIT_S)

            times.append(timed(start))
            made[0].kill()
    return compared(ours, nodes)


def compared(ours: list[float], nodes: list[float]) -> dict[str, float]:
    # Taken in turns, so each pair saw the same machine: the median of the ratios, not the ratio of medians.
    ratio = statistics.median(a / b for a, b in zip(ours, nodes, strict=True))
    return {
        "engine_ms": round(statistics.median(ours), 3),
        "node_ms": round(statistics.median(nodes), 3),
        "ratio": round(ratio, 3),
    }


def measure_requests(settings: WorkerSettings, rounds: int) -> dict[str, Any]:
    worker, node = Worker(settings), NodeWorker()
    results: dict[str, Any] = {}
    try:
        for name, code in PATTERNS.items():
            for span, cycles in SPANS.items():
                request = request_for(code, cycles)
                same = json.loads(worker.ask(request, LIMIT_S)) == json.loads(node.ask(request, LIMIT_S))
                if not same:
                    sys.exit(f"{name} {span}: the engine and Node differ")
                count = rounds if cycles in (None, 1) else max(3, rounds // 5)
                for _ in range(count):
                    worker.ask(request, LIMIT_S)
                    node.ask(request, LIMIT_S)
                ours, nodes = [], []
                for _ in range(count):
                    ours.append(timed(lambda request=request: worker.ask(request, LIMIT_S)))
                    nodes.append(timed(lambda request=request: node.ask(request, LIMIT_S)))
                results[f"{name}_{span}"] = compared(ours, nodes)
    finally:
        worker.kill()
        node.kill()
    return results


def measure_python(backend: str, rounds: int) -> dict[str, float]:
    """The same through the public class: with Haps as Python objects, and the gate's verdict."""
    with Engine(backend, LIMIT_S, LIMIT_S) as engine:
        code = PATTERNS["typical"]
        measured: dict[str, float] = {}
        for name, work in {
            "haps_16_cycles_ms": lambda: engine.haps(code, 0, 16),
            "check_8_cycles_ms": lambda: engine.check(code),
        }.items():
            work()
            measured[name] = round(statistics.median(timed(work) for _ in range(rounds)), 2)
        return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=60, help="how many turns each request gets")
    parser.add_argument("--backend", default="v8", choices=["v8", "quickjs"])
    options = parser.parse_args()
    settings = WorkerSettings(options.backend, MEMORY_LIMIT_BYTES, DATA_LIMIT_BYTES)
    results: dict[str, Any] = {
        "backend": options.backend,
        "start": measure_start(settings, max(3, options.rounds // 10)),
        "requests": measure_requests(settings, options.rounds),
        "python": measure_python(options.backend, max(3, options.rounds // 4)),
    }
    ratios = [row["ratio"] for row in results["requests"].values()]
    results["worst_ratio"] = max(ratios)
    results["median_ratio"] = round(statistics.median(ratios), 3)
    if options.json:
        print(json.dumps(results))
        return
    print(f"{'':18}{'engine':>10}{'node':>10}{'ratio':>8}")
    for name, row in {"start": results["start"], **results["requests"]}.items():
        print(f"{name:18}{row['engine_ms']:>8.2f}ms{row['node_ms']:>8.2f}ms{row['ratio']:>8.2f}")
    for name, value in results["python"].items():
        print(f"{name:18}{value:>8.2f}")


if __name__ == "__main__":
    main()
