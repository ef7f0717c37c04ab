"""A server that speaks TLS by itself: there the socket stays in tornado's hands."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from live_server import running_server


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate that nobody has signed."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", *kind, *files], check=True, capture_output=True)
    return key, certificate


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
async def test_a_session_over_tls(tmp_path: Path) -> None:
    """FRAME-8: over TLS a session is joined and answers as it does without."""
    key, certificate = make_certificate(tmp_path)
    arguments = [f"--ServerApp.certfile={certificate}", f"--ServerApp.keyfile={key}"]
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.check_hostname = False
    with running_server(tmp_path / "server", arguments=arguments) as live:
        assert live.url.startswith("https://")
        http = httpx.Client(base_url=live.url, headers=live.headers, verify=trusting, timeout=60)
        session = http.post("algorave/api/sessions", json={"title": "Jam"}).json()["id"]
        url = f"{live.url.replace('https', 'wss')}algorave/ws/{session}"
        socket = await websocket_connect(HTTPRequest(url, headers=live.headers, ssl_options=trusting))
        await socket.write_message('{"kind":"hello","protocol_version":1}')
        heard = await asyncio.wait_for(socket.read_message(), 30)
        while not isinstance(heard, str):
            assert heard is not None
            heard = await asyncio.wait_for(socket.read_message(), 30)
        assert json.loads(heard)["title"] == "Jam"
        socket.close()
        assert await asyncio.wait_for(socket.read_message(), 30) is None
