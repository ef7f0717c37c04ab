// The static side of the browser's compressor: which level comes out for which level in.

/** Decibels to a factor. */
export function factorOf(decibels: number): number {
  return 10 ** (decibels / 20);
}

/** A factor to decibels. */
export function decibelsOf(factor: number): number {
  return 20 * Math.log10(factor);
}

/** Linear up to the threshold, bent exponentially through the knee, then a line with slope 1/ratio in decibels. */
export class CompressorCurve {
  readonly #threshold: number;
  readonly #kneeEnd: number;
  readonly #kneeEnd_db: number;
  readonly #kneeOut_db: number;
  readonly #slope: number;
  readonly #bend: number;
  /** What browsers add so that compressed sound is not quieter: a power of the loss at full level. */
  readonly makeUp: number;

  constructor(threshold_db: number, knee_db: number, ratio: number) {
    this.#threshold = factorOf(threshold_db);
    this.#kneeEnd_db = threshold_db + knee_db;
    this.#kneeEnd = factorOf(this.#kneeEnd_db);
    this.#slope = 1 / ratio;
    this.#bend = this.#findBend();
    this.#kneeOut_db = decibelsOf(this.#knee(this.#kneeEnd, this.#bend));
    this.makeUp = (1 / this.level(1)) ** 0.6;
  }

  #knee(level: number, bend: number): number {
    if (level < this.#threshold) return level;
    return this.#threshold + (1 - Math.exp(-bend * (level - this.#threshold))) / bend;
  }

  /** The bend for which the knee ends with exactly the slope of the line beyond it. */
  #findBend(): number {
    let low = 0.1;
    let high = 10000;
    const level = this.#kneeEnd;
    for (let step = 0; step < 40; step++) {
      const bend = Math.sqrt(low * high);
      const tangent = Math.exp(-bend * (level - this.#threshold));
      const slope = level < this.#threshold ? 1 : (tangent * level) / this.#knee(level, bend);
      if (slope < this.#slope) high = bend;
      else low = bend;
    }
    return Math.sqrt(low * high);
  }

  /** The level out for a level in; both as factors. */
  level(level: number): number {
    if (level < this.#kneeEnd) return this.#knee(level, this.#bend);
    return factorOf(this.#kneeOut_db + this.#slope * (decibelsOf(level) - this.#kneeEnd_db));
  }
}
