"""Samples come through the bridge: from allowed hosts, from the server's own folder, and once."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from live_server import LiveServer, running_server
from stage.player import StagePage

pytestmark = pytest.mark.browser

MAP = {
    "_base": "https://raw.githubusercontent.com/somebody/pack/main/",
    "ping": ["ping.wav"],
    "huge": ["huge.wav"],
    "moved": ["moved.wav"],
}
RATE = 44_100


def tone(frequency_hz: float, seconds: float = 1.0) -> bytes:
    """A sine as a WAV file."""
    samples = np.sin(2 * np.pi * frequency_hz * np.arange(round(RATE * seconds)) / RATE)
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((1, 2, RATE, 0, "NONE", ""))
        written.writeframes((samples * 20_000).astype("<i2").tobytes())
    return file.getvalue()


class SampleHost:
    """Stands where an allowed sample host is: the browser's requests to it end here."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        page.route("https://raw.githubusercontent.com/**", self.answer)

    def answer(self, route: Route) -> None:
        """Serve the map and its files; one is too large, one has moved elsewhere."""
        name = route.request.url.rsplit("/", 1)[1]
        self.asked.append(name)
        self.headers.append(route.request.headers)
        cross = {"Access-Control-Allow-Origin": "*"}
        if name == "strudel.json":
            route.fulfill(json=MAP, headers=cross)
        elif name == "huge.wav":
            route.fulfill(body=b"\0" * 5_000_001, headers=cross)
        elif name == "moved.wav":
            route.fulfill(status=302, headers=cross | {"Location": "https://evil.example/ping.wav"})
        else:
            route.fulfill(body=tone(700), headers=cross)


CODE = "samples('github:somebody/pack')\n$: s(\"{}\").note(36)"


def test_a_pack_from_an_allowed_host_sounds(stage: StagePage) -> None:
    """STAGE-20: a sample from an allowed host sounds from its first onset, is asked for once and as nobody."""
    host = SampleHost(stage.page)
    stage.start_listening()
    stage.evaluate(CODE.format("ping"))
    stage.wait_cycle(0.6)
    sound = stage.heard()
    assert abs(sound.pitch_hz() - 700) < 2
    stage.do("hush()")
    stage.evaluate(CODE.format("ping ping"))
    stage.wait_cycle(0.6)
    assert host.asked == ["strudel.json", "ping.wav"]
    assert not [headers for headers in host.headers if "cookie" in headers or "referer" in headers]


@pytest.mark.parametrize(("name", "reason"), [("huge", "larger than 5 MB"), ("moved", "unreachable")])
def test_what_the_bridge_refuses_is_said(stage: StagePage, name: str, reason: str) -> None:
    """STAGE-20: a file that is too large or leads elsewhere is not loaded, and that is said in words."""
    SampleHost(stage.page)
    stage.evaluate(CODE.format(name))
    assert reason in stage.wait_said("notice")["text"]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with a folder of local samples."""
    folder: Path = tmp_path_factory.mktemp("jupyter")
    samples = folder / "samples"
    (samples / "my drum").mkdir(parents=True)
    (samples / "my drum" / "a#1.wav").write_bytes(tone(900))
    with running_server(folder, arguments=[f"--AlgoraveApp.samples_dir={samples}"]) as server:
        yield server


def test_local_samples_sound(browser: Browser, jupyter: LiveServer, site: str) -> None:
    """STAGE-21: the server's own folder of samples is played by `samples('local:')`."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{jupyter.url}login?token={jupyter.token}&next=/api/status")
    page.add_init_script(httpx.get(f"{site}page.js").text)
    page.goto(f"{jupyter.url}login?next=/none")
    local = f"{jupyter.url}algorave/samples/"
    stage = StagePage(page, {"stageUrl": f"{jupyter.url}algorave/stage", "localSamplesUrl": local})
    stage.start_listening()
    stage.evaluate("samples('local:')\n$: s(\"my_drum\").note(36)")
    stage.wait_cycle(0.6)
    assert abs(stage.heard().pitch_hz() - 900) < 2
    context.close()
