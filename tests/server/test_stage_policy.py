"""The policy header of the stage page."""

from __future__ import annotations

import pytest

from algorave_server.stage_policy import stage_policy

BUILT = "default-src 'none'; script-src 'sha256-abc=' 'unsafe-eval' blob: data:; connect-src 'none'"


def directives(policy: str) -> dict[str, str]:
    """A policy as directive to value."""
    parts = [part.strip().partition(" ") for part in policy.split(";")]
    return {name: value for name, _, value in parts}


def test_what_was_built_is_kept() -> None:
    """SRV-4: the header carries every directive the build wrote."""
    assert directives(BUILT).items() <= directives(stage_policy(BUILT)).items()


@pytest.mark.parametrize(
    "built", [BUILT, f"{BUILT}; sandbox allow-scripts allow-same-origin; frame-ancestors *"]
)
def test_the_sandbox_is_always_there(built: str) -> None:
    """SRV-4: the header always has `sandbox allow-scripts` and `frame-ancestors 'self'`, and nothing wider."""
    policy = directives(stage_policy(built))
    assert (policy["sandbox"], policy["frame-ancestors"]) == ("allow-scripts", "'self'")


@pytest.mark.parametrize(
    "built",
    [
        "",
        "script-src 'self'",
        "default-src *",
        "default-src 'none'; connect-src *",
        "DEFAULT-SRC 'none'; CONNECT-SRC https:",
    ],
)
def test_a_policy_that_opens_the_network_is_refused(built: str) -> None:
    """SRV-5: a policy without `default-src 'none'`, or with an open `connect-src`, is never sent."""
    with pytest.raises(ValueError, match="stage's policy"):
        stage_policy(built)
