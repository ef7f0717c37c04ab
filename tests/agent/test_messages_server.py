"""The Messages server refuses what the real one refuses, and dies as streams die."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

import anthropic
import httpx2
import pytest

from agent.conftest import CANARY
from algorave_kernel.testing import Failure, MessagesServer, Reply, ToolUse

ASK: dict[str, Any] = {
    "model": "claude-haiku-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "hi"}],
}


@pytest.fixture
async def client(server: MessagesServer) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(
        api_key=CANARY, base_url=server.url, max_retries=0, timeout=20, open_telemetry=False
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"extra_body": {"temperature": 1}}, 400, "temperature"),
        ({"messages": [*ASK["messages"], {"role": "assistant", "content": "so"}]}, 400, "prefill"),
        ({"messages": []}, 400, "message"),
        ({"tools": [{"name": "t", "input_schema": {"type": "object"}}], "tool_choice": {"type": "tool", "name": "t"}}, 400, "forced"),
        ({"model": "claude-of-tomorrow"}, 404, "model"),
        ({"output_config": {"effort": "immense"}}, 400, "effort"),
        ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5}, 400, "maximum of 4"),
        ({"messages": [*ASK["messages"], {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "t", "input": {}}]}, {"role": "user", "content": "go on"}]}, 400, "tool_use"),
    ],
)  # fmt: skip
async def test_what_the_real_one_refuses(
    client: anthropic.AsyncAnthropic, change: dict[str, Any], status: int, said: str
) -> None:
    """AGENT-15: requests that the real API refuses are refused with its status and a message that names the field."""
    with pytest.raises(anthropic.APIStatusError, match=said) as caught:
        await client.messages.create(**{**ASK, **change})
    assert caught.value.status_code == status


async def test_answers_whole_and_streamed(server: MessagesServer, client: anthropic.AsyncAnthropic) -> None:
    """AGENT-15: a reply is the same message whether it streams or not, with tool calls and usage."""
    reply = Reply("é🎛", blocks=(ToolUse("t", '{"a": [1, 2]}'),), stop_reason="tool_use", chunk=1)
    server.say(reply, reply)
    whole = await client.messages.create(**ASK)
    async with client.messages.stream(**ASK) as stream:
        streamed = await stream.get_final_message()
    assert (
        [each.type for each in whole.content]
        == [each.type for each in streamed.content]
        == ["text", "tool_use"]
    )
    assert whole.content[0].text == streamed.content[0].text == "é🎛"  # type: ignore[union-attr]  # it is text
    assert streamed.content[1].input == {"a": [1, 2]}  # type: ignore[union-attr]  # it is a call
    assert whole.usage.output_tokens == streamed.usage.output_tokens
    assert (await client.models.retrieve("claude-haiku-5-5")).id == "claude-haiku-5-5"
    assert (
        await client.messages.count_tokens(model=ASK["model"], messages=ASK["messages"])
    ).input_tokens == 2


@pytest.mark.parametrize(
    ("dies", "raised"),
    [
        ("fin", httpx2.RemoteProtocolError),
        ("rst", httpx2.ReadError),
        ("error", anthropic.APIStatusError),
        ("garbage", ValueError),
        ("not_utf8", ValueError),
        ("eof", None),
    ],
)
async def test_how_streams_die(
    server: MessagesServer, client: anthropic.AsyncAnthropic, dies: Any, raised: type[Exception] | None
) -> None:
    """AGENT-15: each death looks to the real client as it does on the real wire."""
    server.say(Reply("hello, world", chunk=2, dies=dies, dies_after=3))
    with pytest.raises(raised) if raised else nullcontext():
        async with client.messages.stream(**ASK) as stream:
            message = await stream.get_final_message()
    if raised is None:
        assert (message.content[0].text, message.stop_reason) == ("hello,", None)  # type: ignore[union-attr]  # text


async def test_failures(server: MessagesServer, client: anthropic.AsyncAnthropic) -> None:
    """AGENT-15: failures carry status, type, code, retry headers and a request id."""
    server.say(Failure(429, "rate_limit_error", "slow down", "rate", {"retry-after": "7"}), Failure(0))
    with pytest.raises(anthropic.RateLimitError) as caught:
        await client.messages.create(**ASK)
    assert (caught.value.type, caught.value.error_code) == ("rate_limit_error", "rate")
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id
    with pytest.raises(anthropic.APIConnectionError):
        await client.messages.create(**ASK)


async def test_without_a_key(server: MessagesServer) -> None:
    """AGENT-15: who brings no key is told so."""
    async with httpx2.AsyncClient(base_url=server.url) as bare:
        assert (await bare.post("/v1/messages", json=ASK)).status_code == 401
