"""The content security policy of the stage page, as a header.

The build writes the policy with the hashes of the page's own scripts. What makes the frame a stranger to
this server (`sandbox`) and what keeps foreign sites from embedding it (`frame-ancestors`) cannot be said in a
`meta` tag, so both are made sure of here, whatever the file says.
"""

from __future__ import annotations

SANDBOX = "allow-scripts"
FRAME_ANCESTORS = "'self'"


def stage_policy(built: str) -> str:
    """Give the complete header for the stage page from the policy the build wrote.

    Raises ValueError when the built policy would let pattern code reach the network or keep its origin.
    """
    directives = _parse(built)
    if directives.get("default-src") != "'none'":
        raise ValueError("the stage's policy must start from default-src 'none'")
    if directives.get("connect-src", "'none'") != "'none'":
        raise ValueError("the stage's policy must not open connect-src")
    directives["sandbox"] = SANDBOX
    directives["frame-ancestors"] = FRAME_ANCESTORS
    first = {"sandbox": directives.pop("sandbox")}
    return "; ".join(f"{name} {value}".strip() for name, value in (first | directives).items())


def _parse(policy: str) -> dict[str, str]:
    directives: dict[str, str] = {}
    for part in policy.split(";"):
        name, _, value = part.strip().partition(" ")
        if name:
            # As browsers do: the first of two directives of one name counts.
            directives.setdefault(name.lower(), " ".join(value.split()))
    return directives
