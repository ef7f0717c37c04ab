"""Which part of a prompt was seen before: what the real API's cache would charge as read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .request_rules import tokens

#: Shorter beginnings are not kept by the real cache either.
LEAST_TOKENS = 512


class PromptCache:
    """Remembers beginnings of prompts, up to each block that asks for it, per model."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def usage(self, body: Mapping[str, Any]) -> dict[str, int]:
        """The input side of the usage of one request; what it asks to be kept is known afterwards."""
        total = tokens(body.get("system")) + tokens(body.get("messages"))
        read = written = 0
        for beginning in _beginnings(body):
            key, length = json.dumps([body["model"], beginning]), tokens(beginning)
            if length < LEAST_TOKENS:
                continue
            if key in self._seen:
                read = max(read, length)
            else:
                self._seen.add(key)
                written = max(written, length)
        written = max(0, written - read)
        return {
            "input_tokens": max(0, total - read - written),
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
        }


def _beginnings(body: Mapping[str, Any]) -> list[list[Any]]:
    system = body.get("system")
    blocks: list[Any] = [*system] if isinstance(system, list) else []
    for each in body.get("messages", []):
        blocks += each["content"] if isinstance(each["content"], list) else [each["content"]]
    marked = [
        place for place, each in enumerate(blocks) if isinstance(each, Mapping) and "cache_control" in each
    ]
    plain = [
        {name: value for name, value in each.items() if name != "cache_control"}
        if isinstance(each, Mapping)
        else each
        for each in blocks
    ]
    return [plain[: place + 1] for place in marked]
