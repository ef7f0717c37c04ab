"""The wire: said once, known in the browser, explained in the docs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from algorave_server.protocol import NEEDS, FromClient, FromServer, from_client
from algorave_server.rights import MAY, Action, Role

ROOT = Path(__file__).parents[2]


def test_typescript_is_fresh() -> None:
    """WIRE-1: widgets/src/protocol.ts is what the package `protocol` says today."""
    spec = importlib.util.spec_from_file_location("protocol_ts", ROOT / "widgets" / "protocol_ts.py")
    assert spec is not None and spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    assert generator.TARGET.read_text(encoding="utf-8") == generator.generate()


@pytest.mark.parametrize("text", ['{"kind":"nosuch"}', "{}", "[]", '{"kind":"hush","request_id":1,"more":2}'])
def test_what_is_not_on_the_list_is_refused(text: str) -> None:
    """WIRE-2: an unknown kind and an unknown field are refused, never ignored."""
    with pytest.raises(ValidationError):
        from_client.validate_json(text)


def test_every_message_is_explained() -> None:
    """WIRE-3: docs/protocol.md names every message, every right and every close code."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    for union in (FromClient, FromServer):
        for reference in TypeAdapter(union).json_schema()["discriminator"]["mapping"]:
            assert f"`{reference}`" in page, reference
    for action in Action:
        assert f"`{action.value}`" in page, action


def test_rights_only_grow_with_the_role() -> None:
    """ROLE-4: a host may all that a co-author may, and a co-author all that a viewer may; each action is needed."""
    assert MAY[Role.VIEWER] < MAY[Role.CO_AUTHOR] < MAY[Role.HOST] == frozenset(Action)
    assert set(NEEDS.values()) - {None} | {Action.EDIT, Action.INVITE} == set(Action)
