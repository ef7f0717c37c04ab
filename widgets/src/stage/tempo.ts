// Where musical time is on the audio clock.

interface Anchor {
  at_s: number;
  cycle: number;
  cps: number;
}

export const SLOWEST_CPS = 0.001;
export const FASTEST_CPS = 64;

/** A usable tempo, or null when the number is none (`setcps(0)`, NaN). */
export function usableCps(cps: unknown): number | null {
  if (typeof cps !== "number" || !(cps > 0) || !Number.isFinite(cps)) return null;
  return Math.min(Math.max(cps, SLOWEST_CPS), FASTEST_CPS);
}

/** The tempo map of one page: anchors of (audio time, cycle, cps), the phase kept at every change. */
export class TempoMap {
  #anchors: Anchor[];

  constructor(at_s: number, cycle: number, cps: number) {
    this.#anchors = [{ at_s, cycle, cps }];
  }

  /** Starts anew: `cycle` sounds at `at_s`. */
  restart(at_s: number, cycle: number, cps: number): void {
    this.#anchors = [{ at_s, cycle, cps }];
  }

  #before(isBefore: (anchor: Anchor) => boolean): Anchor {
    let found = this.#anchors[0] as Anchor;
    for (const anchor of this.#anchors) if (isBefore(anchor)) found = anchor;
    return found;
  }

  cycleAt(at_s: number): number {
    const anchor = this.#before((each) => each.at_s <= at_s);
    return anchor.cycle + (at_s - anchor.at_s) * anchor.cps;
  }

  /** Audio time in seconds at which `cycle` sounds. */
  timeOf(cycle: number): number {
    const anchor = this.#before((each) => each.cycle <= cycle);
    return anchor.at_s + (cycle - anchor.cycle) / anchor.cps;
  }

  cpsAt(cycle: number): number {
    return this.#before((each) => each.cycle <= cycle).cps;
  }

  /** From `cycle` on the tempo is `cps`; later anchors are forgotten, and so are those long past. */
  change(cycle: number, cps: number): void {
    if (this.cpsAt(cycle) === cps) return;
    const at_s = this.timeOf(cycle);
    const kept = this.#anchors.filter((anchor) => anchor.cycle < cycle).slice(-7);
    this.#anchors = [...kept, { at_s, cycle, cps }];
  }
}
