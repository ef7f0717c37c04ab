"""Broken code of every kind, with the exact verdict on each."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from algorave_kernel.engine import Engine
from algorave_kernel.gate import check

CASES = json.loads((Path(__file__).parent / "broken.json").read_text(encoding="utf-8"))
SLOW = [case for case in CASES if case["problems"][0]["kind"] == "time"]
QUICK = [case for case in CASES if case not in SLOW]
TOO_LONG = "// " + "x" * 100_000 + '\ns("bd")'

# QuickJS words these errors otherwise, or places them on the next token.
OTHER_PLACE = {"runtime: constant assigned"}


def code_of(case: dict) -> str:
    return TOO_LONG if case["code"] == "<100 kB>" else case["code"]


def by_name(case: dict) -> str:
    return case["what"]


@pytest.mark.parametrize("case", QUICK, ids=by_name)
def test_broken_code(patient: Engine, case: dict) -> None:
    """GATE-1: broken code is refused with what is wrong, where, and what to do."""
    verdict = check(code_of(case), patient)
    found = [
        {name: value for name, value in asdict(p).items() if value is not None} for p in verdict.problems
    ]
    assert not verdict.playable
    if patient.backend == "v8":
        assert found == case["problems"]
        return
    wanted = [(problem["kind"], problem.get("line")) for problem in case["problems"]]
    if case["what"] not in OTHER_PLACE:
        assert [(problem["kind"], problem.get("line")) for problem in found] == wanted


@pytest.mark.parametrize("case", SLOW, ids=by_name)
def test_endless_code(impatient: Engine, case: dict) -> None:
    """GATE-5: code that does not end is refused in time, and the next check works."""
    verdict = check(code_of(case), impatient)
    assert [(p.kind, p.message) for p in verdict.problems] == [("time", "the code runs too long")]
    assert verdict.problems[0].hint == case["problems"][0]["hint"]


def test_there_are_many_kinds() -> None:
    """GATE-1: at least sixty kinds of broken code are looked at, each once."""
    assert len({case["code"] for case in CASES}) == len(CASES) >= 100


def test_the_same_code_mended_is_playable(patient: Engine) -> None:
    """GATE-1: what is refused is refused for its fault alone: without it the same code is playable."""
    mended = {
        's("bd [sd")': 's("bd [sd]")',
        's("bd").sometimes(x=>x.nope())': 's("bd").sometimes(x=>x.rev())',
        'note("c").fast("bd")': 'note("c").fast("2")',
        'note("c*100000")': 'note("c*100")',
        's("bd sdd hh")': 's("bd sd hh")',
        'setcps(0)\ns("bd")': 'setcps(0.1)\ns("bd")',
        "note(sine.range(40, 60))": "note(sine.range(40, 60)).segment(4)",
    }
    for broken, whole in mended.items():
        assert not check(broken, patient).playable
        assert check(whole, patient).problems == ()
