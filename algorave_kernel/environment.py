"""How this kernel was told where its server is, taken out of the environment so that nothing shows it.

A server gives its kernels an address and a pass. Kernels that no server of ours started are pointed at one by
`ALGORAVE_URL` and `ALGORAVE_TOKEN`. Then neither `%env` nor a process started in a cell has the secret.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

URL_VARIABLE, PAGE_URL_VARIABLE = "ALGORAVE_URL", "ALGORAVE_PAGE_URL"
PASS_VARIABLE, TOKEN_VARIABLE = "ALGORAVE_PASS", "ALGORAVE_TOKEN"


@dataclass(frozen=True, repr=False)
class Secret:
    """A text that no traceback, print or log shows by accident."""

    text: str

    def __repr__(self) -> str:
        return "<secret>"


_secrets: dict[str, Secret] = {}


def take() -> dict[str, Secret]:
    """The secret variables by name; they are in the environment no more."""
    for name in (PASS_VARIABLE, TOKEN_VARIABLE):
        if name in os.environ:
            _secrets[name] = Secret(os.environ.pop(name))
    return _secrets
