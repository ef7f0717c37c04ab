"""An ask on its way, as whoever asked holds it: watched, waited for, stopped."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from typing import Any

from .asking import Progress
from .result import AskResult
from .thread import agent_loop, begin


class Asked:
    """An ask on its way: watch it, wait for it, stop it."""

    def __init__(
        self,
        number: int,
        work: Callable[[], Coroutine[Any, Any, AskResult]],
        when_over: Callable[[AskResult], None] = lambda _: None,
    ) -> None:
        """`work` answers it, in the agent's thread; cancelled, it still gives a result."""
        self.number = number
        self.progress = Progress("waiting")
        self._work = work
        self._when_over = when_over
        self._task: asyncio.Task[AskResult] | None = None
        self._is_stopped = False
        self._result: concurrent.futures.Future[AskResult] = concurrent.futures.Future()

    @property
    def is_over(self) -> bool:
        """Whether there is a result."""
        return self._result.done()

    def wait(self, timeout_s: float) -> bool:
        """Wait a while; gives whether there is a result."""
        concurrent.futures.wait([self._result], timeout_s)
        return self.is_over

    def result(self, timeout_s: float | None = None) -> AskResult:
        """Wait for the result. Interrupting the wait stops the ask. Raises TimeoutError."""
        try:
            return self._result.result(timeout_s)
        except KeyboardInterrupt:
            self.stop()
            return self._result.result()

    def start(self) -> None:
        """Begin, in the agent's thread."""
        begin(self._run())

    def stop(self) -> None:
        """Stop it, from any thread. The music stays as it is; what is over is over."""
        agent_loop().call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        self._is_stopped = True
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        task = asyncio.ensure_future(self._work())
        # Only what has begun gives a result when it is cancelled.
        await asyncio.sleep(0)
        self._task = task
        if self._is_stopped:
            task.cancel()
        try:
            result = await task
            self._when_over(result)
        except BaseException as error:
            self._result.set_exception(error)
            raise
        self._result.set_result(result)
