import { describe, expect, test } from "vitest";
import { Punctuality } from "../../src/page/punctuality.js";
import { isMuchTheSame, TimingReports, timingOf } from "../../src/page/timing_reports.js";
import type { Timing } from "../../src/protocol.js";

/** Ten reports a second from `from_ms` on; `what` says what each is like. */
function report(
  punctuality: Punctuality,
  from_ms: number,
  seconds: number,
  what: (at_ms: number) => { phase_error_ms?: number; late_haps?: number },
): void {
  for (let at_ms = from_ms; at_ms <= from_ms + seconds * 1000; at_ms += 100)
    punctuality.take(what(at_ms), at_ms);
}

describe("a page's own time", () => {
  test("TIME-3: being late for a moment is no fault; going on with it for five seconds is", () => {
    const punctuality = new Punctuality();
    report(punctuality, 0, 4, () => ({ phase_error_ms: 80 }));
    report(punctuality, 4_100, 3, () => ({ phase_error_ms: 1 }));
    report(punctuality, 7_200, 4, () => ({ phase_error_ms: -80 }));
    expect(punctuality.keepsTime).toBe(true);
    report(punctuality, 11_300, 2, () => ({ phase_error_ms: -80 }));
    expect(punctuality.keepsTime).toBe(false);
  });

  test("TIME-3: leaving out haps again and again is not keeping time; once at the start is nothing", () => {
    const punctuality = new Punctuality();
    report(punctuality, 0, 60, () => ({ late_haps: 40 }));
    expect(punctuality.keepsTime).toBe(true);
    report(punctuality, 60_100, 6, (at_ms) => ({ late_haps: 40 + Math.floor(at_ms / 1000) }));
    expect(punctuality.keepsTime).toBe(false);
  });

  test("TIME-3: ten seconds without trouble, and it keeps time again", () => {
    const punctuality = new Punctuality();
    report(punctuality, 0, 6, () => ({ phase_error_ms: 80 }));
    report(punctuality, 6_100, 9, () => ({ phase_error_ms: 2 }));
    expect(punctuality.keepsTime).toBe(false);
    report(punctuality, 15_200, 2, () => ({ phase_error_ms: 2 }));
    expect(punctuality.keepsTime).toBe(true);
  });

  test("TIME-3: a new stage that counts from zero is no trouble", () => {
    const punctuality = new Punctuality();
    report(punctuality, 0, 1, () => ({ late_haps: 9 }));
    report(punctuality, 1_100, 30, () => ({ late_haps: 0 }));
    expect(punctuality.keepsTime).toBe(true);
  });
});

const timing = (phase_error_ms: number, output_latency_ms = 12, keeps_time = true): Timing => ({
  phase_error_ms,
  output_latency_ms,
  keeps_time,
});

describe("what the session is told of it", () => {
  test("TIME-4: whole numbers in bounds; nothing while nothing is known", () => {
    const own = { phaseError_ms: -0.2, outputLatency_ms: 11.6, keepsTime: true };
    expect(timingOf(own)).toEqual(timing(0));
    expect(JSON.stringify(timingOf(own))).not.toContain("-0");
    expect(timingOf({ ...own, phaseError_ms: 1e9, outputLatency_ms: 1e9 })).toEqual(timing(10_000, 5_000));
    expect(timingOf({ ...own, phaseError_ms: null })).toBeNull();
  });

  test("TIME-4: a word every five seconds at most, and none that says much the same", () => {
    const told: (Timing | null)[] = [];
    const reports = new TimingReports((word) => told.push(word));
    reports.look(timing(1), 0);
    reports.look(timing(40), 4_900);
    reports.look(timing(40), 5_100);
    reports.look(timing(42), 60_000);
    reports.look(timing(42, 12, false), 60_100);
    reports.look(null, 60_200);
    reports.look(null, 70_000);
    expect(told).toEqual([timing(1), timing(40), timing(42, 12, false), null]);
  });

  test("TIME-4: to a server that has just said welcome everything is news", () => {
    const told: (Timing | null)[] = [];
    const reports = new TimingReports((word) => told.push(word));
    reports.look(timing(1), 0);
    reports.forget();
    reports.look(timing(1), 100);
    expect(told).toHaveLength(2);
    expect(isMuchTheSame(null, null)).toBe(true);
    expect(isMuchTheSame(null, timing(0))).toBe(false);
  });
});
