"""Hostile pattern code against a real Jupyter server with somebody logged in: nothing arrives, nothing is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Frame, Page

from live_server import LiveServer, running_server
from stage.player import StagePage
from stage.site import WIDGETS
from stage.target import Stranger, knocks, stranger

pytestmark = pytest.mark.browser

SOURCE = (WIDGETS / "test" / "stage_attack.js").read_text(encoding="utf-8")
# The function alone, without the comment before it.
ATTACK = SOURCE[SOURCE.index("(where") :].strip().removesuffix(";")
# What must arrive when the same code runs in the page: else the test would prove nothing.
CONTROL = {
    *("fetch", "xhr", "websocket", "eventsource", "beacon", "import", "worker", "nested", "eval", "font"),
    *("image", "script", "stylesheet", "prefetch", "iframe", "object", "video", "form", "contents", "popup"),
    *("other-fetch", "other-xhr", "other-beacon", "other-image", "other-form"),
}


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A real server that writes every request into its log."""
    folder: Path = tmp_path_factory.mktemp("jupyter")
    with running_server(folder, arguments=["--ServerApp.log_level=DEBUG"]) as server:
        yield server


@pytest.fixture(scope="module")
def other() -> Iterator[Stranger]:
    """A stranger's machine."""
    with stranger() as machine:
        yield machine


@pytest.fixture
def page(browser: Browser, jupyter: LiveServer, site: str) -> Iterator[Page]:
    """A page of the server's own origin, logged in, that can make a stage."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{jupyter.url}login?token={jupyter.token}&next=/api/status")
    script = httpx.get(f"{site}page.js").text
    page.add_init_script(script)
    page.goto(f"{jupyter.url}login?next=/none")
    yield page
    context.close()


@pytest.fixture
def stage(page: Page, jupyter: LiveServer) -> StagePage:
    """The stage as the server sends it."""
    return StagePage(page, {"stageUrl": f"{jupyter.url}algorave/stage"})


def run_attack(page: Page | Frame, where: str, jupyter: LiveServer, other: Stranger) -> list[str]:
    """Run the attack in a page or a frame; gives what it found."""
    return page.evaluate(
        f"([where, base, other, udp]) => ({ATTACK})(where, base, other, udp)",
        [where, jupyter.url, other.url, other.udp_port],
    )


def attack_as_pattern(where: str, jupyter: LiveServer, other: Stranger) -> str:
    """The attack as pattern code that throws what it found, so that the gate's answer carries it."""
    arguments = json.dumps([where, jupyter.url, other.url, other.udp_port])
    text = f"throw new Error(JSON.stringify(({ATTACK})(...{arguments})))"
    # In single quotes: double ones are mini-notation.
    quoted = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"new Function('{quoted}')()\ns('bd')"


def fence(stage: StagePage, jupyter: LiveServer) -> None:
    """Music has played for two seconds, and a request made after that has arrived."""
    stage.evaluate('s("hh*4")', "fence")
    stage.wait_cycle(1)
    stage.page.evaluate("(url) => fetch(url)", f"{jupyter.url}probe/fence/fetch")
    assert "/probe/fence/fetch" in jupyter.log


def kernels(jupyter: LiveServer) -> int:
    """How many kernels run."""
    return len(httpx.get(f"{jupyter.url}api/kernels", headers=jupyter.headers).json())


def test_in_the_page_the_attack_succeeds(page: Page, jupyter: LiveServer, other: Stranger) -> None:
    """STAGE-41, negative control: run in the page itself the same code arrives everywhere and starts a kernel."""
    other.datagrams()
    found = run_attack(page, "page", jupyter, other)
    assert any(line.startswith("READ cookie: ") and "_xsrf" in line for line in found), found
    datagrams = 0
    for _ in range(200):
        # Each round trip gives what is on its way time to arrive.
        page.evaluate("(url) => fetch(url)", f"{jupyter.url}probe/fence/fetch")
        datagrams += other.datagrams()
        if knocks("page", jupyter, other) >= CONTROL and kernels(jupyter) == 1 and datagrams > 0:
            return
    pytest.fail(
        f"did not arrive: {CONTROL - knocks('page', jupyter, other)}; {kernels(jupyter)=} {datagrams=}"
    )


def assert_nothing_came(
    where: str, found: list[str], stage: StagePage, jupyter: LiveServer, other: Stranger
) -> None:
    """After a fence nothing has arrived anywhere, no kernel was started, and nothing was read."""
    before = kernels(jupyter)
    fence(stage, jupyter)
    assert knocks(where, jupyter, other) == set()
    assert kernels(jupyter) == before
    assert other.datagrams() == 0
    assert [line for line in found if line.startswith("READ ")] == []


def test_pattern_code_reaches_nothing(stage: StagePage, jupyter: LiveServer, other: Stranger) -> None:
    """STAGE-41: pattern code reaches no server, no cookie, no storage and no page."""
    other.datagrams()
    reply = stage.evaluate(attack_as_pattern("pattern", jupyter, other), plays=False)
    found = json.loads(reply["problems"][0]["message"])
    assert len(found) > 20
    assert_nothing_came("pattern", found, stage, jupyter, other)


def test_code_that_escaped_into_the_frame_reaches_nothing(
    stage: StagePage, jupyter: LiveServer, other: Stranger
) -> None:
    """STAGE-42: even code that runs in the stage's frame itself reaches nothing."""
    other.datagrams()
    frame = next(frame for frame in stage.page.frames if frame.url.endswith("algorave/stage"))
    found = run_attack(frame, "frame", jupyter, other)
    assert len(found) > 10
    assert_nothing_came("frame", found, stage, jupyter, other)


def test_top_navigation_is_refused(stage: StagePage) -> None:
    """STAGE-42: the frame cannot take the page elsewhere."""
    frame = next(frame for frame in stage.page.frames if frame.url.endswith("algorave/stage"))
    before = stage.page.url
    names = frame.evaluate(
        "() => ['top', 'parent'].map((name) => { try { window[name].location = 'about:blank'; return ''; }"
        " catch (error) { return error.name; } })"
    )
    assert names == ["SecurityError", "SecurityError"]
    stage.evaluate('s("hh*4")')
    assert stage.page.url == before


def test_a_frame_that_navigates_is_destroyed(stage: StagePage, jupyter: LiveServer) -> None:
    """STAGE-43: a frame that navigates itself away is destroyed, its layers are silent, and a new stage stands in."""
    stage.evaluate('s("hh*4")')
    frame = next(frame for frame in stage.page.frames if frame.url.endswith("algorave/stage"))
    frame.evaluate("(url) => { location.href = url; }", f"{jupyter.url}probe/self/navigate")
    failed = stage.wait_said("failed")
    assert (failed["layer"], failed["silent"]) == ("one", True)
    stage.wait_said("ready", after=1)
    assert not [frame for frame in stage.page.frames if "probe" in frame.url]
    stage.evaluate('s("hh*4")')
