"""The house band: common requests, each with what one must hear of it afterwards."""

from __future__ import annotations

import itertools

import pytest

from agent.conftest import Stage
from algorave_kernel.agent import Agent
from algorave_kernel.agent.band_pieces import in_key, pieces
from algorave_kernel.agent.band_words import understand
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.providers import providers
from algorave_kernel.agent.score import MemoryScore
from algorave_kernel.engine import Engine

TEXTS = {
    "bass": 'note("c2 eb2 g2 c3").s("sawtooth").lpf(800) // deep 🎛',
    "drums": 'setcpm(120/4)\nkick: s("bd*4")\nhats: s("hh*8").gain("0.5 0.3")\n',
    "mel": 'n("0 2 4 7").scale("C4:minor").s("triangle")\n  .lpf(sine.range(500, 2000).slow(4));',
    "pad": 'chord("<Cm7 Fm7>").voicing().s("triangle").room(0.5).gain(0.4)',
}
#: The request, what is promised of the music, the layers that may be other than before.
REQUESTS = [
    ("make the bass darker", "layer('bass').changed", "bass"),
    ("darker bass please", "layer('bass').changed", "bass"),
    ("brighten the mel a bit", "layer('mel').changed", "mel"),
    ("hats louder", "layer('hats').loudest > before.layer('hats').loudest", "drums"),
    ("turn the pad down a lot", "layer('pad').loudest < before.layer('pad').loudest", "pad"),
    ("everything softer", "layer('bass').loudest < 1 and layer('kick').loudest < 1", "bass drums mel pad"),
    ("faster", "tempo > before.tempo", "drums"),
    ("a bit slower", "tempo < before.tempo", "drums"),
    ("130 bpm", "tempo == 130", "drums"),
    ("set the tempo to 97.5", "tempo == 97.5", "drums"),
    ("hats twice as fast", "layer('hats').density == 16", "drums"),
    ("half time kick", "layer('kick').density == 2", "drums"),
    ("busier hats", "layer('hats').density > 8", "drums"),
    ("less busy hats", "layer('hats').density < 8", "drums"),
    ("bass an octave up", "layer('bass').lowest == 'c3'", "bass"),
    ("transpose the bass down 3 semitones", "layer('bass').lowest == 'a1'", "bass"),
    ("mel a fifth higher", "layer('mel').lowest > before.layer('mel').lowest", "mel"),
    ("add swing to the hats", "layer('hats').changed and layer('hats').density == 8", "drums"),
    ("put reverb on the mel", "layer('mel').changed", "mel"),
    ("more reverb on the pad", "layer('pad').changed", "pad"),
    ("no reverb on the pad", "layer('pad').changed", "pad"),
    ("echo on the mel", "layer('mel').changed", "mel"),
    ("mute the kick", "layer('kick').silent", "drums"),
    ("remove the hats", "not layer('hats').exists", "drums"),
    ("remove the pad", "not layer('pad').exists", "pad"),
    ("drop the bass", "not layer('bass').exists", "bass"),
    ("distort the bass", "layer('bass').changed", "bass"),
    ("reverse the mel", "layer('mel').changed", "mel"),
    ("shorter bass notes", "layer('bass').changed", "bass"),
    ("make the pad wider", "layer('pad').changed", "pad"),
    ("some variation in the hats", "layer('hats').changed", "drums"),
    ("add hats", "layers > before.layers", ""),
    ("add a bassline in d minor", "layers > before.layers", ""),
    ("give me a melody", "layers > before.layers and scale('C:minor')", ""),
    ("add some chords", "layers > before.layers and scale('C:minor')", ""),
    ("add a techno beat", "layers > before.layers and 'bd' in sounds", ""),
    ("add a dub bass", "layers > before.layers and scale('C:minor')", ""),
    ("bass darker and hats louder", "layer('bass').changed and layer('hats').loudest > 0.5", "bass drums"),
]
HONEST = [
    "write me a poem about the sea",
    "what is the weather",
    "",
    "make it more like Autechre",
    "don't touch the bass",
]
SINGLE = ["darker", "brighter", "louder", "softer", "busier", "sparser", "faster", "slower", "higher", "lower", "swing it", "more reverb",
          "add delay", "dirtier", "shorter", "longer", "wider", "reverse it", "vary it"]  # fmt: skip
PATTERNS = [
    's("bd*4, [~ cp]*2, hh*8")',
    '$: s("bd sd")\n$: note("c3 e3").s("sawtooth").lpf("<400 800>") // a',
    'const x = 3\nnote("<c2 e2>*4").s("square").gain(sine.range(0.2, 0.8))',
    'stack(\n  s("bd*2"),\n  note("a3").s("sine")\n).room(.2)',
    '"c3 e3 g3".note().s("triangle").degradeBy(0.2)',
    'lead: n("0 .. 7").scale("D:dorian").s("supersaw").clip(.5) /* 🎹 */',
]


@pytest.mark.parametrize(("words", "promised", "may_change"), REQUESTS, ids=[each[0] for each in REQUESTS])
def test_common_requests(words: str, promised: str, may_change: str, judge: Judge) -> None:
    """AGENT-11: the house band does what common requests ask for, as one hears it, and leaves the rest alone."""
    score = MemoryScore(TEXTS)
    agent = Agent(score, providers(), model="band", judge=judge)
    result = agent.ask(words, promises=[promised])
    assert result.status == "applied", result
    assert {each.layer for each in result.changes if each.before is not None} == set(may_change.split())
    assert result.provider == "house band"
    assert result.usage.cost_usd == 0


@pytest.mark.parametrize("words", HONEST)
def test_honest_about_the_rest(words: str, judge: Judge) -> None:
    """AGENT-11: what the house band does not understand it says so, and changes nothing."""
    score = MemoryScore(TEXTS)
    agent = Agent(score, providers(), model="band", judge=judge)
    if not words:
        with pytest.raises(ValueError, match="what shall change"):
            agent.ask(words)
        return
    result = agent.ask(words)
    assert result.status == "answered"
    assert "house band" in result.says
    assert {layer: score.text(layer) for layer in score.layers()} == TEXTS


def test_every_answer_is_playable(engine: Engine, judge: Judge) -> None:
    """AGENT-11: on patterns of every shape, what the band makes of them plays, one change on top of another."""
    for place, pattern in enumerate(PATTERNS):
        score = MemoryScore({"one": pattern})
        agent = Agent(score, providers(), model="band", judge=judge)
        for words in SINGLE[place::4]:
            result = agent.ask(words, focus="one")
            assert result.status in ("applied", "answered"), (pattern, words, result)
            verdict = engine.check(score.text("one"))
            assert verdict.playable, (words, score.text("one"))
            assert not verdict.warnings, (words, score.text("one"))


def test_every_piece_is_playable(engine: Engine) -> None:
    """AGENT-11: everything the band can play of its own plays, in every key and style, and sounds."""
    keys = itertools.cycle(("F#:minor", "Bb:lydian", "C:minor:pentatonic"))
    for role, ways in pieces().items():
        for code in itertools.chain.from_iterable(ways.values()):
            verdict = engine.check(in_key(code, next(keys)), cycles=4)
            assert verdict.playable, (role, code, verdict)
            assert not verdict.warnings, (role, code, verdict)


@pytest.mark.parametrize("style", ["techno", "hip hop", "drum and bass", "ambient"])
def test_a_whole_band(style: str, judge: Judge) -> None:
    """AGENT-11: asked for a track in a style and a key, the band plays drums, bass and chords in it."""
    score = MemoryScore()
    result = Agent(score, providers(), model="band", judge=judge).ask(
        f"make me a {style} track in f# minor", promises=["scale('F#:minor')", "'bd' in sounds"]
    )
    assert result.status == "applied", result
    assert score.layers() == ["drums", "bass", "chords"]


def test_another_seed_another_way(judge: Judge) -> None:
    """AGENT-11: another seed plays something else; the same seed the same."""
    made: list[str] = []
    for seed in (0, 1, 0):
        score = MemoryScore()
        Agent(score, providers(), model="band", judge=judge).ask("add drums", seed=seed)
        made.append(score.text("drums"))
    assert made[0] == made[2] != made[1]


def test_a_bad_idea_of_the_band_is_not_heard(stage: Stage) -> None:
    """AGENT-11: the gate judges the band as it judges anybody: in a broken layer nothing is changed."""
    score = MemoryScore({"bass": 'note("c2").s("nosuch").lpf(800)'})
    result = Agent(score, providers(), model="band", judge=stage.judge).ask("make the bass darker")
    assert result.status in ("answered", "gave_up")
    assert score.text("bass") == 'note("c2").s("nosuch").lpf(800)'


@pytest.mark.parametrize(
    ("words", "verbs"),
    [
        ("turn it up", ["louder"]),
        ("Turn down the bass!", ["softer"]),
        ("more reverb", ["wetter"]),
        ("less reverb", ["drier"]),
        ("without swing", ["straight"]),
        ("bring the drums back", ["unmute"]),
        ("get rid of the pad", ["remove"]),
        ("the bass should be louder, but the hats softer", ["louder", "softer"]),
        ("I want a funky bass", ["add"]),
        ("add reverb to the bass", ["wetter"]),
        ("do not make it louder", []),
        ("hello", []),
    ],
)
def test_words(words: str, verbs: list[str]) -> None:
    """AGENT-11: everyday words are taken for what they mean."""
    assert [each.verb for each in understand(words, ["bass", "drums"])] == verbs
