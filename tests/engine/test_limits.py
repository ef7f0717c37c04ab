"""Limits that hold, workers that are replaced, and a caller that never notices."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from algorave_kernel.engine import Engine, default_engine
from algorave_kernel.pool import WorkerLost
from algorave_kernel.problem import Unplayable

BOMBS = {
    "loop": "for (;;) {}\ns('bd')",
    "await loop": "for (;;) await 0\ns('bd')",
    "promise loop": "const again = () => Promise.resolve().then(again)\nagain()\ns('bd')",
    "sparse array": "new Array(2**27).fill(1.5)\ns('bd')",
    "heap": "const a = []\nfor (;;) a.push(new Array(1000).fill(a.length))\ns('bd')",
    "buffers": "const a = []\nfor (;;) a.push(new ArrayBuffer(1e8).slice(0))\ns('bd')",
    "strings": "let a = 'x'\nfor (;;) a += a\ns('bd')",
    "regular expression": "/(a+)+$/.test('a'.repeat(40) + 'b')\ns('bd')",
    "sort": "new Array(1e7).fill(0).map((_, i) => -i).sort((a, b) => a - b)\ns('bd')",
    "recursion": "const f = () => f() + 1\nf()",
    "deep value": "s('bd').fmap(v => { const o = {}; o.o = o; return { ...v, o } })",
}


@pytest.fixture(scope="module", params=["v8", "quickjs"])
def short(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with Engine(request.param, evaluate_limit_s=0.5, query_limit_s=0.5) as engine:
        yield engine


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_the_next_call_works(short: Engine, bomb: str) -> None:
    """LIM-1: no code takes the engine away from the next call, and none brings the caller down."""
    verdict = short.check(bomb)
    assert all(problem.kind in ("time", "memory", "runtime") for problem in verdict.problems)
    assert [hap.sound for hap in short.haps('s("bd hh")')] == ["bd", "hh"]


@pytest.mark.parametrize("name", ["loop", "await loop", "sparse array", "heap", "regular expression"])
def test_bombs_are_refused(short: Engine, name: str) -> None:
    """LIM-2: code that needs more time or memory than its limit is refused."""
    verdict = short.check(BOMBS[name])
    assert [problem.kind for problem in verdict.problems] in (["time"], ["memory"])


def test_bombs_are_refused_in_a_hap(short: Engine) -> None:
    """LIM-2: the limits hold for haps as for evaluation."""
    with pytest.raises(Unplayable) as refused:
        short.haps("s('bd').fmap(v => { for (;;); })")
    assert refused.value.problem.kind == "time"


def test_a_worker_that_dies_is_replaced(v8: Engine) -> None:
    """LIM-3: a killed worker costs nothing but its own call."""
    v8.haps("s('bd')")
    for pid in v8.pids():
        os.kill(pid, 9)
    verdicts = [v8.check("s('bd')") for _ in range(4)]
    assert all(problem.kind == "memory" for verdict in verdicts for problem in verdict.problems)
    assert verdicts[-1].playable


async def test_the_event_loop_goes_on() -> None:
    """LIM-4: while code spins, the event loop of the caller turns."""
    with Engine(evaluate_limit_s=0.5, query_limit_s=0.5) as engine:
        spinning = asyncio.create_task(engine.acheck("for (;;) {}\ns('bd')"))
        turns = 0
        while not spinning.done():
            await asyncio.sleep(0.01)
            turns += 1
        assert not spinning.result().playable
        assert turns > 10
        assert len(await engine.ahaps("s('bd')")) == 1
        assert (await engine.aevaluate("setcps(2)\ns('bd')")).cps == 2


def test_two_callers_at_once(v8: Engine) -> None:
    """LIM-5: calls from several threads each get their own answer."""

    async def many() -> list[int]:
        wanted = [v8.ahaps(f"s('bd').fast({n})") for n in range(1, 9)]
        return [len(haps) for haps in await asyncio.gather(*wanted)]

    assert asyncio.run(many()) == list(range(1, 9))


def test_an_interrupt_is_the_callers(v8: Engine) -> None:
    """LIM-13: interrupting a notebook, which signals its whole process group, takes no worker away."""
    v8.haps("s('bd')")
    pids = v8.pids()
    for pid in pids:
        os.kill(pid, signal.SIGINT)
    assert len(v8.haps("s('bd')")) == 1
    assert v8.pids() == pids


def test_closing_ends_the_workers() -> None:
    """LIM-6: a closed engine leaves no process behind and says that it is closed."""
    engine = Engine()
    engine.haps("s('bd')")
    pids = engine.pids()
    assert pids
    engine.close()
    engine.close()
    for pid in pids:
        assert not _is_running(pid)
    with pytest.raises(RuntimeError, match="closed"):
        engine.haps("s('bd')")


def test_a_worker_ends_with_its_caller() -> None:
    """LIM-6: workers end when the process that started them is gone, however it went."""
    script = (
        "import os, sys\nfrom algorave_kernel.engine import Engine\n"
        "engine = Engine(); engine.haps('s(\"bd\")'); print(*engine.pids(), flush=True); os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=60
    )
    pids = [int(pid) for pid in done.stdout.split()]
    assert pids
    deadline = time.monotonic() + 20
    while any(_is_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_is_running(pid) for pid in pids)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_secrets_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-7: a worker's environment has no keys of the caller's."""
    monkeypatch.setenv("CANARY_API_KEY", "sing")
    with Engine() as engine:
        engine.haps("s('bd')")
        for pid in engine.pids():
            assert b"CANARY" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_without_address_space_quickjs_takes_over() -> None:
    """LIM-8: where V8 cannot start, the engine goes on with QuickJS."""
    script = (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))\n"
        "from algorave_kernel.engine import Engine\n"
        "with Engine() as engine: print(engine.backend, len(engine.haps('s(\"bd\")')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["quickjs", "1"]


def test_the_default_engine_is_one(v8: Engine) -> None:
    """LIM-9: a process has one default engine."""
    assert default_engine() is default_engine()


@pytest.mark.parametrize("span", [(1, 0), (0, 5000), (0, "1/0"), ("a", 1), (0, 1e12)])
def test_impossible_spans_are_the_callers_mistake(v8: Engine, span: tuple) -> None:
    """LIM-10: cycles that make no sense are refused at once."""
    with pytest.raises((ValueError, ZeroDivisionError)):
        v8.haps("s('bd')", *span)


def test_too_many_haps_are_refused(v8: Engine) -> None:
    """LIM-11: more haps than can be used are refused with where they come from."""
    with pytest.raises(Unplayable) as refused:
        v8.haps('s("hh*1000")', 0, 300)
    assert refused.value.problem.kind == "density"
    assert refused.value.problem.column == 4


def test_an_engine_that_does_not_exist() -> None:
    """LIM-12: an unknown backend is refused with the names there are."""
    with pytest.raises(ValueError, match="auto, v8, quickjs"):
        Engine("spidermonkey")
    assert issubclass(WorkerLost, Exception)
