"""Stop, at every moment; who else is told; what was used is counted."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from agent.conftest import TEXTS, Stage
from agent.fault_cases import DARK, EDIT, GOOD, bass
from algorave_kernel.agent.asked import Asked
from algorave_kernel.agent.asking import Progress
from algorave_kernel.testing import Reply

SLOW = Reply(f"Darker, I think.\n{EDIT}", chunk=4, between_s=0.01)
MOMENTS: dict[str, Callable[[Progress], bool]] = {
    "before the first word": lambda seen: seen.state == "listening",
    "in the prose": lambda seen: seen.says.startswith("Dar"),
    "while code comes": lambda seen: (
        "lpf(" in (seen.texts.get("bass") or "") and seen.texts.get("bass") != DARK
    ),
    "while it is checked": lambda seen: seen.state == "checking",
    "while it is mended": lambda seen: seen.state == "mending",
    "in the second round": lambda seen: seen.state == "listening" and seen.round == 2,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_stop_leaves_no_trace(moment: str, stage: Stage) -> None:
    """AGENT-3: stopped at any moment before the step, the music is what it was and the result says so."""
    agent, score = stage.agent()
    needs_mending = moment in ("while it is mended", "in the second round")
    stage.server.say(bass("nope(") if needs_mending else SLOW, SLOW)
    reached = threading.Event()
    here: list[Asked] = []

    def watch(progress: Progress) -> None:
        if MOMENTS[moment](progress) and not reached.is_set():
            reached.set()
            here[0].stop()

    begun = threading.Event()

    def watch_when_begun(progress: Progress) -> None:
        begun.wait(30)
        watch(progress)

    asked = agent.start("make the bass darker", watch=watch_when_begun)
    here.append(asked)
    begun.set()
    result = asked.result(60)
    assert reached.is_set()
    assert (result.status, score.texts, score.steps) == ("stopped", TEXTS, 0)
    assert result.changes == ()


def test_without_stop_the_same_ask_changes_the_music(stage: Stage) -> None:
    """AGENT-3: the control: nobody stops the ask above, and it lands."""
    agent, score = stage.agent()
    stage.server.say(SLOW)
    assert agent.ask("make the bass darker").status == "applied"
    assert score.texts["bass"] == DARK


def test_stop_after_the_step_is_too_late(stage: Stage) -> None:
    """AGENT-3: a Stop that comes after the step changes nothing, and the result does not deny the change."""
    agent, score = stage.agent()
    stage.server.say(GOOD)
    asked = agent.start("make the bass darker")
    score.before_step.append(lambda _: asked.stop())
    result = asked.result(60)
    assert (result.status, score.texts["bass"]) == ("applied", DARK)
    assert result.changes


def test_stop_hangs_up(stage: Stage) -> None:
    """AGENT-3: whoever is stopped hangs up, and what was used so far is counted."""
    agent, _ = stage.agent()
    stage.server.say(Reply("Darker. " * 10, chunk=4, dies="hang", dies_after=15))
    heard = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.says.count("Darker") >= 5:
            heard.set()

    asked = agent.start("make the bass darker", watch=watch)
    assert heard.wait(60)
    asked.stop()
    result = asked.result(60)
    assert result.status == "stopped"
    assert result.usage.requests == 1
    assert result.usage.output_tokens > 5
    assert agent.usage == result.usage


def test_all_are_stopped(stage: Stage) -> None:
    """AGENT-3: several asks at once are stopped together."""
    agent, score = stage.agent()
    stage.server.say(*[Reply("x", dies="hang")] * 3)
    asked = [agent.start("make the bass darker") for _ in range(3)]
    assert len(agent.running) == 3
    agent.stop_all()
    assert [(each.result(60).status, each.result().reason) for each in asked] == [("stopped", None)] * 3
    assert score.texts == TEXTS
    assert agent.running == []


def test_several_asks_land_beside_one_another(stage: Stage) -> None:
    """AGENT-4: asks that run at the same time each land as a step of their own."""
    agent, score = stage.agent()
    drums = Reply('<edit layer="drums"><find>0.4</find><put>0.2</put></edit>')
    stage.server.say(GOOD, drums)
    asked = [agent.start("make the bass darker"), agent.start("make the hats softer")]
    assert {each.result(60).status for each in asked} == {"applied"}
    assert score.texts == {"bass": DARK, "drums": TEXTS["drums"].replace("0.4", "0.2")}
    assert score.steps == 2


def test_everybody_watches_it_come(stage: Stage) -> None:
    """AGENT-5: the change can be watched while it streams, and is nowhere but in the proposal until it lands."""
    agent, score = stage.agent()
    stage.server.say(Reply(f"Darker now.\n{EDIT}", chunk=1))
    seen: list[Progress] = []
    touched: list[bool] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if progress.state == "listening":
            touched.append(score.texts != TEXTS)

    agent.start("make the bass darker", watch=watch).result(60)
    assert list(dict.fromkeys(each.state for each in seen)) == [
        "waiting",
        "listening",
        "checking",
        "over",
    ]
    assert not any(touched)
    drafts = list(dict.fromkeys(text for each in seen if (text := each.texts.get("bass"))))
    assert drafts[-1] == DARK
    assert TEXTS["bass"].replace("lpf(800)", "lpf(3") in drafts


def test_a_dry_ask_only_proposes(stage: Stage) -> None:
    """AGENT-6: a dry ask is checked like any other and changes nothing."""
    agent, score = stage.agent()
    stage.server.say(bass("nope("), GOOD)
    result = agent.ask("make the bass darker", is_dry=True)
    assert (result.status, result.rounds, score.texts) == ("proposed", 2, TEXTS)
    assert [each.after for each in result.changes] == [DARK]
