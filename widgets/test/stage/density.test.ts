import { describe, expect, test, vi } from "vitest";
import { chunkEnd } from "../../src/stage/cycle_grid.js";
import { Density, MOST_HAPS_PER_S } from "../../src/stage/density.js";
import { Bench, everyStep } from "./bench.js";

/** A machine that needs a millisecond for each hap: a thousand a second are all it can do. */
class Machine extends Bench {
  #late_s = new Map<string, number>();

  override play(...[version, hap, at_s, duration_s]: Parameters<Bench["play"]>): void {
    super.play(version, hap, at_s, duration_s);
    this.time_s += 0.001;
    const late_s = Math.max(this.lateness_s(version.layer), this.time_s - at_s);
    this.#late_s.set(version.layer, late_s);
  }

  /** By how much the latest of a layer's haps came too late. */
  lateness_s(layer: string): number {
    return this.#late_s.get(layer) ?? 0;
  }
}

/** A machine after ten seconds of somebody's flood beside somebody else's hats. */
async function flooded(): Promise<Machine> {
  const machine = new Machine();
  await machine.start("bd*4000", "flood");
  await machine.start("hh*8", "hats");
  // Ticks that take long let time pass too.
  const end_s = machine.time_s + 10;
  while (machine.time_s < end_s) await machine.pass(0.025);
  return machine;
}

/** Which of the cycles of a flood sound, from the first one that a page meets. */
function sounding(from_cycle: number, to_cycle: number, perCycle: number, cps: number): number[] {
  const density = new Density();
  const count = Math.round((to_cycle - from_cycle) * perCycle);
  const cycles = Array.from({ length: count }, (_, index) => from_cycle + index / perCycle);
  return cycles.filter((cycle) => density.admits(cycle / cps, cycle, cps));
}

describe("the budget of a layer", () => {
  test("STAGE-17: what is within the budget sounds, chords included", () => {
    expect(sounding(0, 8, 250, 2)).toHaveLength(2000);
    const chord = new Density();
    const notes = Array.from({ length: 100 }, () => chord.admits(1, 0, 0.5));
    expect(notes).not.toContain(false);
  });

  test("STAGE-17: a flood is thinned evenly to the budget", () => {
    const cps = 8;
    const kept = sounding(0, 80, 400, cps);
    expect(kept.length / 10).toBeGreaterThan(MOST_HAPS_PER_S);
    expect(kept.length / 10).toBeLessThan(MOST_HAPS_PER_S * 1.3);
    const gaps = kept.slice(1).map((cycle, index) => (cycle - (kept[index] as number)) / cps);
    expect(Math.max(...gaps)).toBeLessThan(0.01);
  });

  test("STAGE-17: a page that comes late leaves out the same haps, from the next second on", () => {
    for (const cps of [0.5, 2, 8]) {
      const second = 2 ** Math.ceil(Math.log2(Math.max(cps, 1)));
      const early = sounding(0, 4 * second, 4096 / second, cps).filter((cycle) => cycle >= 2 * second);
      const late = sounding(1.3125 * second, 4 * second, 4096 / second, cps);
      expect(late.filter((cycle) => cycle >= 2 * second)).toEqual(early);
    }
  });

  test("STAGE-17: what is left out is told with its number, once a second, and when it is over", () => {
    const density = new Density();
    density.news(0);
    for (let hap = 0; hap < 2000; hap++) density.admits(hap / 2000, hap / 4000, 0.5);
    const thinned = density.news(1);
    expect(thinned).toMatchObject({ asked: 2000 });
    expect(thinned?.played).toBeLessThan(700);
    expect(density.news(1.5)).toBeUndefined();
    expect(density.news(2)).toBeNull();
    expect(density.news(3)).toBeUndefined();
  });

  test("STAGE-17: one author's flood takes nothing from the others", async () => {
    const bench = new Bench();
    await bench.start("bd*4000", "flood");
    await bench.start("hh*8", "hats");
    await bench.pass(10);
    const hats = bench.cycles("hh");
    expect(hats).toEqual(everyStep(hats[0] as number, (hats[0] as number) + hats.length / 8, 0.125));
    // Two thousand a second were asked for: without a budget each of them would have been played.
    expect(bench.cycles("bd").length).toBeLessThan(10 * 700);
    expect(bench.cycles("bd").length).toBeGreaterThan(10 * MOST_HAPS_PER_S * 0.9);
    expect(bench.thinnings.map(({ layer }) => layer)).not.toContain("hats");
    expect(bench.thinnings.at(-1)?.haps_per_s?.asked).toBeGreaterThan(1900);
  });

  test("STAGE-17: beside a flood the others are in time, and without a budget they come seconds late", async () => {
    expect((await flooded()).lateness_s("hats")).toBe(0);
    const admits = vi.spyOn(Density.prototype, "admits").mockReturnValue(true);
    try {
      expect((await flooded()).lateness_s("hats")).toBeGreaterThan(1);
    } finally {
      admits.mockRestore();
    }
  });
});

describe("where haps are asked for", () => {
  test("STAGE-32: pages that began at different times fall silent at the same cycle", async () => {
    const at = async (first: number) => {
      const bench = new Bench();
      await bench.start("hh*4");
      await bench.pass(first);
      await bench.start("bd*4!30", "late", null, 0);
      await bench.pass(70);
      expect(bench.failures).toEqual([{ code: "bd*4!30", silent: true }]);
      return { silent: bench.failedAt[0], last: bench.cycles("bd").at(-1) };
    };
    const early = await at(1);
    expect(early.silent).toBeLessThanOrEqual(30);
    for (const first of [2.3, 7.77, 31.4]) expect(await at(first)).toEqual(early);
  });

  test("STAGE-32: stretches end at the same cycles for every page, and none is shorter than half of one", () => {
    for (const cps of [0.1, 0.5, 0.7, 1.9, 8]) {
      const ends = new Set<number>();
      for (let cycle = 0; cycle < 64; cycle = chunkEnd(cycle, cps)) ends.add(cycle);
      for (const begin of [3.0625, 5.5, 9 + 1 / 1024, 12.999]) {
        const first = chunkEnd(begin, cps);
        expect(ends).toContain(first);
        expect(ends).toContain(chunkEnd(first, cps));
        const whole = chunkEnd(first, cps) - first;
        expect(first - begin).toBeGreaterThanOrEqual(whole / 2);
      }
    }
  });
});
