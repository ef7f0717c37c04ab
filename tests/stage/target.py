"""What an attacker would want to reach: a real Jupyter server, and a stranger's machine that notes who knocks."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from live_server import LiveServer

KNOCK = re.compile(r"/probe/([\w-]+)/([\w-]+)")


@dataclass(slots=True)
class Stranger:
    """A machine somewhere: it answers nothing useful and remembers every request and datagram."""

    url: str
    udp: socket.socket
    paths: list[str] = field(default_factory=list)

    @property
    def udp_port(self) -> int:
        """Where a STUN server would be."""
        return self.udp.getsockname()[1]

    def datagrams(self) -> int:
        """How many datagrams have come since the last call."""
        count = 0
        while True:
            try:
                self.udp.recv(4096)
            except BlockingIOError:
                return count
            count += 1


@contextmanager
def stranger() -> Generator[Stranger]:
    """A stranger that listens while the block runs."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp.setblocking(False)
    paths: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing: the paths are kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Note)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Stranger(f"http://127.0.0.1:{server.server_port}/", udp, paths)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        udp.close()


def knocks(where: str, jupyter: LiveServer, other: Stranger) -> set[str]:
    """The channels through which something arrived from `where`, at either machine."""
    arrived = {channel for place, channel in KNOCK.findall(jupyter.log) if place == where}
    arrived |= {channel for place, channel in KNOCK.findall("\n".join(other.paths)) if place == where}
    if f"/api/contents?probe={where}" in jupyter.log:
        arrived.add("contents")
    return arrived
