// The haps of a render in the order in which they begin, with the controls that superdough gets.
import type { Fraction, Hap } from "@strudel/core";
import type { Evaluation } from "../engine/evaluate.js";
import { rawHaps } from "../engine/query.js";
import type { Shelf } from "./shelf.js";

/** A hap as players see it: its duration takes `clip` and `duration` into account. */
interface PlayableHap extends Hap {
  readonly duration: Fraction | number;
  ensureObjectValue(): void;
}

/** A hap that begins, in seconds of the render. */
export interface Onset {
  at_s: number;
  duration_s: number;
  cycle: number;
  controls: Record<string, unknown>;
}

const MIN_DURATION_S = 0.001;
/** Onsets are scheduled this far ahead: all at once would mix thousands of idle nodes for each block. */
const STEP_S = 0.2;

/**
 * Frames between two turns of scheduling, whole blocks. A render begins that much before its first cycle, because
 * some sounds start earlier than their onset: time stretching, negative nudges.
 */
export function stepFrames(sampleRate: number): number {
  return Math.ceil((STEP_S * sampleRate) / 128) * 128;
}

/** All onsets of the first `cycles` cycles that have a sound, `lead_s` later than they are in the code. */
export function onsetsOf(
  evaluation: Evaluation,
  shelf: Shelf,
  { cycles, cps }: { cycles: number; cps: number },
  lead_s: number,
): Onset[] {
  const onsets: Onset[] = [];
  for (const layer of evaluation.layers) {
    for (const hap of rawHaps(evaluation, layer, 0, cycles, cps) as readonly PlayableHap[]) {
      if (hap.whole === undefined || !hap.hasOnset()) continue;
      hap.ensureObjectValue();
      const controls = shelf.place(hap.value as Record<string, unknown>);
      if (controls === null) continue;
      const cycle = hap.whole.begin.valueOf();
      const duration_s = Math.max(MIN_DURATION_S, Number(hap.duration) / cps);
      onsets.push({ at_s: lead_s + cycle / cps, duration_s, cycle, controls });
    }
  }
  // Who ducks an orbit comes after those who make it.
  const ducks = ({ controls }: Onset): number => (controls.duckorbit === undefined ? 0 : 1);
  return onsets.sort((a, b) => a.at_s - b.at_s || ducks(a) - ducks(b));
}
