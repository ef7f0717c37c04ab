"""A change that brings a new layer, and what others do between the adding of that layer and the step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from agent.conftest import CANARY, TEXTS
from agent.fault_cases import DARK, EDIT
from agent.live_session import PATIENCE_S, LiveSession
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import Secret
from algorave_kernel.session_score import SessionScore
from algorave_kernel.testing import MessagesServer, Reply
from algorave_server.protocol import LockLayer, Proposal

PAD = 'note("c3").s("triangle")'
BOTH = Reply(f'With a pad.\n{EDIT}\n<code layer="pad">{PAD}</code>')
AND_KEYS = Reply(f'{BOTH.text}\n<code layer="keys">note("e4").s("sine")</code>')
NO_MORE = Reply("Then I leave it.")
Doing = Callable[[LiveSession], object]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch, session: LiveSession) -> Iterator[list[Doing]]:
    """What others do when a layer was just added, one thing after each."""
    added, todo = vars(SessionScore)["_added"], list[Doing]()

    async def hooked(self: SessionScore, name: str) -> str:
        layer_id = str(await added(self, name))
        if todo:
            await asyncio.to_thread(session.until_equal, {**session.texts(session.seat.client), name: ""})
            await asyncio.to_thread(todo.pop(0), session)
        return layer_id

    monkeypatch.setattr(SessionScore, "_added", hooked)
    yield todo
    assert not todo


def asked(session: LiveSession, server: MessagesServer, judge: Judge, *answers: Reply) -> Proposal:
    """What becomes of the ask, for everybody."""
    session.begin_with(TEXTS)
    server.say(*answers)
    provider = AnthropicProvider(Secret(CANARY), "fast", server.url)
    session.serve(lambda _: provider, judge)
    over = session.until(session.ask("make the bass darker, and add a pad"))
    session.others_see(over.id)
    session.results.get(timeout=PATIENCE_S)
    return over


def lock_the_bass(session: LiveSession) -> None:
    bass = session.layer_id("bass")
    session.host.ask(LockLayer, layer=bass, locked=True)
    client = session.seat.client
    client.until(lambda: any(each.locked for each in client.state.layers), PATIENCE_S, "no lock")


def unlock_the_bass(session: LiveSession) -> None:
    session.host.ask(LockLayer, layer=session.layer_id("bass"), locked=False)


def type_in_the_pad(session: LiveSession) -> None:
    session.type("pad", "", "// mine")


def test_it_lands_on_what_others_typed(
    session: LiveSession, server: MessagesServer, judge: Judge, meanwhile: list[Doing]
) -> None:
    """AGENT-37: the control: what others do elsewhere meanwhile is kept, and the layer is there once."""
    meanwhile.append(lambda session: session.type("bass", "", "\n// Bo"))
    over = asked(session, server, judge, BOTH)
    assert (over.state, over.reason) == ("applied", None)
    session.until_equal({**TEXTS, "bass": f"{DARK}\n// Bo", "pad": PAD})
    session.undo(over.id)
    assert session.until(over.id).state == "undone"
    session.until_equal({**TEXTS, "bass": f"{TEXTS['bass']}\n// Bo"})


def test_given_up_it_leaves_no_layer(
    session: LiveSession, server: MessagesServer, judge: Judge, meanwhile: list[Doing]
) -> None:
    """AGENT-37: what it changes goes meanwhile, and it gives up: the layer that it had added goes too."""
    meanwhile.append(lambda session: session.remove("bass"))
    over = asked(session, server, judge, BOTH, NO_MORE)
    assert over.state == "answered"
    session.until_equal({"drums": TEXTS["drums"]})


def test_mended_it_lands_after_all(
    session: LiveSession, server: MessagesServer, judge: Judge, meanwhile: list[Doing]
) -> None:
    """AGENT-37: a landing that came to nothing is in nobody's way: the next try of the same ask lands."""
    meanwhile.append(lambda session: session.remove("bass"))
    over = asked(session, server, judge, BOTH, Reply(f'<code layer="pad">{PAD}</code>'))
    assert over.state == "applied"
    session.until_equal({"drums": TEXTS["drums"], "pad": PAD})


def test_of_two_layers_none_stays(
    session: LiveSession, server: MessagesServer, judge: Judge, meanwhile: list[Doing]
) -> None:
    """AGENT-37: the second layer cannot be added, since somebody has one of its name: the first goes again."""
    meanwhile.append(lambda session: session.add("keys", 's("hh")'))
    over = asked(session, server, judge, AND_KEYS)
    assert over.state == "failed"
    assert "keys" in (over.reason or "")
    session.until_equal({**TEXTS, "keys": 's("hh")'})


def test_a_lock_ends_it_in_words(
    session: LiveSession, server: MessagesServer, judge: Judge, meanwhile: list[Doing]
) -> None:
    """AGENT-37: a layer that is locked meanwhile is not written to, and nothing of the change is there."""
    meanwhile.append(lock_the_bass)
    over = asked(session, server, judge, BOTH)
    unlock_the_bass(session)
    assert (over.state, over.reason) == ("failed", "the layer 'bass' was locked meanwhile")
    session.until_equal(TEXTS)


def test_what_somebody_has_typed_in_it_stays(
    session: LiveSession, server: MessagesServer, judge: Judge, meanwhile: list[Doing]
) -> None:
    """AGENT-37: the control: a layer in which a person has typed is neither overwritten nor taken away, and the ask ends."""
    meanwhile.append(type_in_the_pad)
    over = asked(session, server, judge, BOTH, NO_MORE)
    assert (over.state, over.ended_ms is not None) == ("applied", True)
    session.until_equal({**TEXTS, "pad": "// mine"})
