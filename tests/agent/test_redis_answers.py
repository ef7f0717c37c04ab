"""Answers shared by Redis: a real server, one that goes away, and one that never was."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.conftest import CANARY, Stage
from agent.fault_cases import GOOD
from algorave_kernel.agent import Agent, redis_answers
from algorave_kernel.agent.known_provider import KnownProvider
from algorave_kernel.agent.redis_answers import NAMESPACE, RedisAnswers


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis server on a socket in the test's own folder."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server on this machine")
    command = [
        program,
        "--port",
        "0",
        "--unixsocket",
        str(tmp_path / "redis"),
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@pytest.fixture
def url(process: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    # On a busy machine a server that is there may be slow once.
    monkeypatch.setattr(redis_answers, "WAIT_S", 10.0)
    place = tmp_path / "redis"
    while not place.exists():
        assert process.poll() is None
        time.sleep(0.01)
    return f"unix://{place}"


def test_what_one_knows_the_others_know(url: str, stage: Stage) -> None:
    """AGENT-25: another process's answer is found, checked again, costs nothing; wish, music and key are not there."""
    import redis

    wish = "make the bass darker for the gig at Ada's"
    statuses = []
    for _ in range(2):
        answers = RedisAnswers(url)
        known = KnownProvider(stage.provider("fast"), answers, "here")
        stage.server.say(GOOD)
        result = Agent(stage.agent()[1], lambda _, known=known: known, judge=stage.judge).ask(wish)
        statuses.append((result.status, result.is_known))
        answers.close()
    assert statuses == [("applied", False), ("applied", True)]
    with redis.Redis.from_url(url) as direct:
        (key,) = direct.scan_iter(f"{NAMESPACE}*")
        kept = key + direct.get(key)
        assert 0 < direct.ttl(key) <= redis_answers.KEPT_S
    assert not [each for each in (wish, "Ada", CANARY, "sawtooth") if each.encode() in kept]


def test_one_that_goes_away_is_a_miss(url: str, process: subprocess.Popen[bytes]) -> None:
    """AGENT-25: when the server goes, what this process knows stays known, the rest is not, and nobody waits twice."""
    answers = RedisAnswers(url)
    answers.put("key", "answer")
    other = RedisAnswers(url)
    assert other.get("key") == "answer"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (answers.get("key"), answers.get("other"), other.get("key")) == ("answer", None, None)
    assert answers._is_resting
    answers.put("later", "answer")
    assert answers.get("later") == "answer"


def test_nonsense_in_it_is_a_miss(url: str) -> None:
    """AGENT-25: what somebody else has put there is never an answer."""
    import redis

    with redis.Redis.from_url(url) as direct:
        for name, value in (
            ("list", "[1]"),
            ("text", "no JSON"),
            ("number", '{"answer": 3}'),
            ("bytes", b"\xff"),
        ):
            direct.set(NAMESPACE + name, value)
    for name in ("list", "text", "number", "bytes"):
        assert RedisAnswers(url).get(name) is None, name
    good = RedisAnswers(url)
    good.put("list", "an answer")
    assert RedisAnswers(url).get("list") == "an answer"


def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """AGENT-25: an address that is none, and a client that is missing, are said in words that hide the password."""
    with pytest.raises(ValueError, match="redis://") as told:
        RedisAnswers(f"http://:{CANARY}@localhost")
    assert CANARY not in str(told.value)
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    with pytest.raises(ValueError, match=r"algorave\[redis\]"):
        RedisAnswers("redis://localhost")
