"""A kernel whose server speaks HTTPS with a certificate that nobody vouches for."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import algorave_kernel
from algorave_kernel import environment, session
from algorave_kernel.trouble import Trouble
from live_server import LiveServer, running_server

from .server_kernel import kernel_at

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for a name that nobody uses here."""
    folder.mkdir()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=jam.example",
        "-days",
        "2",
    ]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The server's."""
    return certificate_in(tmp_path_factory.mktemp("https") / "ours")


@pytest.fixture(scope="module")
def https_server(
    certificate: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A server that speaks HTTPS by itself."""
    key, shown = certificate
    arguments = [f"--ServerApp.certfile={shown}", f"--ServerApp.keyfile={key}"]
    with running_server(tmp_path_factory.mktemp("https-server"), arguments=arguments) as live:
        yield live


def test_the_own_server_is_trusted(https_server: LiveServer, certificate: tuple[Path, Path]) -> None:
    """KSES-12: a kernel that the server started plays there, whatever name is in the certificate."""
    trusting = ssl.create_default_context(cafile=str(certificate[1]))
    trusting.check_hostname = False
    with (
        httpx.Client(
            base_url=https_server.url, headers=https_server.headers, verify=trusting, timeout=60
        ) as http,
        kernel_at(http, https_server) as kernel,
    ):
        kernel.run("%load_ext algorave_kernel")
        assert kernel.run("%algorave open jam").streams == ""
        assert kernel.run('%%strudel bass\ns("bd")', "c1").displays[0]["text/plain"] == 's("bd")'


def test_a_stranger_s_certificate_is_refused(
    https_server: LiveServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """KSES-12: a certificate that is neither trusted by everybody nor the own server's is refused, in words."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ALGORAVE_URL", https_server.url)
    monkeypatch.setattr(environment, "_secrets", {})
    monkeypatch.setattr(session, "_opened", {})
    for shown in (None, certificate_in(tmp_path / "other")[1]):
        if shown is not None:
            monkeypatch.setenv("ALGORAVE_CERTIFICATE", str(shown))
        monkeypatch.setenv("ALGORAVE_TOKEN", https_server.token)
        with pytest.raises(
            Trouble, match="certificate is not trusted here; start the kernel with SSL_CERT_FILE"
        ):
            algorave_kernel.open("jam")
    assert session._opened == {}


def test_a_wrong_certificate_file_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """KSES-12: a certificate file that is none is said to be none."""
    monkeypatch.setenv("ALGORAVE_URL", "https://127.0.0.1:9/")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    with pytest.raises(Trouble, match="SSL_CERT_FILE is no file with certificates"):
        algorave_kernel.open("jam")
