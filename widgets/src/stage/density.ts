// How much of one layer may sound: what is too much for the machine is thinned, the same on every page.

/** Haps of one layer that sound in a second. More cannot be heard apart, and would be taken from the other layers. */
export const MOST_HAPS_PER_S = 512;
/** So many at once are a chord, not a flood. */
const BURST = 128;
const LOOK_EVERY_S = 1;

/** How many haps a second a layer has, and how many of them sound. */
export interface Thinned {
  asked: number;
  played: number;
}

/**
 * The budget of one layer: a bucket that fills at an even rate and is full again at fixed cycles, about a second
 * apart. So which haps are left out depends on where they are in musical time and not on when a page came.
 */
export class Density {
  #left = BURST;
  #filledAt_s = 0;
  #span = Number.NaN;
  #lookedAt_s = Number.NaN;
  #asked = 0;
  #played = 0;
  #isThin = false;

  /** Whether a hap at this time and cycle may sound; haps come in the order of time. */
  admits(at_s: number, cycle: number, cps: number): boolean {
    const span = Math.floor(cycle / 2 ** Math.ceil(Math.log2(Math.max(cps, 1))));
    const filled = this.#left + (at_s - this.#filledAt_s) * MOST_HAPS_PER_S;
    this.#left = span === this.#span ? Math.min(BURST, filled) : BURST;
    this.#span = span;
    this.#filledAt_s = at_s;
    this.#asked++;
    if (this.#left < 1) return false;
    this.#left--;
    this.#played++;
    return true;
  }

  /** What is to be said about it, looked at once a second; undefined while there is no news. */
  news(now_s: number): Thinned | null | undefined {
    if (Number.isNaN(this.#lookedAt_s)) this.#lookedAt_s = now_s;
    const passed_s = now_s - this.#lookedAt_s;
    if (passed_s < LOOK_EVERY_S) return undefined;
    const asked = Math.round(this.#asked / passed_s);
    const played = Math.round(this.#played / passed_s);
    const wasThin = this.#isThin;
    this.#isThin = this.#played < this.#asked;
    this.#lookedAt_s = now_s;
    this.#asked = this.#played = 0;
    if (this.#isThin) return { asked, played };
    return wasThin ? null : undefined;
  }
}
