import { describe, expect, test } from "vitest";
import type { Loaded, Rows } from "../../src/stage/worker_messages.js";
import { bundledPatterns } from "../engine/bundled.js";

const { answer } = await bundledPatterns();

/** The haps of the first cycles of code that plays at a tempo. */
function rows(code: string, cps: number, cycles = 1): Rows {
  expect((answer({ op: "load", id: 1, code }) as Loaded).problem).toBeNull();
  return answer({ op: "query", id: 1, begin: 0, end: cycles, cps }) as Rows;
}

describe("what a Worker answers", () => {
  test("STAGE-16: a loop is as fast as the tempo of now wants it, whatever the code's own is", () => {
    const speed = (cps: number) => rows('setcps(2)\ns("bd").loopAt(2)', cps).haps[0]?.value.speed;
    expect(speed(0.5)).toBeCloseTo(0.25, 9);
    expect(speed(1)).toBeCloseTo(0.5, 9);
  });

  test("STAGE-17: of more haps than can be asked for in a second the layer fails", () => {
    const code = 'a: s("bd*300")\nb: s("hh*300")';
    expect(rows(code, 0.5).haps).toHaveLength(600);
    expect(rows(code, 4, 4).haps).toHaveLength(2400);
    expect(rows(code, 8, 8).problem).toMatchObject({ kind: "density" });
  });

  test("ENG-13: a tempo in a comment is none", () => {
    const cps = (code: string) => (answer({ op: "load", id: 2, code }) as Loaded).cps;
    expect(cps('s("bd") // setcps(2)')).toBeNull();
    expect(cps('setcps(2)\ns("bd")')).toBe(2);
  });
});
