"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# `make fuzz` looks longer; an ordinary run looks at the same examples every time, so nothing is flaky.
settings.register_profile("ordinary", derandomize=True, deadline=None, max_examples=60)
settings.register_profile(
    "fuzz", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))

# Notebooks below `tests/` are material of tests, not tests.
collect_ignore_glob = ["*.ipynb"]
