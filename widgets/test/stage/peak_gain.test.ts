import { describe, expect, test } from "vitest";
import { PeakGain } from "../../src/stage/peak_gain.js";

const LENGTH = 72;
const CEILING = 0.98;

/** What leaves a limiter for what enters it; the same delay as in the audio thread. */
function limited(samples: number[]): number[] {
  const gain = new PeakGain(LENGTH, CEILING, 0.0002);
  const late = [...new Array<number>(LENGTH - 1).fill(0), ...samples];
  return samples.map((sample, index) => (late[index] as number) * gain.next(Math.abs(sample)));
}

/** Numbers in -1…1, the same every time. */
function noise(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 1_073_741_824 - 1;
  });
}

describe("the limiter", () => {
  test("STAGE-12: nothing louder than the ceiling leaves, whatever enters", () => {
    for (const loudness of [1, 3, 40]) {
      const out = limited(noise(20_000, 7).map((sample, at) => sample * (at % 3000 < 40 ? loudness : 0.5)));
      expect(Math.max(...out.map(Math.abs))).toBeLessThanOrEqual(CEILING + 1e-6);
    }
  });

  test("STAGE-12: what is below the ceiling leaves as it came, a fixed time later", () => {
    const quiet = noise(5000, 3).map((sample) => sample * 0.9);
    const out = limited(quiet);
    expect(out.slice(LENGTH - 1)).toEqual(quiet.slice(0, quiet.length - LENGTH + 1));
  });

  test("STAGE-12: after a loud moment the gain comes back to exactly one", () => {
    const gain = new PeakGain(LENGTH, CEILING, 0.01);
    gain.next(8);
    let last = 0;
    for (let index = 0; index < 20_000; index++) last = gain.next(0.1);
    expect(last).toBe(1);
  });

  test("STAGE-12: the gain falls without a jump", () => {
    const gain = new PeakGain(LENGTH, CEILING, 0.0002);
    const gains = [0.1, 0.1, 4, ...new Array<number>(200).fill(0.1)].map((peak) => gain.next(peak));
    const steps = gains.slice(1).map((value, index) => Math.abs(value - (gains[index] as number)));
    expect(Math.max(...steps)).toBeLessThan(0.02);
  });

  test("STAGE-12: infinity and NaN leave as silence", () => {
    const gain = new PeakGain(LENGTH, CEILING, 0.0002);
    gain.next(Number.POSITIVE_INFINITY);
    gain.next(Number.NaN);
    const gains = Array.from({ length: LENGTH - 1 }, () => gain.next(0.1));
    expect(gains.at(-2)).toBeCloseTo(0, 6);
    expect(gains.every(Number.isFinite)).toBe(true);
  });
});
