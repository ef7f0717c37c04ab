"""How this kernel was told where its server is, taken out of the environment so that nothing shows it.

A server gives its kernels an address and a pass. Kernels that no server of ours started are pointed at one by
`ALGORAVE_URL` and `ALGORAVE_TOKEN`. Then neither `%env` nor a process started in a cell has the secret.
"""

from __future__ import annotations

import os

URL_VARIABLE, PAGE_URL_VARIABLE = "ALGORAVE_URL", "ALGORAVE_PAGE_URL"
PASS_VARIABLE, TOKEN_VARIABLE = "ALGORAVE_PASS", "ALGORAVE_TOKEN"
_taken: dict[str, str] = {}


def take() -> dict[str, str]:
    """The variables by name; the secret ones are in the environment no more."""
    for name in (URL_VARIABLE, PAGE_URL_VARIABLE):
        if name in os.environ:
            _taken[name] = os.environ[name]
    for name in (PASS_VARIABLE, TOKEN_VARIABLE):
        if name in os.environ:
            _taken[name] = os.environ.pop(name)
    return _taken
