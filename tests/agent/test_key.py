"""The key: used, and seen nowhere."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
import warnings

import pytest

from agent.conftest import CANARY, TEXTS, Stage
from agent.fault_cases import DEATHS, EDIT, GOOD
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.asking import Progress
from algorave_kernel.agent.key import Secret, key_from_environment, typed_key
from algorave_kernel.agent.provider import ProviderTrouble
from algorave_kernel.agent.providers import providers
from algorave_kernel.testing import Failure, Reply


def everything_said(result: object) -> str:
    return "\n".join(
        (repr(result), result._repr_html_(), str(vars(type(result))), repr(getattr(result, "usage", "")))
    )  # type: ignore[attr-defined]  # results show themselves


def test_the_canary_is_nowhere(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """AGENT-7: no result, error, log, progress or text ever holds the key, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    agent, score = stage.agent()
    echo = f"your key {CANARY} is wrong"
    faults = [
        Failure(status, "api_error", echo, headers={"retry-after-ms": "1"})
        for status in (400, 401, 403, 404, 413)
    ]
    dying = [Reply(EDIT, dies=death, dies_after=1) for death in DEATHS if death != "hang"]
    seen: list[str] = []

    def watch(progress: Progress) -> None:
        seen.append(repr(progress))

    for answer in [*faults, *dying, Reply(f"The key is {CANARY}. {EDIT}"), GOOD]:
        stage.server.say(answer, Failure(401, "authentication_error", echo))
        result = agent.start("make the bass darker", watch=watch).result(60)
        seen += [everything_said(result), repr(agent), json.dumps(score.texts)]
        stage.server.forget()
    sent = [request.headers.get("authorization") for request in stage.server.requests]
    assert sent
    assert set(sent) == {f"Bearer {CANARY}"}
    said_by_the_model = [each for each in seen if f"The key is {CANARY}" in each]
    assert said_by_the_model == []
    assert CANARY not in "\n".join(
        [*seen, caplog.text, json.dumps([request.body for request in stage.server.requests])]
    )


def test_a_bare_client_would_give_it_away() -> None:
    """AGENT-7: the control: the library's own objects do hold the key in the open."""
    import anthropic

    client = anthropic.AsyncAnthropic(api_key=CANARY, base_url="http://127.0.0.1:1", open_telemetry=False)
    assert CANARY in str(vars(client))


async def test_no_traceback_holds_it(stage: Stage) -> None:
    """AGENT-7: an error that was not caught shows no key, even with the local variables of every frame."""
    provider = AnthropicProvider(Secret(CANARY), "fast", stage.server.url)
    stage.server.say(Failure(401, "authentication_error", CANARY))
    from algorave_kernel.agent.provider import Answer, Said, Turn

    with pytest.raises(ProviderTrouble) as caught:
        async for _ in provider.stream(Turn("x", TEXTS, messages=[Said("user", "x")]), Answer()):
            pass
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert CANARY not in shown
    await provider.close()


def test_a_secret_stays_one() -> None:
    """AGENT-7: a key cannot be printed, formatted, copied or stored by accident."""
    secret = Secret(CANARY)
    assert CANARY not in f"{secret} {secret!r} {[secret]} {secret:>50}"
    for store in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            store(secret)
    with warnings.catch_warnings(record=True) as caught:
        warnings.warn(str(secret), stacklevel=1)
    assert CANARY not in str(caught)


@pytest.mark.parametrize("text", ["", "  ", "two words here", "sk-ünïcode-key", "short"])
def test_what_is_no_key(text: str) -> None:
    """AGENT-7: what cannot be a key is refused in words that do not repeat it."""
    with pytest.raises(ValueError, match="key") as caught:
        typed_key(text)
    assert not text.strip() or text not in str(caught.value)


def test_where_the_key_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """AGENT-7: the key is typed, or this process's own environment has it."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert key_from_environment() is None
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    found = key_from_environment()
    assert found is not None
    assert found.reveal() == typed_key(f" {CANARY}\n").reveal() == CANARY


def test_without_a_key_one_line_says_what_to_do() -> None:
    """AGENT-8: without a key it is said in one line how to give one, and the house band plays."""
    provider_for = providers()
    with pytest.raises(ProviderTrouble, match="%algorave key") as caught:
        provider_for("balanced")
    assert "\n" not in str(caught.value)
    assert provider_for("band").name == "house band"


def test_the_key_goes_only_where_it_was_meant(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """AGENT-7: what the environment says about addresses and other keys has no say."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    agent, _ = stage.agent()
    stage.server.say(GOOD)
    assert agent.ask("make the bass darker").ok
    assert stage.server.requests[0].headers["authorization"] == f"Bearer {CANARY}"
