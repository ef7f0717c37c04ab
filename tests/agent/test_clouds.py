"""Claude in one's own cloud: the library's real clients are made and asked; no cloud is called."""

from __future__ import annotations

from importlib import metadata

import pytest

from agent.conftest import CANARY, TEXTS
from agent.test_known import TURN, heard
from algorave_kernel.agent import Agent, anthropic_clients
from algorave_kernel.agent.anthropic_clients import client_at
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.clouds import Cloud, cloud_at
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.key import BASE_URL_VARIABLE, VARIABLE, Secret
from algorave_kernel.agent.key_ring import KeyRing
from algorave_kernel.agent.provider import ProviderTrouble
from algorave_kernel.agent.providers import providers
from algorave_kernel.agent.score import MemoryScore

PLACES = ["bedrock://eu-central-1", "vertex://a-project/europe-west1"]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Whoever runs this is in no cloud, and nothing on this machine says otherwise."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_BEARER_TOKEN_BEDROCK",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, CANARY)


def test_a_place_is_understood() -> None:
    """AGENT-26: a place in a cloud is written in one way, and half of one is told."""
    assert cloud_at(PLACES[0]) == Cloud("bedrock", "eu-central-1")
    assert cloud_at(PLACES[1]) == Cloud("vertex", "europe-west1", "a-project")
    assert cloud_at("https://example.org") is cloud_at(None) is None
    for half in ("bedrock://", "vertex://a-project", "bedrock:eu-central-1", "bedrock://x y"):
        with pytest.raises(ValueError, match="a cloud is written"):
            cloud_at(half)


def test_models_have_the_clouds_names_and_their_own_price() -> None:
    """AGENT-26: an alias is the cloud's id of that model, what it costs is known, and any id may be given."""
    fast = [AnthropicProvider(Secret(""), "fast", place) for place in PLACES]
    assert [each.model for each in fast] == ["anthropic.claude-haiku-5-5", "claude-haiku-5-5"]
    assert [each.name for each in fast] == ["Claude", "Claude"]
    assert (
        len(
            {each.estimate_usd(TURN) for each in fast}
            | {AnthropicProvider(Secret("k"), "fast").estimate_usd(TURN)}
        )
        == 1
    )
    own = AnthropicProvider(Secret(""), "eu.anthropic.claude-opus-5-5", PLACES[0])
    assert own.model == "eu.anthropic.claude-opus-5-5"


def test_the_librarys_own_clients_are_made() -> None:
    """AGENT-26: the real clients, for the region that was named, without a key of Anthropic's."""
    bedrock = client_at(Cloud("bedrock", "eu-central-1"), Secret(CANARY), 5)
    vertex = client_at(Cloud("vertex", "europe-west1", "a-project"), Secret(CANARY), 5)
    assert [type(each).__name__ for each in (bedrock, vertex)] == [
        "AsyncAnthropicBedrock",
        "AsyncAnthropicVertex",
    ]
    assert "bedrock-runtime.eu-central-1" in str(bedrock.base_url)
    assert "europe-west1" in str(vertex.base_url)
    assert not [each for each in (bedrock, vertex) if CANARY in repr(vars(each))]


@pytest.mark.parametrize("place", PLACES)
async def test_without_credentials_it_says_so(place: str) -> None:
    """AGENT-26, AGENT-22: without the cloud's credentials the ask ends with one sentence, and no key goes there."""
    with pytest.raises(ProviderTrouble, match="no credentials for") as told:
        await heard(AnthropicProvider(Secret(""), "fast", place))
    assert told.value.kind == "key"


def test_an_ask_there_ends_in_words(judge: Judge) -> None:
    """AGENT-26: the whole ask fails in that sentence and the music is as it was."""
    score = MemoryScore(TEXTS)
    result = Agent(score, providers(None, PLACES[0]), model="fast", judge=judge).ask("make the bass darker")
    assert (result.status, score.text("bass")) == ("failed", TEXTS["bass"])
    assert "Amazon Bedrock (eu-central-1)" in (result.reason or "")


async def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """AGENT-26: where the cloud's own tools are missing, it is said what to install."""
    monkeypatch.setattr(anthropic_clients, "find_spec", lambda _: None)
    with pytest.raises(ProviderTrouble, match=r"pip install .algorave\[bedrock\]"):
        await heard(AnthropicProvider(Secret(""), "fast", PLACES[0]))
    extras = metadata.metadata("anthropic").get_all("Provides-Extra") or []
    assert {"bedrock", "vertex"} <= set(extras)


def test_the_key_of_anthropic_does_not_go_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """AGENT-26, AGENT-7: where a cloud is asked, the key in the environment is not for it."""
    ring = KeyRing()
    assert ring.key is not None
    monkeypatch.setenv(BASE_URL_VARIABLE, PLACES[1])
    assert (ring.address, ring.place, ring.key) == (PLACES[1], "Google Vertex AI (europe-west1)", None)
