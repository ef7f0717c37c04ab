"""The tempo in the bar of a session: typed, tapped and nudged, seen by everybody; layers that wait for their bar."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from widget.jam import PATIENCE_MS, Host, Person, join

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, WebSocket

pytestmark = pytest.mark.browser

MORE = "Tap, nudge and more about the tempo"


def tempo(person: Person) -> Locator:
    """The number in the bar."""
    return person.page.locator(".algs-tempo-input")


def panel(person: Person) -> Locator:
    """What is behind the metronome."""
    return person.page.get_by_role("dialog", name="Tempo")


def tap_beats(person: Person, count: int, interval_ms: int) -> list[float]:
    """Press the key for a beat so many times; gives the time between one and the next by the page's clock, in ms."""
    return person.page.evaluate(
        """async ([count, interval_ms]) => {
            const times = [];
            for (let beat = 0; beat < count; beat++) {
                if (beat > 0) await new Promise((resolve) => setTimeout(resolve, interval_ms));
                const key = { code: "KeyT", key: "t", altKey: true, bubbles: true, cancelable: true };
                times.push(performance.now());
                document.body.dispatchEvent(new KeyboardEvent("keydown", key));
            }
            return times.slice(1).map((time, at) => time - times[at]);
        }""",
        [count, interval_ms],
    )


def listen_in(person: Person) -> list[dict[str, Any]]:
    """What the server will have told this person's page, as far as it is JSON."""
    heard: list[dict[str, Any]] = []

    def hear(frame: bytes | str) -> None:
        if isinstance(frame, str):
            heard.append(json.loads(frame))

    def open_ears(socket: WebSocket) -> None:
        socket.on("framereceived", hear)

    person.page.on("websocket", open_ears)
    return heard


def of_kind(heard: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The messages of one kind."""
    return [message for message in heard if message["kind"] == kind]


def test_a_tempo_is_everybodys(host: Host, guest: Person) -> None:
    """TEMPO-1, TEMPO-6: what one types is everybody's tempo, at once or little by little, and is credited."""
    host.create("One tempo")
    join(guest, host.link(), "Bo")
    expect(tempo(guest)).to_have_value("30", timeout=PATIENCE_MS)
    tempo(guest).fill("45")
    tempo(guest).press("Enter")
    expect(tempo(host)).to_have_value("45", timeout=PATIENCE_MS)
    host.button(MORE).click()
    expect(panel(host)).to_contain_text("180 beats a minute")
    expect(panel(host)).to_contain_text("set by Bo")
    panel(host).get_by_label("A change takes").select_option("4 seconds")
    tempo(host).fill("60")
    tempo(host).press("Enter")
    guest.button(MORE).tap()
    expect(panel(guest)).to_contain_text("on its way to 240", timeout=PATIENCE_MS)
    expect(tempo(guest)).to_have_value("60", timeout=PATIENCE_MS)
    expect(panel(guest)).to_contain_text("240 beats a minute")


def test_a_tempo_is_tapped(host: Host) -> None:
    """TEMPO-6, TAP-2: four taps at the keyboard are a tempo, once they have ended; before that they are shown."""
    host.create("Tapped")
    host.button(MORE).click()
    tap_beats(host, 3, 250)
    expect(panel(host).get_by_role("button", name="…")).to_be_visible()
    expect(tempo(host)).to_have_value("30")
    intervals_ms = tap_beats(host, 9, 250)
    cpm = 60_000 / statistics.median(intervals_ms) / 4
    host.page.wait_for_function(
        "(cpm) => Math.abs(Number(document.querySelector('.algs-tempo-input').value) - cpm) < 0.5",
        arg=cpm,
        timeout=PATIENCE_MS,
    )
    expect(panel(host).get_by_role("button", name="Tap the beat")).to_be_visible()


def test_a_tap_is_one_tap_however_it_is_given(host: Host) -> None:
    """TEMPO-6: by mouse, by keys and by what gives a click without either, as screen readers do; two would be a tempo."""
    host.create("One tap")
    host.button(MORE).click()
    button = panel(host).locator(".algs-tempo-tap")
    ways: list[Callable[[], object]] = [
        button.click,
        lambda: button.press("Enter"),
        lambda: button.press("Space"),
        lambda: button.evaluate("(button) => button.click()"),
    ]
    for tap in ways:
        expect(button).to_contain_text("Tap the beat", timeout=PATIENCE_MS)
        tap()
        expect(button).to_contain_text("go on …")
    tap_beats(host, 2, 0)
    expect(button).not_to_contain_text("go on …")


def test_everybody_is_nudged(host: Host, guest: Person, browser: Browser) -> None:
    """TEMPO-6: buttons and keys nudge everybody, also while one types code; who only listens has neither."""
    heard = listen_in(guest)
    host.create("Nudged")
    listener = Person(browser)
    join(listener, host.link("viewer"), "Vic")
    expect(tempo(listener)).to_be_disabled(timeout=PATIENCE_MS)
    expect(listener.page.locator(".algs-tempo-more")).to_be_hidden()
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    listener.page.keyboard.press("Alt+BracketRight")
    host.button(MORE).click()
    panel(host).get_by_role("button", name="on").click()
    expect(panel(host)).to_contain_text("set by you")
    host.page.keyboard.press("Escape")
    host.code().click()
    host.page.keyboard.type("bd")
    host.page.keyboard.press("Alt+BracketLeft")
    host.page.keyboard.type("sd")
    expect(host.code()).to_have_text("bdsd")
    guest.button(MORE).tap()
    expect(panel(guest)).to_contain_text("set by Host", timeout=PATIENCE_MS)
    bends = [notice["anchors"][0]["cps"] for notice in of_kind(heard, "tempo")]
    assert [cps > 0.5 for cps in bends] == [True, False]
    assert {notice["anchors"][-1]["cps"] for notice in of_kind(heard, "tempo")} == {0.5}
    listener.context.close()


def test_layers_begin_with_a_bar(host: Host, guest: Person) -> None:
    """TEMPO-4, PIECE-6: a layer waits for its bar, says how long, and brings its tempo when it begins."""
    heard = listen_in(guest)
    host.create("Bars")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    host.button(MORE).click()
    panel(host).get_by_label("What I play begins").select_option("with a bar of 16 cycles")
    host.page.keyboard.press("Escape")
    host.type_code('setcps(1.25)\ns("bd*4")')
    host.page.keyboard.press("Control+Enter")
    status = host.page.locator(".alg-status")
    expect(status).to_have_text("begins in 3 cycles", timeout=PATIENCE_MS + 32_000)
    assert of_kind(heard, "evaluated")[-1]["playing"]["from_cycle"] % 16 == 0
    (news,) = of_kind(heard, "tempo")
    assert (news["anchors"][0]["cycle"] % 16, news["anchors"][0]["cps"]) == (0, 1.25)
    assert news["layer"] is not None
    expect(tempo(guest)).to_have_value("75", timeout=PATIENCE_MS)
    expect(status).to_have_text("playing", timeout=PATIENCE_MS)
