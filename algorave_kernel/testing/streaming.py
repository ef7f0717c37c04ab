"""A reply as server-sent records: which come in which order, and how they look on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .replies import Block, Reply, Text, Thinking

Record = tuple[str, Mapping[str, Any]]


def deltas(block: Block, chunk: int) -> Iterator[Mapping[str, Any]]:
    """The block in pieces of `chunk` characters."""
    if isinstance(block, Text):
        for piece in _pieces(block.text, chunk):
            yield {"type": "text_delta", "text": piece}
    elif isinstance(block, Thinking):
        for piece in _pieces(block.text, chunk):
            yield {"type": "thinking_delta", "thinking": piece}
        yield {"type": "signature_delta", "signature": block.signature}
    else:
        for piece in _pieces(block.arguments, chunk):
            yield {"type": "input_json_delta", "partial_json": piece}


def opening(block: Block) -> Mapping[str, Any]:
    """The block as it is when it begins: empty."""
    if isinstance(block, Text):
        return {"type": "text", "text": ""}
    if isinstance(block, Thinking):
        return {"type": "thinking", "thinking": "", "signature": ""}
    return {"type": "tool_use", "id": block.id, "name": block.name, "input": {}}


def whole(block: Block) -> Mapping[str, Any]:
    """The block as it is when it does not stream. Raises ValueError when a tool's arguments are not JSON."""
    if isinstance(block, Text):
        return {"type": "text", "text": block.text}
    if isinstance(block, Thinking):
        return {"type": "thinking", "thinking": block.text, "signature": block.signature}
    return {"type": "tool_use", "id": block.id, "name": block.name, "input": json.loads(block.arguments)}


def message(reply: Reply, model: str, usage: Mapping[str, Any], *, is_whole: bool) -> dict[str, Any]:
    """The message around the blocks; its content and its end only when it does not stream."""
    return {
        "id": "msg_0123456789",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [whole(block) for block in reply.content] if is_whole else [],
        "stop_reason": reply.stop_reason if is_whole else None,
        "stop_sequence": None,
        "stop_details": reply.stop_details if is_whole else None,
        "usage": dict(usage),
    }


def records(reply: Reply, model: str, usage: Mapping[str, Any], output_tokens: int) -> Iterator[Record]:
    """Everything a whole stream says, pings aside."""
    started = message(reply, model, {**usage, "output_tokens": 1}, is_whole=False)
    yield "message_start", {"type": "message_start", "message": started}
    for index, block in enumerate(reply.content):
        yield (
            "content_block_start",
            {
                "type": "content_block_start",
                "index": index,
                "content_block": opening(block),
            },
        )
        for delta in deltas(block, reply.chunk):
            yield "content_block_delta", {"type": "content_block_delta", "index": index, "delta": delta}
        yield "content_block_stop", {"type": "content_block_stop", "index": index}
    yield (
        "message_delta",
        {
            "type": "message_delta",
            "delta": {
                "stop_reason": reply.stop_reason,
                "stop_sequence": None,
                "stop_details": reply.stop_details,
            },
            "usage": {"output_tokens": output_tokens},
        },
    )
    yield "message_stop", {"type": "message_stop"}


def on_the_wire(name: str, data: Mapping[str, Any] | str, *, crlf: bool) -> bytes:
    """One record with its framing. Text is data that is not JSON."""
    body = data if isinstance(data, str) else _json(data)
    end = "\r\n" if crlf else "\n"
    return f"event: {name}{end}data: {body}{end}{end}".encode()


def _json(data: Mapping[str, Any]) -> str:
    """As UTF-8 where that is possible: half a character can only be escaped."""
    text = json.dumps(data, ensure_ascii=False)
    return json.dumps(data) if any("\ud800" <= char <= "\udfff" for char in text) else text


def _pieces(text: str, chunk: int) -> Iterator[str]:
    for start in range(0, len(text), max(1, chunk)):
        yield text[start : start + max(1, chunk)]
