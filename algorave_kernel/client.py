"""A session's WebSocket in a thread of its own. It comes back by itself, and sends again what is not saved.

The thread owns the document. Other threads ask it to do things and wait for the answer, with a time limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from algorave_server.protocol import (
    PROTOCOL_VERSION,
    Admitted,
    Done,
    Draft,
    FromServer,
    Hello,
    Ping,
    Pong,
    Refused,
    Request,
    Saved,
    Waiting,
    Welcome,
)

from .access import Access
from .closing import NETWORK, NOT_TRUSTED, TOO_OLD, UNFORESEEN, Closing, closing_of, closing_of_status
from .replica import Replica
from .server_clock import ServerClock
from .session_state import NOTHING_YET, SessionState, fold
from .trouble import Gone, Lost, NotDone, Trouble

FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 10.0
MOST_DOUBLINGS = 16
OPEN_TIMEOUT_S = 10.0
LARGEST_FRAME_BYTES = 64_000_000
PINGS, PING_EVERY_S = 5, 0.05

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)
_server_words: TypeAdapter[FromServer] = TypeAdapter(FromServer)


class SessionClient:
    """Joins a session and stays in it until `leave`. All public methods may be called from any thread."""

    def __init__(self, access: Access, session_id: str) -> None:
        self.state: SessionState = NOTHING_YET
        self.clock = ServerClock()
        #: Why there is no connection, in words; None while there is one.
        self.trouble: str | None = "connecting"
        #: Told of every message after it was taken in, in the client's thread.
        self.heard: Callable[[FromServer], None] = lambda _: None
        #: Why changes were not taken, until somebody who waits for them is told.
        self._lost: str | None = None
        #: How often the server did not take changes.
        self.losses = 0
        self._access = access
        self._session_id = session_id
        self._loop = asyncio.new_event_loop()
        self._outbox: asyncio.Queue[bytes | str] | None = None
        self._requests: dict[int, asyncio.Future[str | None]] = {}
        self._last_request = 0
        self._ended: Closing | None = None
        self._changed = asyncio.Event()
        self._replica: Replica
        self._living: asyncio.Task[None]
        #: Whoever comes in before the thread ends is answered.
        self._door, self._is_shut = threading.Lock(), False
        is_set_up = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=[is_set_up], name="algorave-session", daemon=True
        )
        self._thread.start()
        is_set_up.wait()

    # -- for other threads ------------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        """Whether the server answers right now."""
        return self.trouble is None

    @property
    def is_over(self) -> bool:
        """Whether it will not come back by itself."""
        return self._ended is not None or not self._thread.is_alive()

    @property
    def unsaved(self) -> int:
        """How many edits the server does not keep yet."""
        return self._replica.unsaved

    def do(self, work: Callable[[Replica], Answer], timeout_s: float = 10.0) -> Answer:
        """Let the thread work with the document; raise what `work` raises, or `Trouble` after `timeout_s`."""
        return self._wait(self.work(work), timeout_s, "the session does not answer")

    def work(self, work: Callable[[Replica], Answer]) -> Future[Answer]:
        """The same for who does not wait for it."""

        async def working() -> Answer:
            await self._until(self._has_all)
            try:
                return work(self._replica)
            finally:
                self._tell()

        return self._begin(working())

    def until(self, is_so: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Wait until something is so; raise `Gone` when it cannot be, `Trouble` after `timeout_s`."""
        self._wait(self._begin(self._until(is_so)), timeout_s, what)

    def until_joined(self, timeout_s: float = 15.0) -> None:
        """Wait until the server has said what the session is, and given its text."""
        self.until(
            lambda: self.is_connected and (self.state.is_waiting or self._has_all()),
            timeout_s,
            "the session did not open in time",
        )

    def until_saved(self, timeout_s: float = 10.0) -> None:
        """Wait until the server keeps all edits; raise `Lost` when it did not take them."""
        self._wait(self.saving(), timeout_s, "the server does not say that it keeps the edits")
        lost, self._lost = self._lost, None
        if lost is not None:
            raise Lost(f"the change was not accepted: {lost}")

    def saving(self) -> Future[None]:
        """Done when there is nothing any more that the server does not keep; `losses` says what was lost."""
        return self._begin(self._until(lambda: self.unsaved == 0))

    def ask(self, make: type[Request], timeout_s: float = 10.0, **fields: Any) -> str | None:
        """Ask for something and wait until it is in the journal; raise `NotDone` with the reason.

        Gives the id of what is new by it, if anything is.
        """
        return self._wait(self.request(make, **fields), timeout_s, "the server did not answer in time")

    def request(self, make: type[Request], **fields: Any) -> Future[str | None]:
        """The same for who does not wait for it. What is begun first is sent first."""
        return self._begin(self._ask(make, fields))

    def tell(self, message: Draft) -> None:
        """Say something that is not answered; while there is no connection, nobody hears it."""
        with self._door:
            if not self._is_shut and self._thread.is_alive():
                self._loop.call_soon_threadsafe(self._say, message)

    def leave(self) -> None:
        """Go. What is not saved by now is lost."""
        self._ended = self._ended or Closing("you have left the session", comes_back=False)
        with self._door:
            if not self._is_shut and self._thread.is_alive():
                self._loop.call_soon_threadsafe(self._living.cancel)
        self._thread.join(5)

    def refuse_gone(self) -> None:
        """Raise `Gone` when the session was left for good."""
        if self._ended is not None:
            raise Gone(self._ended.text)

    def _begin(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        with self._door:
            # A process that was forked off has this object, but no thread that would answer.
            if self._is_shut or not self._thread.is_alive():
                work.close()
                raise Gone(self._ended.text if self._ended else "the session is closed")
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _wait(self, asked: Future[Answer], timeout_s: float, what: str) -> Answer:
        try:
            return asked.result(timeout_s)
        except TimeoutError:
            raise Trouble(f"{what}{f': {self.trouble}' if self.trouble else ''}") from None
        finally:
            asked.cancel()

    # -- in the thread ----------------------------------------------------------------------------------

    def _run(self, is_set_up: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._replica = Replica(self._send)
        self._living = self._loop.create_task(self._live())
        is_set_up.set()
        try:
            self._loop.run_until_complete(self._living)
        except asyncio.CancelledError:
            pass
        except Exception:  # noqa: BLE001 - whoever waits must not wait for a thread that is gone
            _log.exception("the session's connection broke down")
            self._ended = self._ended or UNFORESEEN
            self.trouble = self._ended.text
        with self._door:
            self._is_shut = True
        self._loop.run_until_complete(self._say_goodbye())
        self._replica.dispose()
        self._loop.close()

    async def _say_goodbye(self) -> None:
        """Whoever still waits is told before the loop closes."""
        await asyncio.sleep(0)
        self._fail_requests(Gone(self._ended.text if self._ended else "the session is closed"))
        self._tell()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=1)
        for other in others:
            other.cancel()

    async def _live(self) -> None:
        attempts = 0
        while self._ended is None:
            is_in, closing = await self._once()
            attempts = 0 if is_in and closing.is_quick else attempts + 1
            self._closed(closing)
            if not closing.comes_back:
                self._ended = closing
                return
            await asyncio.sleep(wait_s(attempts))

    async def _once(self) -> tuple[bool, Closing]:
        """One connection from its beginning to its end: whether the session was entered, and why it ended."""
        socket: ClientConnection | None = None
        try:
            async with connect(
                self._access.socket_url(self._session_id),
                additional_headers=self._access.socket_headers(),
                ssl=self._access.trust,
                compression=None,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=1,
                max_size=LARGEST_FRAME_BYTES,
                proxy=None if self._access.is_near else True,
            ) as socket:
                self._opened()
                async with _beside(self._write(socket), self._ping()):
                    async for frame in socket:
                        self._take(frame)
                        if self._ended is not None:
                            return self.is_connected, self._ended
        except InvalidStatus as refused:
            return False, closing_of_status(refused.response.status_code)
        except ssl.SSLCertVerificationError:
            return False, NOT_TRUSTED
        except ValidationError:  # a word that this version does not know
            return False, TOO_OLD
        except (OSError, WebSocketException):
            pass
        if socket is None:
            return False, NETWORK
        return self.is_connected, closing_of(socket.close_code, socket.close_reason or "")

    async def _write(self, socket: ClientConnection) -> None:
        outbox = self._outbox
        with contextlib.suppress(ConnectionClosed):
            while outbox is not None:
                await socket.send(await outbox.get())

    async def _ping(self) -> None:
        for _ in range(PINGS):
            self._say(Ping(client_ms=time.monotonic() * 1000))
            await asyncio.sleep(PING_EVERY_S)

    def _opened(self) -> None:
        self._outbox = asyncio.Queue()
        self._join()

    def _join(self) -> None:
        self._say(Hello(protocol_version=PROTOCOL_VERSION))
        self._send(self._replica.opened())

    def _closed(self, closing: Closing) -> None:
        self.trouble = closing.text
        self._outbox = None
        self.clock.clear()
        self._replica.closed()
        self._fail_requests(Trouble(closing.text))
        if closing.resets:  # a document cannot take a refused edit back: a new one takes its place
            if self._replica.unsaved:
                self._lost = closing.text
                self.losses += 1
            self._replica.dispose()
            self._replica = Replica(self._send)
        self._tell()

    def _fail_requests(self, trouble: Trouble) -> None:
        for request in self._requests.values():
            if not request.done():
                request.set_exception(trouble)
        self._requests.clear()

    def _take(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            self._replica.receive(frame)
        else:
            self._hear(_server_words.validate_json(frame))
        self._tell()

    def _hear(self, message: FromServer) -> None:
        match message:
            case Pong():
                self.clock.add(message.client_ms, message.server_ms, time.monotonic() * 1000)
            case Saved():
                self._replica.saved(message.edits)
            case Done():
                self._settle(message.request_id, message.made)
            case Refused():
                if message.reason == "too_old":
                    self._ended = TOO_OLD
                self._settle(message.request_id, NotDone(message.reason, message.detail))
            case Admitted():
                self._join()
            case _:
                if isinstance(message, (Welcome, Waiting)):
                    self.trouble = None
                self.state = fold(self.state, message)
        self.heard(message)

    def _settle(self, request_id: int | None, outcome: str | NotDone | None) -> None:
        request = self._requests.pop(-1 if request_id is None else request_id, None)
        if request is None or request.done():
            return
        if isinstance(outcome, NotDone):
            request.set_exception(outcome)
        else:
            request.set_result(outcome)

    async def _ask(self, make: type[Request], fields: dict[str, Any]) -> str | None:
        await self._until(lambda: self.is_connected)
        self._last_request += 1
        number = self._last_request
        try:
            message = make(request_id=number, **fields)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            raise NotDone("malformed", f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        self._say(message)
        answered = self._requests[number] = self._loop.create_future()
        try:
            return await answered
        finally:
            self._requests.pop(number, None)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while self._ended is None:
            if is_so():
                return
            await self._changed.wait()
        raise Gone(self._ended.text)

    def _has_all(self) -> bool:
        return self.state.you is not None and self._replica.has_text

    def _tell(self) -> None:
        """Let everybody who waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def _say(self, message: Hello | Ping | Draft | Request) -> bool:
        return self._send(message.model_dump_json())

    def _send(self, frame: bytes | str) -> bool:
        if self._outbox is None:
            return False
        self._outbox.put_nowait(frame)
        return True


def wait_s(attempts: int) -> float:
    """How long to wait before the next try, in s: longer after each that came to nothing, and by chance."""
    ceiling_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(attempts, MOST_DOUBLINGS))
    return random.uniform(FIRST_WAIT_S / 2, ceiling_s)  # noqa: S311 - spreads a crowd


@contextlib.asynccontextmanager
async def _beside(*work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Tasks that run beside the block and end with it."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
