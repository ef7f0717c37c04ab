"""Which models there are and what they cost: one table, to be looked at when prices change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """A model's name and its prices in USD per million tokens."""

    id: str
    input_usd: float
    output_usd: float
    cache_read_usd: float
    cache_write_usd: float


#: What each stands for is chosen here and nowhere else.
ALIASES = {"fast": "claude-haiku-5-5", "balanced": "claude-sonnet-5-5", "best": "claude-opus-5-5"}
DEFAULT = "balanced"
# What is kept for an hour costs twice as much to write as to send.
KNOWN = {
    each.id: each
    for each in (
        Model("claude-haiku-5-5", 0.10, 0.50, 0.01, 0.20),
        Model("claude-sonnet-5-5", 2.0, 10.0, 0.20, 4.0),
        Model("claude-opus-5-5", 4.0, 20.0, 0.40, 8.0),
    )
}


def is_claude(name: str) -> bool:
    """Whether it is one of Anthropic's models, by alias or id."""
    return "claude" in ALIASES.get(name, name)


def model_named(name: str, *, is_free: bool = False) -> Model:
    """The model of this alias or id; one that is not in the table costs what the dearest does."""
    chosen = ALIASES.get(name, name)
    if is_free:
        return Model(chosen, 0.0, 0.0, 0.0, 0.0)
    # On other clouds the same models have longer names: anthropic.claude-sonnet-5-5-v1:0
    found = next((model for known, model in KNOWN.items() if known in chosen), None)
    dearest = max(KNOWN.values(), key=lambda model: model.output_usd)
    prices = found or dearest
    return Model(chosen, prices.input_usd, prices.output_usd, prices.cache_read_usd, prices.cache_write_usd)
