"""The fault suite: real client, real sockets, real engine, a second participant's copy, exact texts."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.conftest import SHORT_SILENCE_LIMIT_S, SILENCE_LIMIT_S, Stage
from agent.fault_cases import Case, all_cases
from algorave_kernel.agent.judge import Judge

HERE = Path(__file__).parent
WIDGETS = HERE.parents[1] / "widgets"
ORACLE = HERE.parent / "engine" / "oracle.mjs"
CASES = all_cases()


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Collects what was put into the music; in the end upstream's own code says whether one can hear it."""
    codes: dict[str, str] = {}
    yield codes
    node = shutil.which("node")
    assert node is not None, "these tests need Node, as the build does"
    own = tmp_path_factory.mktemp("oracle") / "own.json"
    own.write_text(json.dumps([{"name": name, "code": code} for name, code in codes.items()]))
    command = [node, str(ORACLE), str(WIDGETS), str(own), "own"]
    judged = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    assert [each for each in judged if not each.get("haps")] == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_ends_well_or_without_a_trace(
    case: Case, stage: Stage, impatient: Judge, heard: dict[str, str]
) -> None:
    """AGENT-1: whatever is answered, one step makes a playable change of what was asked, or nothing at all changes."""
    stage.silence_limit_s = SHORT_SILENCE_LIMIT_S if case.is_about_silence else SILENCE_LIMIT_S
    stage.judge = impatient if case.is_slow else stage.judge
    agent, score = stage.agent(case.texts)
    score.before_step += case.typing
    stage.server.say(*case.answers)
    result = agent.ask(
        case.words,
        only=case.only,
        promises=case.promises,
        budget_usd=case.budget_usd,
        limit_s=case.limit_s,
    )
    expected = {layer: text for layer, text in {**case.texts, **case.after}.items() if text is not None}
    assert (result.status, score.texts) == (case.status, expected), result.reason
    assert score.others_texts == expected
    assert score.steps == (case.status == "applied")
    assert case.reason in (result.reason or "")
    assert case.rounds is None or result.rounds == case.rounds
    assert not agent.running
    if case.status == "applied":
        heard.update({f"{case}: {each.layer}": each.after for each in result.changes if each.after})


def test_there_are_enough_cases() -> None:
    """AGENT-1: the suite has at least 150 cases, each with a name of its own."""
    assert len({str(case) for case in CASES}) == len(CASES) >= 150
