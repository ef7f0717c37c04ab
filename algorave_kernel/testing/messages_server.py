"""A server that speaks the Messages protocol from a script, and dies in every way that streams die.

Its sockets are real and it knows nothing of the product: what works against it works on the wire. It proves
nothing about a model.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from . import http_requests, streaming
from .http_requests import HttpRequest
from .prompt_cache import PromptCache
from .replies import Answer, Failure, Reply
from .request_rules import MODELS, refusal, tokens

Responder = Callable[[Mapping[str, Any]], Answer]
RESET = struct.pack("ii", 1, 0)


class MessagesServer:
    """Answers `POST /v1/messages` from a script, or by a function of the request. A context manager.

    It runs in a thread of its own, so that blocking and asynchronous clients can both talk to it.
    """

    def __init__(self, answers: Iterable[Answer] = (), responder: Responder | None = None) -> None:
        self.requests: list[HttpRequest] = []
        self.hangups = 0
        self.most_at_once = 0
        self.models: tuple[str, ...] = MODELS
        self._responder = responder
        self._script = deque(answers)
        self._cache = PromptCache()
        self._numbers = itertools.count(1)
        self._at_once = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._over = asyncio.Event()
        self._port = 0
        self._thread = threading.Thread(target=self._run, name="messages-server", daemon=True)

    @property
    def url(self) -> str:
        """Its address, for the client's `base_url`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def bodies(self) -> list[Mapping[str, Any]]:
        """What was asked of `/v1/messages` so far, oldest first."""
        return [each.body for each in self.requests if each.path == "/v1/messages"]

    def say(self, *answers: Answer) -> None:
        """Put answers at the end of the script."""
        self._script.extend(answers)

    def forget(self) -> None:
        """Leave out what is left of the script."""
        self._script.clear()

    def __enter__(self) -> Self:
        """Listen on a free port of this machine."""
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection and end the thread."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**22)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await http_requests.read_request(reader)) is not None:
                self.requests.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hangups += 1
        except asyncio.CancelledError:
            # The server is closing; a connection's task that ends so would be reported on the terminal.
            if not self._over.is_set():
                raise
        finally:
            writer.close()

    async def _answer(
        self, request: HttpRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer once; False when the connection is over."""
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = self._chosen(request)
            if isinstance(answer, Reply) and request.body.get("stream"):
                return await self._stream(answer, request, reader, writer)
            return await self._whole(answer, request, writer)
        finally:
            self._at_once -= 1

    def _chosen(self, request: HttpRequest) -> Answer | Mapping[str, Any]:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return Failure(401, "authentication_error", "no key was sent")
        if "anthropic-version" not in request.headers:
            return Failure(400, "invalid_request_error", "anthropic-version: header is required")
        if request.path.startswith("/v1/models"):
            return self._model(request.path)
        if request.path == "/v1/messages/count_tokens":
            return {"input_tokens": tokens(request.body.get("system")) + tokens(request.body.get("messages"))}
        if request.path != "/v1/messages" or request.method != "POST":
            return Failure(404, "not_found_error", "Not Found")
        refused = refusal(request.body, self.models)
        if refused is not None:
            return refused
        if self._responder is not None:
            return self._responder(request.body)
        if not self._script:
            return Failure(400, "invalid_request_error", "the script is over")
        return self._script.popleft()

    def _model(self, path: str) -> Answer | Mapping[str, Any]:
        rows = [
            {"id": name, "type": "model", "display_name": name, "created_at": "2026-10-01T00:00:00Z"}
            for name in self.models
        ]
        wanted = path.removeprefix("/v1/models").strip("/")
        if not wanted:
            return {"data": rows, "has_more": False, "first_id": rows[0]["id"], "last_id": rows[-1]["id"]}
        found = [row for row in rows if row["id"] == wanted]
        return found[0] if found else Failure(404, "not_found_error", f"model: {wanted}")

    async def _whole(
        self, answer: Answer | Mapping[str, Any], request: HttpRequest, writer: asyncio.StreamWriter
    ) -> bool:
        headers = {"request-id": f"req_{next(self._numbers):04d}"}
        if isinstance(answer, Failure):
            await asyncio.sleep(answer.after_s)
            if answer.status == 0:
                return False
            error: dict[str, Any] = {"type": answer.type, "message": answer.message}
            if answer.error_code is not None:
                error["details"] = {"error_code": answer.error_code}
            body = {"type": "error", "error": error, "request_id": headers["request-id"]}
            writer.write(http_requests.json_answer(answer.status, body, {**headers, **answer.headers}))
        elif isinstance(answer, Reply):
            usage = self._cache.usage(request.body) | {"output_tokens": _output_tokens(answer)}
            said = streaming.message(answer, request.body["model"], usage, is_whole=True)
            writer.write(http_requests.json_answer(200, said, headers))
        else:
            writer.write(http_requests.json_answer(200, answer, headers))
        await writer.drain()
        return True

    async def _stream(
        self, reply: Reply, request: HttpRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Send the reply; False when the connection is over afterwards."""
        headers = {
            "content-type": "text/event-stream; charset=utf-8",
            "transfer-encoding": "chunked",
            "request-id": f"req_{next(self._numbers):04d}",
        }
        writer.write(http_requests.head(200, headers))
        said = asyncio.ensure_future(self._say(reply, request, writer))
        # Whoever hangs up in the middle is noticed at once, as the real server does.
        gone = asyncio.ensure_future(reader.read(1))
        try:
            done, _ = await asyncio.wait((said, gone), return_when=asyncio.FIRST_COMPLETED)
            if said in done:
                return said.result()
            self.hangups += 1
            return False
        finally:
            said.cancel()
            gone.cancel()
            await asyncio.gather(said, gone, return_exceptions=True)

    async def _say(self, reply: Reply, request: HttpRequest, writer: asyncio.StreamWriter) -> bool:
        usage = self._cache.usage(request.body)
        spoken = 0
        await asyncio.sleep(reply.first_after_s)
        for name, data in streaming.records(reply, request.body["model"], usage, _output_tokens(reply)):
            is_delta = name == "content_block_delta"
            is_due = spoken >= reply.dies_after and (is_delta or name == "message_delta")
            if reply.dies is not None and (is_due or reply.dies_after < 0):
                return await self._die(reply, writer)
            if is_delta:
                if reply.ping_every and spoken % reply.ping_every == 0:
                    await _write(
                        writer, streaming.on_the_wire("ping", {"type": "ping"}, crlf=reply.crlf), reply
                    )
                spoken += 1
                if reply.between_s:
                    await asyncio.sleep(reply.between_s)
            await _write(writer, streaming.on_the_wire(name, data, crlf=reply.crlf), reply)
        writer.write(http_requests.chunk(b""))
        await writer.drain()
        return True

    async def _die(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        if reply.dies == "hang":
            await asyncio.Event().wait()
        if reply.dies == "rst":
            socket_: socket.socket = writer.get_extra_info("socket")
            socket_.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
            return False
        if reply.dies == "error":
            said = {"type": "error", "error": {"type": reply.error_type, "message": "it happened"}}
            await _write(writer, streaming.on_the_wire("error", said, crlf=reply.crlf), reply)
        if reply.dies == "garbage":
            await _write(writer, streaming.on_the_wire("content_block_delta", '{"type": ', crlf=False), reply)
        if reply.dies == "not_utf8":
            await _write(writer, b'event: content_block_delta\ndata: {"type": "\xff\xfe"}\n\n', reply)
        if reply.dies != "fin":
            writer.write(http_requests.chunk(b""))
        await writer.drain()
        return False


async def _write(writer: asyncio.StreamWriter, data: bytes, reply: Reply) -> None:
    size = reply.split_bytes or len(data)
    for start in range(0, len(data), size):
        writer.write(http_requests.chunk(data[start : start + size]))
        await writer.drain()


def _output_tokens(reply: Reply) -> int:
    if reply.output_tokens is not None:
        return reply.output_tokens
    return sum(
        tokens(getattr(block, "text", None) or getattr(block, "arguments", "")) for block in reply.content
    )
