"""What is stopped is gone: no Workers, nodes or memory stay behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession

from stage.player import StagePage

pytestmark = pytest.mark.browser

ROUNDS = 24


def objects(session: CDPSession, constructor: str) -> int:
    """How many objects of a class are alive in the frame, after collecting garbage."""
    session.send("HeapProfiler.collectGarbage")
    prototype = session.send("Runtime.evaluate", {"expression": f"{constructor}.prototype"})
    queried = session.send("Runtime.queryObjects", {"prototypeObjectId": prototype["result"]["objectId"]})
    handle = queried["objects"]["objectId"]
    length = session.send(
        "Runtime.callFunctionOn",
        {
            "objectId": handle,
            "functionDeclaration": "function () { return this.length; }",
            "returnByValue": True,
        },
    )
    session.send("Runtime.releaseObject", {"objectId": handle})
    return length["result"]["value"]


def test_stopped_layers_leave_nothing(stage: StagePage) -> None:
    """STAGE-15: a layer that was stopped leaves no audio nodes behind; a re-run replaces, it does not add."""
    frame = next(frame for frame in stage.page.frames if "stage" in frame.url)
    session = stage.page.context.new_cdp_session(frame)
    code = 'setcps(2)\ns("bd*2, hh*4").room(.3).delay(.2).lpf(2000)'

    def settle() -> int:
        """Nodes alive when everything that was stopped has rung out."""
        stage.evaluate('setcps(2)\ns("hh/8").gain(0)', "idle")
        stage.wait("Object.keys(said.findLast((news) => news.kind === 'levels').layers).length === 1")
        cycle = stage.said("clock")[-1]["cycle"]
        stage.wait_cycle(cycle + 14)
        stage.do('stop("idle")')
        return objects(session, "AudioNode")

    for number in range(4):
        stage.evaluate(code, f"layer {number}")
        stage.do(f'stop("layer {number}")')
    before = settle()
    for number in range(ROUNDS):
        stage.evaluate(code, f"layer {number % 5}")
        stage.do(f'stop("layer {number % 5}")')
    assert settle() - before < ROUNDS
