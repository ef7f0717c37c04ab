"""`algorave agent LINK` in a process of its own, on a real server, with a Messages server behind it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.conftest import CANARY, TEXTS
from agent.fault_cases import DARK, EDIT, GOOD
from agent.live_session import LiveSession
from algorave_kernel.agent.key import BASE_URL_VARIABLE, VARIABLE
from algorave_kernel.agent_link import seat_behind
from algorave_kernel.client import SessionClient
from algorave_kernel.testing import MessagesServer, Reply
from algorave_kernel.trouble import Trouble
from algorave_server.protocol import SetLayerAi
from live_server import LiveServer

PATIENCE_S = 60.0
#: Longer than any of these tests.
ENDLESS = Reply(f"{'Darker. ' * 4_000}{EDIT}", chunk=4, between_s=0.02)


class Process:
    """The command, and what it has said."""

    def __init__(self, link: str, *options: str, key: str | None = CANARY) -> None:
        environment = {
            name: value for name, value in os.environ.items() if name not in (VARIABLE, BASE_URL_VARIABLE)
        }
        environment |= {VARIABLE: key} if key else {}
        self.running = subprocess.Popen(
            [sys.executable, "-m", "algorave_kernel.cli", "agent", "-", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
        )  # fmt: skip
        assert self.running.stdin is not None
        self.running.stdin.write(f"{link}\n")
        self.running.stdin.flush()
        self.said = ""

    def until(self, pattern: str) -> str:
        """Read up to the line in which the pattern is."""
        assert self.running.stdout is not None
        for line in self.running.stdout:
            self.said += line
            if re.search(pattern, line):
                return line
        raise AssertionError(f"it never said {pattern}:\n{self.said}")

    def end(self, number: signal.Signals) -> int:
        self.running.send_signal(number)
        rest, _ = self.running.communicate(timeout=PATIENCE_S)
        self.said += rest
        return self.running.returncode


@contextmanager
def process(session: LiveSession, *options: str, key: str | None = CANARY) -> Iterator[Process]:
    began = Process(session.agent_link(), *options, key=key)
    try:
        began.until("ready for asks")
        yield began
    finally:
        began.running.kill()
        began.running.wait()


@pytest.fixture(scope="module")
def session(server: LiveServer) -> Iterator[LiveSession]:
    # The guests' limits are for many people at one address.
    session = LiveSession(server, has_agent=False)
    yield session
    session.close()


@pytest.fixture
def model() -> Iterator[MessagesServer]:
    with MessagesServer() as model:
        yield model


def test_it_answers_says_who_pays_and_ends(
    server: LiveServer, session: LiveSession, model: MessagesServer
) -> None:
    """AGENT-29: a guest asks, everybody sees the draft and the change, one undo takes it back; the key is nowhere."""
    session.begin_with(TEXTS)
    model.say(Reply(GOOD.text, chunk=6, between_s=0.05))
    with process(
        session, "--base-url", model.url, "--model", "fast", "--pays", "Ana's key", "--budget", "2"
    ) as agent:
        asked = session.ask("make the bass darker", client=session.second)
        session.until(asked, "streaming")
        over = session.until(asked)
        assert (over.state, over.agent_label, over.pays) == ("applied", "Claude", "Ana's key")
        assert session.others_see(asked) == TEXTS | {"bass": DARK}
        credit = next(each.credit for each in session.host.state.layers if each.name == "bass")
        assert credit is not None and credit.agent == "Claude"
        agent.until("changed 'bass'")
        session.undo(asked)
        assert session.until(asked).state == "undone"
        session.until_equal(TEXTS)
        assert agent.end(signal.SIGINT) == 0
    assert "Who pays: Ana's key" in agent.said and "1 request" in agent.said
    assert CANARY not in agent.said
    assert not [each for each in session.host.state.proposals.values() if CANARY in each.model_dump_json()]
    kept = b"".join(each.read_bytes() for each in server.log_path.parent.rglob("*") if each.is_file())
    assert b"take_ask" in kept  # the journal is among it
    assert CANARY.encode() not in kept


def test_killed_in_the_middle_it_leaves_no_trace(session: LiveSession, model: MessagesServer) -> None:
    """AGENT-29: kill -9 while it writes: the texts are as they were, and the ask has failed in words."""
    session.begin_with(TEXTS)
    model.say(ENDLESS)
    with process(session, "--base-url", model.url, "--model", "fast") as agent:
        asked = session.ask("make the bass darker")
        session.until(asked, "streaming")
        agent.end(signal.SIGKILL)
        over = session.until(asked)
    assert (over.state, over.reason) == ("failed", "the agent left")
    assert session.others_see(asked) == TEXTS


def test_stopped_by_the_asker(session: LiveSession, model: MessagesServer) -> None:
    """AGENT-29: an ask that is stopped in the session hangs up on the model, and the next one is answered."""
    session.begin_with(TEXTS)
    model.say(ENDLESS, GOOD)
    with process(session, "--base-url", model.url, "--model", "fast") as agent:
        asked = session.ask("make the bass darker")
        session.until(asked, "streaming")
        session.cancel(asked)
        agent.until("stopped; the music is as it was")
        while not model.hangups:
            time.sleep(0.01)
        assert session.others_see(asked) == TEXTS
        again = session.ask("make the bass much darker")
        assert session.until(again).state == "applied"


def test_without_a_key_the_house_band_plays(session: LiveSession) -> None:
    """AGENT-29, AGENT-31: no key: the band answers and says so; a layer kept from it stays, and it never saw it."""
    session.begin_with(TEXTS)
    session.host.ask(SetLayerAi, layer=session.layer_id("bass"), ai="no")
    with process(session, key=None) as agent:
        asked = session.ask("make the bass darker")
        over = session.until(asked)
        assert (over.state == "applied", over.pays) == (False, "nobody: the house band")
        assert session.others_see(asked) == TEXTS
        session.host.ask(SetLayerAi, layer=session.layer_id("bass"), ai="credit")
        again = session.ask("make the bass darker")
        assert session.until(again).state == "applied"
        assert session.others_see(again)["bass"] != TEXTS["bass"]
    assert "No key: the house band answers" in agent.said


def test_a_link_that_is_none_is_told(session: LiveSession) -> None:
    """AGENT-29: what is no link, and one that does not work any more, ends in one line that does not repeat it."""
    for link in ("nonsense", f"{session.access.url}algorave/guest/#i={'x' * 40}"):
        agent = Process(link)
        rest, _ = agent.running.communicate(timeout=PATIENCE_S)
        assert agent.running.returncode == 1
        assert "Traceback" not in rest and link not in rest
    with pytest.raises(Trouble, match="no link for an agent"):
        seat_behind("https://example.org/")
    assert isinstance(session.host, SessionClient)
