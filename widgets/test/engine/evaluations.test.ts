import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/engine/evaluate.js";
import type { StrudelError as StrudelErrorType } from "../../src/engine/problem.js";
import { bundledEngine } from "./bundled.js";

const { check, evaluate, query, queryLayer, StrudelError } = await bundledEngine();

function soundsOf(evaluation: Evaluation, begin = 0, end = 1): unknown[] {
  return query(evaluation, begin, end).map((row) => (row.value as { s: string }).s);
}

function problemOf(work: () => unknown): StrudelErrorType {
  try {
    work();
  } catch (error) {
    if (error instanceof StrudelError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("several evaluations in one isolate", () => {
  it("ENG-9: each keeps the methods it registered, also for haps that use them later", () => {
    const one = evaluate("register('mine', pat => pat.fast(2))\ns('bd').every(1, x => x.mine())");
    const two = evaluate("register('mine', pat => pat.fast(3))\ns('hh').every(1, x => x.mine())");
    expect(soundsOf(one)).toEqual(["bd", "bd"]);
    expect(soundsOf(two)).toEqual(["hh", "hh", "hh"]);
    expect(soundsOf(one)).toEqual(["bd", "bd"]);
    expect(problemOf(() => evaluate("s('bd').mine()")).problem.kind).toBe("reference");
  });

  it("ENG-9: each keeps its random numbers and its voicings", () => {
    const precise = evaluate("useRNG('precise')\ns('hh').gain(rand)");
    const legacy = evaluate("s('hh').gain(rand)");
    const alone = query(legacy, 0, 4);
    expect(query(precise, 0, 4)).not.toEqual(alone);
    expect(query(legacy, 0, 4)).toEqual(alone);
  });

  it("ENG-9: a hap that spoils shared objects spoils no other evaluation", () => {
    const good = evaluate('s("bd hh")');
    const bad = evaluate(
      "s('cp').fmap(v => { Array.prototype.sort = () => []; Pattern.prototype.fast = 5; return v })",
    );
    expect(soundsOf(bad)).toEqual(["cp"]);
    expect(soundsOf(good)).toEqual(["bd", "hh"]);
    expect(soundsOf(evaluate('s("bd").fast(2)'))).toEqual(["bd", "bd"]);
  });

  it("ENG-9: a layer that fails at cycle 7 leaves the others' haps as they are without it", () => {
    const faulty = "b: s('hh').fmap(v => v).sometimesBy(1, x => x.when(\"<0!7 1>\", y => y.nope()))";
    const both = evaluate(`a: s("bd*2")\n${faulty}`);
    const alone = evaluate('a: s("bd*2")');
    const [a, b] = both.layers;
    if (!a || !b) throw new Error("two layers expected");
    const [only] = alone.layers;
    if (!only) throw new Error("one layer expected");
    expect(queryLayer(both, a, 0, 16)).toEqual(queryLayer(alone, only, 0, 16));
    expect(queryLayer(both, b, 0, 7)).toHaveLength(7);
    const { problem } = problemOf(() => queryLayer(both, b, 7, 8));
    expect(problem).toMatchObject({ kind: "reference", layer: "b", line: 2 });
  });
});

describe("sliders", () => {
  it("ENG-10: a moved slider is heard at the next query, in its own evaluation only", () => {
    const code = 's("sawtooth").lpf(slider(800, 100, 5000)).gain(slider(0.5))';
    const moved = evaluate(code);
    const still = evaluate(code);
    moved.setSlider(0, 1200);
    moved.setSlider(7, 3);
    expect(query(moved, 0, 1)[0]?.value).toMatchObject({ cutoff: 1200, gain: 0.5 });
    expect(query(still, 0, 1)[0]?.value).toMatchObject({ cutoff: 800, gain: 0.5 });
    expect(moved.widgets.map((widget) => widget.slider?.value)).toEqual([800, 0.5]);
    expect(moved.widgets[0]?.slider).toMatchObject({ min: 100, max: 5000 });
    const span = moved.widgets[0]?.slider?.span;
    expect(code.slice(span?.start, span?.end)).toBe("800");
  });

  it("ENG-10: inline visuals come with the place they belong to", () => {
    const code = 's("bd")._scope()\n// more';
    expect(evaluate(code).widgets).toEqual([{ type: "scope", offset: 16, slider: null }]);
  });
});

describe("rows", () => {
  it("ENG-9: rows can be posted to another thread, whatever the values hold", () => {
    const evaluation = evaluate(
      "s('saw').lpf(500).lfo({ rate: 2 }).fmap(v => ({ ...v, f: () => 1, p: silence }))",
    );
    const rows = query(evaluation, 0, 1);
    expect(structuredClone(rows)).toEqual(rows);
    expect(rows[0]?.value).not.toHaveProperty("f");
  });

  it("ENG-8: locations are UTF-16 offsets in the user's code", () => {
    const code = '/* 🥁 */ s("bd hh")';
    const texts = query(evaluate(code), 0, 1).flatMap(({ locations }) =>
      locations.map(({ start, end }) => code.slice(start, end)),
    );
    expect(texts).toEqual(["bd", "hh"]);
  });
});

describe("check", () => {
  it("ENG-4: nothing of Strudel's, nor of the code's, lands on the global object", () => {
    const globals = Reflect.ownKeys(globalThis);
    expect(check("globalThis.mine = 1\n$: s('bd')").playable).toBe(true);
    expect(Reflect.ownKeys(globalThis)).toEqual(globals);
  });
});

describe("the tempo of code", () => {
  it.each([
    ["setcps(2)\ns('bd')", 2],
    ["setcpm(30)\ns('bd')", 0.5],
    ["s('bd') // not yet: setcps(2)", null],
    ["/* setcps(2) */ s('bd')", null],
    ["const words = 'setcps(2)'\ns('bd')", null],
    ["const later = () => setcps(2)\ns('bd')", null],
  ])("ENG-13: %j sets the tempo %s", (code, cps) => {
    expect(evaluate(code).ownCps).toBe(cps);
  });
});

describe("density", () => {
  const isDense = (code: string) => check(code).problems.some(({ kind }) => kind === "density");

  it("GATE-10: what is playable at one tempo may be too dense at another", () => {
    expect(isDense('s("bd*400")')).toBe(false);
    expect(isDense('setcps(8)\ns("bd*400")')).toBe(true);
    expect(isDense('setcps(8)\ns("bd*100")')).toBe(false);
  });

  it("GATE-10: layers that are playable alone may be too dense together, and the one too many is named", () => {
    const many = Array.from({ length: 4 }, (_, index) => `l${index}: s("bd*300")`);
    expect(isDense(many.slice(0, 3).join("\n"))).toBe(false);
    const [problem] = check(many.join("\n")).problems;
    expect(problem).toMatchObject({ kind: "density", layer: "l3", line: 4 });
  });
});
