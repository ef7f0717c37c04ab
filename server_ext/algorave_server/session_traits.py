"""What an operator can set about sessions, guests and limits, as traits."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_data_dir
from traitlets import Float, HasTraits, Integer, List, TraitError, Unicode, default, validate

from algorave_server.address import networks
from algorave_server.budget import Rates
from algorave_server.chat_budget import ChatRates
from algorave_server.guest_rules import GuestSettings
from algorave_server.limits import Limits
from algorave_server.osc import OscSettings, target_of
from algorave_server.roster import Seats
from algorave_server.session_budget import SessionRates
from algorave_server.session_service import SessionSettings
from algorave_server.store import spool_folder
from algorave_server.turnstile import CrowdLimits


class SessionTraits(HasTraits):
    """Traits that `AlgoraveApp` has beside its own. Of rates, 0 is no limit."""

    database_url = Unicode(
        help="SQLAlchemy URL of the database that keeps shared sessions. Default: a SQLite file in Jupyter's "
        "data folder, made when the first session is.",
    ).tag(config=True)
    spool_dir = Unicode(
        help="Folder, on a disk of this machine, where edits wait until they are in the database, so that a "
        "killed server loses none. Default: beside the SQLite file, or in Jupyter's data folder.",
    ).tag(config=True)
    room_linger_s = Float(
        60.0, min=0, help="Seconds that a session stays in memory after its last connection. Default: 60."
    ).tag(config=True)
    updates_between_snapshots = Integer(
        4_000,
        min=1,
        help="Edits of a session after which its texts are kept as a whole, so that it opens fast. "
        "Default: 4,000.",
    ).tag(config=True)
    max_update_bytes = Integer(
        262_144, min=1_024, help="Largest frame in bytes that an editor may send. Default: 262,144."
    ).tag(config=True)
    max_layer_bytes = Integer(
        200_000, min=1, help="Longest text of one layer in bytes. Default: 200,000."
    ).tag(config=True)

    edits_per_s = Float(30.0, min=0, help="Edits of one connection per second. Default: 30.").tag(config=True)
    edits_burst = Integer(90, min=1, help="Edits of one connection at once. Default: 90.").tag(config=True)
    cursors_per_s = Float(
        15.0, min=0, help="Cursor moves of one connection per second; more are left out. Default: 15."
    ).tag(config=True)
    cursors_burst = Integer(30, min=1, help="Cursor moves of one connection at once. Default: 30.").tag(
        config=True
    )
    controls_per_s = Float(
        20.0, min=0, help="JSON messages of one connection per second, faders among them. Default: 20."
    ).tag(config=True)
    controls_burst = Integer(60, min=1, help="JSON messages of one connection at once. Default: 60.").tag(
        config=True
    )
    chat_per_s = Float(1.0, min=0, help="Lines of chat of one participant per second. Default: 1.").tag(
        config=True
    )
    chat_burst = Integer(5, min=1, help="Lines of chat of one participant at once. Default: 5.").tag(
        config=True
    )
    session_chat_per_s = Float(
        10.0, min=0, help="Lines of chat in one session per second; hosts always find room. Default: 10."
    ).tag(config=True)
    session_chat_burst = Integer(50, min=1, help="Lines of chat in one session at once. Default: 50.").tag(
        config=True
    )
    bytes_per_s = Float(65_536.0, min=0, help="Bytes from one connection per second. Default: 65,536.").tag(
        config=True
    )
    bytes_burst = Integer(
        524_288, min=1_024, help="Bytes from one connection at once. Default: 524,288."
    ).tag(config=True)
    session_edits_per_s = Float(
        300.0,
        min=0,
        help="Edits of all in one session per second; beyond, who sends most waits. Default: 300.",
    ).tag(config=True)
    session_edits_burst = Integer(900, min=1, help="Edits of all in one session at once. Default: 900.").tag(
        config=True
    )
    session_bytes_per_s = Float(
        1_048_576.0, min=0, help="Bytes of edits in one session per second. Default: 1,048,576."
    ).tag(config=True)
    session_bytes_burst = Integer(
        4_194_304, min=1_024, help="Bytes of edits in one session at once. Default: 4,194,304."
    ).tag(config=True)
    patience_s = Float(
        2.0, min=0, help="Seconds that a connection is slowed down before it is closed. Default: 2."
    ).tag(config=True)
    frames_before_hello = Integer(
        5, min=1, help="Frames read before a connection says hello or asks for the text. Default: 5."
    ).tag(config=True)
    bytes_before_hello = Integer(
        8_192, min=64, help="Bytes read before a connection says hello or asks for the text. Default: 8,192."
    ).tag(config=True)
    hello_within_s = Float(
        10.0, min=0.05, help="Seconds that a new connection may say nothing. Default: 10."
    ).tag(config=True)
    ping_interval_s = Float(
        30.0,
        min=0.1,
        help="Seconds between two pings; who has not answered one until the next is gone. Default: 30.",
    ).tag(config=True)

    max_sockets_per_participant = Integer(
        4, min=1, help="Windows of one participant in one session; one more closes the oldest. Default: 4."
    ).tag(config=True)
    max_editors = Integer(20, min=0, help="Co-authors in one session at the same time. Default: 20.").tag(
        config=True
    )
    max_viewers = Integer(500, min=0, help="Viewers in one session at the same time. Default: 500.").tag(
        config=True
    )
    max_waiting = Integer(
        100, min=0, help="People in one session who wait to be let in at the same time. Default: 100."
    ).tag(config=True)
    max_sockets_per_session = Integer(
        1_000,
        min=1,
        help="WebSockets of one session at the same time; hosts always find one. Default: 1,000.",
    ).tag(config=True)
    forced_closes = Integer(
        10,
        min=0,
        help="Times in ten minutes that a participant is closed for sending too fast, or nonsense, before it "
        "is kept out for a while; 0 is never. Default: 10.",
    ).tag(config=True)
    keep_out_s = Float(900.0, min=1, help="Seconds that such a participant is kept out. Default: 900.").tag(
        config=True
    )
    connects_per_min = Float(
        600.0, min=0, help="WebSockets opened from one address per minute. Default: 600."
    ).tag(config=True)
    max_sockets_per_address = Integer(
        1_000, min=1, help="WebSockets open from one address at the same time. Default: 1,000."
    ).tag(config=True)
    joins_per_min = Float(
        600.0,
        min=0,
        help="Invites looked at or redeemed, and places for guests' agents, from one address per minute. "
        "Default: 600.",
    ).tag(config=True)
    free_failures = Integer(
        5,
        min=0,
        help="Different wrong secrets from one address in five minutes before each further one is followed "
        "by a longer delay. Default: 5.",
    ).tag(config=True)

    automatic_ban_tries = Integer(
        100,
        min=0,
        help="Invites tried from one address during such a delay before nobody new comes from there for a "
        "while; 0 is never. Default: 100.",
    ).tag(config=True)
    automatic_ban_s = Float(
        3_600.0, min=1, help="Seconds that an address is banned automatically. Default: 1 hour."
    ).tag(config=True)

    guest_lifetime_s = Float(
        43_200.0, min=1, help="Seconds that a guest stays known, active or not. Default: 12 hours."
    ).tag(config=True)
    guest_idle_s = Float(
        7_200.0, min=1, help="Seconds that a guest stays known without being there. Default: 2 hours."
    ).tag(config=True)
    allowed_origins = List(
        Unicode(),
        help="Other origins whose pages may let guests in, as in https://jam.example. Default: none.",
    ).tag(config=True)
    trusted_proxies = List(
        Unicode(),
        help="Addresses or blocks of proxies whose X-Forwarded-For is believed. Default: none.",
    ).tag(config=True)
    public_url = Unicode(
        "", help="How the server is reached from outside, for links. Default: as the host reaches it."
    ).tag(config=True)

    osc_targets = List(
        Unicode(),
        help="Where haps of sessions go by OSC when a host's page asks for it, as in 127.0.0.1:57120 for "
        "SuperDirt on this machine. Default: none, off.",
    ).tag(config=True)
    osc_latency_ms = Float(
        200.0,
        min=0,
        max=2_000,
        help="Milliseconds later than the session's moment that receivers of OSC play. Default: 200.",
    ).tag(config=True)
    osc_haps_per_s = Float(
        200.0, min=0, help="Haps of one session per second that are sent by OSC. Default: 200."
    ).tag(config=True)
    osc_haps_burst = Integer(
        400, min=1, help="Haps of one session at once that are sent by OSC. Default: 400."
    ).tag(config=True)

    @default("database_url")
    def _default_database_url(self) -> str:
        return f"sqlite:///{Path(jupyter_data_dir()) / 'algorave' / 'sessions.sqlite3'}"

    @default("spool_dir")
    def _default_spool_dir(self) -> str:
        return str(spool_folder(self.database_url, Path(jupyter_data_dir()) / "algorave"))

    @validate("trusted_proxies")
    def _are_networks(self, proposal: dict[str, Any]) -> list[str]:
        try:
            networks(proposal["value"])
        except ValueError as error:
            raise TraitError(f"AlgoraveApp.trusted_proxies: {error}") from None
        return proposal["value"]

    @validate("allowed_origins")
    def _are_origins(self, proposal: dict[str, Any]) -> list[str]:
        for origin in proposal["value"]:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}":
                raise TraitError(f"AlgoraveApp.allowed_origins: {origin!r} is not like https://jam.example")
        return proposal["value"]

    @validate("osc_targets")
    def _are_targets(self, proposal: dict[str, Any]) -> list[str]:
        try:
            for target in proposal["value"]:
                target_of(target)
        except ValueError as error:
            raise TraitError(f"AlgoraveApp.osc_targets: {error}") from None
        return proposal["value"]

    @validate("public_url")
    def _is_url(self, proposal: dict[str, Any]) -> str:
        value = str(proposal["value"])
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise TraitError(f"AlgoraveApp.public_url: {value!r} does not begin with https:// or http://")
        return value

    def read_session_settings(self) -> SessionSettings:
        """Read the traits about sessions once."""
        return SessionSettings(
            database_url=self.database_url,
            spool_dir=Path(self.spool_dir).expanduser(),
            room_linger_s=self.room_linger_s,
            updates_between_snapshots=self.updates_between_snapshots,
            limits=Limits(
                max_update_bytes=self.max_update_bytes,
                max_layer_bytes=self.max_layer_bytes,
                chat=ChatRates(
                    self.chat_per_s, self.chat_burst, self.session_chat_per_s, self.session_chat_burst
                ),
                seats=Seats(
                    max_editors=self.max_editors,
                    max_viewers=self.max_viewers,
                    max_waiting=self.max_waiting,
                    max_connections=self.max_sockets_per_session,
                ),
            ),
            rates=self._read_rates(),
            session_rates=SessionRates(
                self.session_edits_per_s,
                self.session_edits_burst,
                self.session_bytes_per_s,
                self.session_bytes_burst,
            ),
            crowd=self._read_crowd(),
            guests=GuestSettings(
                lifetime_s=self.guest_lifetime_s,
                idle_s=self.guest_idle_s,
                allowed_origins=frozenset(self.allowed_origins),
                trusted_proxies=networks(self.trusted_proxies),
                public_url=self.public_url,
            ),
            osc=OscSettings(
                targets=tuple(target_of(target) for target in self.osc_targets),
                latency_ms=self.osc_latency_ms,
                haps_per_s=self.osc_haps_per_s,
                haps_burst=self.osc_haps_burst,
            ),
            hello_within_s=self.hello_within_s,
            ping_interval_s=self.ping_interval_s,
        )

    def _read_rates(self) -> Rates:
        return Rates(
            edits_per_s=self.edits_per_s,
            edits_burst=self.edits_burst,
            cursors_per_s=self.cursors_per_s,
            cursors_burst=self.cursors_burst,
            controls_per_s=self.controls_per_s,
            controls_burst=self.controls_burst,
            bytes_per_s=self.bytes_per_s,
            bytes_burst=self.bytes_burst,
            patience_s=self.patience_s,
            frames_before_hello=self.frames_before_hello,
            bytes_before_hello=self.bytes_before_hello,
        )

    def _read_crowd(self) -> CrowdLimits:
        return CrowdLimits(
            connects_per_min=self.connects_per_min,
            max_sockets_per_address=self.max_sockets_per_address,
            joins_per_min=self.joins_per_min,
            free_failures=self.free_failures,
            automatic_ban_tries=self.automatic_ban_tries,
            automatic_ban_s=self.automatic_ban_s,
            max_sockets_per_participant=self.max_sockets_per_participant,
            forced_closes=self.forced_closes,
            keep_out_s=self.keep_out_s,
        )
