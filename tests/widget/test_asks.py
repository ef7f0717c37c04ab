"""The agent on pages: people ask it, everybody sees what it writes, hears of what changes, and can take it back."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from algorave_kernel.testing import MessagesServer, Reply
from widget.jam import PATIENCE_MS, Host, Person, join
from widget.scripted_agent import ScriptedAgent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser

BASS = 'note("c2 e2 g2 b1").s("sawtooth").lpf(800)'
DARKER = BASS.replace("800", "300")
CANARY = "sk-ant-api03-canary-5b1e"
HOSTILE = '<img src=x onerror="window.broken=1"><b>x</b>'


@pytest.fixture
def agents() -> Iterator[Callable[[Host], ScriptedAgent]]:
    """Lets an agent come to the host's session."""
    came: list[ScriptedAgent] = []

    def come(host: Host) -> ScriptedAgent:
        came.append(ScriptedAgent(host.link(kind="agent")))
        return came[-1]

    yield come
    for agent in came:
        agent.leave()


def card(person: Person, words: str) -> Locator:
    """The card of an ask on somebody's page."""
    return person.page.get_by_role("article", name=f": {words}")


def switch_on(host: Host, title: str) -> None:
    """Make a session with AI switched on, and a bass in it."""
    host.create(title)
    host.type_code(BASS)
    host.button("Ask").click()
    host.page.get_by_label("AI is on").check()
    host.page.keyboard.press("Escape")


def ask(person: Person, words: str) -> None:
    """Ask the agent in the box."""
    box = person.page.get_by_role("textbox", name="What should the agent change?")
    if not box.is_visible():
        person.button("Ask").first.click()
    box.fill(words)
    person.page.keyboard.press("Enter")
    expect(card(person, words)).to_be_visible(timeout=PATIENCE_MS)


def test_two_see_it_write_and_one_takes_it_back(
    browser: Browser, host: Host, agents: Callable[[Host], ScriptedAgent]
) -> None:
    """PROP-8, PROP-6: a guest asks, both see the draft beside the layer, what one hears of it, the credit, and undo."""
    switch_on(host, "Darker")
    bo, vi = Person(browser), Person(browser, phone=True)
    join(bo, host.link(), "Bo")
    join(vi, host.link("viewer"), "Vi")
    claude = agents(host)
    ask(bo, "make the bass darker")
    asked = claude.take("make the bass darker")
    expect(card(host, "make the bass darker").locator(".alg-ask-state")).to_have_text("thinking")
    claude.draft(asked, "streaming", "I lower the filter.", claude.change("main", DARKER[:-4]))
    for person in (host, bo, vi):
        slot = person.page.get_by_role("region", name="Layer main").locator(".alg-ask")
        expect(slot).to_contain_text("I lower the filter.", timeout=PATIENCE_MS)
        expect(slot.locator(".alg-ask-after")).to_contain_text("lpf(")
        expect(slot.locator(".alg-ask-state")).to_have_text("writing")
    expect(vi.page.locator(".alg-ask-deed:visible")).to_have_count(0)
    expect(host.page.locator(".algs-people")).to_contain_text("at work for Bo")
    assert host.code().inner_text().strip() == BASS
    claude.offer(asked, "I lower the filter.", claude.change("main", DARKER))
    claude.land(asked, "main", DARKER)
    claude.finish(asked, "applied", usd=0.0112)
    for person in (host, bo):
        shown = card(person, "make the bass darker")
        expect(shown.locator(".alg-ask-state")).to_have_text("in the music", timeout=PATIENCE_MS)
        expect(shown.locator(".alg-ask-heard")).to_contain_text("cutoff 800 → 300", timeout=PATIENCE_MS)
        expect(shown.locator(".alg-ask-cost")).to_have_text("$0.01 · Ana's key")
        expect(person.code()).to_contain_text(DARKER)
        expect(person.page.locator(".alg-credit")).to_have_text("by Claude for Bo")
    card(bo, "make the bass darker").get_by_role("button", name="Undo").click()
    claude.take_back(asked)
    expect(card(host, "make the bass darker").locator(".alg-ask-state")).to_have_text("taken back")
    expect(host.code()).to_contain_text(BASS)
    for person in (bo, vi):
        person.context.close()


SEEN = """() => {
  globalThis.seen = new Set();
  new MutationObserver(() => {
    for (const each of document.querySelectorAll(".alg-ask-state")) seen.add(each.textContent);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
ANSWER = 'I lower the filter.\n<edit layer="main"><find>lpf(800)</find><put>lpf(300)</put></edit>'


def test_the_command_brings_a_real_agent(host: Host, guest: Person) -> None:
    """PROP-8, PROP-9: run as copied, the command brings an agent that streams from a model's server and takes back."""
    switch_on(host, "A real agent")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.page.evaluate(SEEN)
    with MessagesServer([Reply(text=ANSWER, chunk=4, between_s=0.08)]) as model:
        command = [*shlex.split(copied_command(host)), "--base-url", model.url, "--pays", "Ana's key"]
        command[0] = str(Path(sys.executable).with_name(command[0]))
        environment = os.environ | {"ANTHROPIC_API_KEY": CANARY}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            guest.button("Ask").tap()
            box = guest.page.get_by_role("region", name="Ask the agent")
            expect(box).to_contain_text("Claude answers · Ana's key", timeout=PATIENCE_MS)
            ask(guest, "make it darker")
            shown = card(guest, "make it darker")
            expect(shown.locator(".alg-ask-state")).to_have_text("in the music", timeout=PATIENCE_MS)
            expect(shown.locator(".alg-ask-says")).to_have_text("I lower the filter.")
            expect(shown.locator(".alg-ask-heard")).to_contain_text("cutoff 800 → 300", timeout=PATIENCE_MS)
            assert "writing" in guest.page.evaluate("[...seen]")
            expect(host.code()).to_contain_text(DARKER)
            shown.get_by_role("button", name="Undo").tap()
            expect(shown.locator(".alg-ask-state")).to_have_text("taken back", timeout=PATIENCE_MS)
            expect(host.code()).to_contain_text(BASS)
            assert CANARY not in host.page.content() + guest.page.content()
        finally:
            process.terminate()
            process.wait(PATIENCE_MS / 1000)


def copied_command(host: Host) -> str:
    """What the host's page copies for a terminal."""
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.button("Ask").click()
    host.button("Copy the command").click()
    expect(host.button("Copied: run it in a terminal")).to_be_visible(timeout=PATIENCE_MS)
    host.page.keyboard.press("Escape")
    return str(host.page.evaluate("navigator.clipboard.readText()"))


def test_the_one_line_when_nobody_answers(host: Host, guest: Person) -> None:
    """PROP-9: off, everybody reads who can turn it on; on without an agent, how to bring one; viewers have no box."""
    host.create("Nobody answers")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.button("Ask").click()
    box = guest.page.get_by_role("region", name="Ask the agent")
    expect(box).to_contain_text("AI is off in this session. A host can turn it on.")
    expect(box.get_by_role("textbox")).to_be_hidden()
    expect(box.get_by_label("AI is on")).to_be_hidden()
    host.button("Ask").click()
    host.page.get_by_label("AI is on").check()
    for person in (host, guest):
        expect(person.page.get_by_role("region", name="Ask the agent")).to_contain_text("algorave agent LINK")
        expect(person.page.get_by_role("region", name="Ask the agent")).to_contain_text("the house band")
    _choose(host, "Bo: more", "Make viewer")
    expect(box).to_have_count(0)
    expect(guest.button("Ask")).to_be_hidden()


def test_somebody_accepts_first(host: Host, guest: Person, agents: Callable[[Host], ScriptedAgent]) -> None:
    """PROP-11, PROP-3: with accept first on nothing changes before a yes; a no leaves all as it was."""
    switch_on(host, "Accept first")
    host.button("Ask").click()
    host.page.get_by_label("Accept first").check()
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    claude = agents(host)
    for words, answer, text in (("make it darker", "Reject", BASS), ("lower the filter", "Accept", DARKER)):
        ask(guest, words)
        asked = claude.take(words)
        claude.offer(asked, "Like this?", claude.change("main", DARKER))
        shown = card(guest, words)
        expect(shown.locator(".alg-ask-heard")).to_contain_text("cutoff 800 → 300", timeout=PATIENCE_MS)
        expect(shown.locator(".alg-ask-state")).to_have_text("ready, not heard yet")
        expect(guest.code()).to_contain_text(BASS)
        shown.get_by_role("button", name=answer).tap()
        if answer == "Accept":
            claude.land(asked, "main", DARKER)
            claude.finish(asked, "applied")
        expect(card(host, words).locator(".alg-ask-deed:visible")).to_have_text(
            ["Undo"] if answer == "Accept" else [], timeout=PATIENCE_MS
        )
        expect(guest.code()).to_contain_text(text)


def test_who_asked_stops_it_and_others_cannot(
    browser: Browser, host: Host, agents: Callable[[Host], ScriptedAgent]
) -> None:
    """PROP-3: the asker and hosts have a Stop; somebody else has none; stopped, the agent's words stay away."""
    switch_on(host, "Stop")
    bo, cy = Person(browser), Person(browser)
    for person, name in ((bo, "Bo"), (cy, "Cy")):
        join(person, host.link(), name)
        expect(person.code()).to_be_editable(timeout=PATIENCE_MS)
    claude = agents(host)
    ask(bo, "make it louder")
    asked = claude.take("make it louder")
    claude.draft(asked, "streaming", "Up it goes.", claude.change("main", f"{BASS}.gain(2)"))
    for person, deeds in ((host, ["Stop"]), (bo, ["Stop"]), (cy, [])):
        expect(card(person, "make it louder").locator(".alg-ask-says")).to_have_text("Up it goes.")
        expect(card(person, "make it louder").locator(".alg-ask-deed:visible")).to_have_text(deeds)
    card(bo, "make it louder").get_by_role("button", name="Stop").click()
    for person in (host, bo, cy):
        expect(card(person, "make it louder").locator(".alg-ask-state")).to_contain_text("stopped")
        expect(person.code()).to_contain_text(BASS)
        expect(person.code()).not_to_contain_text("gain(2)")
    claude.wait_for(asked, "stopped")
    for person in (bo, cy):
        person.context.close()


def test_all_that_is_said_is_text(host: Host, agents: Callable[[Host], ScriptedAgent]) -> None:
    """PROP-10: markup in words, prose, problems, code and reasons is shown as it is, and a draft runs nowhere."""
    switch_on(host, "Hostile")
    claude = agents(host)
    ask(host, HOSTILE)
    asked = claude.take(HOSTILE)
    code = f'globalThis.broken = 1; s("bd") // {HOSTILE}'
    claude.draft(asked, "mending", HOSTILE, claude.change("main", code), problems=[HOSTILE], round=1)
    shown = host.page.locator(".alg-ask")
    for part in (".alg-ask-words", ".alg-ask-says", ".alg-ask-problems", ".alg-ask-diff"):
        expect(shown.locator(part)).to_contain_text(HOSTILE)
    claude.finish(asked, "failed", reason=HOSTILE)
    expect(shown.locator(".alg-ask-reason")).to_contain_text(HOSTILE)
    expect(shown.locator(".alg-ask-diff")).to_have_count(0)
    assert shown.locator("img, b").count() == 0
    assert host.page.evaluate("window.broken") is None


def test_the_key_opens_the_box_and_escape_goes_back(
    host: Host, agents: Callable[[Host], ScriptedAgent]
) -> None:
    """PROP-7: in a layer Ctrl+Shift+A means that layer; Escape goes back into its text; elsewhere the whole piece."""
    switch_on(host, "Keys")
    agents(host)
    host.code().click()
    host.page.keyboard.press("Control+Shift+A")
    box = host.page.get_by_role("textbox", name="What should the agent change?")
    expect(box).to_be_focused()
    expect(host.page.get_by_label("Of which layer")).to_have_value(re.compile("."))
    host.page.keyboard.press("Escape")
    expect(host.code()).to_be_focused()
    host.button("Chat").focus()
    host.page.keyboard.press("Control+Shift+A")
    expect(box).to_be_focused()
    expect(host.page.get_by_label("Of which layer")).to_have_value("")
    host.page.keyboard.press("Escape")
    expect(host.button("Chat")).to_be_focused()


def test_a_layer_keeps_the_agent_out(host: Host, agents: Callable[[Host], ScriptedAgent]) -> None:
    """PROP-12: the layer's menu says what the agent may do there, and clears what is credited to it."""
    switch_on(host, "Keep out")
    claude = agents(host)
    ask(host, "darker")
    asked = claude.take("darker")
    claude.offer(asked, "", claude.change("main", DARKER))
    claude.land(asked, "main", DARKER)
    claude.finish(asked, "applied")
    credit = host.page.locator(".alg-credit")
    expect(credit).to_have_text(re.compile("^by Claude for "), timeout=PATIENCE_MS)
    _choose(host, "Layer main: more", "Agent keeps out")
    expect(credit).to_be_hidden()
    host.button("Layer main: more").click()
    expect(host.page.locator(".algs-menu-item", has_text="✓ Agent keeps out")).to_be_visible()
    host.page.keyboard.press("Escape")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_fingers_find_all(
    browser: Browser, host: Host, agents: Callable[[Host], ScriptedAgent], *, dark: bool
) -> None:
    """PROP-13: on a phone, light and dark, in every state, axe is silent, nothing scrolls sideways, all is large enough."""
    switch_on(host, "Looks")
    guest = Person(browser, phone=True, dark=dark)
    # The names at cursors fade, and in between nobody is to read them.
    guest.page.emulate_media(reduced_motion="reduce")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    claude = agents(host)
    guest.button("Ask").tap()
    expect(guest.page.get_by_role("textbox", name="What should the agent change?")).to_be_visible()
    _looks_well(guest)
    ask(guest, "make the bass darker")
    asked = claude.take("make the bass darker")
    hats = {"layer": None, "name": "hats", "before": None, "after": 's("hh*8")'}
    claude.draft(asked, "streaming", "I lower the filter.", claude.change("main", DARKER), hats)
    expect(guest.page.locator(".alg-ask-caption", has_text="hats, a new layer")).to_be_attached()
    _looks_well(guest)
    claude.finish(asked, "failed", reason="the model did not answer")
    expect(guest.page.locator(".alg-ask-reason")).to_have_text("The model did not answer.")
    _looks_well(guest)
    guest.context.close()


SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """() => [...document.querySelectorAll(":is(.alg-ask, .alg-asks) :is(button, input, textarea, select)")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => [each.getAttribute("aria-label") ?? each.textContent, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.5 || box.height < 43.5)
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""


def _looks_well(person: Person) -> None:
    assert person.axe() == []
    assert (person.page.evaluate(SIDEWAYS), person.page.evaluate(TOO_SMALL)) == (0, [])


def _choose(person: Person, menu: str, item: str) -> None:
    person.page.get_by_role("button", name=menu, exact=True).click()
    person.page.locator(".algs-menu-item", has_text=re.compile(f"^{re.escape(item)}")).click()
