"""A server that is killed again and again while people type."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .jupyter_process import JupyterProcess, Person

WIDGETS = Path(__file__).parents[2] / "widgets"
KILLS = int(os.environ.get("ALGORAVE_KILLS", "3"))


class Typist:
    """The real browser client in Node, typing numbered words."""

    def __init__(self, script: Path, server: JupyterProcess, person: Person, session: str, name: str) -> None:
        self.name = name
        settings = {
            "url": f"ws://127.0.0.1:{server.port}/algorave/ws/{session}",
            "session": session,
            "layer": "l1",
            "name": name,
            "cookie": person.cookie,
            "interval_ms": 50,
        }
        self._process = subprocess.Popen(
            ["node", str(script)],
            env={**os.environ, "TYPIST": json.dumps(settings)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, key: str) -> Any:
        """The next thing it says under this key."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if said.get(key) is not None:
                return said
        raise AssertionError(f"{self.name} ended without saying '{key}'")

    def stop_typing(self) -> int:
        """Let it type no more; returns how many words it typed, once the server keeps them all."""
        self._tell("")
        return int(self.wait_for("saved")["saved"])

    def text(self, words: int) -> str:
        """The text as it has it, once there are so many words in it."""
        self._tell(str(words))
        return str(self.wait_for("text")["text"])

    def kill(self) -> list[dict[str, Any]]:
        """End it as a power cut would; returns all it said that was not read yet."""
        self._process.kill()
        rest, _ = self._process.communicate()
        return [json.loads(line) for line in rest.splitlines() if line.endswith("}")]

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    """A server of one's own, because it will be killed. A layer there never fills, however long that takes."""
    process = JupyterProcess(tmp_path, "--AlgoraveApp.max_layer_bytes=100000000")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The typist as one file for Node."""
    bundle = tmp_path / "typist.mjs"
    esbuild = WIDGETS / "node_modules" / ".bin" / "esbuild"
    # `ws` is written for require(), which an ES module has to make for itself.
    banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=error", f"--outfile={bundle}"]
    options.append(f"--banner:js={banner}")
    subprocess.run([esbuild, WIDGETS / "test" / "session" / "typist.ts", *options], check=True)
    return bundle


@dataclass
class Jam:
    """A session on a server, and what is needed to join it."""

    server: JupyterProcess
    script: Path
    session: str

    def join(self, name: str) -> Typist:
        """Somebody new, who types at once."""
        return Typist(self.script, self.server, self.server.log_in(), self.session, name)


@pytest.fixture
def jam(server: JupyterProcess, script: Path) -> Jam:
    """A fresh session with one empty layer."""
    made = server.log_in().request("POST", "sessions", {"title": "Chaos", "layer": "bass"})
    return Jam(server, script, made["id"])


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
        typed = {typist.name: typist.stop_typing() for typist in typists}
        texts = {typist.text(sum(typed.values())) for typist in typists}
    finally:
        for typist in typists:
            typist.kill()
    (text,) = texts
    expected = [f"{name}{number}🎵" for name, count in typed.items() for number in range(count)]
    assert sorted(text.removesuffix(";").split(";")) == sorted(expected)
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
