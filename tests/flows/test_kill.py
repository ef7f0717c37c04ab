"""A server that is killed again and again while people type."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .jupyter_process import JupyterProcess
from .typists import Jam, bundle, typed_by

KILLS = int(os.environ.get("ALGORAVE_KILLS", "3"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    """A server of one's own, because it will be killed. A layer there never fills, however long that takes."""
    process = JupyterProcess(tmp_path, "--AlgoraveApp.max_layer_bytes=100000000")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The typist."""
    return bundle(tmp_path)


@pytest.fixture
def jam(server: JupyterProcess, script: Path) -> Jam:
    """A fresh session with one empty layer."""
    return Jam.begin(server, script)


@pytest.mark.timeout(300 + 60 * KILLS)
def test_nothing_typed_is_lost_when_the_server_is_killed(jam: Jam) -> None:
    """SAFE-1: after any kill -9 every word typed is in everybody's text exactly once."""
    typists = [jam.join(name) for name in "abcde"]
    try:
        for typist in typists:
            typist.wait_for("joined")
        rng = random.Random(1)
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.3, 1.0))
            jam.server.kill()
            jam.server.start()
        typed = typed_by(typists)
    finally:
        for typist in typists:
            typist.kill()
    assert min(typed.values()) > KILLS, (
        "everybody must have typed through the kills for this to mean something"
    )


@pytest.mark.timeout(120)
def test_what_is_acknowledged_survives_server_and_author(jam: Jam) -> None:
    """SAFE-2: words that were acknowledged are there after both the server and their author are killed at once."""
    author = jam.join("a")
    author.wait_for("joined")
    acknowledged = author.wait_for("acknowledged")["acknowledged"]
    time.sleep(1.0)
    jam.server.kill()
    said = author.kill()
    acknowledged = max([acknowledged, *(each["acknowledged"] for each in said if "acknowledged" in each)])
    words = acknowledged - 1  # the first edit frame answers the server's question, and holds nothing yet
    jam.server.start()
    reader = jam.join("r")
    try:
        reader.wait_for("joined")
        reader.stop_typing()
        found = set(reader.text(words).split(";"))
    finally:
        reader.kill()
    assert {f"a{number}🎵" for number in range(words)} <= found
    assert words > 5, "enough must have been acknowledged for this to mean something"


@pytest.mark.timeout(180)
def test_what_others_saw_survives_server_and_author(jam: Jam) -> None:
    """SAFE-3: words that somebody else saw are there after the server and their author are killed at once."""
    for name in ("a", "b", "c"):
        watching = jam.join(f"{name}w", interval_ms=3_600_000)
        watching.wait_for("joined")
        watching.stop_typing()
        author = jam.join(name, interval_ms=4)
        author.wait_for("acknowledged")
        time.sleep(0.5)
        jam.server.kill()
        author.kill()
        seen = set(watching.text(1).split(";"))
        watching.kill()
        jam.server.start()
        reader = jam.join(f"{name}r", interval_ms=3_600_000)
        reader.wait_for("joined")
        reader.stop_typing()
        found = set(reader.text(len(seen) - 1).split(";"))
        reader.kill()
        assert seen <= found
        assert len(seen) > 10, "enough must have been seen for this to mean something"
    log = (jam.server.folder / "server.log").read_text(encoding="utf-8")
    assert "had been seen were saved late" in log, (
        "the spool must have been needed for this to mean something"
    )
