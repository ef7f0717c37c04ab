"""Code to sound with no browser: superdough in a process of its own, faster than it would play."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from . import render_worker
from .audio import Audio
from .pool import EngineMissing, end_process, read_frames, static_folder, worker_environment
from .problem import Problem, Unplayable, problem_from
from .worker import write_frame

MEMORY_LIMIT_BYTES = 1_000_000_000
#: Sound lies in buffers, which V8 does not count against its heap.
DATA_LIMIT_BYTES = 2_500_000_000
LONGEST_S = 1800.0
#: The gate looks at no more cycles than this before a render; what fails later is told as it happens.
CHECKED_CYCLES = 32
#: Beyond this many seconds for each second of sound something is wrong.
SLOWEST = 30.0
START_LIMIT_S = 60.0
SOUND_FILES = (".wav", ".wave")


class RenderFailed(Exception):
    """The render ended without sound though the code is playable; the text says why."""


@dataclass(frozen=True, slots=True)
class _Plan:
    code: str
    cycles: float
    cps: float | None
    sample_rate: int
    seed: int
    tail_s: float
    files: dict[str, list[str]]

    def as_request(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "cycles": self.cycles,
            "check_cycles": max(1, min(CHECKED_CYCLES, -int(-self.cycles // 1))),
            "cps": self.cps,
            "sample_rate": self.sample_rate,
            "seed": self.seed,
            "tail_s": self.tail_s,
            "files": self.files,
            "longest_s": LONGEST_S,
        }


def render(  # noqa: PLR0913 - all but two are keywords with defaults
    code: str,
    cycles: float = 4,
    *,
    sample_rate: int = 44100,
    seed: int = 0,
    cps: float | None = None,
    tail_s: float = 0.0,
    samples_dir: str | Path | None = None,
    progress: Callable[[float], object] | None = None,
    limit_s: float | None = None,
) -> Audio:
    """Render code to sound, from cycle 0, exactly `cycles / cps + tail_s` seconds long.

    The same code and seed give the same samples. `samples_dir` is a folder of WAV files: a folder in it is a
    sound with its files as numbers, a file in it is a sound by its name. `progress` is called with the share
    that is done, 0 to 1. Raises Unplayable for code that the gate refuses or that runs out of time or memory,
    ValueError for arguments out of range, RenderFailed when the renderer fails, EngineMissing when it is
    not built.
    """
    _check_arguments(cycles, sample_rate, cps, tail_s)
    files, paths = _sound_files(samples_dir)
    plan = _Plan(code, float(cycles), cps, sample_rate, seed, tail_s, files)
    process = _Process(plan, paths, limit_s or START_LIMIT_S + SLOWEST * LONGEST_S)
    try:
        return _collect(process, plan, progress, limit_s)
    finally:
        process.kill()


def _check_arguments(cycles: float, sample_rate: int, cps: float | None, tail_s: float) -> None:
    if not 0 < cycles < float("inf"):
        raise ValueError(f"cycles is a number above 0, not {cycles}")
    if cps is not None and not 0 < cps < float("inf"):
        raise ValueError(f"cps is a number above 0, not {cps}")
    if not 8000 <= sample_rate <= 192000:
        raise ValueError(f"sample_rate is from 8000 to 192000 Hz, not {sample_rate}")
    if not 0 <= tail_s <= 600:
        raise ValueError(f"tail_s is from 0 to 600 seconds, not {tail_s}")


def _sound_files(folder: str | Path | None) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Give sound names with addresses, and the path of each address."""
    if folder is None:
        return {}, {}
    root = Path(folder)
    if not root.is_dir():
        raise ValueError(f"samples_dir is a folder of WAV files; there is no folder {root}")
    found: dict[str, list[str]] = {}
    paths: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.suffix.lower() not in SOUND_FILES or any(part.startswith(".") for part in inside.parts):
            continue
        name = path.stem if len(inside.parts) == 1 else inside.parts[-2]
        address = f"file:{len(paths)}"
        found.setdefault(name, []).append(address)
        paths[address] = str(path)
    return found, paths


class _Process:
    """The worker process, seen from outside."""

    def __init__(self, plan: _Plan, paths: dict[str, str], limit_s: float) -> None:
        static = static_folder()
        if not (static / "render.js").is_file():
            raise EngineMissing("render.js is not built: run  make build  in the algorave checkout")
        settings = {
            "render_path": str(static / "render.js"),
            "xen_path": str(static / "xen.js"),
            "memory_limit_bytes": MEMORY_LIMIT_BYTES,
            "data_limit_bytes": DATA_LIMIT_BYTES,
            "limit_s": limit_s,
        }
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this file
            [sys.executable, "-I", render_worker.__file__, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(),
        )
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=read_frames, args=(self._process, self._frames), daemon=True).start()
        request = {"plan": plan.as_request(), "paths": paths}
        # A worker that died at once is met when its first frame does not come.
        with contextlib.suppress(OSError):
            write_frame(cast(BinaryIO, self._process.stdin), json.dumps(request).encode())

    def frames(self, wait_s: float) -> Iterator[bytes]:
        """Give frames as they come. Raises Unplayable when they stop coming."""
        while True:
            try:
                frame = self._frames.get(timeout=wait_s)
            except queue.Empty:
                raise Unplayable([_over("time")]) from None
            if frame is None:
                # Big allocations end V8 without a word.
                raise Unplayable([_over("memory")])
            yield frame

    def kill(self) -> None:
        end_process(self._process)


def _over(what: str) -> Problem:
    message = "rendering took too long" if what == "time" else "rendering needed too much memory"
    return Problem(what, message, hint="render fewer cycles or a simpler pattern")


def _collect(
    process: _Process, plan: _Plan, progress: Callable[[float], object] | None, limit_s: float | None
) -> Audio:
    samples: array[float] = array("f")
    prepared: dict[str, Any] | None = None
    for frame in process.frames(limit_s or START_LIMIT_S):
        if frame[:1] == b"P":
            samples.frombytes(frame[1:])
            if progress is not None and prepared is not None:
                progress(min(1.0, len(samples) / (2 * prepared["frames"])))
            continue
        message = json.loads(frame[1:])
        _raise_for(message)
        if "warnings" in message and prepared is not None:
            warnings = tuple(str(sentence) for sentence in message["warnings"])
            return Audio(samples, plan.sample_rate, cps=float(prepared["cps"]), warnings=warnings)
        prepared = message
    raise RenderFailed("the renderer ended without a word")


def _raise_for(message: dict[str, Any]) -> None:
    if "problems" in message:
        raise Unplayable([problem_from(problem) for problem in message["problems"]])
    if "over" in message:
        raise Unplayable([_over(str(message["over"]))])
    if "failed" in message:
        raise RenderFailed(f"the renderer failed: {message['failed']}")
