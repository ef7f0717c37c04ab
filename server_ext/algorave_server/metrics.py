"""Numbers for Prometheus, on Jupyter's `/metrics`. Made when they are asked for, of what was counted anyway.

No label names a session, a person or an address: the number of series does not grow with the crowd.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from algorave_server.counts import BOUNDS_S, COUNTS, Durations
from algorave_server.loop_lag import LoopLag
from algorave_server.rights import Role
from algorave_server.session_service import SessionService


class AlgoraveMetrics(Collector):
    """What the servers of this process say of themselves."""

    def __init__(self) -> None:
        self._services: weakref.WeakSet[SessionService] = weakref.WeakSet()
        self._lags: weakref.WeakSet[LoopLag] = weakref.WeakSet()
        self._version = ""

    def watch(self, service: SessionService, lag: LoopLag, version: str) -> None:
        """One more server to speak of."""
        self._services.add(service)
        self._lags.add(lag)
        self._version = version

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead of time, so that registering asks for nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All numbers, as they are now."""
        yield InfoMetricFamily("algorave_build", "What runs here", value={"version": self._version})
        yield from self._rooms()
        yield from self._queues()
        yield from _sockets()
        words = "From the first edit of a batch to the answer that it is kept"
        yield _histogram("algorave_update_ack_seconds", words, COUNTS.acknowledgements)
        yield _histogram("algorave_db_commit_seconds", "Transactions of the writer", COUNTS.commits)
        yield _labelled("algorave_ratelimit", "What went over a limit", "action", COUNTS.limited)
        yield _labelled(
            "algorave_requests_refused", "Requests refused before a look", "limit", COUNTS.refused
        )
        yield _labelled("algorave_auth_failures", "Secrets that open nothing", "kind", COUNTS.auth_failures)
        lag_s = max((lag.worst_s for lag in self._lags), default=0.0)
        yield GaugeMetricFamily(
            "algorave_event_loop_lag_seconds", "How late the event loop is at worst", value=lag_s
        )

    def _rooms(self) -> Iterator[Metric]:
        rooms = [room for service in self._services for room in service.rooms()]
        connections = Counter[str]()
        for room in rooms:
            for connection in room.roster.connections.values():
                member = room.roster.members.get(connection.member_id)
                if member is not None:
                    connections[member.role.value] += 1
        yield GaugeMetricFamily("algorave_sessions_active", "Sessions in memory", value=len(rooms))
        gauge = GaugeMetricFamily("algorave_ws_connections", "Open WebSockets", labels=["role"])
        for role in Role:
            gauge.add_metric([role.value], connections[role.value])
        yield gauge

    def _queues(self) -> Iterator[Metric]:
        batches = sum(service.waiting_batches() for service in self._services)
        yield GaugeMetricFamily(
            "algorave_db_waiting_batches", "Batches the writer has not begun", value=batches
        )
        size = sum(service.waiting_bytes() for service in self._services)
        yield GaugeMetricFamily(
            "algorave_outbound_queue_bytes", "Bytes that peers have not taken", value=size
        )


def _histogram(name: str, words: str, durations: Durations) -> HistogramMetricFamily:
    bounds = [*(str(bound) for bound in BOUNDS_S), "+Inf"]
    buckets = list(zip(bounds, accumulate(durations.within), strict=True))
    return HistogramMetricFamily(name, words, buckets=buckets, sum_value=durations.sum_s)


def _sockets() -> Iterator[Metric]:
    frames = CounterMetricFamily("algorave_ws_messages", "WebSocket frames", labels=["direction", "type"])
    for kind in ("sync", "awareness", "json", "other"):
        frames.add_metric(["in", kind], COUNTS.frames_in[kind])
    frames.add_metric(["out", "all"], COUNTS.frames_out)
    yield frames
    size = CounterMetricFamily(
        "algorave_ws_bytes", "Bytes in WebSocket frames", labels=["direction"], unit="bytes"
    )
    size.add_metric(["in"], COUNTS.bytes_in)
    size.add_metric(["out"], COUNTS.bytes_out)
    yield size
    yield _labelled("algorave_ws_closed", "WebSockets closed", "code", COUNTS.closed)


def _labelled(name: str, words: str, label: str, counts: Counter[str]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, words, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def metrics() -> AlgoraveMetrics:
    """The one collector of this process, registered when it is first asked for."""
    if not _registered:
        _registered.append(AlgoraveMetrics())
        REGISTRY.register(_registered[0])
    return _registered[0]


_registered: list[AlgoraveMetrics] = []
