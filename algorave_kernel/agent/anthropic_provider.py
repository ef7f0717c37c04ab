"""Claude, or whatever speaks its protocol at another address: the one module that knows the library."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from .anthropic_clients import client_at
from .clouds import cloud_at
from .key import Secret
from .models import Model, is_claude, model_named
from .provider import MAX_TOKENS, Answer, ProviderTrouble, TroubleKind, Turn
from .usage import CHARS_A_TOKEN, estimate_usd, priced

if TYPE_CHECKING:
    from anthropic import APIStatusError, AsyncAnthropic

OFFICIAL_URL = "https://api.anthropic.com"
SILENCE_LIMIT_S = 15.0
#: Where what the server says helps people; and how much of it.
DETAILED: frozenset[TroubleKind] = frozenset({"request", "forbidden", "missing"})
DETAIL_CHARS = 200
#: What a request can do without, in the order in which it is given up when a server does not know it.
OPTIONAL = ("thinking", "output_config", "cache_control", "metadata")

STATUS: dict[int, tuple[TroubleKind, str]] = {
    400: ("request", "the request was refused as wrong"),
    401: ("key", "the key was not accepted; set another with  %algorave key"),
    402: ("payment", "the account behind the key has run out of credit or reached its spending limit"),
    403: ("forbidden", "the key may not use this model"),
    404: ("missing", "there is no such model, or nothing answers at this address"),
    413: ("too_long", "the music is too long to be sent"),
    429: ("busy", "too many requests for this key right now; try again in a minute"),
    529: ("overloaded", "the model is overloaded right now; try again in a minute"),
}
TYPES: dict[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "overloaded_error": 529,
}


class AnthropicProvider:
    """One model behind one key, at a web address or in a cloud (see `clouds`).

    `base_url` is the caller's own choice and never comes from shared text.
    """

    def __init__(
        self, key: Secret, model: str, base_url: str | None = None, silence_limit_s: float = SILENCE_LIMIT_S
    ) -> None:
        self._key = key
        self._base_url = base_url or OFFICIAL_URL
        self._cloud = cloud_at(base_url)
        self._silence_limit_s = silence_limit_s
        # Who serves a model of their own sends no bill; who serves Claude does.
        name = self._cloud.model(model) if self._cloud else model
        self._model: Model = model_named(name, is_free=not self.is_official and not is_claude(name))
        self._client: AsyncAnthropic | None = None
        self._without: set[str] = set()

    @property
    def is_official(self) -> bool:
        """Whether it is Anthropic's own address."""
        return self._base_url.rstrip("/") == OFFICIAL_URL

    @property
    def name(self) -> str:
        """What people see."""
        return "Claude" if is_claude(self._model.id) else self._model.id

    @property
    def model(self) -> str:
        """The model's id."""
        return self._model.id

    def estimate_usd(self, turn: Turn) -> float:
        """What this turn costs when nothing of it comes from the cache."""
        return estimate_usd(self._model, turn.chars, MAX_TOKENS)

    async def stream(self, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        """The text, piece by piece. Raises ProviderTrouble, also when the answer just ends in the middle."""
        received = 0
        while True:
            try:
                async with aclosing(self._attempt(turn, answer)) as pieces:
                    async for piece in pieces:
                        received += len(piece)
                        yield piece
            except ProviderTrouble as trouble:
                # Servers that speak an older or smaller protocol: once without what they do not know.
                if received or trouble.kind != "request" or not self._drop_unknown(trouble.detail):
                    raise
            else:
                return

    async def warm(self, turn: Turn) -> None:
        """Have the unchanging part of the prompt kept: answers come sooner. Raises ProviderTrouble."""
        import anthropic

        request: dict[str, Any] = {**self._request(turn), "max_tokens": 0}
        try:
            await self._opened().messages.create(**request)
        except anthropic.AnthropicError as error:
            raise self._trouble(error) from None

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _opened(self) -> AsyncAnthropic:
        if self._client is None:
            self._client = client_at(self._cloud or self._base_url, self._key, self._silence_limit_s)
        return self._client

    async def _attempt(self, turn: Turn, answer: Answer) -> AsyncGenerator[str]:
        import anthropic
        import httpx2

        written = 0
        tokens: dict[str, int] = {}
        try:
            async with self._opened().messages.stream(**self._request(turn)) as stream:
                answer.request_id = stream.request_id
                held = ""
                async for record in stream:
                    _note(record, answer, tokens)
                    if record.type == "text":
                        written += len(record.text)
                        ready, held = self._without_key(held + record.text)
                        yield ready
                yield held
        except (anthropic.AnthropicError, httpx2.TransportError, httpx2.StreamError, ValueError) as error:
            raise self._trouble(error) from None
        except ProviderTrouble:
            raise
        except Exception:  # each cloud's own tools have errors of their own
            if self._cloud is None:
                raise
            raise self._cloud_trouble() from None
        finally:
            # What came in is paid for, also when it is stopped or breaks off.
            self._account(answer, tokens, written)
        if answer.stop_reason is None:
            raise ProviderTrouble("dropped", "the answer ended in the middle", answer.request_id)

    def _request(self, turn: Turn) -> dict[str, Any]:
        cached = (
            {} if "cache_control" in self._without else {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
        )
        system: list[dict[str, Any]] = [{"type": "text", "text": text} for text in turn.system]
        if system:
            system[-1] |= cached
        request: dict[str, Any] = {
            "model": self._model.id,
            "max_tokens": MAX_TOKENS,
            "messages": [{"role": each.role, "content": each.text} for each in turn.messages],
            "output_config": {"effort": turn.effort},
        }
        if system:
            request["system"] = system
        return {name: value for name, value in request.items() if name not in self._without}

    def _drop_unknown(self, message: str) -> bool:
        """Do without what the server says it does not know; False when it is something that is needed."""
        for name in OPTIONAL:
            part = "effort" if name == "output_config" else name
            if name not in self._without and (name in message or part in message):
                self._without.add(name)
                return True
        return False

    def _without_key(self, text: str) -> tuple[str, str]:
        """What of the text may go on, and what may become the key and waits. Raises ProviderTrouble."""
        if self._key.is_in(text):
            raise ProviderTrouble("forbidden", f"{self._host} sent the key back: give it no key")
        begun = self._key.begun_at_end_of(text)
        return (text[:-begun], text[-begun:]) if begun else (text, "")

    def _account(self, answer: Answer, tokens: Mapping[str, int], written_chars: int) -> None:
        if not tokens:
            return
        counted = tokens.get("output_tokens", 0)
        estimated = -(-written_chars // CHARS_A_TOKEN)
        answer.usage += priced(
            self._model,
            sent=tokens.get("input_tokens", 0),
            written=counted if answer.stop_reason is not None else max(counted, estimated),
            cache_read=tokens.get("cache_read_input_tokens", 0),
            cache_write=tokens.get("cache_creation_input_tokens", 0),
        )

    def _trouble(self, error: Exception) -> ProviderTrouble:
        """The error in our words: the library's own holds the request's headers."""
        import anthropic
        import httpx2

        if isinstance(error, anthropic.APIStatusError):
            return self._status_trouble(error)
        if isinstance(error, (httpx2.TimeoutException, anthropic.APITimeoutError)):
            return ProviderTrouble("slow", f"nothing came for {self._silence_limit_s:g} seconds")
        if isinstance(error, anthropic.APIConnectionError):
            return ProviderTrouble("unreachable", f"{self._host} cannot be reached; is there a network?")
        if isinstance(error, (httpx2.TransportError, httpx2.StreamError)):
            return ProviderTrouble("dropped", "the connection broke in the middle of the answer")
        return ProviderTrouble("garbled", "the answer was garbled on its way")

    def _cloud_trouble(self) -> ProviderTrouble:
        where = self._cloud.name if self._cloud else self._host
        return ProviderTrouble("key", f"no credentials for {where} were found, or they do not work there")

    def _status_trouble(self, error: APIStatusError) -> ProviderTrouble:
        # Inside a stream the status says 200 whatever happened; the type is what counts.
        status = TYPES.get(str(error.type), error.status_code)
        server = ("server", "the model's server has failed; try again in a minute")
        kind, sentence = STATUS.get(status, server if status >= 500 or status == 200 else STATUS[400])
        detail = self._key.hidden_in(str(error.api_message or ""))[:DETAIL_CHARS]
        shown = f"{sentence}: {detail}" if kind in DETAILED and detail else sentence
        return ProviderTrouble(kind, shown, error.request_id, detail)

    @property
    def _host(self) -> str:
        if self._cloud is not None:
            return self._cloud.name
        return self._base_url.split("://")[-1].split("/")[0].split("@")[-1]


def _note(record: Any, answer: Answer, tokens: dict[str, int]) -> None:
    if record.type == "message_start":
        _count(tokens, record.message.usage)
    elif record.type == "message_delta":
        _count(tokens, record.usage)
        answer.stop_reason = record.delta.stop_reason
        details = getattr(record.delta, "stop_details", None)
        answer.refusal = getattr(details, "category", None)


def _count(tokens: dict[str, int], usage: Any) -> None:
    for name in ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
        value = getattr(usage, name, None)
        if isinstance(value, int):
            tokens[name] = value
