"""What stands in for SuperDirt: a UDP socket of this machine."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def superdirt() -> Generator[socket.socket]:
    """It listens, and gives up after half a minute without a message."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(30)
        yield made


def osc_target(receiver: socket.socket) -> str:
    """The argument of a server that sends to it."""
    return f"--AlgoraveApp.osc_targets=127.0.0.1:{receiver.getsockname()[1]}"
