"""What a guest or host is left with: words that did not get through, and answers that come too late."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.jam import PATIENCE_MS, Host, Person, join

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route, WebSocketRoute


pytestmark = pytest.mark.browser


class ThinLink:
    """A guest's link to the server that can lose every edit from a moment on."""

    def __init__(self, page: Page) -> None:
        self.loses = False
        page.route_web_socket(re.compile("/guest/ws/"), self._carry)

    def _carry(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        # A frame that begins with 0 belongs to the document.
        socket.on_message(
            lambda frame: (
                None if self.loses and isinstance(frame, bytes) and frame[0] == 0 else server.send(frame)
            )
        )


def test_removed_with_unsaved_words(host: Host, guest: Person) -> None:
    """VISIT-18: who is removed before the last words got through finds them on the last screen; the others are not."""
    link = ThinLink(guest.page)
    host.create("Removed")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.type_code('s("bd")')
    expect(host.code()).to_contain_text('s("bd")')
    expect(guest.page.locator(".algs-saved")).to_have_text("saved")
    link.loses = True
    guest.page.keyboard.type(".fast(2)")
    _choose(host.page, "Bo: more", "Remove")
    expect(guest.page.get_by_text("A host removed you from this session.")).to_be_visible()
    expect(guest.page.get_by_label("Text of main")).to_have_value('s("bd").fast(2)')
    guest.button("Copy main").tap()
    expect(guest.button("Copied").or_(guest.button("Copy the selected words"))).to_be_visible()
    assert guest.axe() == []


def test_removed_with_all_saved(host: Host, guest: Person) -> None:
    """VISIT-18: control: with nothing unsaved the last screen offers nothing."""
    host.create("All saved")
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.type_code('s("bd")')
    expect(guest.page.locator(".algs-saved")).to_have_text("saved")
    _choose(host.page, "Bo: more", "Remove")
    expect(guest.page.get_by_text("A host removed you from this session.")).to_be_visible()
    expect(guest.page.locator("textarea")).to_have_count(0)


def test_a_layer_removed_under_ones_hands(host: Host, guest: Person) -> None:
    """VISIT-18: words typed into a layer that a host removed meanwhile are offered, and the page goes on."""
    link = ThinLink(guest.page)
    host.create("Layers")
    host.button("Add a layer").click()
    host.page.keyboard.press("Enter")
    join(guest, host.link(), "Bo")
    expect(guest.page.locator(".alg-name")).to_have_text(["main", "drums"], timeout=PATIENCE_MS)
    expect(guest.code(1)).to_be_editable(timeout=PATIENCE_MS)
    link.loses = True
    guest.type_code('s("hh*8")', 1)
    _choose(host.page, "Layer drums: more", "Remove …")
    host.button("Remove").click()
    expect(guest.page.locator(".alg-name")).to_have_text(["main"])
    link.loses = False
    # The server takes nothing for a layer that is gone: the page begins anew with what it has.
    guest.type_code('s("cp")')
    expect(guest.page.get_by_label("Text of a layer that was removed")).to_have_value('s("hh*8")')
    guest.button("Close").click()
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)


def test_an_answer_that_comes_too_late(host: Host) -> None:
    """VISIT-19: who went back to the list before a session opened stays there when its answer comes."""
    session = host.create("Slow to open")
    host.button("All sessions").click()
    expect(host.page.locator(".algs-session-row").first).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    host.page.route(f"**/api/sessions/{session}", hold)
    sockets: list[str] = []
    host.page.on("websocket", lambda socket: sockets.append(socket.url))
    host.page.get_by_role("button", name=re.compile("^Slow to open")).first.click()
    expect(host.page.get_by_role("heading", name="Opening the session")).to_be_visible()
    host.page.go_back()
    expect(host.page.get_by_role("button", name=re.compile("^Slow to open")).first).to_be_visible()
    with host.page.expect_response(f"**/api/sessions/{session}"):
        held[0].continue_()
    # Whoever was let in by the answer would be in by now: opening another session, on the same page, takes longer.
    host.page.unroute_all()
    host.page.get_by_label("Title of a new session").fill("Another")
    host.button("New session").click()
    expect(host.code()).to_be_editable(timeout=PATIENCE_MS)
    assert [url for url in sockets if session in url] == []
    expect(host.page.get_by_role("heading", level=1)).to_have_text("Another")


def _choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("button", name=menu, exact=True).click()
    page.locator(".algs-menu-item", has_text=re.compile(f"^{re.escape(item)}")).click()
