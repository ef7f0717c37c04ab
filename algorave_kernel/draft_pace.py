"""Which draft goes out when: the newest of each proposal, who waited longest first, within a budget. Pure."""

from __future__ import annotations

from algorave_server.protocol import Change, Draft

EVERY_S = 0.1
BYTES_PER_S = 32_000.0
BYTES_BURST = 128_000.0


class DraftPace:
    """The drafts of one connection. Times are of any clock, in seconds."""

    def __init__(self) -> None:
        self._waiting: dict[str, Draft] = {}
        self._ready_s = float("-inf")
        self._bytes = BYTES_BURST
        self._filled_s: float | None = None

    def put(self, draft: Draft) -> None:
        """A proposal's newest draft, in the place of the one that still waits."""
        self._waiting[draft.proposal] = draft

    def drop(self, proposal_id: str) -> None:
        """Nothing more is said of this one."""
        self._waiting.pop(proposal_id, None)

    def wait_s(self, now_s: float) -> float | None:
        """How long until `take` gives something; None when nothing waits."""
        if not self._waiting:
            return None
        self._fill(now_s)
        missing = min(self._size(), BYTES_BURST) - self._bytes
        return max(self._ready_s - now_s, missing / BYTES_PER_S, 0.0)

    def take(self, now_s: float) -> Draft | None:
        """The draft that is due; None when none is."""
        wait_s = self.wait_s(now_s)
        if wait_s is None or wait_s > 0:
            return None
        self._bytes -= self._size()
        self._ready_s = now_s + EVERY_S
        return self._waiting.pop(next(iter(self._waiting)))

    def _size(self) -> int:
        return size_bytes(next(iter(self._waiting.values())))

    def _fill(self, now_s: float) -> None:
        passed_s = 0.0 if self._filled_s is None else now_s - self._filled_s
        self._bytes = min(BYTES_BURST, self._bytes + max(0.0, passed_s) * BYTES_PER_S)
        self._filled_s = now_s


def size_bytes(message: Change | Draft) -> int:
    """How much of a frame it takes."""
    return len(message.model_dump_json().encode())
