"""One evaluation does not change another, and pattern code reaches nothing."""

from __future__ import annotations

import pytest

from algorave_kernel.engine import Engine
from algorave_kernel.problem import Unplayable

TAMPERINGS = [
    "register('fast', (x, pat) => pat.slow(x))",
    "Pattern.prototype.fast = function () { return silence }",
    "Pattern.prototype.s = null",
    "Array.prototype.map = () => []",
    "Array.prototype.filter = null",
    "Object.prototype.s = 'zzz'",
    "String.prototype.split = () => []",
    "Object.defineProperty(Array.prototype, 'sort', { get() { throw 1 }, configurable: true })",
    "JSON.stringify = () => '{}'",
    "JSON.parse = null",
    "Math.floor = () => 7",
    "globalThis.s = globalThis.hidden = 5",
    "delete globalThis.Map",
    "Reflect.ownKeys = () => []",
    "Set.prototype.has = () => true",
    "useRNG('precise')",
    "setDefaultVoicings('legacy')",
    "setStringParser(() => silence)",
    "voicingRegistry.ireal = null",
    "s = note = fast = null",
    "setcps(3)",
    "all(x => silence)",
]
PROBE = """
hear: s("bd hh").fast(2).degradeBy(0.3)
sing: chord("<C Am>").voicing().n("0 1 2").s("sine")
"""


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_ends_with_its_evaluation(engine: Engine, tampering: str) -> None:
    """ENG-4: whatever an evaluation changes in the isolate is gone before the next one."""
    before = engine.haps(PROBE, 0, 4)
    engine.check(f'{tampering}\ns("bd")', cycles=1)
    after = engine.haps(PROBE, 0, 4)
    assert after.to_json() == before.to_json()
    assert after.cps == before.cps == 0.5
    assert engine.haps("typeof hidden === 'undefined' ? s('bd') : s('hh')")[0].sound == "bd"


def test_tampering_works_inside_its_own_evaluation(engine: Engine) -> None:
    """ENG-4: a method that code registers is there while that code is asked for haps."""
    haps = engine.haps("register('twice', pat => pat.fast(2))\ns('bd').every(1, x => x.twice())", 0, 2)
    assert len(haps) == 4
    with pytest.raises(Unplayable):
        engine.haps("s('bd').twice()")


@pytest.mark.parametrize(
    "name",
    ["process", "require", "fetch", "XMLHttpRequest", "WebSocket", "document", "navigator", "importScripts"],
)
def test_nothing_outside_is_there(engine: Engine, name: str) -> None:
    """ENG-5: files, the network and pages do not exist for pattern code, by name or by constructor."""
    assert engine.haps(f"typeof {name} === 'undefined' ? s('bd') : s('hh')")[0].sound == "bd"
    escape = f"(() => 0).constructor('return typeof {name}')() === 'undefined' ? s('bd') : s('hh')"
    assert engine.haps(escape)[0].sound == "bd"
    assert engine.haps("typeof Math === 'undefined' ? s('bd') : s('hh')")[0].sound == "hh"


def test_modules_cannot_be_imported(engine: Engine) -> None:
    """ENG-5: import() brings nothing."""
    engine.check("const got = await import('fs')\ns('bd')")
    assert engine.haps("s('bd')")[0].sound == "bd"


def test_answers_cannot_be_spoiled(engine: Engine) -> None:
    """ENG-6: what code changes, while evaluated or in a hap, changes neither its answer nor the next one."""
    spoils = "Object.prototype.toJSON = () => 5; Array.prototype.sort = null"
    whole = engine.haps("s('bd')").to_json()
    for code in (f"{spoils}\ns('bd')", f"s('bd').fmap(v => {{ {spoils}; return v }})"):
        assert [hap.sound for hap in engine.haps(code)] == ["bd"]
        assert engine.haps("s('bd')").to_json() == whole


def test_haps_are_the_same_every_time(engine: Engine) -> None:
    """ENG-7: the same code gives the same haps, random ones and voicings too."""
    code = 'n("0 .. 7").degrade().scale("<C:minor A:major>").gain(rand)\n'
    assert engine.haps(code, 3, 6).to_json() == engine.haps(code, 3, 6).to_json()


LASTING = [
    "Object.defineProperty(Set.prototype, 'has', { value: () => true, configurable: false })",
    "Array.prototype.push = function () { return 0 }",
    "sine.query = () => { throw new Error('leaked') }",
    "Object.freeze(Pattern.prototype)",
    "Object.prototype.get = () => 1",
    "Object.defineProperty(Array.prototype, '0', { set() {}, configurable: true })",
    "Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })",
]


@pytest.mark.parametrize("tampering", LASTING)
def test_a_tampered_worker_is_replaced(engine: Engine, tampering: str) -> None:
    """ENG-11: a worker whose built-ins were tampered with answers nobody else; others are kept."""
    engine.check("register('mine', pat => pat.fast(2))\ns('bd')", cycles=1)
    kept = engine.pids()
    engine.check("register('mine', pat => pat.fast(2))\ns('bd')", cycles=1)
    assert engine.pids() == kept
    engine.check(f'{tampering}\ns("bd")', cycles=1)
    assert not set(kept) <= set(engine.pids())
    assert not engine.check('s("zzz")').playable
    assert engine.check("note(sine.range(40,50).segment(2))").playable


def test_promises_that_tamper_cost_the_worker(v8: Engine) -> None:
    """ENG-11: what a promise tampers with after the answer is noticed too."""
    kept = set(v8.pids())
    v8.check("Promise.resolve().then(() => { Array.prototype.push = () => 0 })\ns('bd')", cycles=1)
    assert not kept <= set(v8.pids())
