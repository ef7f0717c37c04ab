import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Anchor } from "../../src/protocol.js";
import { TempoMap } from "../../src/time/tempo_map.js";

interface Vector {
  anchors: Anchor[];
  points: { server_ms: number; cycle: number }[];
}

const FILE = new URL("../../../tests/vectors/tempo.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(FILE, "utf8")) as Vector[];

describe("the page's tempo map", () => {
  test("CLK-1: cycle and time convert back and forth, as the server's do, over any tempo changes", () => {
    for (const { anchors, points } of VECTORS) {
      const tempo = new TempoMap(anchors);
      for (const { server_ms, cycle } of points) {
        expect(Math.abs(tempo.cycleAt(server_ms) - cycle)).toBeLessThan(1e-8);
        expect(Math.abs(tempo.serverMsAt(tempo.cycleAt(server_ms)) - server_ms)).toBeLessThan(1e-3);
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

  test("CLK-1: a map without an anchor is refused", () => {
    expect(() => new TempoMap([])).toThrow(RangeError);
  });
});
