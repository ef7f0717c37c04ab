import { describe, expect, test } from "vitest";
import { readFromStage } from "../../src/stage/incoming.js";
import { diffHaps } from "../../src/stage/musical_diff.js";
import type { PlayedHap, Sketched } from "../../src/stage/worker_messages.js";
import { bundledPatterns } from "../engine/bundled.js";

const { answer } = await bundledPatterns();

function sketch(code: string, cycles = 1): Sketched {
  return answer({ op: "sketch", code, sounds: ["bd", "hh", "sd", "sawtooth"], cycles, cps: 0.5 }) as Sketched;
}

const haps = (code: string): PlayedHap[] => {
  const { is_playable, haps } = sketch(code);
  expect(is_playable).toBe(true);
  return haps;
};

const counts = (before: string, after: string) => {
  const { added, removed, moved, changed, kept } = diffHaps(haps(before), haps(after));
  return { added, removed, moved, changed, kept };
};

const same = { added: 0, removed: 0, moved: 0, changed: 0, kept: 0 };

describe("what a change does to the music", () => {
  test.each([
    ['s("bd*4")', 's("bd*4") // said', { ...same, kept: 4 }],
    ['s("bd*2")', 's("bd*2, hh*4")', { ...same, kept: 2, added: 4 }],
    ['s("bd*4")', 's("[bd bd] ~ bd ~")', { ...same, kept: 1, changed: 1, moved: 1, removed: 1 }],
    ['s("bd ~ ~ ~")', 's("~ bd ~ ~")', { ...same, moved: 1 }],
    ['note("c2 e2").s("sawtooth")', 'note("c2 g2").s("sawtooth")', { ...same, kept: 1, changed: 1 }],
    ['s("bd sd")', 's("bd hh")', { ...same, kept: 1, added: 1, removed: 1 }],
  ])("STAGE-60: %s → %s", (before, after, expected) => {
    expect(counts(before, after)).toEqual(expected);
  });

  test("STAGE-60: a control is told with the values it took and takes, and where there is no more", () => {
    const before = haps('note("c2 e2").s("sawtooth").lpf("800 400").room(0.2)');
    const after = haps('note("c2 e2").s("sawtooth").lpf(300)');
    expect(diffHaps(before, after).controls).toEqual([
      { name: "cutoff", before: "400/800", after: "300" },
      { name: "room", before: "0.2", after: "" },
    ]);
    expect(diffHaps([], after).controls).toEqual([]);
  });

  test("STAGE-60: thousands of haps are compared at once", () => {
    const many = haps('s("bd*500, hh*500")');
    const { kept, moved } = diffHaps(many, [...many]);
    expect([many.length, kept, moved]).toEqual([1000, 1000, 0]);
  });
});

describe("the haps for a comparison", () => {
  test("STAGE-60: come of code that the gate lets through, with the tempo that it sets", () => {
    expect(sketch('setcps(0.7)\ns("bd*2")', 2)).toMatchObject({ is_playable: true, cps: 0.7 });
    expect(sketch('s("bd*2")', 2).haps).toHaveLength(4);
    for (const code of ['s("bd"', 's("nosuchsound")', 's("bd*5000")'])
      expect(sketch(code)).toMatchObject({ is_playable: false, haps: [] });
  });

  test("STAGE-22: what a stage says of them is cut to size", () => {
    const hostile = { name: "x".repeat(1e5), before: 7, after: null };
    const diff = { added: -3, removed: 1e300, controls: new Array(1e3).fill(hostile), haps_after: "no" };
    const news = readFromStage({ kind: "compared", request_id: 4, diff });
    if (news?.kind !== "compared" || news.diff === null) throw new Error("no comparison");
    expect(news.diff).toMatchObject({ added: 0, moved: 0, cps_after: null, haps_after: [] });
    expect(news.diff.controls).toHaveLength(16);
    expect(news.diff.controls[0]).toEqual({ name: "x".repeat(80), before: "", after: "" });
    expect(readFromStage({ kind: "compared", request_id: 4, diff: null })).toMatchObject({ diff: null });
  });
});
