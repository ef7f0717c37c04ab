"""The pool: which worker is asked, and whose word counts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest

from algorave_kernel import pool
from algorave_kernel.worker import OUT_OF_MEMORY


class Forgetful:
    """A worker that is full after one answer; `heavy` is too much for any."""

    _numbers = count(1)

    def __init__(self, settings: object) -> None:
        self.pid = next(self._numbers)
        self.has_served = False
        self.is_dead = False

    def ask(self, request: Mapping[str, Any], deadline_s: float) -> bytes:
        """Answer with its number, or that it has no memory."""
        assert not self.is_dead
        return OUT_OF_MEMORY if self.has_served or request["text"] == "heavy" else str(self.pid).encode()

    @property
    def is_alive(self) -> bool:
        """Whether it was not ended."""
        return not self.is_dead

    def kill(self) -> None:
        """End it."""
        self.is_dead = True


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> pool.Pool:
    """A pool of forgetful workers."""
    monkeypatch.setattr(pool, "Worker", Forgetful)
    return pool.Pool(pool.WorkerSettings("v8", 1, 1))


def test_a_full_worker_is_not_held_against_the_next_code(workers: pool.Pool) -> None:
    """LIM-14: what is too much for a worker that served others is asked of a fresh one, whose word counts."""
    answers = [workers.ask({"text": "s('bd')"}, 1.0) for _ in range(6)]
    assert OUT_OF_MEMORY not in answers
    assert len(set(answers)) == 6


def test_what_is_too_much_for_a_fresh_worker_is_too_much(workers: pool.Pool) -> None:
    """LIM-14: code that a fresh worker has no memory for is refused, and the next code is served."""
    workers.ask({"text": "s('bd')"}, 1.0)
    assert workers.ask({"text": "heavy"}, 1.0) == OUT_OF_MEMORY
    assert workers.ask({"text": "s('bd')"}, 1.0) != OUT_OF_MEMORY


def test_a_worker_that_ended_while_idle_is_not_asked(workers: pool.Pool) -> None:
    """LIM-14: a worker that ended by itself between two calls is replaced, and the code is served."""
    for worker in list(workers._idle):  # pyright: ignore[reportPrivateUsage] -- which ones are idle is the point
        worker.kill()
    assert workers.ask({"text": "s('bd')"}, 1.0) != OUT_OF_MEMORY
