"""A network between a browser and a server on one machine: every byte is late by as much as is said."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Link:
    """How long bytes take there and back, in ms, and by how much more at random at most.

    `skew_ms` is how wrong the page's wall clock is.
    """

    up_ms: float = 0.0
    down_ms: float = 0.0
    jitter_ms: float = 0.0
    skew_ms: float = 0.0

    @property
    def is_thin(self) -> bool:
        """Whether there is anything between browser and server."""
        return self.up_ms > 0 or self.down_ms > 0 or self.jitter_ms > 0


@contextmanager
def thin_link(link: Link, port: int, seed: int) -> Generator[int]:
    """Serve a port that leads to `port` of this machine over the link; gives its number."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    chance = random.Random(seed)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            _carry(reader, forth, link.up_ms, link.jitter_ms, chance),
            _carry(back, writer, link.down_ms, link.jitter_ms, chance),
        )

    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(accept, "127.0.0.1", 0), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    delay_ms: float,
    jitter_ms: float,
    chance: random.Random,
) -> None:
    """Pass bytes on, each at its time and none before those sent earlier."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            due = max(due, loop.time() + (delay_ms + chance.random() * jitter_ms) / 1000)
            loop.call_at(due, writer.write, chunk)
        await asyncio.sleep(max(0.0, due - loop.time()))
    except ConnectionError:
        pass
    finally:
        writer.close()
