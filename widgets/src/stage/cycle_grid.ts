// Places in musical time that every page finds by itself, whenever it came.

/** Where code begins in the middle of a cycle, it does so at a fraction that floats hold exactly. */
const STEPS_PER_CYCLE = 1024;

/** The first exact fraction of a cycle that is not before `cycle`. */
export function exactly(cycle: number): number {
  return Math.ceil(Math.max(cycle, 0) * STEPS_PER_CYCLE) / STEPS_PER_CYCLE;
}

/**
 * Up to which cycle haps are asked for at a time: for about three quarters of a second, and to a number that floats
 * hold exactly. It is the same for whoever plays at this tempo: where code fails, it falls silent on all pages alike.
 */
export function chunkEnd(begin: number, cps: number): number {
  const cycles = 2 ** Math.min(Math.max(Math.round(Math.log2(cps * 0.75)), -4), 6);
  return (Math.round(begin / cycles) + 1) * cycles;
}
