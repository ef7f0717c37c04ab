"""`algorave lab`: JupyterLab on a notebook."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from algorave_kernel import lab
from algorave_kernel.code_file import Failure

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/lab/tree/(\S+)\?token=(\S+)")


def test_the_lesson_is_copied_and_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """LAB-2: the first lesson comes as a copy; what is there already is yours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab, "_command", lambda root, port: [sys.executable, "-c", "pass"])
    assert lab.open_lab(None, has_browser=False) == 0
    own = tmp_path / lab.FIRST_LESSON
    assert len(json.loads(own.read_text("utf-8"))["cells"]) > 20
    own.write_text("mine")
    assert lab.open_lab(None, has_browser=False) == 0
    assert own.read_text() == "mine"
    assert capsys.readouterr().err.count("copied the first lesson") == 1


def test_no_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """LAB-3: when nothing is free, a sentence says which ports were tried."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(lab, "PORTS_TRIED", 1)
        with pytest.raises(Failure, match=f"no free port from {port} to {port}"):
            lab.open_lab(Path(lab.__file__), port=port, has_browser=False)


def test_a_taken_port_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """LAB-1: the next free port is used."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert lab._free_port(port) > port


def test_the_printed_address_opens_the_notebook(tmp_path: Path) -> None:
    """LAB-1, LAB-3: the one address that is printed lets in, other addresses do not, and an interrupt ends it."""
    (tmp_path / "my set.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    command = [sys.executable, "-m", "algorave_kernel.cli", "lab", "my set.ipynb", "--port", "18800"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stderr is not None
        found = next(found for line in process.stderr if (found := ADDRESS.search(line)) and "%20" in line)
        port, name, token = found.groups()
        assert name == "my%20set.ipynb"
        base = f"http://127.0.0.1:{port}"
        url = f"{base}/api/contents/my%20set.ipynb?content=0"
        with urllib.request.urlopen(f"{url}&token={token}", timeout=30) as answer:
            assert json.load(answer)["name"] == "my set.ipynb"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(url, timeout=30)
        os.killpg(process.pid, signal.SIGINT)
        process.stderr.read()
        process.wait(30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
