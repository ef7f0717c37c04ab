"""Two gates: one that waits long enough for any verdict, and one that soon loses patience."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from algorave_kernel.engine import Engine


@pytest.fixture(scope="session", params=["v8", "quickjs"])
def patient(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with Engine(request.param, evaluate_limit_s=30, query_limit_s=60) as engine:
        yield engine


@pytest.fixture(scope="session", params=["v8", "quickjs"])
def impatient(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with Engine(request.param, evaluate_limit_s=0.3, query_limit_s=0.3) as engine:
        yield engine
