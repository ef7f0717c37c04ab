import { describe, expect, test } from "vitest";
import { type Sample, ServerClock } from "../../src/session/server_clock.js";
import { SleepWatch } from "../../src/time/sleep_watch.js";

/** An answer that took so long there and back; the server's clock is `offsetMs` ahead. */
function answer(sentMs: number, offsetMs: number, thereMs: number, backMs: number): Sample {
  return { sentMs, serverMs: sentMs + thereMs + offsetMs, receivedMs: sentMs + thereMs + backMs };
}

/** Numbers from 0 to 1, the same every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe("the server's clock", () => {
  test("CLK-5: one answer is not enough to go by, and after a sleep none of the old is", () => {
    const clock = new ServerClock();
    clock.add(answer(0, 500, 5, 5));
    expect(clock.isKnown).toBe(false);
    clock.add(answer(100, 500, 5, 5));
    clock.add(answer(200, 500, 5, 5));
    expect(clock.isKnown).toBe(true);
    clock.clear();
    expect(clock.isKnown).toBe(false);
  });

  test("CLK-5: with 40 ms of jitter each way the estimate is within its own bound, and within 2 ms", () => {
    const [clock, random] = [new ServerClock(), seeded(7)];
    let atMs = 0;
    for (let ping = 0; ping < 60; ping++) {
      atMs += ping < 8 ? 50 : 5_000;
      clock.add(answer(atMs, 12_345, 5 + random() * 40, 5 + random() * 40));
      const errorMs = Math.abs(clock.serverMs(atMs + 90) - (atMs + 90 + 12_345));
      expect(errorMs).toBeLessThanOrEqual(clock.errorMs(atMs + 90));
    }
    expect(Math.abs(clock.serverMs(atMs) - (atMs + 12_345))).toBeLessThan(2);
  });

  test("CLK-7: what it says never jumps and never goes back once it is settled", () => {
    const [clock, random] = [new ServerClock(), seeded(11)];
    for (let ping = 0; ping < 8; ping++) clock.add(answer(ping * 50, 1_000, 30 + random() * 30, 5));
    let [atMs, beforeMs] = [500, clock.serverMs(500)];
    for (let ping = 0; ping < 40; ping++) {
      for (let step = 0; step < 50; step++) {
        atMs += 10;
        const nowMs = clock.serverMs(atMs);
        expect(Math.abs(nowMs - beforeMs - 10)).toBeLessThanOrEqual(0.2 + 1e-6);
        beforeMs = nowMs;
      }
      // Each path better than the one before: the estimate has somewhere to go.
      clock.add(answer(atMs - 20 + ping / 4, 1_000, 10 - ping / 8, 10 - ping / 8));
    }
    expect(clock.serverMs(atMs)).toBeCloseTo(atMs + 1_000, 3);
  });

  test("CLK-7: a server's clock that was set is followed at once", () => {
    const clock = new ServerClock();
    for (let ping = 0; ping < 20; ping++) clock.add(answer(ping * 50, 1_000, 5, 5));
    for (let ping = 20; ping < 120; ping++) clock.add(answer(ping * 5_000, 61_000, 5, 5));
    expect(clock.serverMs(600_000)).toBeCloseTo(661_000, 3);
  });
});

describe("the watch over sleep", () => {
  test("CLK-8: a clock that stood still while the other went on tells of sleep, once", () => {
    let [awakeMs, wallMs] = [0, 1e12];
    const watch = new SleepWatch(
      () => awakeMs,
      () => wallMs,
    );
    awakeMs += 5_000;
    wallMs += 5_003;
    expect(watch.slept()).toBe(false);
    awakeMs += 5_000;
    wallMs += 3_605_000;
    expect(watch.slept()).toBe(true);
    expect(watch.slept()).toBe(false);
  });
});
