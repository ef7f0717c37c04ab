"""People who type numbered words in processes of their own, so that every word can be looked for."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .jupyter_process import JupyterProcess, Person

WIDGETS = Path(__file__).parents[2] / "widgets"


class Typist:
    """The real browser client in Node, or a stock one, typing numbered words."""

    def __init__(self, script: Path, settings: dict[str, Any]) -> None:
        self.name: str = settings["name"]
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

    def leave(self) -> int:
        """The page is left; how many words it typed."""
        self._process.terminate()
        return int(self.wait_for("left")["left"])

    def kill(self) -> list[dict[str, Any]]:
        """End it as a power cut would; returns all it said that was not read yet."""
        self._process.kill()
        rest, _ = self._process.communicate()
        return [json.loads(line) for line in rest.splitlines() if line.endswith("}")]

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


def bundle(folder: Path) -> Path:
    """The typist as one file for Node."""
    path = folder / "typist.mjs"
    esbuild = WIDGETS / "node_modules" / ".bin" / "esbuild"
    # `ws` is written for require(), which an ES module has to make for itself.
    banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=error", f"--outfile={path}"]
    options.append(f"--banner:js={banner}")
    subprocess.run([esbuild, WIDGETS / "test" / "session" / "typist.ts", *options], check=True)
    return path


@dataclass
class Jam:
    """A session on a server, and what is needed to join it."""

    server: JupyterProcess
    script: Path
    host: Person
    session: str

    @classmethod
    def begin(cls, server: JupyterProcess, script: Path) -> Jam:
        """A fresh session with one empty layer."""
        host = server.log_in()
        made = host.request("POST", "sessions", {"title": "Chaos", "layer": "bass"})
        return cls(server, script, host, made["id"])

    def people_here(self) -> int:
        """How many have a connection, as the server sees it."""
        listed = self.host.request("GET", f"sessions/{self.session}/participants")["participants"]
        return sum(person["connections"] > 0 for person in listed)

    def join(
        self, name: str, *, person: Person | None = None, port: int | None = None, **more: Any
    ) -> Typist:
        """Somebody, new unless a person is given, who types at once; `more` is told to the script."""
        cookie = (person or self.server.log_in()).cookie
        url = f"ws://127.0.0.1:{port or self.server.port}/algorave/ws/{self.session}"
        settings = {"url": url, "session": self.session, "layer": "l1", "name": name, "interval_ms": 50}
        host = f"127.0.0.1:{self.server.port}"
        return Typist(self.script, {**settings, "cookie": cookie, "host": host, **more})


def all_words(typed: dict[str, int]) -> list[str]:
    """Every word of those who typed so many, in no order that means anything."""
    return sorted(f"{name}{number}🎵" for name, count in typed.items() for number in range(count))


def words_of(text: str) -> list[str]:
    """The words in a text, sorted."""
    return sorted(text.removesuffix(";").split(";"))


def typed_by(typists: Iterable[Typist]) -> dict[str, int]:
    """Let all of them stop: everybody has every word exactly once. Gives how many each has typed."""
    typists = list(typists)
    typed = {typist.name: typist.stop_typing() for typist in typists}
    (text,) = {typist.text(sum(typed.values())) for typist in typists}
    assert words_of(text) == all_words(typed)
    return typed
