"""A provider that is not asked the same twice: known answers come from memory, equal questions share one."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from .intent import intent
from .known_answers import Answers
from .provider import Answer, Provider, Turn


class KnownProvider:
    """Another provider, and what it answered before. `where` tells its address from others."""

    def __init__(self, provider: Provider, answers: Answers, where: str) -> None:
        self._provider = provider
        self._answers = answers
        self._where = where
        self._flights: dict[str, asyncio.Future[str | None]] = {}

    @property
    def name(self) -> str:
        """The other's."""
        return self._provider.name

    @property
    def model(self) -> str:
        """The other's."""
        return self._provider.model

    def estimate_usd(self, turn: Turn) -> float:
        """Nothing for what is known or on its way, else what the other says."""
        key = self._key(turn)
        is_known = not turn.is_fresh and (key in self._flights or self._answers.get(key) is not None)
        return 0.0 if is_known else self._provider.estimate_usd(turn)

    async def stream(self, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        """The text. Raises ProviderTrouble."""
        key = self._key(turn)
        if not turn.is_fresh:
            known = self._answers.get(key)
            while known is None and key in self._flights:
                known = await asyncio.shield(self._flights[key])
            if known is not None:
                answer.stop_reason, answer.is_known = "end_turn", True
                yield known
                return
        async with aclosing(self._asked(key, turn, answer)) as pieces:
            async for piece in pieces:
                yield piece

    async def _asked(self, key: str, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        flight: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._flights[key] = flight
        pieces: list[str] = []
        whole: str | None = None
        try:
            async with aclosing(self._provider.stream(turn, answer)) as stream:
                async for piece in stream:
                    pieces.append(piece)
                    yield piece
            if answer.stop_reason == "end_turn":
                whole = text = "".join(pieces)
                answer.keep = lambda: self._answers.put(key, text)
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]
            flight.set_result(whole)

    def _key(self, turn: Turn) -> str:
        """Equal for equal turns, and for first turns that wish the same in other words."""
        music = [sorted(turn.texts.items()), sorted(turn.may_change), turn.focus]
        who = [self._where, self.name, self.model, turn.effort, turn.seed]
        if turn.besides is None:
            told: list[object] = [turn.words, [[each.role, each.text] for each in turn.messages]]
        else:
            told = [intent(turn.words, turn.texts), turn.besides]
        return hashlib.sha256(json.dumps([who, music, list(turn.system), told]).encode()).hexdigest()
