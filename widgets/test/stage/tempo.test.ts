import { describe, expect, test } from "vitest";
import { MusicalTime, usableCps } from "../../src/stage/tempo.js";

describe("the tempo map", () => {
  test("STAGE-10: a tempo change keeps the phase: cycle and time stay continuous", () => {
    const tempo = new MusicalTime(10, 0, 0.5);
    tempo.change(4, 2);
    expect(tempo.timeOf(4)).toBeCloseTo(18, 12);
    expect(tempo.timeOf(6)).toBeCloseTo(19, 12);
    expect(tempo.cycleAt(17)).toBeCloseTo(3.5, 12);
    expect(tempo.cycleAt(19)).toBeCloseTo(6, 12);
  });

  test("STAGE-10: a change forgets changes that were to come later", () => {
    const tempo = new MusicalTime(0, 0, 1);
    tempo.change(8, 4);
    tempo.change(2, 0.5);
    expect(tempo.timeOf(8)).toBeCloseTo(14, 12);
    expect(tempo.cpsAt(100)).toBe(0.5);
  });

  test("STAGE-10: thousands of changes leave a short map that is right about now", () => {
    const tempo = new MusicalTime(0, 0, 1);
    for (let cycle = 1; cycle <= 5000; cycle++) tempo.change(cycle, cycle % 2 === 0 ? 1 : 2);
    expect(tempo.timeOf(5000) - tempo.timeOf(4998)).toBeCloseTo(1.5, 9);
  });

  test.each([
    [0, null],
    [-1, null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ["1", null],
    [1e-9, 0.001],
    [1e9, 64],
    [0.5, 0.5],
  ])("STAGE-11: a tempo of %s is taken as %s", (given, taken) => {
    expect(usableCps(given)).toBe(taken);
  });
});
