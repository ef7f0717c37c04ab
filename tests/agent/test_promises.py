"""Promises: what they mean, and that nothing in them is run."""

from __future__ import annotations

import pytest

from algorave_kernel.agent.heard import Heard
from algorave_kernel.agent.judge import Judge
from algorave_kernel.agent.promises import BadPromise, promise

BEFORE = {
    "bass": 'note("c2 eb2 g2 c3").s("sawtooth").lpf(800)',
    "drums": 'setcpm(120/4)\nkick: s("bd*4")\nhats: s("hh*8").gain(0.4)',
}
AFTER = {
    "bass": BEFORE["bass"],
    "drums": 'setcpm(140/4)\nkick: s("bd*4")\nhats: s("hh*16").gain(0.4)',
    "lead": 'note("c5 d5 eb5").s("triangle").gain(0.8)',
}
KEPT = """
layer('bass').unchanged
layer('hats').changed
layer('drums').changed
layer('kick').unchanged
not layer('hats').unchanged
layer('hats').density > before.layer('hats').density
layer('hats').density == 16
density > before.density
tempo == 140
before.tempo == 120
not tempo.unchanged
cps > 0.5
130 < tempo < 150
sounds == {'sawtooth', 'bd', 'hh', 'triangle'}
sounds >= before.sounds
'triangle' in sounds
'piano' not in sounds
layer('drums').sounds <= {'bd', 'hh', 'cp'}
scale('C:minor')
scale('Eb:major')
before.scale('C:minor')
layer('bass').lowest == 'c2'
layer('bass').highest <= 'c3'
layer('lead').lowest >= 'c5'
layer('lead').loudest <= 1
layer('lead').exists
not before.layer('lead').exists
not layer('lead').silent
layers == {'bass', 'drums', 'lead'}
layer('bass').unchanged and tempo == 140
layer('bass').changed or tempo == 140
""".strip().splitlines()
BROKEN = """
layer('bass').changed
layer('hats').unchanged
unchanged
tempo == 120
tempo.unchanged
sounds.unchanged
scale('C:major')
sounds <= {'bd'}
layer('lead').silent
layer('bass').lowest > 'c3'
layer('hats').density < before.layer('hats').density
layer('nobody').unchanged
layer('bass').lowest > sounds
layer('bass').lowest > 'quack'
""".strip().splitlines()
NONSENSE = """
__import__('os').system('true')
layer('bass').__class__
().__class__.__bases__
layer('bass').unchanged()
open('/etc/passwd')
lambda: 1
[x for x in sounds]
layer(bass)
layer('bass', 'drums')
layer('bass')
layer('bass').nice
tempoo == 3
scale('C:happy')
scale('H:minor')
tempo = 120
f'{tempo}'
tempo if tempo else cps
sounds['bd']
1 +
(((
2 ** 9999999
tempo := 3
""".strip().splitlines()


@pytest.fixture(scope="module")
def heard(judge: Judge) -> tuple[Heard, Heard]:
    return Heard(BEFORE, judge.haps), Heard(AFTER, judge.haps)


@pytest.mark.parametrize("text", KEPT)
def test_kept(text: str, heard: tuple[Heard, Heard]) -> None:
    """AGENT-10: a promise that is true of the haps is kept."""
    assert promise(text).broken(*heard) is None


@pytest.mark.parametrize("text", BROKEN)
def test_broken(text: str, heard: tuple[Heard, Heard]) -> None:
    """AGENT-10: a promise that is not true, or cannot be checked, is told in a sentence that quotes it."""
    said = promise(text).broken(*heard)
    assert said is not None
    assert text in said


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense(text: str) -> None:
    """AGENT-10: what is no promise is refused before anything is played, and nothing in it is run."""
    if text == "layer('bass')":
        assert promise(text)
        return
    with pytest.raises(BadPromise):
        promise(text)


def test_a_refusal_helps() -> None:
    """AGENT-10: a word that is nearly right is named."""
    with pytest.raises(BadPromise, match="unchanged"):
        promise("layer('bass').unchangd")
    with pytest.raises(BadPromise, match="character"):
        promise("x" * 600)


def test_what_is_there_instead_is_said(heard: tuple[Heard, Heard]) -> None:
    """AGENT-10: a broken comparison says what was found."""
    assert "it is 140" in (promise("tempo == 120").broken(*heard) or "")
    assert "sawtooth" in (promise("sounds == {'bd'}").broken(*heard) or "")
