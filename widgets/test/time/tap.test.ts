import { describe, expect, test } from "vitest";
import { TapTempo } from "../../src/time/tap.js";

/** Taps with so many ms between one and the next. */
function tapped(...intervals_ms: number[]): TapTempo {
  const taps = new TapTempo();
  let at_ms = 1_000;
  taps.tap(at_ms);
  for (const interval_ms of intervals_ms) {
    at_ms += interval_ms;
    taps.tap(at_ms);
  }
  return taps;
}

describe("tapping a tempo", () => {
  test("TAP-1: the median of the last intervals is a beat, four beats a cycle", () => {
    expect(tapped(500, 500, 500).cps).toBeCloseTo(0.5, 9);
    expect(tapped(480, 520, 490, 510, 500).cps).toBeCloseTo(0.5, 9);
  });

  test("TAP-1: one slip changes nothing, and a new tempo is followed", () => {
    expect(tapped(500, 500, 900, 500, 500).cps).toBeCloseTo(0.5, 9);
    expect(tapped(...Array<number>(8).fill(500), ...Array<number>(8).fill(400)).cps).toBeCloseTo(0.625, 9);
  });

  test("TAP-2: one tap is no tempo, and three are not meant yet", () => {
    expect([tapped().cps, tapped().isMeant, tapped().settles_ms]).toEqual([null, false, 2_000]);
    expect(tapped(500, 500).cps).toBeCloseTo(0.5, 9);
    expect([tapped(500, 500).isMeant, tapped(500, 500).settles_ms]).toEqual([false, 2_000]);
    expect([tapped(500, 500, 500).isMeant, tapped(500, 500, 500).settles_ms]).toEqual([true, 750]);
  });

  test("TAP-2: who pauses for over two seconds begins anew", () => {
    const taps = tapped(500, 500, 500, 2_001);
    expect([taps.count, taps.cps]).toEqual([1, null]);
    expect(tapped(500, 500, 500, 1_999).count).toBe(5);
  });

  test("TAP-2: taps at one moment are no infinite tempo", () => {
    expect(Number.isFinite(tapped(0, 0, 0).cps)).toBe(true);
  });
});
