"""Strudel without a browser: evaluate pattern code and ask for its haps, in supervised worker processes."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from types import TracebackType
from typing import Any, Self

from .hap import Hap, Haps, TimeSpan
from .offsets import Offsets
from .pool import GRACE_S, EngineMissing, Pool, WorkerLost, WorkerSettings
from .problem import Problem, Unplayable, problem_from
from .verdict import Verdict, verdict_from

MEMORY_LIMIT_BYTES = 256 * 1024 * 1024
# What the process may allocate besides the isolate's own heap: the engine itself and buffers.
DATA_LIMIT_BYTES = 1024 * 1024 * 1024
MAX_CYCLES = 4096

Time = int | float | str | Fraction


@dataclass(frozen=True, slots=True)
class SamplesCall:
    """A `samples(...)` call in the code: a map or an address, to be carried out by whoever sounds."""

    source: Any
    base: str | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What code says besides its haps. Positions inside `widgets` are code point indexes."""

    layers: tuple[str, ...]
    cps: float
    widgets: tuple[dict[str, Any], ...]
    warnings: tuple[Problem, ...]
    samples: tuple[SamplesCall, ...]


class Engine:
    """Evaluates Strudel code. Safe from many threads; one trust boundary: give each its own engine.

    `backend` is `v8`, `quickjs` or `auto` (V8 where it can run). Limits are per call. Nothing that pattern
    code does (endless loops, memory bombs, crashes) harms the calling process: the worker is replaced.
    """

    def __init__(
        self,
        backend: str = "auto",
        evaluate_limit_s: float = 2.0,
        query_limit_s: float = 2.0,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    ) -> None:
        """Start a worker; it gets ready in the background. Raises EngineMissing."""
        self.evaluate_limit_s = evaluate_limit_s
        self.query_limit_s = query_limit_s
        self._settings = WorkerSettings("", memory_limit_bytes, max(DATA_LIMIT_BYTES, 2 * memory_limit_bytes))
        self.backend = backend
        if backend == "auto":
            self.backend, self._pool = self._open_best()
        else:
            self._pool = self._open(backend)

    def _open(self, backend: str) -> Pool:
        module = {"v8": "py_mini_racer", "quickjs": "quickjs"}.get(backend)
        if module is None:
            raise ValueError(f"no backend {backend!r}; there are: auto, v8, quickjs")
        if find_spec(module) is None:
            raise EngineMissing(f"the {backend} backend needs {module}, which is not installed")
        settings = WorkerSettings(backend, self._settings.memory_limit_bytes, self._settings.data_limit_bytes)
        return Pool(settings)

    def _open_best(self) -> tuple[str, Pool]:
        try:
            pool = self._open("v8")
        except EngineMissing:
            if find_spec("py_mini_racer") is not None:
                raise
            return "quickjs", self._open("quickjs")
        try:
            pool.warm()
        except WorkerLost:
            # V8 cannot start here, for example under `ulimit -v`.
            pool.close()
            return "quickjs", self._open("quickjs")
        return "v8", pool

    def evaluate(self, code: str) -> Evaluation:
        """Evaluate code and say what is in it. Raises Unplayable."""
        answer = self._ask({"op": "evaluate", "code": code})
        data = answer.get("evaluation")
        return _evaluation(code, data if isinstance(data, dict) else {})

    def haps(self, code: str, begin: Time = 0, end: Time = 1) -> Haps:
        """Evaluate code and give all haps of cycles [begin, end), in order of time. Raises Unplayable."""
        first, last = Fraction(begin), Fraction(end)
        if not first <= last or last - first > MAX_CYCLES or max(abs(first), abs(last)) > 1e9:
            raise ValueError(f"cycles must be in order, at most {MAX_CYCLES} apart, not {begin} to {end}")
        answer = self._ask({"op": "haps", "code": code, "begin": str(first), "end": str(last)})
        rows = answer.get("rows")
        cps = answer.get("cps")
        try:
            items = _haps(code, rows if isinstance(rows, list) else [])
        except (TypeError, ValueError, ZeroDivisionError, IndexError):
            raise Unplayable([Problem("engine", "the code damaged the engine that runs it")]) from None
        return Haps(items, first, last, float(cps) if isinstance(cps, (int, float)) else 0.5, code)

    def check(self, code: str, cycles: int = 8, known_sounds: Iterable[str] | None = None) -> Verdict:
        """Judge code without sounding it. Never raises for what the code does."""
        if not 1 <= cycles <= MAX_CYCLES:
            raise ValueError(f"cycles must be 1 to {MAX_CYCLES}, not {cycles}")
        known = None if known_sounds is None else list(known_sounds)
        try:
            answer = self._ask({"op": "check", "code": code, "cycles": cycles, "known_sounds": known})
        except Unplayable as refused:
            return Verdict(False, refused.problems)
        return verdict_from(answer.get("verdict"))

    async def aevaluate(self, code: str) -> Evaluation:
        """Do `evaluate` without blocking the event loop."""
        return await asyncio.to_thread(self.evaluate, code)

    async def ahaps(self, code: str, begin: Time = 0, end: Time = 1) -> Haps:
        """Do `haps` without blocking the event loop."""
        return await asyncio.to_thread(self.haps, code, begin, end)

    async def acheck(self, code: str, cycles: int = 8, known_sounds: Iterable[str] | None = None) -> Verdict:
        """Do `check` without blocking the event loop."""
        return await asyncio.to_thread(self.check, code, cycles, known_sounds)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        limits = {"evaluate_limit_s": self.evaluate_limit_s, "query_limit_s": self.query_limit_s}
        deadline_s = self.evaluate_limit_s + self.query_limit_s + GRACE_S
        try:
            frame = self._pool.ask({"text": json.dumps(request), **limits}, deadline_s)
        except WorkerLost as lost:
            raise Unplayable([self._over("time" if lost.why == "time" else "memory")]) from None
        try:
            answer: object = json.loads(frame)
            # Only escaped, or as the bytes that begin with this one, can halves of characters be in there.
            if b"\\u" in frame or b"\xed" in frame:
                answer = whole_text(answer)
        except ValueError:
            answer = None
        except RecursionError:
            hint = "make lists and objects flatter"
            raise Unplayable([Problem("value", "a value is nested too deeply", hint=hint)]) from None
        if not isinstance(answer, dict) or "damaged" in answer:
            raise Unplayable([Problem("engine", "the code damaged the engine that runs it")])
        if "over" in answer:
            raise Unplayable([self._over(str(answer["over"]))])
        if "problems" in answer:
            found = answer["problems"]
            raise Unplayable([problem_from(item) for item in found] if isinstance(found, Sequence) else [])
        return answer

    def _over(self, what: str) -> Problem:
        if what == "time":
            hint = "look for an endless loop, or for very large numbers"
            return Problem("time", "the code runs too long", hint=hint)
        return Problem("memory", "the code asks for too much memory", hint="make it smaller")

    def pids(self) -> list[int]:
        """Give the process ids of the workers."""
        return self._pool.pids()

    def close(self) -> None:
        """End the workers. Closing twice is fine."""
        self._pool.close()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the workers."""
        self.close()


def whole_text(data: Any) -> Any:
    """Give JSON data with U+FFFD for halves of characters, as JavaScript allows: they cannot be written."""
    if isinstance(data, str):
        return data if data.isascii() else data.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(data, list):
        return [whole_text(item) for item in data]
    if isinstance(data, dict):
        return {whole_text(name): whole_text(item) for name, item in data.items()}
    return data


def _evaluation(code: str, data: dict[str, Any]) -> Evaluation:
    offsets = Offsets(code)
    return Evaluation(
        layers=tuple(str(label) for label in data.get("layers", [])),
        cps=float(data.get("cps", 0.5)),
        widgets=tuple(_widget(item, offsets) for item in data.get("widgets", [])),
        warnings=tuple(problem_from(item) for item in data.get("warnings", [])),
        samples=tuple(SamplesCall(item.get("source"), item.get("base")) for item in data.get("samples", [])),
    )


def _widget(item: dict[str, Any], offsets: Offsets) -> dict[str, Any]:
    slider = item.get("slider")
    if slider is not None:
        slider = {**slider, "span": {edge: offsets.index(slider["span"][edge]) for edge in ("start", "end")}}
    return {**item, "offset": offsets.index(item["offset"]), "slider": slider}


def _haps(code: str, rows: list[Any]) -> tuple[Hap, ...]:
    offsets = Offsets(code)
    times: dict[str, Fraction] = {}
    return tuple(_hap(row, offsets, times) for row in rows)


def _hap(row: list[Any], offsets: Offsets, times: dict[str, Fraction]) -> Hap:
    label, whole, part, value, locations = row
    return Hap(
        whole=None if whole is None else _span(whole, times),
        part=_span(part, times),
        value=value,
        locations=tuple((offsets.index(start), offsets.index(end)) for start, end in locations),
        layer=label,
    )


def _span(pair: list[str], times: dict[str, Fraction]) -> TimeSpan:
    return TimeSpan(_time(pair[0], times), _time(pair[1], times))


def _time(text: str, times: dict[str, Fraction]) -> Fraction:
    # The same times come again and again, and making a Fraction of text is slow.
    known = times.get(text)
    if known is None:
        numerator, _, denominator = text.partition("/")
        known = times[text] = Fraction(int(numerator), int(denominator))
    return known


_default_lock = threading.Lock()


@cache
def _shared_engine() -> Engine:
    return Engine()


def default_engine() -> Engine:
    """Give this process's engine, started when first asked for and ended with the process."""
    with _default_lock:
        return _shared_engine()
