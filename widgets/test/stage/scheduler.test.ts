import { describe, expect, test } from "vitest";
import { Bench, everyStep, type Played, PROBLEM } from "./bench.js";

describe("the scheduler", () => {
  test("STAGE-3: where nothing plays, code sounds at once and from its first cycle", async () => {
    const bench = new Bench();
    expect(await bench.start("bd*4")).toEqual({ from_cycle: 0 });
    expect(bench.played[0]).toMatchObject({ sound: "bd", cycle: 0 });
    expect((bench.played[0] as Played).at_s - bench.time_s).toBeLessThan(0.1);
  });

  test("STAGE-2: every hap is played once, in time, ahead of time, however late the ticks are", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(20, (tick) => {
      return ((tick * 7919) % 11) * 0.008;
    });
    const first_s = (bench.played[0] as Played).at_s;
    const cycles = bench.cycles("bd");
    expect(cycles).toEqual(everyStep(0, cycles.length / 4, 0.25));
    for (const { cycle, at_s } of bench.played) expect(at_s).toBeCloseTo(first_s + cycle / 0.5, 9);
    expect(cycles.length).toBeGreaterThanOrEqual(40);
  });

  test("STAGE-3: a swap happens at a cycle boundary with no hap lost and none played twice", async () => {
    const bench = new Bench();
    await bench.start("bd*8");
    await bench.pass(1.2);
    const started = await bench.start("sd*8");
    expect(started).toEqual({ from_cycle: 1 });
    await bench.pass(6);
    expect(bench.cycles("bd")).toEqual(everyStep(0, 1, 0.125));
    expect(bench.cycles("sd")[0]).toBe(1);
    const all = bench.played.map(({ cycle }) => cycle);
    expect(all).toEqual(everyStep(0, all.length / 8, 0.125));
  });

  test("STAGE-3: the last of several evaluations within a cycle sounds", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(0.5);
    await bench.start("sd*4");
    await bench.start("cp*4");
    await bench.pass(4);
    expect(bench.cycles("sd")).toEqual([]);
    expect(bench.cycles("cp")[0]).toBe(1);
    expect(bench.loaded.size).toBe(1);
  });

  test("STAGE-3: samples that take many cycles are waited for once, then the code sounds", async () => {
    const bench = new Bench();
    await bench.start("bd*4", "a", 4);
    await bench.pass(1);
    let waits = 0;
    const slow = async () => {
      waits++;
      await bench.pass(1.5);
    };
    const started = await bench.scheduler.start(bench.version("sd*4"), slow, () => true);
    expect(waits).toBe(1);
    // It waited past the boundary it first had in mind, and the one it takes lies ahead.
    const { from_cycle } = started as { from_cycle: number };
    expect(from_cycle).toBeGreaterThanOrEqual(9);
    await bench.pass(1);
    expect(Math.min(...bench.cycles("sd"))).toBe(from_cycle);
    expect(Math.max(...bench.cycles("bd"))).toBe(from_cycle - 0.25);
  });

  test("STAGE-3: code that nobody wants any more after the wait does not sound", async () => {
    const bench = new Bench();
    let isWanted = true;
    const stopped = async () => {
      isWanted = false;
    };
    expect(await bench.scheduler.start(bench.version("bd*4"), stopped, () => isWanted)).toBeNull();
    expect(bench.scheduler.running).toBe(false);
  });

  test("STAGE-11: a tempo that is none changes nothing, also after a change; a usable one does", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(1);
    bench.scheduler.setCps(2);
    for (const none of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) bench.scheduler.setCps(none);
    expect(bench.scheduler.tempo.cpsAt(Number.POSITIVE_INFINITY)).toBe(2);
  });

  test("STAGE-10: a tempo in the code takes effect at its boundary and keeps the phase", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(0.5);
    await bench.start("sd*4", "a", 2);
    await bench.pass(4);
    const times = bench.played.map(({ at_s }) => at_s);
    const steps = times.slice(1).map((time_s, index) => time_s - (times[index] as number));
    for (const step of steps.slice(0, 4)) expect(step).toBeCloseTo(0.5, 9);
    for (const step of steps.slice(4)) expect(step).toBeCloseTo(0.125, 9);
  });

  test("STAGE-31: code that fails in its first cycles gives way to what played before, with no gap", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(1);
    await bench.start("sd*4!4");
    await bench.pass(12);
    expect(bench.failures).toEqual([{ code: "sd*4!4", silent: false }]);
    expect(bench.cycles("sd")).toEqual(everyStep(1, 4, 0.25));
    const all = bench.played.map(({ cycle }) => cycle);
    expect(all).toEqual(everyStep(0, all.length / 4, 0.25));
  });

  test("STAGE-31: code that fails before it sounds changes nothing", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(1);
    expect(await bench.start("sd*4!1")).toEqual({ problem: PROBLEM });
    await bench.pass(6);
    const cycles = bench.cycles("bd");
    expect(cycles).toEqual(everyStep(0, cycles.length / 4, 0.25));
  });

  test("STAGE-32: with nothing before it, a failing layer plays what is known and falls silent, alone", async () => {
    const bench = new Bench();
    await bench.start("bd*4!3", "a");
    await bench.start("hh*4", "b");
    await bench.pass(12);
    expect(bench.failures).toEqual([{ code: "bd*4!3", silent: true }]);
    expect(bench.cycles("bd")).toEqual(everyStep(0, 3, 0.25));
    const others = bench.cycles("hh");
    expect(others).toEqual(everyStep(1, 1 + others.length / 4, 0.25));
    expect(bench.scheduler.layers).toEqual(["b"]);
  });

  test("STAGE-32: code that has played long before it fails does not bring older code back", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.start("sd*4!40", "a", 8);
    await bench.pass(12);
    expect(bench.failures).toEqual([{ code: "sd*4!40", silent: true }]);
    expect(bench.scheduler.running).toBe(false);
  });

  test("STAGE-5: a stopped layer plays nothing more; the next one starts afresh", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(3);
    bench.scheduler.stop("a");
    const played = bench.played.length;
    await bench.pass(3);
    expect(bench.played.length).toBe(played);
    expect(bench.loaded.size).toBe(0);
    expect(await bench.start("sd*4")).toEqual({ from_cycle: 0 });
    expect(bench.cycles("sd")[0]).toBe(0);
  });

  test("STAGE-6: what is announced covers every cycle without a gap, and a swap replaces it from its boundary", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(1);
    await bench.start("sd*4");
    await bench.pass(5);
    let end = 0;
    for (const stretch of bench.stretches) {
      expect(stretch.begin).toBeLessThanOrEqual(end);
      if (stretch.begin < end) expect(stretch).toMatchObject({ begin: 1, sounds: ["sd", "sd"] });
      end = stretch.end;
    }
    expect(end).toBeGreaterThan(3.9);
  });

  test("STAGE-7: a moved slider is heard in what has not sounded yet, and nothing sounds twice", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.pass(2);
    bench.scheduler.refresh("a");
    await bench.pass(4);
    const cycles = bench.cycles("bd");
    expect(cycles).toEqual(everyStep(0, cycles.length / 4, 0.25));
  });

  test("STAGE-16: haps are asked for with the tempo they sound at, and again when that changes and they depend on it", async () => {
    const bench = new Bench();
    await bench.start("bd*4");
    await bench.start("fit*4", "b", 2);
    await bench.pass(3);
    expect(bench.asked[0]).toMatchObject({ code: "bd*4", cps: 0.5 });
    const before = bench.asked.length;
    bench.scheduler.setCps(1.5);
    await bench.pass(0.05);
    const again = bench.asked.slice(before);
    expect(again.some(({ code, cps }) => code === "fit*4" && cps === 1.5)).toBe(true);
    await bench.pass(3);
    for (const sound of ["bd", "fit"]) {
      const cycles = bench.cycles(sound);
      expect(cycles).toEqual(everyStep(cycles[0] ?? 0, (cycles[0] ?? 0) + cycles.length / 4, 0.25));
    }
  });
});
