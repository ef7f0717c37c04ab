// The end of the chain: the stage's own limiter over both channels, without its delay.
import { LIMITER, PeakGain } from "../stage/peak_gain.js";

/** Keeps peaks below the ceiling. What goes in comes out `delay_frames` later. */
export class Limiter {
  readonly delay_frames: number;
  readonly #gain: PeakGain;
  readonly #left: Float32Array;
  readonly #right: Float32Array;
  #at = 0;
  /** Samples since the limiter last did anything. */
  #rest = 0;

  constructor(sampleRate: number) {
    const length = Math.max(2, Math.round(LIMITER.lookAhead_s * sampleRate));
    this.delay_frames = length - 1;
    this.#gain = new PeakGain(length, LIMITER.ceiling, 1 - Math.exp(-1 / (LIMITER.release_s * sampleRate)));
    this.#left = new Float32Array(length);
    this.#right = new Float32Array(length);
  }

  /** Limit both channels in place. What is not a number becomes silence. */
  process(left: Float32Array, right: Float32Array): void {
    for (let index = 0; index < left.length; index++) {
      const l = Number.isFinite(left[index]) ? (left[index] as number) : 0;
      const r = Number.isFinite(right[index]) ? (right[index] as number) : 0;
      const gain = this.#gainFor(Math.max(Math.abs(l), Math.abs(r)));
      const next = this.#at + 1 === this.#left.length ? 0 : this.#at + 1;
      this.#left[this.#at] = l;
      this.#right[this.#at] = r;
      this.#at = next;
      left[index] = (this.#left[next] as number) * gain;
      right[index] = (this.#right[next] as number) * gain;
    }
  }

  /** A limiter that has long been at rest need not be asked about sound below the ceiling. */
  #gainFor(peak: number): number {
    if (peak <= LIMITER.ceiling && this.#rest > 2 * this.#left.length) return 1;
    const gain = this.#gain.next(peak);
    this.#rest = gain === 1 && peak <= LIMITER.ceiling ? this.#rest + 1 : 0;
    return gain;
  }
}
