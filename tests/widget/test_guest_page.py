"""The pages of hosts and guests: one invites, others come by a link, and they play one piece."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.jam import PATIENCE_MS, Host, Person, join

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


pytestmark = pytest.mark.browser

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """() => [...document.querySelectorAll(".algs button, .algs input, .algs textarea, .algs select")]
  .filter((each) => !each.closest(".alg") && each.checkVisibility({ visibilityProperty: true }))
  .map((each) => [each.getAttribute("aria-label") ?? each.textContent, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.5 || box.height < 43.5)
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
HOSTILE = '<img src=x onerror="window.broken=1"><b>x</b>'


def test_two_play_one_piece(host: Host, guest: Person) -> None:
    """VISIT-1, VISIT-5: a guest sees who invites to what, comes in, and both see each other's text and names."""
    host.create("Friday jam")
    guest.page.goto(host.link())
    expect(guest.page.get_by_role("heading", name="Friday jam")).to_be_visible()
    expect(guest.page.locator(".algs-lead")).to_contain_text("Host invites you")
    expect(guest.page.locator(".algs-lead")).to_contain_text("co-author")
    guest.page.get_by_label("Your name").fill("Bo")
    guest.button("Join").click()
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    assert re.search(r"#s=[0-9a-f]{32}$", guest.page.url)
    guest.type_code('s("bd*4")')
    expect(host.code()).to_contain_text('s("bd*4")')
    host.code().click()
    host.page.keyboard.press("Control+End")
    host.page.keyboard.type(".gain(0.5)")
    expect(guest.code()).to_contain_text('s("bd*4").gain(0.5)')
    expect(host.page.locator(".algs-people .algs-name")).to_have_text(["Host", "Bo"])
    host.button("Play all").click()
    expect(guest.button("Tap to listen")).to_be_visible(timeout=PATIENCE_MS)
    guest.button("Tap to listen").tap()
    expect(guest.page.locator(".alg-status")).to_have_text("playing", timeout=PATIENCE_MS)
    host.button("Hush").click()
    expect(guest.page.locator(".alg-status")).to_have_text("silent", timeout=PATIENCE_MS)


def test_coming_back_and_leaving(host: Host, guest: Person) -> None:
    """VISIT-3: a reload brings a guest back without the invite; who has left needs one."""
    host.create("Reload")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.page.reload()
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.button("Leave").click()
    guest.page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(guest.page.get_by_role("heading", name="You have left")).to_be_visible()
    guest.page.reload()
    expect(guest.page.get_by_role("heading", name="You need an invite")).to_be_visible()


def test_an_invite_that_does_not_work(host: Host, guest: Person) -> None:
    """VISIT-2: a dead link says so in words, whatever the reason, and a good one can be pasted in its place."""
    host.create("Dead link")
    guest.page.goto(f"{host.server.url}algorave/guest/#i={'A' * 43}")
    expect(guest.page.get_by_role("heading", name="This invite does not work")).to_be_visible()
    assert "#" not in guest.page.url
    guest.page.get_by_label("Invite link").fill("not a link")
    guest.button("Go on").click()
    expect(guest.page.get_by_role("alert")).to_contain_text("no invite link")
    guest.page.get_by_label("Invite link").fill(host.link())
    guest.button("Go on").click()
    expect(guest.page.get_by_role("heading", name="Dead link")).to_be_visible()


def test_the_door(host: Host, guest: Person) -> None:
    """VISIT-4: with the door on ask a guest waits, the host sees it and lets it in, and the page goes on by itself."""
    host.create("Closed doors")
    host.button("Invite").click()
    host.page.get_by_label("Ask before letting people in").check()
    host.page.keyboard.press("Escape")
    join(guest, host.link("viewer"), "Vi")
    expect(guest.page.get_by_text("The host will let you in.")).to_be_visible(timeout=PATIENCE_MS)
    expect(guest.page.locator(".alg")).to_have_count(0)
    expect(host.button("1 at the door")).to_be_visible()
    host.button("Let Vi in").click()
    expect(guest.page.locator(".alg .cm-content")).to_be_visible(timeout=PATIENCE_MS)
    expect(guest.page.locator(".alg .cm-content")).to_have_attribute("contenteditable", "false")


def test_roles_and_removal_are_live(host: Host, guest: Person) -> None:
    """VISIT-5: another role changes what a guest's page lets them do, and a removal is told in words, at once."""
    host.create("Roles")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    _choose(host.page, "Bo: more", "Make viewer")
    expect(guest.code()).not_to_be_editable(timeout=PATIENCE_MS)
    expect(guest.button("Add a layer")).to_be_hidden()
    expect(host.page.locator(".algs-listening")).to_have_text("1 listening")
    _choose(host.page, "Bo: more", "Make co-author")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    _choose(host.page, "Bo: more", "Remove")
    expect(guest.page.get_by_text("A host removed you from this session.")).to_be_visible()


def test_one_guest_in_two_sessions(host: Host, guest: Person) -> None:
    """VISIT-3: who is in several sessions is asked which one, and a new name and colour are seen by the others."""
    for title in ("One", "Two"):
        host.create(title)
        join(guest, host.link(), "Bo")
        expect(guest.page.get_by_role("heading", level=1)).to_have_text(title, timeout=PATIENCE_MS)
        expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.page.goto("about:blank")
    guest.page.goto(f"{host.server.url}algorave/guest/")
    guest.page.get_by_role("button", name=re.compile("^Two")).click()
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.tab("People")
    _choose(guest.page, "Bo: more", "Change name and colour")
    guest.page.get_by_role("textbox", name="Name").fill("Boo")
    guest.page.get_by_label("teal").check()
    guest.button("Save").click()
    expect(host.page.locator(".algs-people .algs-name")).to_have_text(["Host", "Boo"])
    host.page.go_back()
    expect(host.page.locator(".algs-session-row").first).to_be_visible()


def test_bans(host: Host, guest: Person) -> None:
    """VISIT-13: a ban keeps a guest out of the same link until it is lifted in the list of bans."""
    host.create("Bans")
    link = host.link()
    join(guest, link, "Eve")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    _choose(host.page, "Eve: more", "Ban …")
    host.button("Ban").click()
    expect(guest.page.get_by_text("A host removed you from this session.")).to_be_visible()
    join(guest, link, "Eve again")
    expect(guest.page.get_by_role("heading", name="This invite does not work")).to_be_visible()
    host.button("Bans …").click()
    expect(host.page.get_by_role("dialog")).to_contain_text("1 hour left")
    host.button("Lift the ban of Eve").click()
    expect(host.page.get_by_role("dialog")).to_contain_text("Nobody is banned.")
    host.page.keyboard.press("Escape")
    join(guest, link, "Eve")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)


def test_layers(host: Host) -> None:
    """VISIT-6: layers are added, renamed, moved by keys, locked, and removed after a question."""
    host.create("Layers")
    names = host.page.locator(".alg-name")
    host.button("Add a layer").click()
    host.page.keyboard.press("Enter")
    expect(names).to_have_text(["main", "drums"])
    host.button("Layer drums: more").focus()
    host.page.keyboard.press("Alt+ArrowUp")
    expect(names).to_have_text(["drums", "main"])
    expect(host.button("Layer drums: more")).to_be_focused()
    _choose(host.page, "Layer drums: more", "Rename …")
    host.page.get_by_role("textbox", name="Name").fill("über drums")
    host.page.keyboard.press("Enter")
    expect(names).to_have_text(["uber_drums", "main"])
    _choose(host.page, "Layer uber_drums: more", "Lock")
    expect(host.page.locator(".algs-slot-lock").first).to_be_visible()
    _choose(host.page, "Layer uber_drums: more", "Remove …")
    host.button("Cancel").click()
    expect(names).to_have_count(2)
    _choose(host.page, "Layer uber_drums: more", "Remove …")
    host.button("Remove").click()
    expect(names).to_have_text(["main"])


def test_chat(host: Host, guest: Person) -> None:
    """VISIT-7: lines are text whatever they say, unread ones are counted, own ones taken back, and chat turned off."""
    host.create("Chat")
    join(guest, host.link("viewer"), HOSTILE[:40])
    expect(guest.page.locator(".alg .cm-content")).to_be_visible(timeout=PATIENCE_MS)
    _say(host.page, HOSTILE)
    expect(guest.page.locator(".algs-tab .algs-badge")).to_have_text("1")
    guest.tab("Chat")
    expect(guest.page.locator(".algs-line-text")).to_have_text(HOSTILE)
    expect(guest.page.locator(".algs-tab .algs-badge")).to_be_hidden()
    assert guest.page.evaluate("window.broken") is None
    host.page.locator(".algs-line").hover()
    host.button(re.compile("^Take back")).click()
    expect(guest.page.locator(".algs-line")).to_have_count(0)
    _say(guest.page, "hello")
    expect(host.page.locator(".algs-line-text")).to_have_text("hello")
    guest.page.reload()
    guest.tab("Chat")
    expect(guest.page.locator(".algs-line-text")).to_have_text("hello")
    _choose(host.page, f"{HOSTILE[:40].strip()}: more", "Turn chat off")
    expect(guest.page.get_by_label("Say something")).to_be_disabled()


def test_invites_are_made_and_revoked(browser: Browser, host: Host, guest: Person) -> None:
    """VISIT-8: a link is shown once with its terms, the list says who came by it, and revoking it puts them out at once."""
    host.create("Invites")
    host.button("Invite").click()
    host.page.get_by_label("co-author").check()
    host.page.get_by_label("And for").select_option("one person")
    host.button("Make a link").click()
    link = host.page.get_by_label("The link").input_value()
    join(guest, link, "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    host.page.keyboard.press("Escape")
    host.button("Invite").click()
    expect(host.page.locator(".algs-invites")).to_contain_text("1 of 1 came: Bo")
    assert link not in host.page.content()
    host.button(re.compile("^Revoke the co-author link")).click()
    host.button("Revoke").click()
    expect(guest.page.get_by_role("alert")).to_be_visible()
    expect(guest.code()).to_have_count(0)
    expect(host.page.locator(".algs-invites")).to_contain_text("revoked")
    other = Person(browser)
    other.page.goto(link)
    expect(other.page.get_by_role("heading", name="This invite does not work")).to_be_visible()
    other.context.close()
    host.page.keyboard.press("Escape")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(browser: Browser, host: Host, *, dark: bool) -> None:
    """VISIT-9: in light and dark axe has nothing to say about the form, the session, the dialogs and the hosts' list."""
    host.page.emulate_media(color_scheme="dark" if dark else "light")
    host.create("Looks")
    person = Person(browser, phone=True, dark=dark)
    person.page.goto(host.link())
    person.page.get_by_label("Your name").fill("Bo")
    assert person.axe() == []
    person.button("Join").click()
    expect(person.code()).to_be_editable(timeout=PATIENCE_MS)
    for tab in ("Layers", "People", "Chat"):
        person.tab(tab)
        assert person.axe() == []
    _say(person.page, "hello")
    expect(host.page.locator(".algs-line-text")).to_have_text("hello")
    assert host.axe() == []
    host.button("Invite").click()
    host.button("Make a link").click()
    expect(host.page.get_by_label("The link")).to_be_visible()
    assert host.axe() == []
    host.page.keyboard.press("Escape")
    host.button("All sessions").click()
    expect(host.page.locator(".algs-session-row").first).to_be_visible()
    assert host.axe() == []
    person.context.close()


def test_it_fits_a_phone(host: Host, guest: Person) -> None:
    """VISIT-10: on a phone nothing scrolls sideways and what is touched is 44 pixels wide and high."""
    host.create("A title that is far too long for the bar of a phone, and goes on and on and on")
    guest.page.goto(host.link())
    guest.page.get_by_label("Your name").fill("Wilhelmina Featherstonehaugh-Cholmondeley")
    assert (guest.page.evaluate(SIDEWAYS), guest.page.evaluate(TOO_SMALL)) == (0, [])
    guest.button("Join").click()
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    for tab in ("Layers", "People", "Chat"):
        guest.tab(tab)
        assert (guest.page.evaluate(SIDEWAYS), guest.page.evaluate(TOO_SMALL)) == (0, []), tab


def test_the_policy_refuses_nothing(host: Host, guest: Person) -> None:
    """VISIT-11: of all that the pages do their policy refuses nothing; of what they do not do, it does."""
    host.create("Policy")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.type_code('s("bd")')
    host.button("Play all").click()
    expect(host.page.locator(".alg-status")).to_have_text("playing", timeout=PATIENCE_MS)
    host.button("Hush").click()
    assert [each for each in host.complaints + guest.complaints if "olicy" in each or "rusted" in each] == []
    guest.page.evaluate("() => { try { document.body.innerHTML = '<b>x</b>' } catch {} }")
    assert [each for each in guest.complaints if "rusted" in each] != []


def test_sessions_are_renamed_ended_and_deleted(host: Host, guest: Person) -> None:
    """VISIT-12: a host renames, ends and deletes a session from the list; who is in is told that it has ended."""
    host.create("Old name")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    host.button("All sessions").click()
    _choose(host.page, "Old name: more", "Rename …")
    host.page.get_by_label("Title", exact=True).fill("New name")
    host.page.keyboard.press("Enter")
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("New name")
    _choose(host.page, "New name: more", "End …")
    host.button("End").click()
    expect(guest.page.get_by_text("The session has ended.")).to_be_visible()
    _choose(host.page, "New name: more", "Delete …")
    host.button("Delete").click()
    expect(host.page.get_by_text("New name")).to_have_count(0)


def _choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("button", name=menu, exact=True).click()
    page.locator(".algs-menu-item", has_text=re.compile(f"^{re.escape(item)}")).click()


def _say(page: Page, text: str) -> None:
    page.get_by_label("Say something").fill(text)
    page.keyboard.press("Enter")
