"""What a verdict says besides yes and no."""

from __future__ import annotations

import pytest

from algorave_kernel.engine import Engine
from algorave_kernel.gate import check
from algorave_kernel.verdict import verdict_from


def test_playable(patient: Engine) -> None:
    """GATE-3: a playable verdict carries tempo and labels, anonymous ones numbered, muted ones too."""
    verdict = check('setcps(0.75)\n$: s("bd")\nbass: note("c2")\n_$: s("hh")\n$: s("cp")', patient)
    assert verdict
    assert str(verdict) == "playable"
    assert verdict.cps == 0.75
    assert verdict.layers == ("$0", "bass", "_$", "$1")
    assert (verdict.reason, verdict.line, verdict.column, verdict.hint) == (None, None, None, None)


def test_unplayable_in_one_line(patient: Engine) -> None:
    """GATE-3: a refusal reads as line:column: message (hint)."""
    verdict = check('s("bd")\n  .fasst(2)', patient)
    assert not verdict
    assert str(verdict) == "2:4: fasst is not a function (did you mean fast?)"
    assert (verdict.line, verdict.column, verdict.hint) == (2, 4, "did you mean fast?")


def test_every_layer_is_looked_at(patient: Engine) -> None:
    """GATE-4: one layer's fault does not hide another's; each problem names its layer."""
    verdict = check('a: s("bdd")\nb: s("hh")\nc: note("x").s("sine")', patient)
    assert [(p.kind, p.layer) for p in verdict.problems] == [("sound", "a"), ("value", "c")]


def test_faults_after_the_cycles_looked_at_are_not_found(patient: Engine) -> None:
    """GATE-6: a fault in cycle 7 is found when eight cycles are looked at, not when four are."""
    code = 's("<bd!7 bdd>")'
    assert not check(code, patient, cycles=8)
    assert check(code, patient, cycles=4)


@pytest.mark.parametrize(
    ("code", "warning"),
    [
        ('s("gm_flute")', "1:4: gm_flute is downloaded when it is first played"),
        ('s("tha").bank("mridangam")', "1:4: mridangam_tha is downloaded when it is first played"),
        ('note("c4").csound("a")', "1:12: csound() has no effect here"),
        ('note("c4").midi()', "1:12: midi() has no effect here: each page has its own under Devices"),
        ("samples('github:a/b')\ns(\"zork\")", "2:4: zork must come from the samples that the code loads"),
        ("silence", "nothing sounds"),
        ("// nothing yet", "nothing sounds"),
        ('_$: s("bd")', "nothing sounds"),
        ("samples({ a: 'a.wav' }, 'https://example.org/')", "nothing sounds"),
    ],
)
def test_warnings_refuse_nothing(patient: Engine, code: str, warning: str) -> None:
    """GATE-7: what has no effect, needs the network or is silent on purpose is told and accepted."""
    verdict = check(code, patient)
    assert verdict.problems == ()
    assert warning in [str(item) for item in verdict.warnings]


def test_sounds_that_the_player_knows(patient: Engine) -> None:
    """GATE-8: sounds that the player has loaded are known; without them they are not."""
    assert not check('s("zork")', patient)
    assert check('s("zork")', patient, known_sounds=["zork"])


def test_sounds_that_the_code_names(patient: Engine) -> None:
    """GATE-8: samples, aliases and banks that the code itself names are known."""
    assert check("samples({ zork: 'z.wav' }, 'https://example.org/')\ns(\"zork\")", patient)
    assert check("soundAlias('bd', 'zork')\ns(\"zork\")", patient)
    assert check("aliasBank('RolandTR909', 'zork')\ns(\"bd\").bank(\"zork\")", patient)


def test_a_verdict_is_checked_like_any_stranger() -> None:
    """GATE-9: what comes out of an isolate is data: a forged or broken verdict never counts as playable."""
    for forged in (None, 5, {}, {"playable": "yes"}, {"playable": False}, {"playable": 1, "problems": []}):
        assert not verdict_from(forged).playable
    assert not verdict_from({"playable": True, "problems": [{"kind": 7, "line": -3}]}).playable
    assert verdict_from({"playable": True, "problems": [], "cps": 0.5, "layers": []}).playable
