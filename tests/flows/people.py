"""Hosts, guests and strangers who talk to a real server over HTTP and WebSockets."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from live_server import LiveServer

EDIT = b"\x00\x02\x02\x00\x00"
"""An edit frame that changes nothing, and is counted and acknowledged like any other."""
ASK_FOR_TEXT = b"\x00\x00\x01\x00"
HELLO = {"kind": "hello", "protocol_version": 1}

_addresses = (f"198.51.{high}.{low}" for high, low in itertools.product(range(100), range(1, 255)))


def new_address() -> str:
    """An address that nobody else comes from; servers of these tests trust the proxy that this machine is."""
    return next(_addresses)


def origin_of(server: LiveServer) -> str:
    """The origin of the server's own pages."""
    parts = urlsplit(server.url)
    return f"{parts.scheme}://{parts.netloc}"


class Visitor:
    """A browser that nobody has logged in to anything, at an address of its own."""

    def __init__(self, server: LiveServer, address: str | None = None) -> None:
        self.server = server
        self.address = address or new_address()
        headers = {"Origin": origin_of(server), "X-Forwarded-For": self.address}
        self.http = httpx.Client(base_url=server.url, headers=headers, timeout=60)

    def redeem(self, link: str, name: str = "Bo", **more: Any) -> httpx.Response:
        """Come by an invite."""
        body = {"invite": secret_of(link), "name": name, **more}
        return self.http.post("algorave/guest/api/redeem", json=body)

    def look(self, link: str) -> httpx.Response:
        """See what an invite is to, without using it."""
        return self.http.post("algorave/guest/api/look", json={"invite": secret_of(link)})

    def me(self) -> httpx.Response:
        """Who the cookie says this is."""
        return self.http.get("algorave/guest/api/me")

    @property
    def cookie(self) -> str:
        """The credential."""
        return self.http.cookies["algorave_guest"]

    async def connect(self, session: str, **headers: str | None) -> Socket:
        """Open the guests' WebSocket of a session."""
        given = {
            "Origin": origin_of(self.server),
            "X-Forwarded-For": self.address,
            "Cookie": f"algorave_guest={self.http.cookies.get('algorave_guest', '')}",
        }
        return await open_socket(self.server, f"algorave/guest/ws/{session}", given | headers)


class Member:
    """Somebody who is logged in to Jupyter; each is a user of their own."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.http = httpx.Client(base_url=server.url, headers=server.headers, timeout=60)
        self.http.get("algorave/api/version").raise_for_status()

    def create(self, title: str = "Jam") -> str:
        """A new session, by its id."""
        reply = self.http.post("algorave/api/sessions", json={"title": title})
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def invite(self, session: str, **terms: Any) -> dict[str, Any]:
        """A new invite, as the API gives it: `link` and `invite`."""
        reply = self.http.post(f"algorave/api/sessions/{session}/invites", json=terms)
        assert reply.status_code == 201, reply.text
        return reply.json()

    def participants(self, session: str) -> dict[str, dict[str, Any]]:
        """Everybody who ever came, by id."""
        listed = self.http.get(f"algorave/api/sessions/{session}/participants").json()["participants"]
        return {person["id"]: person for person in listed}

    def headers(self, **more: str | None) -> dict[str, str | None]:
        """What a kernel or a script sends."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        return {**self.server.headers, "Cookie": cookies, **more}

    async def connect(self, session: str, **headers: str | None) -> Socket:
        """Open the WebSocket of a session."""
        return await open_socket(self.server, f"algorave/ws/{session}", self.headers(**headers))


class Socket:
    """An open WebSocket."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self._connection = connection

    async def send(self, message: dict[str, Any] | bytes) -> None:
        """One frame: JSON, or bytes as they are."""
        is_binary = isinstance(message, bytes)
        await self._connection.write_message(message if is_binary else json.dumps(message), is_binary)

    async def send_together(self, *messages: bytes | dict[str, Any]) -> None:
        """Short messages in one write, so that they are read together."""
        texts = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in messages]
        kinds = [0x82 if isinstance(each, bytes) else 0x81 for each in messages]
        frames = [
            bytes((kind, 0x80 | len(text), 0, 0, 0, 0)) + text
            for kind, text in zip(kinds, texts, strict=True)
        ]
        assert max(map(len, texts)) < 126
        stream: Any = self._connection.stream
        await stream.write(b"".join(frames))

    async def read(self) -> bytes | dict[str, Any] | None:
        """The next frame; None when the socket is closed."""
        frame = await self._connection.read_message()
        return json.loads(frame) if isinstance(frame, str) else frame

    def ping(self, data: bytes) -> None:
        """One ping of the protocol itself."""
        self._connection.ping(data)

    async def until(self, is_it: Callable[[Any], bool]) -> Any:
        """Read up to the first frame that is it; fails when the socket is closed before."""
        while True:
            frame = await self.read()
            assert frame is not None, f"closed: {self._connection.close_code} {self._connection.close_reason}"
            if is_it(frame):
                return frame

    async def until_kind(self, kind: str) -> dict[str, Any]:
        """Read up to the first JSON message of a kind."""
        return await self.until(lambda frame: isinstance(frame, dict) and frame["kind"] == kind)

    async def hello(self) -> dict[str, Any]:
        """Say hello; gives the welcome."""
        await self.send(HELLO)
        return await self.until_kind("welcome")

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request; gives `done` or `refused`."""
        await self.send({"request_id": 1, **request})
        return await self.until(
            lambda frame: isinstance(frame, dict) and frame["kind"] in ("done", "refused")
        )

    @property
    def code(self) -> int | None:
        """With which code it was closed; None while it is open."""
        return self._connection.close_code

    async def closed(self) -> int | None:
        """Read until it is closed; gives the code."""
        while await self.read() is not None:
            pass
        return self._connection.close_code

    def close(self) -> None:
        """Close it from this side."""
        self._connection.close()


async def open_socket(server: LiveServer, path: str, headers: dict[str, str | None]) -> Socket:
    """Open a WebSocket with these headers; those that are None are left out. Raises HTTPClientError."""
    url = server.url.replace("http", "ws", 1) + path
    given = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    return Socket(await websocket_connect(HTTPRequest(url, headers=given, request_timeout=60)))


async def refusal_of(opening: Any) -> int:
    """The HTTP status with which a WebSocket was refused; 101 when it was not."""
    try:
        socket = await opening
    except HTTPClientError as error:
        return error.code
    socket.close()
    return 101


def secret_of(link: str) -> str:
    """The secret in an invite's link."""
    return link.partition("#i=")[2]
