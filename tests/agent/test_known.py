"""Known answers and shared questions, with the real client and a Messages server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agent.conftest import CANARY
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.key import Secret
from algorave_kernel.agent.known_answers import KnownAnswers
from algorave_kernel.agent.known_provider import KnownProvider
from algorave_kernel.agent.provider import Answer, Provider, ProviderTrouble, Said, Turn
from algorave_kernel.testing import Failure, MessagesServer, Reply

TURN = Turn("darker", {"bass": "x"}, system=("be short",), messages=(Said("user", "darker"),))
SLOW = Reply("an answer", chunk=3, between_s=0.02)


async def heard(provider: Provider, turn: Turn = TURN) -> tuple[str, Answer]:
    answer = Answer()
    return "".join([piece async for piece in provider.stream(turn, answer)]), answer


@asynccontextmanager
async def both(server: MessagesServer, answers: KnownAnswers) -> AsyncIterator[tuple[Provider, Provider]]:
    """The provider by itself, and with its memory."""
    plain = AnthropicProvider(Secret(CANARY), "fast", server.url)
    yield plain, KnownProvider(plain, answers, server.url)
    await plain.close()


async def test_equal_questions_share_one_answer(server: MessagesServer) -> None:
    """AGENT-19: of five equal asks at once one reaches the model; without the memory each does."""
    async with both(server, KnownAnswers()) as (plain, known):
        server.say(*[SLOW] * 10)
        found = await asyncio.gather(*(heard(known) for _ in range(5)))
        assert ({text for text, _ in found}, len(server.bodies)) == ({"an answer"}, 1)
        await asyncio.gather(*(heard(plain) for _ in range(5)))
        assert len(server.bodies) == 6


async def test_one_that_fails_is_not_shared(server: MessagesServer) -> None:
    """AGENT-19: when the one that was waited for breaks off, the next asks for itself."""
    async with both(server, KnownAnswers()) as (_, known):
        server.say(Reply("half of it", dies="eof", dies_after=1), SLOW)
        first, second = await asyncio.gather(heard(known), heard(known), return_exceptions=True)
        assert isinstance(first, ProviderTrouble)
        assert not isinstance(second, BaseException)
        assert second[0] == "an answer"


async def test_only_good_answers_are_kept(server: MessagesServer, tmp_path: Path) -> None:
    """AGENT-19: an answer is known once it was found good, in the next process too, and of its own words only."""
    place = tmp_path / "folder" / "answers.sqlite"
    answers = KnownAnswers(place)
    async with both(server, answers) as (_, known):
        server.say(SLOW, SLOW)
        await heard(known)
        _, answer = await heard(known)
        assert len(server.bodies) == 2
        answer.keep()
        answers.close()
        async with both(server, KnownAnswers(place)) as (_, next_day):
            text, answer = await heard(next_day)
            assert (text, answer.is_known, len(server.bodies)) == ("an answer", True, 2)
            server.say(Failure(400))
            other = Turn("brighter", TURN.texts, system=TURN.system, messages=TURN.messages)
            assert next_day.estimate_usd(other) > next_day.estimate_usd(TURN) == 0.0
            assert CANARY.encode() not in place.read_bytes()


def test_a_disk_in_trouble_is_no_trouble(tmp_path: Path) -> None:
    """AGENT-19: a file that is no database, or cannot be made, leaves the memory working."""
    place = tmp_path / "answers.sqlite"
    place.write_text("this is no database, however one looks at it" * 50)
    for each in (place, place / "below"):
        answers = KnownAnswers(each)
        answers.put("key", "answer")
        assert (answers.get("key"), answers.get("other")) == ("answer", None)
