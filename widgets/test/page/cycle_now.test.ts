import { describe, expect, test } from "vitest";
import { epochNow_ms, PlayClock } from "../../src/page/clock.js";
import { cycleNow, sessionCycle } from "../../src/page/cycle_now.js";
import type { SharedTempo } from "../../src/page/following.js";
import { Signal } from "../../src/page/signal.js";

const tempo = (server_ms: number | null, isKnown = true): SharedTempo => ({
  anchors: () => (isKnown ? [{ server_ms: 1_000, cycle: 8, cps: 0.5, slope: 0 }] : []),
  serverNow_ms: () => server_ms,
  changed: new Signal<void>(),
});

describe("the cycle that is seen", () => {
  test("BEAT-1: is the one that is heard; where nothing is heard, the session's; else there is none", () => {
    const clock = new PlayClock();
    expect(cycleNow(clock, tempo(5_000))).toBe(10);
    expect(sessionCycle(tempo(null))).toBeNull();
    expect(sessionCycle(tempo(5_000, false))).toBeNull();
    clock.anchor({ epoch_ms: epochNow_ms(), cycle: 100, cps: 0.001 });
    expect(cycleNow(clock, tempo(5_000))).toBeCloseTo(100, 1);
    clock.stop();
    expect(cycleNow(clock, tempo(5_000))).toBe(10);
  });
});
