"""A request that comes over HTTP, at the door of a room like all others."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from algorave_server.close import Close
from algorave_server.errors import Refusal


class Asking:
    """Takes a wire's place for one request: `answered` is done when the request is in the journal."""

    def __init__(self) -> None:
        self.answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Raises the refusal when there is one."""

    def send(self, frame: bytes | str) -> int:
        """Only the answer is meant for it. It takes everything at once."""
        message: dict[str, Any] = json.loads(frame)
        if self.answered.done():
            return 0
        if message["kind"] == "done":
            self.answered.set_result(None)
        else:
            self.answered.set_exception(Refusal(message["reason"], message["detail"]))
        return 0

    def close(self, code: Close, reason: str) -> None:  # noqa: ARG002 - a wire's signature
        """The room is gone before the answer."""
        if not self.answered.done():
            self.answered.set_exception(Refusal("not_saved", "could not save; try again"))

    def waiting_bytes(self) -> int:
        """It takes everything at once."""
        return 0
