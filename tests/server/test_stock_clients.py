"""Clients that speak y-protocols and nothing else, and type when they like."""

from __future__ import annotations

import pytest
from pycrdt import Doc, Text

from algorave_server.close import Close
from algorave_server.lib0 import write_bytes

from .room_table import Table


@pytest.fixture
def table() -> Table:
    """A fresh room."""
    return Table()


def test_a_stock_client_that_types_too_early_comes_back(table: Table) -> None:
    """STOCK-1: what a stock client sends before its answer, and that builds on it, waits for the answer."""
    bo = table.sit("bo", json_too=False)
    offline = Doc[Text](client_id=77)
    text = offline.get(table.root, type=Text)
    text += "typed offline, "
    before = offline.get_state()
    text += "and on"
    bo.send(b"\x00\x02" + write_bytes(offline.get_update(before)))
    assert bo.connection not in table.closed
    bo.send(b"\x00\x01" + write_bytes(offline.get_update(b"\x00")))
    table.commit()
    ana = table.sit("ana")
    assert ana.read() == "typed offline, and on"


@pytest.mark.parametrize("json_too", [True, False])
def test_who_has_answered_may_not_build_on_nothing(table: Table, json_too: bool) -> None:
    """STOCK-1, the control: after its answer, or when it counts what is saved, such a client is reset."""
    bo = table.sit("bo", json_too=json_too)
    if not json_too:
        bo.send(b"\x00\x01" + write_bytes(b"\x00\x00"))
    offline = Doc[Text](client_id=77)
    text = offline.get(table.root, type=Text)
    text += "lost, "
    before = offline.get_state()
    text += "and on"
    bo.send(b"\x00\x02" + write_bytes(offline.get_update(before)))
    assert table.closed[bo.connection] is Close.RESET
