"""A network between clients and a server on one machine that can be cut, and mended again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Literal

CHUNK_BYTES = 65_536

Cut = Literal["silent", "refused"]
"""Bytes vanish and nobody is told, as out of reach of a Wi-Fi; or connections end, and new ones are refused."""


class FrayedLink:
    """What comes to `port` arrives at the server, and its answers here, unless the link is cut."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._cut: Cut | None = None
        self._ends: list[socket.socket] = []
        """Both ends of every connection so far."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, how: Cut) -> None:
        """From now on nothing gets through."""
        self._cut = how
        if how == "refused":
            self._end_all()

    def mend(self) -> None:
        """From now on everything does. Connections that lost bytes end, as they do when routers forget them."""
        self._end_all()
        self._cut = None

    def close(self) -> None:
        """Lead nowhere any more."""
        self._listener.close()
        self._end_all()

    def _end_all(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._cut == "refused":
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._ends += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, come_from: socket.socket, go_to: socket.socket) -> None:
        with suppress(OSError):
            while chunk := come_from.recv(CHUNK_BYTES):
                if self._cut is None:
                    go_to.sendall(chunk)
            if self._cut is None:
                go_to.shutdown(socket.SHUT_RDWR)


@contextmanager
def frayed_link(server_port: int) -> Generator[FrayedLink]:
    """A link that is whole for now."""
    link = FrayedLink(server_port)
    try:
        yield link
    finally:
        link.close()
