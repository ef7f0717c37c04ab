"""Planted defects: each takes one precaution out of the pipeline. The suite is worth what it catches of these."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from algorave_kernel.agent import anthropic_clients as clients
from algorave_kernel.agent import anthropic_provider as provider
from algorave_kernel.agent import asking, draft, forbidden_code, judge, landing, locate, prompt, reply_parser
from algorave_kernel.agent.anthropic_provider import AnthropicProvider
from algorave_kernel.agent.asking import Asking
from algorave_kernel.agent.judge import Judge, Judgement
from algorave_kernel.agent.landing import Landed, Landing
from algorave_kernel.agent.provider import ProviderTrouble
from algorave_kernel.agent.reply_parser import ReplyParser
from algorave_kernel.verdict import Verdict

Plant = Callable[[pytest.MonkeyPatch], None]


def _set(owner: Any, name: str, value: Any) -> Plant:
    return lambda patch: patch.setattr(owner, name, value)


async def _passes(self: Judge, words: str, before: str | None, after: str) -> Judgement:
    return Judgement(Verdict(True))


def _trusts_a_silent_end(patch: pytest.MonkeyPatch) -> None:
    whole = provider._note

    def note(record: Any, answer: Any, tokens: Any) -> None:
        whole(record, answer, tokens)
        answer.stop_reason = answer.stop_reason or "end_turn"

    patch.setattr(provider, "_note", note)


def _commits_before_the_check(patch: pytest.MonkeyPatch) -> None:
    land = Landing.land

    async def first(self: Landing, score: Any, judge_: Judge, consent: Any = None) -> Landed:
        from algorave_kernel.agent.score import LayerChange, texts_of

        now = texts_of(score)
        await score.apply([LayerChange(layer, now.get(layer), text) for layer, text in self.after.items()])
        return await land(self, score, judge_, consent)

    patch.setattr(Landing, "land", first)


def _overwrites_what_others_typed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(landing, "merge", lambda base, mine, theirs: mine)


def _keeps_half_an_answer(patch: pytest.MonkeyPatch) -> None:
    understood = Asking._understood

    def keep(self: Asking, text: str, parser: Any, answer: Any) -> str:
        answer.stop_reason = "end_turn" if answer.stop_reason == "max_tokens" else answer.stop_reason
        return understood(self, text, parser, answer)

    patch.setattr(Asking, "_understood", keep)


def _plays_what_was_refused(patch: pytest.MonkeyPatch) -> None:
    understood = Asking._understood

    def keep(self: Asking, text: str, parser: Any, answer: Any) -> str:
        answer.stop_reason = "end_turn"
        return understood(self, text, parser, answer)

    patch.setattr(Asking, "_understood", keep)


def _closes_what_is_open(patch: pytest.MonkeyPatch) -> None:
    finish = ReplyParser.finish

    def closing(self: ReplyParser) -> None:
        self.feed({"put": "</put></edit>", "find": "</find></edit>", "code": "</code>"}.get(self._state, ""))
        finish(self)

    patch.setattr(ReplyParser, "finish", closing)


def _takes_the_first_of_several(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locate, "_one_of", lambda text, places: places[0] if places else None)


def _asks_only_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clients, "RETRIES", 0)
    patch.setattr(ProviderTrouble, "is_passing", property(lambda self: False))


def _judges_one_layer(patch: pytest.MonkeyPatch) -> None:
    judged = Landing._judged

    async def one(self: Landing, now: Any, texts: Any, judge_: Judge, known: Any) -> Landed:
        return await judged(self, now, dict(list(texts.items())[:1]), judge_, known)

    patch.setattr(Landing, "_judged", one)


def _judges_only_once(patch: pytest.MonkeyPatch) -> None:
    """The merged text is not judged again."""
    first = Judge.judge

    async def remembered(self: Judge, words: str, before: str | None, after: str) -> Judgement:
        if words in seen:
            return Judgement(Verdict(True))
        seen.add(words)
        return await first(self, words, before, after)

    seen: set[str] = set()
    patch.setattr(Judge, "judge", remembered)


def _forgets_the_new_base(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Asking, "_said_about", lambda self, problems: prompt.repair(problems or ["again"]))


def _lets_errors_of_the_wire_through(patch: pytest.MonkeyPatch) -> None:
    trouble = AnthropicProvider._trouble

    def only_their_own(self: AnthropicProvider, error: Exception) -> ProviderTrouble:
        import anthropic

        if not isinstance(error, anthropic.AnthropicError):
            raise error
        return trouble(self, error)

    patch.setattr(AnthropicProvider, "_trouble", only_their_own)


def _branches_on_the_class(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(provider, "TYPES", {})


#: What is taken out, and how.
DEFECTS: dict[str, Plant] = {
    "code is not checked": _set(Judge, "judge", _passes),
    "a silent end counts as an end": _trusts_a_silent_end,
    "the step comes before the check": _commits_before_the_check,
    "what others typed is overwritten": _overwrites_what_others_typed,
    "half an answer counts": _keeps_half_an_answer,
    "a refusal counts": _plays_what_was_refused,
    "what is open is closed": _closes_what_is_open,
    "the first of several places is taken": _takes_the_first_of_several,
    "broken streams are not asked for again": _asks_only_once,
    "only one layer is judged": _judges_one_layer,
    "the merged text is not judged": _judges_only_once,
    "the music that moved is not looked at again": _forgets_the_new_base,
    "errors of the wire are not caught": _lets_errors_of_the_wire_through,
    "the type of an error is not looked at": _branches_on_the_class,
    "nothing is mended": _set(asking, "MAX_REPAIRS", 0),
    "it is mended for ever": _set(asking, "MAX_REPAIRS", 5),
    "fences stay": _set(reply_parser, "clean", lambda text: text.strip("\n")),
    "line breaks beside tags stay": _set(reply_parser, "clean", lambda text: text),
    "places are found to the letter only": _set(
        locate, "_squeezed", lambda text: (text, list(range(len(text))))
    ),
    "lines are never found loosely": _set(locate, "ALIKE", 2.0),
    "everything is found loosely": _set(locate, "ALIKE", 0.2),
    "nothing is forbidden": _set(judge, "forbidden", lambda before, after: None),
    "comments are forbidden too": _set(forbidden_code, "_emptied", lambda found: found[0]),
    "silence counts as music": _set(judge, "_sounds", lambda haps: True),
    "labels may go": _set(judge, "_labels_lost", lambda words, before, after: []),
    "loudness does not matter": _set(judge, "LOUDEST", 1e9),
    "promises are not kept": _set(Landing, "_broken_promises", lambda self, now, texts, judge_: []),
    "any layer may be changed": _set(
        asking, "draft", lambda before, wishes, only: draft.draft(before, wishes)
    ),
    "entities stay": _set(draft, "_meant", lambda put, text: put),
    "halves of characters pass": _set(draft, "is_whole", lambda text: True),
    "control characters pass": _set(draft, "CONTROL", re.compile(r"(?!)")),
    "names of layers are free": _set(draft, "LAYER_NAME", re.compile(r".*")),
    "the key may come back": _set(AnthropicProvider, "_without_key", lambda self, text: (text, "")),
}


#: The case that is there for it; when that does not catch it, all others are tried.
NEAREST = {
    "code is not checked": "an open bracket, then good code",
    "a silent end counts as an end": "eof after the edit, then good",
    "the step comes before the check": "an open bracket, again and again",
    "what others typed is overwritten": "another word of the line moves",
    "half an answer counts": "cut off at the limit",
    "a refusal counts": "a refusal after an edit",
    "what is open is closed": "an edit that is not closed",
    "the first of several places is taken": "found twice, then once",
    "broken streams are not asked for again": "fin in the prose, then good",
    "only one layer is judged": "one layer good and one layer bad",
    "the merged text is not judged": "the layer is broken meanwhile",
    "the music that moved is not looked at again": "the same word moves, and the answer is asked again",
    "errors of the wire are not caught": "fin always",
    "the type of an error is not looked at": "rate_limit_error inside a stream",
    "nothing is mended": "an open bracket, then good code",
    "it is mended for ever": "an open bracket, again and again",
    "fences stay": "a fence in the code",
    "line breaks beside tags stay": "line breaks beside the tags",
    "places are found to the letter only": "other white space in find",
    "lines are never found loosely": "a line remembered badly",
    "everything is found loosely": "not found, then found",
    "nothing is forbidden": "an address is denied",
    "comments are forbidden too": "the same words in a comment are not",
    "silence counts as music": "silence, then good code",
    "labels may go": "a label is dropped, then kept",
    "loudness does not matter": "far too much gain, then good code",
    "promises are not kept": "a promise is broken, then kept",
    "any layer may be changed": "only the hats may change, and the bass does",
    "entities stay": "entities for angles",
    "halves of characters pass": "half a character",
    "control characters pass": "a control character in a comment",
    "names of layers are free": "a name no layer can have",
    "the key may come back": "a server that sends the key back",
}
