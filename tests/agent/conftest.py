"""A Messages server, an impatient engine, and an agent on a shared score between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from agent.live_session import NO_RATES, LiveSession, watched
from agent.shared_score import SharedScore
from algorave_kernel.agent import Agent
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import Secret
from algorave_kernel.engine import Engine
from algorave_kernel.session_score import SessionScore
from algorave_kernel.testing import MessagesServer
from live_server import running_server

CANARY = "sk-ant-api03-canary-7f3a9b1c5d"
# Long enough that a busy machine is not taken for silence, and short for the cases that are about silence.
SILENCE_LIMIT_S, SHORT_SILENCE_LIMIT_S = 15.0, 0.5
BASS = 'note("c2 e2 g2 <c3 b2>").s("sawtooth").lpf(800).gain(0.7) // 🎛 tief, 低い'
DRUMS = '$: s("bd*4")\nhats: s("hh*8").gain(0.4)\n'
TEXTS = {"bass": BASS, "drums": DRUMS}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What costs money is asked for by name."""
    if "live" not in config.option.markexpr:
        for item in items:
            if item.get_closest_marker("live"):
                item.add_marker(pytest.mark.skip(reason="costs money: only with -m live"))


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine("v8", evaluate_limit_s=20, query_limit_s=20) as engine:
        yield engine


@pytest.fixture(scope="session")
def judge(engine: Engine) -> Judge:
    return Judge(engine)


@pytest.fixture(scope="session")
def impatient() -> Iterator[Judge]:
    """For code that never ends."""
    with Engine("v8", evaluate_limit_s=0.5, query_limit_s=0.5) as engine:
        yield Judge(engine)


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    with MessagesServer() as server:
        yield server


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSession]:
    """One session for all cases of a file, which begins anew with each."""
    with (
        running_server(tmp_path_factory.mktemp("session"), arguments=NO_RATES) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        session = LiveSession(server)
        patch.setattr(SessionScore, "apply", watched(session))
        yield session
        session.close()


@dataclass
class Stage:
    """One agent, the score it plays on, and who answers it."""

    server: MessagesServer
    judge: Judge
    scores: list[SharedScore] = field(default_factory=list[SharedScore])
    silence_limit_s: float = SILENCE_LIMIT_S

    def agent(self, texts: Mapping[str, str] | None = None) -> tuple[Agent, SharedScore]:
        score = SharedScore(TEXTS if texts is None else texts)
        self.scores.append(score)
        return Agent(score, self.provider, model="fast", judge=self.judge), score

    def provider(self, model: str) -> AnthropicProvider:
        return AnthropicProvider(Secret(CANARY), model, self.server.url, self.silence_limit_s)


@pytest.fixture
def stage(server: MessagesServer, judge: Judge) -> Iterator[Stage]:
    stage = Stage(server, judge)
    yield stage
    for score in stage.scores:
        score.close()


Typing = Callable[[SharedScore], None]
