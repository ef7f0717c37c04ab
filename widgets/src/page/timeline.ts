// The haps of one layer around now: what lights up in the code and moves over the piano roll.

import type { SeenHap } from "../stage/messages.js";

/** How many cycles of the past are kept for drawing. */
const KEPT_CYCLES = 8;
/** A ceiling on kept haps, so that a dense pattern cannot fill the page's memory. */
const KEPT_HAPS = 6000;
/** Cycle numbers travel as floats: closer than this is the same moment. */
const EPSILON_CYCLES = 1e-6;

/** The recent and coming haps of one layer, ordered by begin. */
export class HapTimeline {
  #haps: SeenHap[] = [];

  /** Takes [begin, end); what was foretold for begin and later is replaced: a swap changed the future. */
  add(begin: number, haps: readonly SeenHap[]): void {
    const kept = this.#haps.filter(
      (hap) => hap.begin < begin - EPSILON_CYCLES && hap.end > begin - KEPT_CYCLES,
    );
    this.#haps = [...kept, ...haps].slice(-KEPT_HAPS);
  }

  clear(): void {
    this.#haps = [];
  }

  get empty(): boolean {
    return this.#haps.length === 0;
  }

  /** Haps that sound at this cycle. */
  active(cycle: number): SeenHap[] {
    return this.#haps.filter((hap) => hap.begin <= cycle && cycle < hap.end);
  }

  /** Haps that touch [begin, end). */
  between(begin: number, end: number): SeenHap[] {
    return this.#haps.filter((hap) => hap.begin < end && hap.end > begin);
  }
}
