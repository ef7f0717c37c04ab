"""What all WebSockets of a session share: limits on what comes in, and the hub's way out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketProtocol, WebSocketProtocol13

from algorave_server.address import block_of, client_address
from algorave_server.budget import Allowance, Ruling
from algorave_server.close import Close
from algorave_server.counts import COUNTS
from algorave_server.hub import Hub
from algorave_server.live import Live
from algorave_server.rights import Role
from algorave_server.roster import Member, is_full
from algorave_server.session_budget import LOOK_AGAIN_S
from algorave_server.session_service import Sessions, SessionService
from algorave_server.taken_protocol import TakenHandler, TakenProtocol
from algorave_server.taken_socket import TakenSocket
from algorave_server.typing_run import EDIT, fewer
from algorave_server.websocket_frames import BINARY, TEXT, frame_of

TOO_FAST = "you send faster than anybody types; join again"
REMOVED = "you were removed from the session"
TOO_MANY = "this session is open in too many windows"
TEXT_FRAME = EDIT[:1]
"""How frames about the text begin: edits, and what is lacking."""
SILENT = "say hello, or ask for the text, right after connecting"


class SessionWire(TakenHandler):
    """A WebSocket that a hub can use. Subclasses find out who it is and call `admit` before they upgrade."""

    def initialize(self, service: SessionService) -> None:
        """Take what the app made."""
        self.service = service
        self._sessions: Sessions | None = None
        self._live: Live | None = None
        self._member: Member | None = None
        self._since_ms = 0.0
        """When it was looked for in the database, by the time of the rooms."""
        self._connection = 0
        self._sent_code: int | None = None
        self._address: str | None = None
        self._allowance: Allowance | None = None
        self._held: bytes | None = None
        """A cursor that came too soon."""
        self._gathered: list[bytes] | None = None
        """Edits that came together; None while nothing is gathered."""
        self._timers: list[tuple[float, asyncio.TimerHandle]] = []
        """With when they are due, which libuv's loop does not say of all."""
        self._checking: asyncio.Task[None] | None = None
        self._turned_away = (Close.UNAUTHENTICATED, "come by the invite again")
        """What it is closed with when it is not admitted."""
        self.guest_address: str | None = None
        """Where a guest comes from; None for people who are logged in, whom no ban of addresses means."""

    @property
    def ping_interval(self) -> float:
        """Seconds between pings; a peer that does not answer until the next one is gone."""
        return self.service.settings.ping_interval_s

    @property
    def ping_timeout(self) -> float:
        """Seconds."""
        return self.service.settings.ping_interval_s

    @property
    def max_message_size(self) -> int:
        """Frames larger than this close the socket before they are read whole."""
        return self.service.settings.limits.max_update_bytes

    def get_compression_options(self) -> dict[str, Any] | None:
        """Never: small frames gain nothing, and compressed bombs are a way in."""
        return None

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Tornado's, with the socket in our own hands."""
        protocol = super().get_websocket_protocol()
        return (
            TakenProtocol(self, False, protocol.params)
            if isinstance(protocol, WebSocketProtocol13)
            else protocol
        )

    @property
    def is_in(self) -> bool:
        """Whether it is in its room."""
        return self._allowance is not None

    @property
    def address(self) -> str:
        """Where it comes from, as limits count it."""
        return block_of(address_of(self, self.service))

    def admit(self, sessions: Sessions, live: Live, member: Member, since_ms: float) -> None:
        """This member, read at `since_ms` or later, is behind the socket; `open` joins it to the room."""
        self._sessions, self._live, self._member, self._since_ms = sessions, live, member, since_ms

    def turn_away(self, code: Close, reason: str) -> None:
        """Close it as soon as it is open: pages read the code of a WebSocket, and none of HTTP."""
        self._turned_away = (code, reason)

    # -- tornado's side ---------------------------------------------------------------------------------

    def open(self, *args: Any, **kwargs: Any) -> None:
        """The socket is there: join the room, or close with the reason why not."""
        super().open(*args, **kwargs)
        self.set_nodelay(True)
        self._address = self.address
        self.service.turnstile.opened(self._address)
        if self._sessions is None or self._live is None or self._member is None:
            self.close(*self._turned_away)
            return
        if is_full(self._live.room.roster, self._member, self.service.settings.limits.seats):
            self.close(Close.FULL, "the session has as many people as it may have")
            return
        kept_out_s = self.service.turnstile.kept_out_s(self._member.id, time.monotonic())
        if kept_out_s > 0:
            self.close(Close.TOO_FAST, f"closed too often for what you send; come back in {kept_out_s:.0f} s")
            return
        self._join(self._sessions.hub, self._live, self._member)

    def _join(self, hub: Hub, live: Live, member: Member) -> None:
        roster = live.room.roster
        if member.id not in roster.members and roster.is_ruled_since(member.id, self._since_ms):
            self.close(Close.REMOVED, REMOVED)
            return
        roster.members.setdefault(member.id, member)
        spare = self.service.settings.crowd.max_sockets_per_participant - 1
        hub.drop_oldest(live, member.id, spare, Close.REPLACED, TOO_MANY)
        self._allowance = Allowance(self.service.settings.rates, time.monotonic())
        self._connection = hub.connect(live, member.id, self)
        self.later(self.service.settings.hello_within_s, self._close_when_silent)
        # It may have been removed between the look into the database and now.
        self._checking = asyncio.create_task(self._check_again(hub, live.room.id, member.id))

    def on_message(self, message: str | bytes) -> Any:
        """One frame: pass it on, keep it for later, or read no further for a while."""
        allowance = self._allowance
        if allowance is None:
            return None
        now_s = time.monotonic()
        ruling = allowance.judge(message, now_s)
        COUNTS.take_in(message)
        if ruling is Ruling.PASS:
            if isinstance(message, bytes) and not self._fits_session(message, now_s):
                COUNTS.limited["session"] += 1
                return self._wait_for_others(allowance, message)
            self._pass(message)
            return None
        COUNTS.limited[ruling.name.lower()] += 1
        if ruling is Ruling.WAIT:
            return self._wait_and_receive(allowance, message)
        if ruling is Ruling.HOLD and isinstance(message, bytes):
            self._hold(message)
        else:
            self.turn_out(Close.TOO_FAST, TOO_FAST)
        return None

    def on_ping(self, data: bytes) -> Any:  # noqa: ARG002 - tornado's signature
        """Pings and pongs count as messages that say nothing."""
        allowance = self._allowance
        if allowance is None:
            return None
        ruling = allowance.judge("", time.monotonic())
        if ruling is Ruling.PASS:
            return None
        COUNTS.limited[ruling.name.lower()] += 1
        if ruling is Ruling.WAIT:
            return self._wait_for_room(allowance, "")
        self.turn_out(Close.TOO_FAST, TOO_FAST)
        return None

    def on_pong(self, data: bytes) -> Any:
        """See `on_ping`."""
        return self.on_ping(data)

    def on_close(self) -> None:
        """The socket is gone."""
        super().on_close()
        self._allowance = None
        for _, timer in self._timers:
            timer.cancel()
        if self._checking is not None:
            self._checking.cancel()
        if self._address is not None:
            self.service.turnstile.closed(self._address)
            self._address = None
        COUNTS.take_leave(self._sent_code or self.close_code)
        self._count_close()
        self._leave()

    def _leave(self) -> None:
        connection, self._connection = self._connection, 0
        if connection and self._sessions is not None and self._live is not None:
            self._sessions.hub.disconnect(self._live, connection)

    def _count_close(self) -> None:
        """Who is closed for what they send again and again is kept out for a while; hosts never are."""
        was_in = self._checking is not None
        if not was_in or self._member is None or self._member.role is Role.HOST:
            return
        if self._sent_code in (Close.TOO_FAST, Close.MALFORMED):
            self.service.turnstile.put_out(self._member.id, time.monotonic())

    def turn_out(self, code: Close, reason: str) -> None:
        """Take it out of the room and close it."""
        self._bring_gathered()
        self._leave()
        self.close(code, reason)

    def on_messages_begin(self) -> None:
        """Several messages may come now."""
        self._gathered = []

    def on_messages_end(self) -> None:
        """No more for the moment."""
        self._bring_gathered()
        self._gathered = None

    def _pass(self, message: str | bytes) -> None:
        gathered = self._gathered
        if gathered is None:
            self._receive(message)
        elif isinstance(message, bytes) and message.startswith(EDIT):
            gathered.append(message)
        else:
            self._bring_gathered()
            self._receive(message)

    def _bring_gathered(self) -> None:
        if self._gathered:
            gathered, self._gathered = self._gathered, []
            for frame, stands_for in fewer(gathered):
                self._receive(frame, stands_for)

    def _receive(self, message: str | bytes, stands_for: int = 1) -> None:
        if self._sessions is None or self._live is None:
            return
        self._sessions.hub.receive(self._live, self._connection, message, stands_for)
        allowance = self._allowance
        if allowance is not None and not allowance.is_known:
            connection = self._live.room.roster.connections.get(self._connection)
            allowance.is_known = connection is not None and connection.is_known

    def _fits_session(self, frame: bytes, now_s: float) -> bool:
        """Whether all together do not type too much, or this one not more than its part."""
        live, member = self._live, self._member
        if live is None or member is None or live.budget is None or frame[0:1] != TEXT_FRAME:
            return True
        return live.budget.passes(member.id, len(frame), now_s)

    async def _wait_for_others(self, allowance: Allowance, frame: bytes) -> None:
        """Nobody is closed because of what others send as well."""
        while self._allowance is allowance:
            await asyncio.sleep(LOOK_AGAIN_S)
            if self._fits_session(frame, time.monotonic()):
                if self._allowance is allowance:
                    self._receive(frame)
                return

    async def _wait_and_receive(self, allowance: Allowance, message: str | bytes) -> None:
        """Tornado reads the next frame only when this is done, so the sender is slowed down."""
        if await self._wait_for_room(allowance, message):
            self._receive(message)

    async def _wait_for_room(self, allowance: Allowance, message: str | bytes) -> bool:
        """Whether there is room in the end; else the connection is closed by then."""
        ruling = Ruling.WAIT
        while ruling is Ruling.WAIT and self._allowance is allowance:
            await asyncio.sleep(allowance.wait_s(message, time.monotonic()))
            ruling = allowance.judge_again(message, time.monotonic())
        if self._allowance is not allowance:
            return False
        if ruling is not Ruling.PASS:
            self.turn_out(Close.TOO_FAST, TOO_FAST)
        return ruling is Ruling.PASS

    def _hold(self, cursor: bytes) -> None:
        is_first = self._held is None
        self._held = cursor
        if is_first:
            self.later(1 / self.service.settings.rates.cursors_per_s, self._release)

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None and self._allowance is not None:
            self._receive(held)

    def _close_when_silent(self) -> None:
        if self._allowance is not None and not self._allowance.is_known:
            self.turn_out(Close.TOO_SLOW, SILENT)

    async def _check_again(self, hub: Hub, session_id: str, member_id: str) -> None:
        sessions = await self.service.sessions()
        if not await self.is_welcome(sessions, session_id, member_id):
            await hub.expel(session_id, [member_id], Close.REMOVED, REMOVED)

    async def is_welcome(self, sessions: Sessions, session_id: str, member_id: str) -> bool:  # noqa: ARG002 - guests look at the session too
        """Whether the member may still be here, as the database says now."""
        return await sessions.keeper.may_enter(member_id)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something when the socket is still open by then."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        self._timers = [(due_s, timer) for due_s, timer in self._timers if due_s > now_s]
        self._timers.append((now_s + seconds, loop.call_later(seconds, call)))

    # -- the hub's side ---------------------------------------------------------------------------------

    def send(self, frame: bytes | str) -> int:
        """Give a frame to the socket. The same bytes go to every receiver of a frame, built once."""
        connection: Any = self.ws_connection
        if connection is None or connection.server_terminated or connection.client_terminated:
            return 0
        COUNTS.frames_out += 1
        COUNTS.bytes_out += len(frame)
        stream = connection.stream
        if type(stream) is TakenSocket:
            return stream.write_soon(framed(frame))
        with suppress(StreamClosedError):
            stream.write(framed(frame))
        return self.waiting_bytes()

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close with a code of ours. Nothing that still comes is taken in."""
        self._allowance = None
        self._sent_code = self._sent_code or code
        super().close(None if code is None else int(code), reason)

    def waiting_bytes(self) -> int:
        """What the peer has not taken yet."""
        connection: Any = self.ws_connection
        stream = None if connection is None else connection.stream
        if type(stream) is TakenSocket:
            return stream.waiting_bytes()
        buffer = None if stream is None else stream._write_buffer  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] -- the only measure there is
        return 0 if buffer is None else len(buffer)


def address_of(handler: Any, service: SessionService) -> str:
    """The address of who asks, whichever proxies are between."""
    request = handler.request
    forwarded_for = request.headers.get("X-Forwarded-For", "")
    return client_address(request.remote_ip or "", forwarded_for, service.settings.guests.trusted_proxies)


_last: tuple[bytes | str, bytes] = (b"", b"\x82\x00")


def framed(frame: bytes | str) -> bytes:
    """A frame as it goes over the wire. The hub sends one frame to many in a row, so the last one is kept."""
    global _last  # noqa: PLW0603 - a memory of one, on the event loop only
    if _last[0] is not frame:
        _last = frame, frame_of(TEXT, frame.encode()) if isinstance(frame, str) else frame_of(BINARY, frame)
    return _last[1]
