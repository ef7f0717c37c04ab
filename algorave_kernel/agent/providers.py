"""Who can answer here: Claude with a key, a server at an address of one's own, or the house band."""

from __future__ import annotations

from .anthropic_provider import AnthropicProvider
from .house_band import HouseBand
from .key import Secret
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
