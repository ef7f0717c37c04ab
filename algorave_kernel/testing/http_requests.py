"""Just enough HTTP to be asked by the real client: one request read, one answer's head written."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What was asked; header names in lower case, the body as JSON, `{}` when there is none."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


async def read_request(reader: asyncio.StreamReader) -> HttpRequest | None:
    """The next request on the connection; None when the client has closed it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for line in lines:
        name, mark, value = line.partition(":")
        if mark:
            headers[name.strip().lower()] = value.strip()
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return HttpRequest(method, target.partition("?")[0], headers, json.loads(raw) if raw else {})


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """The status line and the headers, with the empty line."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Overloaded"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def json_answer(status: int, data: Mapping[str, Any], headers: Mapping[str, str]) -> bytes:
    """A whole answer with a JSON body."""
    body = json.dumps(data).encode()
    return (
        head(status, {"content-type": "application/json", "content-length": str(len(body)), **headers}) + body
    )


def chunk(data: bytes) -> bytes:
    """A piece of a body whose length nobody knows yet; an empty one ends it."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"
