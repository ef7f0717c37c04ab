"""The worker processes: started ahead of need, given a hard deadline, killed and replaced."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, cast

from . import worker as worker_module
from .worker import DIRTY, OUT_OF_MEMORY, read_frame, write_frame

START_LIMIT_S = 30.0
GRACE_S = 1.0
ALARM = int(getattr(signal, "SIGALRM", 0))


class WorkerLost(Exception):
    """The worker ended without an answer: it ran out of time or memory, or crashed."""

    def __init__(self, why: str) -> None:
        """Keep why: `time` or `crash`."""
        super().__init__(why)
        self.why = why


class EngineMissing(Exception):
    """The evaluator's bundle or a JavaScript engine is not installed; the text says what to do."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is started with."""

    backend: str
    memory_limit_bytes: int
    data_limit_bytes: int

    def as_json(self) -> str:
        """Give the worker's one argument."""
        static = static_folder()
        return json.dumps(
            {
                "backend": self.backend,
                "memory_limit_bytes": self.memory_limit_bytes,
                "data_limit_bytes": self.data_limit_bytes,
                "engine_path": str(static / "engine.js"),
                "xen_path": str(static / "xen.js"),
            }
        )


def static_folder() -> Path:
    """Find the folder of built bundles. Raises EngineMissing with what to do."""
    spec = find_spec("algorave_widgets")
    places = [Path(place) / "static" for place in (spec.submodule_search_locations or [])] if spec else []
    for place in places:
        if (place / "engine.js").is_file():
            return place
    raise EngineMissing("engine.js is not built: run  make build  in the algorave checkout")


class Worker:
    """One worker process, seen from outside. Not for several threads at once."""

    def __init__(self, settings: WorkerSettings) -> None:
        """Start the process; it gets ready by itself while nobody waits."""
        # -I keeps the caller's environment out; -S would lose the folder of installed packages.
        command = [sys.executable, "-I", worker_module.__file__, settings.as_json()]
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this file
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(),
        )
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._is_ready = False
        self.has_served = False
        """Whether it answered others before."""
        threading.Thread(target=read_frames, args=(self._process, self._frames), daemon=True).start()

    @property
    def pid(self) -> int:
        """Give the process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Say whether the process still runs."""
        return self._process.poll() is None

    def wait_ready(self) -> None:
        """Wait until it can answer. Raises WorkerLost."""
        if not self._is_ready:
            self._next_frame(START_LIMIT_S)
            self._is_ready = True

    def ask(self, request: Mapping[str, Any], deadline_s: float) -> bytes:
        """Send a request and wait for its answer. Raises WorkerLost, and then the process is dead."""
        self.wait_ready()
        try:
            write_frame(cast(BinaryIO, self._process.stdin), json.dumps(request).encode())
        except OSError:
            self.kill()
            raise WorkerLost("crash") from None
        return self._next_frame(deadline_s)

    def _next_frame(self, deadline_s: float) -> bytes:
        try:
            frame = self._frames.get(timeout=deadline_s)
        except queue.Empty:
            self.kill()
            raise WorkerLost("time") from None
        if frame is None:
            self.kill()
            raise WorkerLost("time" if self._process.returncode == -ALARM else "crash")
        return frame

    def kill(self) -> None:
        """End the process now; nothing of value is in it."""
        end_process(self._process)


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End a worker process now, and close what it was talked to through."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def worker_environment() -> dict[str, str]:
    """Nothing the code could want to know: keys and tokens of the caller stay out."""
    kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ}


def read_frames(process: subprocess.Popen[bytes], frames: queue.SimpleQueue[bytes | None]) -> None:
    """Put each frame of a process into the queue, and None when there will be no more."""
    stream = cast(BinaryIO, process.stdout)
    # The stream is closed under the reader when the worker is killed.
    with contextlib.suppress(OSError, ValueError):
        while (frame := read_frame(stream)) is not None:
            frames.put(frame)
    frames.put(None)
    # Collects a worker that somebody else ended: a kernel ends its children and waits until none is left.
    process.wait()


class Pool:
    """Idle workers with one warm spare; a worker serves one request at a time."""

    def __init__(self, settings: WorkerSettings, most_workers: int = 2) -> None:
        """Start the first worker at once."""
        self._settings = settings
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._places = threading.BoundedSemaphore(most_workers)
        self._is_closed = False
        self._finalizer = weakref.finalize(self, _kill_all, self._all)
        with self._lock:
            self._idle.append(self._start())

    def _start(self) -> Worker:
        worker = Worker(self._settings)
        self._all.add(worker)
        return worker

    def warm(self) -> None:
        """Wait until a worker is ready. Raises WorkerLost."""
        with self._lock:
            worker = self._idle[-1] if self._idle else None
        if worker is not None:
            worker.wait_ready()

    def ask(self, request: Mapping[str, Any], deadline_s: float) -> bytes:
        """Have a worker answer. Raises WorkerLost; the next call gets another worker.

        A worker that served before may be full of what others left: what is too much for it is asked of a
        fresh one, whose word counts.
        """
        with self._places:
            worker = self._take()
            if not worker.has_served:
                return self._serve(worker, request, deadline_s)
            try:
                answer = self._serve(worker, request, deadline_s)
                if not answer.startswith(OUT_OF_MEMORY):
                    return answer
            except WorkerLost as lost:
                if lost.why == "time":
                    raise
            return self._serve(self._take_fresh(), request, deadline_s)

    def _serve(self, worker: Worker, request: Mapping[str, Any], deadline_s: float) -> bytes:
        try:
            answer = worker.ask(request, deadline_s)
        except BaseException:
            self._discard(worker)
            raise
        if answer.startswith((b'{"over":', DIRTY)):
            self._discard(worker)
        else:
            worker.has_served = True
            self._give_back(worker)
        return answer

    def _take_fresh(self) -> Worker:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("this engine is closed")
            fresh = next((worker for worker in self._idle if not worker.has_served), None)
            if fresh is None:
                return self._start()
            self._idle.remove(fresh)
            return fresh

    def _take(self) -> Worker:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("this engine is closed")
            # One that ended while it was idle has nothing to do with the code that comes now.
            for ended in [idle for idle in self._idle if not idle.is_alive]:
                self._idle.remove(ended)
                self._drop(ended)
            worker = self._idle.pop() if self._idle else self._start()
            if not self._idle:
                self._idle.append(self._start())
            return worker

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if self._is_closed or len(self._idle) >= 2:
                self._drop(worker)
            else:
                self._idle.append(worker)

    def _discard(self, worker: Worker) -> None:
        with self._lock:
            self._drop(worker)
            if not self._is_closed and not self._idle:
                self._idle.append(self._start())

    def _drop(self, worker: Worker) -> None:
        worker.kill()
        self._all.discard(worker)

    def pids(self) -> list[int]:
        """Give the process ids of all workers that live."""
        with self._lock:
            return [worker.pid for worker in self._all]

    def close(self) -> None:
        """End all workers; calls that wait for one fail."""
        with self._lock:
            self._is_closed = True
            self._idle.clear()
            self._finalizer()


def _kill_all(workers: set[Worker]) -> None:
    for worker in list(workers):
        worker.kill()
    workers.clear()
