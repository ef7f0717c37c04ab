"""A network between a browser and a server on one machine: every byte is late by as much as is said."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
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

    def delay_s(base_ms: float) -> float:
        return (base_ms + chance.random() * link.jitter_ms) / 1000

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", port)
        ways = ((reader, forth, link.up_ms), (back, writer, link.down_ms))
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                *(_carry(here, there, lambda ms=base_ms: delay_s(ms)) for here, there, base_ms in ways)
            )

    async def end() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(accept, "127.0.0.1", 0), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: Callable[[], float]
) -> None:
    """Pass bytes on, each at its time and none before those sent earlier."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, chunk = await waiting.get()
            await asyncio.sleep(due - loop.time())
            if not chunk:
                break
            writer.write(chunk)

    delivering = asyncio.create_task(deliver())
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            waiting.put_nowait((loop.time() + delay_s(), chunk))
        waiting.put_nowait((0.0, b""))
        await delivering
    except ConnectionError:
        pass
    finally:
        delivering.cancel()
        writer.close()
