"""Official documentation examples give the haps that upstream's own snapshot tests record."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from algorave_kernel.engine import Engine
from engine.shown import differences

HERE = Path(__file__).parent
CORPUS = HERE.parents[1].parent / "shared" / "data" / "strudel_conformance.json"
MOCKS = (HERE / "upstream_mocks.js").read_text(encoding="utf-8") + "\n"
CASES = json.loads(CORPUS.read_text(encoding="utf-8"))["cases"] if CORPUS.is_file() else []

needs_corpus = pytest.mark.skipif(not CASES, reason="the official corpus is not beside this checkout")

# Where what upstream records is what its mocks do, not what a player hears: of labelled layers it keeps the last one
# only, its cpm() does not know the tempo, and these functions do nothing.
MOCKED = re.compile(r"^\s*[\w$]+:|\.(cpm|adsr|filter|tune|wave|soundfont)\(", re.MULTILINE)


@needs_corpus
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_official_example(engine: Engine, case: dict) -> None:
    """ENG-1: every official example gives the recorded haps, with what upstream mocks mocked too."""
    haps = engine.haps(MOCKS + case["code"], 0, case["cycles"])
    assert differences(list(haps), case["expected"]) == []


@needs_corpus
def test_official_examples_as_users_run_them(v8: Engine) -> None:
    """ENG-1: without any mocks only the examples that are about labels and tempo differ."""
    plain = [case for case in CASES if not MOCKED.search(case["code"])]
    assert len(plain) > 0.9 * len(CASES)
    different = [
        case["name"]
        for case in plain
        if differences(list(v8.haps(case["code"], 0, case["cycles"])), case["expected"])
    ]
    assert different == []
