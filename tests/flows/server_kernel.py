"""A kernel that a real Jupyter server has started for somebody, as the notebook's page would have it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from jupyter_client.blocking.client import BlockingKernelClient

from kernel_client import Kernel, wait_until_ready
from live_server import LiveServer

from .people import Member


@contextmanager
def kernel_of(member: Member, server: LiveServer, name: str = "python3") -> Iterator[Kernel]:
    """Let the server start a kernel for the member, and talk to it directly; it ends with the block."""
    with kernel_at(member.http, server, name) as running:
        yield running


@contextmanager
def kernel_at(http: httpx.Client, server: LiveServer, name: str = "python3") -> Iterator[Kernel]:
    """The same for whoever is logged in with `http`."""
    started = http.post("api/kernels", json={"name": name})
    assert started.status_code == 201, started.text
    kernel_id = started.json()["id"]
    client = BlockingKernelClient(
        connection_file=str(server.root.parent / "runtime" / f"kernel-{kernel_id}.json")
    )
    client.load_connection_file()
    client.start_channels()
    try:
        wait_until_ready(client)
        yield Kernel(client)
    finally:
        client.stop_channels()
        http.delete(f"api/kernels/{kernel_id}").raise_for_status()
