"""Known answers that several kernels and workers share, in Redis. Losing it costs a question to a model.

What is kept is the answer under a digest of all that was asked: neither wishes nor music can be read there.
"""

from __future__ import annotations

import json
import os
import threading
import time
from typing import TYPE_CHECKING

from .known_answers import KnownAnswers

if TYPE_CHECKING:
    from redis import Redis

KEPT_S = 7 * 86_400
#: Nobody waits longer than this for something that a model could be asked instead.
WAIT_S = 0.05
#: After a failure it is left alone for so long, so that not everybody waits each time.
PAUSE_S = 30.0
NAMESPACE = "algorave:answer:"
MISSING = 'answers are to be shared by Redis, and its client is missing: pip install "algorave[redis]"'


VARIABLE = "ALGORAVE_ANSWERS_URL"


def shared_answers() -> RedisAnswers | None:
    """The answers that the environment says are shared; None when none are. Raises ValueError in words."""
    url = os.environ.get(VARIABLE, "").strip()
    return RedisAnswers(url) if url else None


class RedisAnswers:
    """Answers by a digest of all that was asked. Safe from many threads; a failure is a miss."""

    def __init__(self, url: str) -> None:
        """`url` is such as `redis://host:6379/0`. Raises ValueError in words, without the url's password."""
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise ValueError(MISSING) from None
        try:
            self._redis: Redis = redis.Redis.from_url(
                url,
                socket_timeout=WAIT_S,
                socket_connect_timeout=WAIT_S,
                decode_responses=True,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError:
            raise ValueError(
                "the address of Redis begins with redis://, rediss:// or unix://, as in redis://localhost:6379/0"
            ) from None
        self._failures: tuple[type[Exception], ...] = (redis.RedisError, OSError, ValueError)
        self._near = KnownAnswers()
        self._lock = threading.Lock()
        self._rests_until_s = 0.0

    def get(self, key: str) -> str | None:
        """The answer, or None."""
        near = self._near.get(key)
        if near is not None or self._is_resting:
            return near
        try:
            found = self._redis.get(NAMESPACE + key)
            kept = json.loads(str(found)) if found is not None else {}
        except self._failures:
            return self._rest()
        answer = kept.get("answer") if isinstance(kept, dict) else None
        return answer if isinstance(answer, str) else None

    def put(self, key: str, answer: str) -> None:
        """Keep a good answer for a week."""
        self._near.put(key, answer)
        if self._is_resting:
            return
        try:
            self._redis.set(NAMESPACE + key, json.dumps({"answer": answer}), ex=KEPT_S)
        except self._failures:
            self._rest()

    def close(self) -> None:
        """Close the connections."""
        self._near.close()
        self._redis.close()

    @property
    def _is_resting(self) -> bool:
        with self._lock:
            return time.monotonic() < self._rests_until_s

    def _rest(self) -> None:
        with self._lock:
            self._rests_until_s = time.monotonic() + PAUSE_S
