"""Devices on a real page of a real session: a made-up MIDI port, as this machine has none, and a real UDP receiver."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from pythonosc.osc_bundle import OscBundle

from superdirt import osc_target, superdirt
from widget.jam import PATIENCE_MS, Host, jam_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from live_server import LiveServer

pytestmark = pytest.mark.browser

SYNTH = """() => {
  globalThis.asked = 0;
  globalThis.sent = [];
  const send = (bytes, at_ms) => sent.push([...bytes, at_ms]);
  const outputs = new Map([["1", { id: "1", name: "Synth", send }]]);
  navigator.requestMIDIAccess = async () => { asked += 1; return { outputs, onstatechange: null }; };
}"""
NOTES = "(status) => sent.filter(([first]) => (first & 0xf0) === status)"
# Not as a condition of Playwright's, which the page's policy would not let it evaluate.
UNTIL_PLAYED = f"""(count) => new Promise((resolve, reject) => {{
  setTimeout(() => reject(new Error(`${{sent.length}} messages`)), {PATIENCE_MS});
  const look = () => (({NOTES})(0x90).length >= count ? resolve() : setTimeout(look, 20));
  look();
}})"""
PATTERN = 'note("c3*4").s("sawtooth").velocity(0.5)'


@pytest.fixture(scope="module")
def receiver() -> Iterator[socket.socket]:
    """What stands in for SuperDirt."""
    with superdirt() as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, receiver: socket.socket) -> Iterator[LiveServer]:
    """A server without notebooks that sends OSC to the receiver."""
    with jam_server(tmp_path_factory.mktemp("devices"), osc_target(receiver)) as live:
        yield live


def notes(host: Host, status: int) -> list[list[float]]:
    """What the synth got of one kind: bytes, then the time."""
    return host.page.evaluate(NOTES, status)


def received(receiver: socket.socket) -> dict[str, Any]:
    """The next hap that arrives at SuperDirt, by names."""
    message = OscBundle(receiver.recv(65_536)).content(0)
    assert message.address == "/dirt/play"
    return dict(zip(message.params[::2], message.params[1::2], strict=True))


def test_devices_play_along(browser: Browser, server: LiveServer, receiver: socket.socket) -> None:
    """LINK-12, LINK-16: asked for at a click, a synth and SuperDirt play what the page plays, and hush ends it."""
    host = Host(browser, server)
    host.page.add_init_script(f"({SYNTH})()")
    host.create("Own synths")
    host.button("Devices").click()
    dialog = host.page.get_by_role("dialog", name="Devices")
    assert host.page.evaluate("asked") == 0
    dialog.get_by_role("button", name="Connect MIDI").click()
    expect(dialog.get_by_label("Device")).to_have_value("1")
    dialog.get_by_label("main").select_option("channel 2")
    dialog.get_by_label("Send all layers to SuperDirt").check()
    assert host.axe() == []
    host.page.keyboard.press("Escape")
    host.type_code(PATTERN)
    host.page.keyboard.press("Control+Enter")
    expect(host.page.locator(".alg-status")).to_have_text("playing", timeout=PATIENCE_MS)
    host.page.evaluate(UNTIL_PLAYED, 6)
    # C3 on the second channel at half of full, one after the other.
    begun = notes(host, 0x90)
    assert {tuple(each[:3]) for each in begun} == {(0x91, 48, 64)}
    assert [each[3] for each in begun] == sorted({each[3] for each in begun})
    heard = received(receiver)
    assert (heard["s"], heard["midinote"], heard["velocity"], heard["cps"]) == ("sawtooth", 48, 0.5, 0.5)
    host.button("Hush").click()
    expect(host.page.locator(".alg-status")).to_have_text("silent", timeout=PATIENCE_MS)
    assert len(notes(host, 0x90)) == len(notes(host, 0x80))
    assert host.page.evaluate("sent.filter(([first]) => first === 0xfc).length") == 1
    assert host.complaints == []
    host.context.close()
