"""`%algorave key`, `model` and `usage`: who answers in this notebook, and on whose key."""

from __future__ import annotations

import getpass
import warnings
from argparse import ArgumentTypeError
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from .agent.key_ring import KeyRing
from .agent.known_answers import Answers, KnownAnswers
from .agent.models import ALIASES, DEFAULT
from .agent.provider import ProviderFor, ProviderTrouble
from .agent.providers import HOUSE_BAND, offered, providers, remembering
from .agent.redis_answers import shared_answers
from .agent.usage import Budget
from .agent_worker import NOBODY_PAYS, Service
from .arguments import BadUsage, did_you_mean, usd
from .ask_line import read_model

TO_ADD_KEY = "For Claude, `%algorave key` takes a key, or set `ANTHROPIC_API_KEY` before Jupyter starts."
ADD_KEY = f"That was the house band, which plays by rules. {TO_ADD_KEY}"
#: From this part of a budget on it is said that it will be used up.
WARN_AT = 0.8
NO_PROMPT = "nothing hidden can be typed here: set ANTHROPIC_API_KEY in the environment before Jupyter starts"
NOT_IN_A_CELL = (
    "a key is never written in a cell, which is saved and shared. Write `%algorave key` alone and type it "
    "where nobody sees it; take this line out, and make a new key if others may have seen it."
)


class ModelDesk:
    """Who answers in one notebook. What cannot be done raises `BadUsage`."""

    def __init__(self) -> None:
        self.keys = KeyRing()
        self.chosen = DEFAULT
        self.budget = Budget("of this notebook")
        self._service: tuple[object, Service] | None = None
        self._answers: Answers | None = None

    def key(self, text: str) -> None:
        """Take a key where nobody sees it typed, or forget all."""
        if text == "--forget":
            self.keys.forget()
            print("No key is kept here any more; the house band answers.")
            return
        if text:
            raise BadUsage(NOT_IN_A_CELL)
        try:
            self.keys.add(_hidden(f"Key for {self.keys.place} (hidden): "))
        except ValueError as wrong:
            raise BadUsage(f"{wrong}.") from None
        print(f"The key for {self.keys.place} is kept until this kernel ends, in memory alone.")

    def model(self, text: str) -> None:
        """Choose who answers from now on, or say who does."""
        if text:
            name = read_model(text)
            known = [*ALIASES, HOUSE_BAND]
            close = did_you_mean(name, known)
            if name not in known and close != "." and len(name) < max(map(len, known)) + 2:
                raise BadUsage(f"there is no model '{name}'{close}")
            self.chosen = name
        try:
            provider = self.provider_for()(self.now)
        except (ProviderTrouble, ValueError) as trouble:
            raise BadUsage(f"{trouble}.") from None
        if self.now == HOUSE_BAND:
            print("The house band answers." + (f" {TO_ADD_KEY}" if self.is_band_for_lack else ""))
        else:
            print(f"{provider.name} ({provider.model}) answers, at {self.keys.place}.")
        if not text:
            names = [f"{alias} ({model})" for alias, model in ALIASES.items()]
            print(f"There are {', '.join(names)}, band, and any model's id.")

    def usage(self) -> None:
        """What was used in this notebook and what it cost whom."""
        whose = f", on the key for {self.keys.place}" if self.budget.used.requests else ""
        print(f"{self.budget.used}{whose}.".capitalize())

    def set_budget(self, text: str) -> None:
        """Say what all asks of this notebook may cost together from now on, or `off`."""
        if text:
            try:
                self.budget.limit_usd = None if text == "off" else usd(text)
            except ArgumentTypeError as wrong:
                raise BadUsage(f"{wrong}; or `off`.") from None
        limit = self.budget.limit_usd
        most = "no limit" if limit is None else f"at most ${limit:.2f}"
        print(f"All asks of this notebook together: {most}; ${self.budget.used.cost_usd:.4f} is used.")

    def warnings(self) -> list[str]:
        """What there is to say when most of the budget is used."""
        limit, used = self.budget.limit_usd, self.budget.used.cost_usd
        if not limit or used < WARN_AT * limit:
            return []
        return [f"${used:.4f} of this notebook's ${limit:.2f} is used: `%algorave budget` sets another."]

    @property
    def now(self) -> str:
        """Who answers when nobody says: the house band where a key is needed and there is none."""
        return self.chosen if self.keys.can_ask else HOUSE_BAND

    def provider_for(self) -> ProviderFor:
        """Who answers by these names, for the key and the address as they are now. Raises ValueError."""
        key, address = self.keys.key, self.keys.address
        return remembering(providers(key, address), self._known, address or "")

    def _known(self) -> Answers:
        if self._answers is None:
            place = Path(jupyter_data_dir()) / "algorave" / "answers.sqlite"
            self._answers = shared_answers() or KnownAnswers(place)
        return self._answers

    def service(self, name: str, model: str | None) -> Service:
        """The same for asks of a session where one is called `name`; equal while nothing of it changes.

        Who is named there for an answer is who gives it: another `model` is another service.
        """
        model = model or self.now
        terms = (self.keys.key, self.keys.address, model, name)
        if self._service is None or self._service[0] != terms:
            pays = NOBODY_PAYS if model == HOUSE_BAND else f"{name}'s key"
            made = Service(self.provider_for(), model, offered(model), pays, is_own=True)
            self._service = (terms, made)
        return self._service[1]

    @property
    def is_band_for_lack(self) -> bool:
        """Whether the house band answers only because there is no key."""
        return self.now == HOUSE_BAND != self.chosen

    def close(self) -> None:
        """Close what is open on the disk."""
        if self._answers is not None:
            self._answers.close()


def _hidden(prompt: str) -> str:
    try:
        with warnings.catch_warnings():
            # A terminal that would show what is typed.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt)
    except (NotImplementedError, getpass.GetPassWarning):
        raise BadUsage(f"{NO_PROMPT}.") from None
    except (KeyboardInterrupt, EOFError):
        raise BadUsage("no key was given; nothing has changed.") from None
