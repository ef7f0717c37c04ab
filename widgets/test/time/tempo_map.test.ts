import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Anchor } from "../../src/protocol.js";
import { goneOn, TempoMap } from "../../src/time/tempo_map.js";

interface Vector {
  anchors: Anchor[];
  points: { server_ms: number; cycle: number; cps: number }[];
}

const FILE = new URL("../../../tests/vectors/tempo.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(FILE, "utf8")) as Vector[];

describe("the page's tempo map", () => {
  test("CLK-1: cycle and time convert back and forth, as the server's do, over any steps and ramps", () => {
    for (const { anchors, points } of VECTORS) {
      const tempo = new TempoMap(anchors);
      for (const { server_ms, cycle, cps } of points) {
        expect(Math.abs(tempo.cycleAt(server_ms) - cycle)).toBeLessThan(1e-7);
        expect(Math.abs(tempo.serverMsAt(cycle) - server_ms)).toBeLessThan(2e-3);
        // At an anchor the cycle belongs to both sides.
        if (!anchors.some((anchor) => anchor.server_ms === server_ms))
          expect(Math.abs(tempo.cpsAt(cycle) - cps)).toBeLessThan(1e-6);
      }
    }
  });

  test("CLK-2: a later time is never an earlier cycle", () => {
    for (const { anchors, points } of VECTORS) {
      const tempo = new TempoMap(anchors);
      const times = points.map(({ server_ms }) => server_ms).sort((a, b) => a - b);
      const cycles = times.map((server_ms) => tempo.cycleAt(server_ms));
      expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
    }
  });

  test("CLK-3: at a tempo change it is the same cycle just before and just after", () => {
    for (const { anchors } of VECTORS) {
      const tempo = new TempoMap(anchors);
      for (const { server_ms, cycle } of anchors) {
        expect(Math.abs(tempo.cycleAt(server_ms - 1e-3) - cycle)).toBeLessThan(1e-5);
        expect(tempo.cycleAt(server_ms)).toBeCloseTo(cycle, 8);
      }
    }
  });

  test("CLK-1: the tempo of all time to come is that of the last anchor", () => {
    for (const { anchors } of VECTORS) {
      const tempo = new TempoMap(anchors);
      expect(tempo.cpsAt(Number.POSITIVE_INFINITY)).toBe(anchors.at(-1)?.cps);
    }
  });

  test("CLK-9: new anchors stand for all that were from the first one's time on", () => {
    const [one, two, three, news] = [0, 10, 20, 15].map((server_ms) => ({
      server_ms,
      cycle: server_ms,
      cps: 1,
      slope: 0,
    })) as [Anchor, Anchor, Anchor, Anchor];
    expect(goneOn([one, two, three], [news])).toEqual([one, two, news]);
    expect(goneOn([one, two, three], [two])).toEqual([one, two]);
    expect(goneOn([one, two], [])).toEqual([one, two]);
  });

  test("CLK-1: a map without an anchor is refused", () => {
    expect(() => new TempoMap([])).toThrow(RangeError);
  });
});
