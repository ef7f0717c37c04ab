"""Who can answer here: Claude with a key, a server at an address of one's own, or the house band."""

from __future__ import annotations

from collections.abc import Callable

from .anthropic_provider import AnthropicProvider
from .house_band import HouseBand
from .key import Secret
from .known_answers import Answers
from .known_provider import KnownProvider
from .models import ALIASES
from .provider import Provider, ProviderFor, ProviderTrouble

HOUSE_BAND = "band"
NO_KEY = (
    "no key for Claude: type  %algorave key  to give one, or  -m band  for the house band, which needs none"
)


def providers(key: Secret | None = None, base_url: str | None = None) -> ProviderFor:
    """Who answers, by alias or id. Without a key and an address it is the house band alone."""

    def provider_for(model: str) -> Provider:
        if model == HOUSE_BAND:
            return HouseBand()
        if key is None and base_url is None:
            raise ProviderTrouble("key", NO_KEY)
        # A server on one's own machine wants a key to be there and does not look at it.
        return AnthropicProvider(key or Secret("local"), model, base_url)

    return provider_for


def remembering(provider_for: ProviderFor, answers: Callable[[], Answers], where: str) -> ProviderFor:
    """The same, each with what it answered before; `where` tells its address from others.

    The house band remembers nothing: without a model `answers` are not asked for.
    """

    def remembers(model: str) -> Provider:
        provider = provider_for(model)
        return provider if model == HOUSE_BAND else KnownProvider(provider, answers(), where)

    return remembers


def offered(model: str) -> list[str]:
    """What can be asked for by name where this one answers by itself; it comes first."""
    return [HOUSE_BAND] if model == HOUSE_BAND else list(dict.fromkeys([model, *ALIASES, HOUSE_BAND]))
