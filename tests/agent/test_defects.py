"""The suite has teeth: whoever takes a precaution out is caught by its cases."""

from __future__ import annotations

import pytest

from agent.conftest import Stage
from agent.defects import DEFECTS, NEAREST
from agent.fault_cases import Case, all_cases

#: Enough of the suite to catch each; those that wait for time are left out.
LEFT_OUT = ("longer than", "hung up")


def wrong(case: Case, stage: Stage) -> bool:
    """Whether the case does not come out as it must."""
    agent, score = stage.agent(case.texts)
    score.before_step += case.typing
    stage.server.forget()
    stage.server.say(*case.answers)
    try:
        result = agent.ask(case.words, only=case.only, promises=case.promises, budget_usd=case.budget_usd)
    except Exception:  # noqa: BLE001 -- a defect may break anything
        return True
    expected = {layer: text for layer, text in {**case.texts, **case.after}.items() if text is not None}
    same = (result.status, score.texts, score.others_texts) == (case.status, expected, expected)
    rounds = case.rounds is None or result.rounds == case.rounds
    return not (same and rounds and case.reason in (result.reason or ""))


def cases() -> list[Case]:
    fit = [each for each in all_cases() if not each.is_slow and not each.is_about_silence]
    return [each for each in fit if not each.what.startswith(LEFT_OUT)]


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_caught(defect: str, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """AGENT-1: with this precaution taken out, at least one case comes out wrong."""
    DEFECTS[defect](monkeypatch)
    nearest = sorted(cases(), key=lambda case: case.what != NEAREST[defect])
    assert any(wrong(case, stage) for case in nearest)


def test_without_a_defect_nothing_is_caught(stage: Stage) -> None:
    """AGENT-1: the control: as it is, a tenth of the same cases come out right, judged in the same way."""
    assert [str(case) for case in cases()[::10] if wrong(case, stage)] == []
