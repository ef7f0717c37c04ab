"""What is shown of an ask: the lines, and what one hears of them."""

from __future__ import annotations

from agent.conftest import Stage
from agent.fault_cases import GOOD
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.musical_diff import layer_diffs
from algorave_kernel.agent.score import LayerChange, MemoryScore
from algorave_kernel.testing import Failure, Reply


def diff(judge: Judge, before: str, after: str) -> list[str]:
    return [str(each) for each in layer_diffs("x", judge.haps(before, 1), judge.haps(after, 1))]


def test_the_musical_diff(judge: Judge) -> None:
    """AGENT-13: haps that came, went, moved or sound different are counted, layer by layer and label by label."""
    assert diff(judge, 's("hh*4")', 's("hh*4")') == ["x: sounds the same"]
    assert diff(judge, 's("hh*4")', 's("hh*4, cp")') == ["x: 1 hap added"]
    assert diff(judge, 's("bd sd, cp")', 's("bd sd")') == ["x: 1 hap removed"]
    assert diff(judge, 's("bd ~ ~ ~")', 's("~ ~ bd ~")') == ["x: 1 hap moved"]
    assert diff(judge, 'note("c2*2").lpf(800)', 'note("c2*2").lpf(300)') == [
        "x: 2 haps changed; cutoff 800 → 300"
    ]
    assert diff(judge, 'note("c2*2")', 'note("c2*2").room(.5)') == ["x: 2 haps changed; new room 0.5"]
    assert diff(judge, 'note("c2*2").room(.5)', 'note("c2*2")') == ["x: 2 haps changed; no more room"]
    assert diff(judge, 'note("c2*2").s("sine")', 'note("c2*2").s("square")') == [
        "x: 2 haps changed; s sine → square"
    ]
    assert diff(judge, 'a: s("bd")\nb: s("hh*2")', 'a: s("bd")\nb: s("hh*4")') == [
        "x/a: sounds the same",
        "x/b: 2 haps added, 2 changed",
    ]


def test_the_result_shows_itself(stage: Stage) -> None:
    """AGENT-13: a result says who, what, the lines and the music, as text and as HTML with pictures before and after."""
    agent, _ = stage.agent()
    stage.server.say(Reply(f"<b>Darker</b> & deeper. {GOOD.text}"))
    result = agent.ask("make the bass darker")
    text, page = repr(result), result._repr_html_()
    assert "Claude: changed 'bass'" in text
    assert "bass: 32 haps changed; cutoff 800 → 300" in text
    assert "+note(" in text
    assert "&lt;b&gt;Darker&lt;/b&gt; &amp; deeper." in page
    assert page.count("<img") == 2
    assert "$0.0" in page


def test_failures_show_themselves(stage: Stage) -> None:
    """AGENT-13: a result without a change says in one line why, and is false."""
    agent, _ = stage.agent()
    stage.server.say(Failure(401, "authentication_error"))
    result = agent.ask("make the bass darker")
    assert not result
    assert (
        repr(result)
        == "Claude: no answer, the music is as it was: the key was not accepted; set another with  %algorave key"
    )
    assert "no answer" in result._repr_html_()


async def test_the_agents_undo() -> None:
    """AGENT-14: one undo takes back one step, with all its layers, and never what others did since."""
    score = MemoryScore({"a": "1", "b": "2"})
    assert await score.apply(
        [LayerChange("a", "1", "one"), LayerChange("b", "2", None), LayerChange("c", None, "three")]
    )
    assert {name: score.text(name) for name in score.layers()} == {"a": "one", "c": "three"}
    assert score.undo()
    assert {name: score.text(name) for name in score.layers()} == {"a": "1", "b": "2"}
    assert not score.undo()
    assert await score.apply([LayerChange("a", "1", "one")])
    score.write("a", "mine")
    assert not score.undo()
    assert score.text("a") == "mine"


async def test_all_layers_or_none() -> None:
    """AGENT-14: when one text is not what it was, no text is changed."""
    score = MemoryScore({"a": "1", "b": "2"})
    assert not await score.apply([LayerChange("a", "1", "one"), LayerChange("b", "stale", "two")])
    assert (score.text("a"), score.text("b")) == ("1", "2")
