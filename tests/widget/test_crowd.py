"""People on the pages: following one of them, and a crowd of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from widget.jam import PATIENCE_MS, Host, Person, join

if TYPE_CHECKING:
    from playwright.sync_api import Browser, WebSocketRoute


pytestmark = pytest.mark.browser

CROWD = 60


def test_following(browser: Browser, host: Host) -> None:
    """VISIT-20: who follows somebody sees which layer they are in, until they type themselves."""
    host.create("Follow")
    guest = Person(browser)
    join(guest, host.link(), "Bo")
    expect(guest.code()).to_be_editable(timeout=PATIENCE_MS)
    guest.type_code('s("bd")')
    followed = host.page.locator(".alg[data-followed]")
    host.button("Follow Bo").click()
    expect(host.button("Follow Bo")).to_have_attribute("aria-pressed", "true")
    expect(followed).to_have_attribute("aria-label", "Layer main")
    host.code().click()
    host.page.keyboard.type("x")
    expect(followed).to_have_count(0)
    expect(host.button("Follow Bo")).to_have_attribute("aria-pressed", "false")
    guest.context.close()


def test_a_crowd(host: Host) -> None:
    """VISIT-21: of a crowd of viewers the first forty people are listed, hosts first, and all on demand."""
    host.page.route_web_socket(re.compile("/algorave/ws/"), _with_crowd)
    host.create("Crowd")
    rows = host.page.locator(".algs-people .algs-row")
    expect(rows).to_have_count(40)
    expect(rows.first).to_contain_text("Host")
    host.button(f"Show {CROWD + 1 - 40} more").click()
    expect(rows).to_have_count(CROWD + 1)
    expect(host.page.locator(".algs-more")).to_have_attribute("data-more", f"+{CROWD + 1 - 5}")
    assert host.axe() == []


def _with_crowd(socket: WebSocketRoute) -> None:
    """Carry a connection, and add viewers to what the server says of the people."""
    server = socket.connect_to_server()
    server.on_message(lambda frame: socket.send(_crowded(frame) if isinstance(frame, str) else frame))


def _crowded(frame: str) -> str:
    said = json.loads(frame)
    for key in ("roster", "participants"):
        for person in said.get(key, ())[:1]:
            viewer = {**person, "role": "viewer"}
            said[key] += [{**viewer, "id": f"v{at}", "name": f"Viewer {at}"} for at in range(CROWD)]
    return json.dumps(said)
