"""Engines that all tests of this folder share; starting one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from algorave_kernel.engine import Engine

BACKENDS = ("v8", "quickjs")


@pytest.fixture(scope="session", params=BACKENDS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    # Generous limits: what these tests ask is what haps there are, not how fast.
    with Engine(request.param, evaluate_limit_s=20, query_limit_s=30) as opened:
        yield opened


@pytest.fixture(scope="session")
def v8() -> Iterator[Engine]:
    with Engine("v8", evaluate_limit_s=20, query_limit_s=30) as opened:
        yield opened
