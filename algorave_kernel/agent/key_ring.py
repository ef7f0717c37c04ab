"""Which key is for which address: none is ever sent to another than the one it was given for."""

from __future__ import annotations

import os

from .clouds import HOW, cloud_at
from .key import BASE_URL_VARIABLE, Secret, key_from_environment, typed_key

ANTHROPIC = "api.anthropic.com"


class KeyRing:
    """The keys of this process, in memory alone. The environment's key is Anthropic's."""

    def __init__(self) -> None:
        self._keys: dict[str | None, Secret] = {}
        found = key_from_environment()
        if found is not None:
            self._keys[None] = found

    @property
    def address(self) -> str | None:
        """Where models are asked: an address or cloud of one's own (`ALGORAVE_MODEL_URL`); None is Anthropic.

        Raises ValueError when it is neither.
        """
        found = os.environ.get(BASE_URL_VARIABLE, "").strip().rstrip("/")
        if found and not found.startswith(("http://", "https://")) and cloud_at(found) is None:
            raise ValueError(
                f"{BASE_URL_VARIABLE} is no address that begins with http:// or https://, nor {HOW}"
            )
        return found or None

    @property
    def place(self) -> str:
        """The address for people, without what might be secret in it."""
        cloud = cloud_at(self.address)
        return (
            cloud.name if cloud else (self.address or ANTHROPIC).split("://")[-1].split("/")[0].split("@")[-1]
        )

    @property
    def key(self) -> Secret | None:
        """The key for the address as it is now."""
        return self._keys.get(self.address)

    @property
    def can_ask(self) -> bool:
        """Whether a model can be asked: a server at an address of one's own may do without a key."""
        return self.key is not None or self.address is not None

    def add(self, typed: str) -> None:
        """Take a key for the address as it is now. Raises ValueError in words that do not repeat it."""
        self._keys[self.address] = typed_key(typed)

    def forget(self) -> None:
        """Forget every key."""
        self._keys.clear()

    def is_in(self, text: str) -> bool:
        """Whether a key stands in the text."""
        return any(key.is_in(text) for key in self._keys.values())
