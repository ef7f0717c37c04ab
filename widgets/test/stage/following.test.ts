import { describe, expect, test } from "vitest";
import type { Anchor } from "../../src/protocol.js";
import type { Guide } from "../../src/stage/timekeeper.js";
import { goneOn, TempoMap } from "../../src/time/tempo_map.js";
import { Bench, everyStep } from "./bench.js";

/** A session whose cycle 0 was at server time 50 s; the audio clock is `shift_s` ahead of the server's. */
class Session implements Guide {
  anchors: Anchor[] = [{ server_ms: 50_000, cycle: 0, cps: 0.5, slope: 0 }];
  isKnown = true;

  constructor(public ahead_s = 0) {}

  shift_s(): number | null {
    return this.isKnown ? this.ahead_s : null;
  }

  /** From the server's time `server_s` on, at another tempo. */
  change(server_s: number, cps: number): void {
    const cycle = this.map.cycleAt(server_s * 1000);
    this.anchors = [...this.anchors, { server_ms: server_s * 1000, cycle, cps, slope: 0 }];
  }

  /** From the server's time `server_s` on, evenly to another tempo; what was to come is forgotten. */
  ramp(server_s: number, cps: number, over_s: number): void {
    const { map } = this;
    const cycle = map.cycleAt(server_s * 1000);
    const was = map.cpsAt(cycle);
    const slope = over_s === 0 ? 0 : (cps - was) / over_s;
    const first = { server_ms: server_s * 1000, cycle, cps: over_s === 0 ? cps : was, slope };
    this.anchors = goneOn(this.anchors, [first]);
    if (over_s === 0) return;
    const server_ms = first.server_ms + over_s * 1000;
    this.anchors.push({ server_ms, cycle: this.map.cycleAt(server_ms), cps, slope: 0 });
  }

  get map(): TempoMap {
    return new TempoMap(this.anchors);
  }

  /** Audio time of a cycle. */
  timeOf(cycle: number): number {
    return this.map.serverMsAt(cycle) / 1000 + this.ahead_s;
  }
}

/** Each sound of one layer once, `step` cycles apart, from the first to the last. */
function expectEachOnce(bench: Bench, sounds: string[], step: number): void {
  const cycles = bench.played.filter(({ sound }) => sounds.includes(sound)).map(({ cycle }) => cycle);
  const [first = 0] = cycles;
  expect(cycles).toEqual(everyStep(first, first + cycles.length * step, step));
}

describe("a scheduler that follows a session", () => {
  test("STAGE-50: plays the session's cycles at the session's time", async () => {
    const [bench, session] = [new Bench(), new Session(3)];
    bench.scheduler.follow(session);
    expect(await bench.start("bd*4")).toEqual({ from_cycle: 24 });
    await bench.pass(6);
    expect(bench.played.length).toBeGreaterThan(8);
    for (const { cycle, at_s } of bench.played) expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
    expectEachOnce(bench, ["bd"], 0.25);
  });

  test("STAGE-50: without following, the same code sounds from cycle 0 at once", async () => {
    const bench = new Bench();
    expect(await bench.start("bd*4")).toEqual({ from_cycle: 0 });
  });

  test("STAGE-50: a small error is slewed away: no step is noticeably longer or shorter, none lost or doubled", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    await bench.start("bd*16");
    await bench.pass(2);
    session.ahead_s = -0.015;
    await bench.pass(10);
    expectEachOnce(bench, ["bd"], 1 / 16);
    const times = bench.played.map(({ at_s }) => at_s);
    const steps = times.slice(1).map((time_s, index) => time_s - (times[index] as number));
    for (const step of steps) expect(Math.abs(step / 0.125 - 1)).toBeLessThan(0.011);
    const last = bench.played.at(-1) as { cycle: number; at_s: number };
    expect(last.at_s).toBeCloseTo(session.timeOf(last.cycle), 4);
  });

  test.each([0.12, -0.12])(
    "STAGE-50: an error of %s s is put right at a cycle boundary, with no onset lost or doubled",
    async (error_s) => {
      const [bench, session] = [new Bench(), new Session()];
      bench.scheduler.follow(session);
      await bench.start("bd*8");
      await bench.pass(2.5);
      session.ahead_s = error_s;
      await bench.pass(6);
      expectEachOnce(bench, ["bd"], 0.125);
      const times = bench.played.map(({ at_s }) => at_s);
      const jumps = bench.played.flatMap(({ cycle }, index) => {
        const step = (times[index] as number) - (times[index - 1] ?? (times[index] as number) - 0.25);
        return Math.abs(step - 0.25) > 0.02 ? [cycle] : [];
      });
      expect(jumps).toHaveLength(1);
      expect(Number.isInteger(jumps[0])).toBe(true);
      expect(
        Math.min(...bench.played.map(({ at_s }, index) => at_s - (times[index - 1] ?? 0))),
      ).toBeGreaterThan(0);
    },
  );

  test.each([40, -40])(
    "STAGE-50: time that went %s s elsewhere is followed there at once",
    async (error_s) => {
      const [bench, session] = [new Bench(), new Session()];
      bench.scheduler.follow(session);
      await bench.start("bd*4");
      await bench.pass(4);
      session.ahead_s = error_s;
      const before = bench.played.length;
      await bench.pass(4);
      const after = bench.played.slice(before);
      expect(after.length).toBeGreaterThanOrEqual(7);
      for (const { cycle, at_s } of after) expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
    },
  );

  test("STAGE-51: code that is to sound from a cycle to come sounds from there on", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    await bench.start("bd*4");
    await bench.pass(1);
    expect(await bench.start("sd*4", "a", null, 28)).toEqual({ from_cycle: 28 });
    await bench.pass(10);
    expect(Math.max(...bench.cycles("bd"))).toBe(27.75);
    expect(Math.min(...bench.cycles("sd"))).toBe(28);
    expectEachOnce(bench, ["bd", "sd"], 0.25);
  });

  test("STAGE-51: code whose cycle has passed sounds at once and in phase, whether something plays or not", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    const first = (await bench.start("bd*16", "a", null, 3)) as { from_cycle: number };
    expect(first.from_cycle).toBeGreaterThan(25);
    expect(session.timeOf(first.from_cycle) - bench.time_s).toBeLessThan(0.15);
    await bench.pass(1.3);
    const second = (await bench.start("sd*16", "a", null, 24)) as { from_cycle: number };
    expect(session.timeOf(second.from_cycle) - bench.time_s).toBeLessThan(0.35);
    await bench.pass(3);
    expectEachOnce(bench, ["bd", "sd"], 1 / 16);
    for (const { cycle, at_s } of bench.played) expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
  });

  test("STAGE-51: of several versions under way each sounds from its own cycle", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    await bench.start("bd*4", "a", null, 26);
    await bench.start("cp*4", "a", null, 28);
    await bench.start("sd*4", "a", null, 27);
    await bench.start("hh*4", "a", null, 28);
    await bench.pass(9);
    expect([...new Set(bench.played.map(({ sound }) => sound))]).toEqual(["bd", "sd", "hh"]);
    expect(bench.cycles("bd")).toEqual(everyStep(26, 27, 0.25));
    expect(bench.cycles("sd")).toEqual(everyStep(27, 28, 0.25));
    expect(bench.loaded.size).toBe(1);
  });

  test("STAGE-52: a tempo change that is known ahead keeps the phase and loses nothing", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    await bench.start("bd*8");
    for (const cps of [2, 0.3, 1, 0.5]) {
      await bench.pass(1.7);
      session.change(bench.time_s + 0.5, cps);
    }
    await bench.pass(5);
    expectEachOnce(bench, ["bd"], 0.125);
    for (const { cycle, at_s } of bench.played) expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
  });

  test("STAGE-52: a ramp and a nudge are followed to the instant, and each hap lasts as long as its cycles", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    await bench.start("bd*8");
    await bench.pass(1.7);
    session.ramp(bench.time_s + 0.5, 1.5, 4);
    await bench.pass(3);
    session.ramp(bench.time_s + 0.5, 0.4, 2);
    await bench.pass(6);
    session.ramp(bench.time_s + 0.5, 0.44, 0);
    session.ramp(bench.time_s + 1.5, 0.4, 0);
    await bench.pass(6);
    expectEachOnce(bench, ["bd"], 0.125);
    const lastChange = session.anchors.at(-1)?.cycle ?? 0;
    expect(bench.played.at(-1)?.cycle).toBeGreaterThan(lastChange);
    for (const { cycle, at_s, duration_s } of bench.played) {
      expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
      expect(at_s + duration_s).toBeCloseTo(session.timeOf(cycle + 0.125), 9);
    }
  });

  test("STAGE-52: a tempo change that is known late is in phase from then on, and nothing sounds twice", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    await bench.start("bd*8");
    await bench.pass(1.5);
    session.change(bench.time_s - 0.1, 0.8);
    const before = bench.played.length;
    await bench.pass(4);
    expectEachOnce(bench, ["bd"], 0.125);
    for (const { cycle, at_s } of bench.played.slice(before)) {
      expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
    }
  });

  test("STAGE-52: neither code nor page moves a session's tempo", async () => {
    const [bench, session] = [new Bench(), new Session()];
    bench.scheduler.follow(session);
    await bench.start("bd*4", "a", 4);
    bench.scheduler.setCps(3);
    await bench.pass(5);
    for (const { cycle, at_s } of bench.played) expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
  });

  test("STAGE-53: code waits while the session's time is unknown, and then sounds in phase", async () => {
    const [bench, session] = [new Bench(), new Session()];
    session.isKnown = false;
    bench.scheduler.follow(session);
    await bench.start("bd*4", "a", null, 2);
    await bench.pass(3);
    expect(bench.played).toEqual([]);
    session.isKnown = true;
    await bench.pass(3);
    expect(bench.played.length).toBeGreaterThanOrEqual(5);
    for (const { cycle, at_s } of bench.played) expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
  });

  test("STAGE-53: what plays goes on when a session is joined, and goes on without a gap when it is left", async () => {
    const [bench, session] = [new Bench(), new Session()];
    await bench.start("bd*4");
    await bench.pass(3);
    const alone = bench.played.length;
    bench.scheduler.follow(session);
    await bench.pass(3);
    const together = bench.played.slice(alone);
    for (const { cycle, at_s } of together) expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
    expect(together.length).toBeGreaterThanOrEqual(5);
    bench.scheduler.follow(null);
    await bench.pass(3);
    expect(bench.played.length).toBeGreaterThanOrEqual(alone + together.length + 5);
    for (const { cycle, at_s } of bench.played.slice(alone))
      expect(at_s).toBeCloseTo(session.timeOf(cycle), 9);
  });
});
