"""What the Messages API refuses: the same requests are refused here, in the same shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .replies import Failure

MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")
SAMPLING = ("temperature", "top_p", "top_k")
MAX_BREAKPOINTS = 4
#: Models of today do not let a reply be forced: neither a tool nor its first words.
EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING = ("adaptive", "between_tools", "disabled", "enabled")
CHARS_A_TOKEN = 3.6


def refusal(body: Mapping[str, Any], models: Sequence[str] = MODELS) -> Failure | None:
    """Why this request is refused, or None."""
    for name in ("model", "messages", "max_tokens"):
        if name not in body:
            return _invalid(f"{name}: Field required")
    if body["model"] not in models:
        return Failure(404, "not_found_error", f"model: {body['model']}")
    for name in SAMPLING:
        if name in body:
            return _invalid(f"{name}: Extra inputs are not permitted")
    return _wrong_messages(body["messages"]) or _wrong_settings(body) or _wrong_cache(body)


def tokens(value: Any) -> int:
    """About as many tokens as the text inside the value has."""
    if isinstance(value, str):
        return max(1, round(len(value) / CHARS_A_TOKEN))
    if isinstance(value, Mapping):
        return sum(tokens(each) for name, each in value.items() if name != "cache_control")
    if isinstance(value, list):
        return sum(tokens(each) for each in value)
    return 0


def breakpoints(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The blocks that end a part of the prompt that is to be kept."""
    system = body.get("system")
    blocks = [*system] if isinstance(system, list) else []
    for each in body.get("messages", []):
        if isinstance(each.get("content"), list):
            blocks += each["content"]
    return [block for block in blocks if isinstance(block, Mapping) and "cache_control" in block]


def _wrong_messages(messages: Any) -> Failure | None:
    if not isinstance(messages, list) or not messages:
        return _invalid("messages: at least one message is required")
    for place, each in enumerate(messages):
        if each.get("role") not in ("user", "assistant"):
            return _invalid(f"messages.{place}.role: Input should be 'user' or 'assistant'")
        if not each.get("content"):
            return _invalid(f"messages.{place}: all messages must have non-empty content")
    if messages[-1]["role"] == "assistant":
        return _invalid("This model does not support assistant message prefill.")
    return _unanswered_tools(messages)


def _unanswered_tools(messages: Sequence[Mapping[str, Any]]) -> Failure | None:
    for place, each in enumerate(messages):
        asked = _ids(each, "tool_use", "id")
        answered = (
            _ids(messages[place + 1], "tool_result", "tool_use_id") if place + 1 < len(messages) else set()
        )
        if asked - answered:
            return _invalid(f"messages.{place}: `tool_use` ids were found without `tool_result` blocks")
    return None


def _ids(message: Mapping[str, Any], kind: str, name: str) -> set[str]:
    content = message.get("content")
    blocks = content if isinstance(content, list) else []
    return {block[name] for block in blocks if block.get("type") == kind}


def _wrong_settings(body: Mapping[str, Any]) -> Failure | None:
    if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 0:
        return _invalid("max_tokens: Input should be greater than or equal to 0")
    if body.get("tool_choice", {}).get("type") in ("tool", "any"):
        return _invalid("tool_choice: forced tool use is not supported on this model")
    thinking = body.get("thinking", {}).get("type")
    if thinking is not None and thinking not in THINKING:
        return _invalid(f"thinking.type: '{thinking}' is not supported")
    effort = body.get("output_config", {}).get("effort")
    if effort is not None and effort not in EFFORTS:
        return _invalid(f"output_config.effort: '{effort}' is not supported")
    return None


def _wrong_cache(body: Mapping[str, Any]) -> Failure | None:
    if len(breakpoints(body)) > MAX_BREAKPOINTS:
        return _invalid(f"A maximum of {MAX_BREAKPOINTS} blocks with cache_control may be provided.")
    return None


def _invalid(message: str) -> Failure:
    return Failure(400, "invalid_request_error", message)
