// The gain of a look-ahead peak limiter, sample by sample, so that no sample leaves louder than the ceiling.

/** The master limiter, on the stage and in offline renders: highest sample that leaves, and its times. */
export const LIMITER = { ceiling: 0.98, lookAhead_s: 0.0015, release_s: 0.12 };

/** Gains for samples that are delayed by `length - 1`: the product never exceeds `ceiling`. */
export class PeakGain {
  #ceiling: number;
  #release: number;
  #wanted: Float32Array;
  #smoothed: Float64Array;
  #sum: number;
  #at = 0;
  #held = 1;
  /** Samples since anything wanted less than full gain; at rest nothing is computed. */
  #rest = Number.MAX_SAFE_INTEGER;

  constructor(length: number, ceiling: number, release: number) {
    this.#ceiling = ceiling;
    this.#release = release;
    this.#wanted = new Float32Array(length).fill(1);
    this.#smoothed = new Float64Array(length).fill(1);
    this.#sum = length;
  }

  #lowestWanted(): number {
    let lowest = 1;
    for (const wanted of this.#wanted) if (wanted < lowest) lowest = wanted;
    return lowest;
  }

  /** Takes the peak of the sample that enters and returns the gain for the one that leaves. */
  next(peak: number): number {
    const length = this.#wanted.length;
    // NaN and infinities of a broken voice must not leave either.
    const isLoud = !(peak <= this.#ceiling);
    this.#wanted[this.#at] = isLoud ? (peak < Infinity ? this.#ceiling / peak : 0) : 1;
    this.#rest = isLoud ? 0 : this.#rest + 1;
    if (this.#rest > length && this.#held === 1 && this.#sum === length) {
      this.#at = this.#at + 1 === length ? 0 : this.#at + 1;
      return 1;
    }
    // The lowest of a window, risen slowly, averaged over a second window: falls in time and without a corner.
    const lowest = this.#rest < length ? this.#lowestWanted() : 1;
    const risen = this.#held + (lowest - this.#held) * this.#release;
    this.#held = lowest < risen ? lowest : risen > 0.99999 ? 1 : risen;
    this.#sum += this.#held - (this.#smoothed[this.#at] as number);
    this.#smoothed[this.#at] = this.#held;
    this.#at = this.#at + 1 === length ? 0 : this.#at + 1;
    if (this.#held === 1 && this.#rest > length && this.#sum > length - 1e-4) {
      this.#sum = length;
      this.#smoothed.fill(1);
    }
    return this.#sum / length;
  }
}
