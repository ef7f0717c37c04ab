// Convolution of two channels with a long impulse response: partitioned in three sizes, without delay.
import { Fft } from "./fft.js";
import { BLOCK_FRAMES } from "./inside.js";

/** Where in the impulse response larger partitions begin: each stretch is covered by few of its own. */
const SIZES: readonly number[] = [1024, 8192];

/** For so many frames after the last sound partitions may hold something back. */
export const LONGEST_PARTITION_FRAMES = Math.max(...SIZES);

export type Pair<T> = readonly [left: T, right: T];

interface Spectrum {
  re: Float64Array;
  im: Float64Array;
}

function emptySpectra(bins: number): Pair<Spectrum> {
  const make = (): Spectrum => ({ re: new Float64Array(bins), im: new Float64Array(bins) });
  return [make(), make()];
}

/** Add the product of two spectra. */
function addProduct(sum: Spectrum, a: Spectrum, b: Spectrum): void {
  const { re, im } = sum;
  for (let bin = 0; bin < re.length; bin++) {
    const ar = a.re[bin] as number;
    const ai = a.im[bin] as number;
    const br = b.re[bin] as number;
    const bi = b.im[bin] as number;
    re[bin] = (re[bin] as number) + ar * br - ai * bi;
    im[bin] = (im[bin] as number) + ar * bi + ai * br;
  }
}

/**
 * Convolution of two channels with equal partitions: each call takes one partition of input and gives one of output.
 * The channels go through one transform as real and imaginary part, which halves the work.
 */
class Partitions {
  readonly #size: number;
  readonly #fft: Fft;
  readonly #parts: Pair<Spectrum>[] = [];
  readonly #past: Pair<Spectrum>[];
  readonly #sum: Pair<Spectrum>;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #previous: Pair<Float64Array>;
  #newest = 0;

  constructor(size: number, [left, right]: Pair<Float32Array>) {
    this.#size = size;
    this.#fft = new Fft(2 * size);
    this.#re = new Float64Array(2 * size);
    this.#im = new Float64Array(2 * size);
    this.#previous = [new Float64Array(size), new Float64Array(size)];
    this.#sum = emptySpectra(size + 1);
    for (let start = 0; start < left.length; start += size) {
      this.#re.fill(0).set(left.subarray(start, start + size));
      this.#im.fill(0).set(right.subarray(start, start + size));
      this.#fft.forward(this.#re, this.#im);
      const part = emptySpectra(size + 1);
      this.#separate(part);
      this.#parts.push(part);
    }
    this.#past = this.#parts.map(() => emptySpectra(size + 1));
  }

  process(input: Pair<Float32Array | Float64Array>, output: Pair<Float64Array>): void {
    const size = this.#size;
    const count = this.#parts.length;
    if (count === 0) return;
    this.#newest = this.#newest === 0 ? count - 1 : this.#newest - 1;
    for (const [side, work] of [this.#re, this.#im].entries()) {
      const previous = this.#previous[side] as Float64Array;
      work.set(previous);
      work.set(input[side] as Float32Array, size);
      previous.set(input[side] as Float32Array);
    }
    this.#fft.forward(this.#re, this.#im);
    this.#separate(this.#past[this.#newest] as Pair<Spectrum>);
    for (const side of [0, 1] as const) this.#addProducts(side);
    this.#join();
    this.#fft.inverse(this.#re, this.#im);
    // Overlap and save: the second half is free of the circle's wrap-around.
    for (let index = 0; index < size; index++) {
      output[0][index] = (this.#re[size + index] as number) / (2 * size);
      output[1][index] = (this.#im[size + index] as number) / (2 * size);
    }
  }

  #addProducts(side: 0 | 1): void {
    const sum = this.#sum[side];
    sum.re.fill(0);
    sum.im.fill(0);
    const count = this.#parts.length;
    for (let order = 0; order < count; order++) {
      const part = this.#parts[order] as Pair<Spectrum>;
      const past = this.#past[(this.#newest + order) % count] as Pair<Spectrum>;
      addProduct(sum, part[side], past[side]);
    }
  }

  /** Take the spectra of two real signals out of that of left + i·right. */
  #separate([left, right]: Pair<Spectrum>): void {
    const size = this.#size;
    for (let bin = 0; bin <= size; bin++) {
      const mirror = (2 * size - bin) % (2 * size);
      const re = this.#re[bin] as number;
      const im = this.#im[bin] as number;
      const otherRe = this.#re[mirror] as number;
      const otherIm = this.#im[mirror] as number;
      left.re[bin] = (re + otherRe) / 2;
      left.im[bin] = (im - otherIm) / 2;
      right.re[bin] = (im + otherIm) / 2;
      right.im[bin] = (otherRe - re) / 2;
    }
  }

  /** The other way: left + i·right from both sums. */
  #join(): void {
    const size = this.#size;
    const [left, right] = this.#sum;
    for (let bin = 0; bin <= size; bin++) {
      const mirror = (2 * size - bin) % (2 * size);
      const leftRe = left.re[bin] as number;
      const leftIm = left.im[bin] as number;
      const rightRe = right.re[bin] as number;
      const rightIm = right.im[bin] as number;
      this.#re[mirror] = leftRe + rightIm;
      this.#im[mirror] = rightRe - leftIm;
      this.#re[bin] = leftRe - rightIm;
      this.#im[bin] = leftIm + rightRe;
    }
  }
}

function doubles(length: number): Pair<Float64Array> {
  return [new Float64Array(length), new Float64Array(length)];
}

/** One size of partitions for one stretch of the impulse response, as far from its start as the size is long. */
class Level {
  readonly #size: number;
  readonly #partitions: Partitions;
  readonly #collected: Pair<Float64Array>;
  readonly #ready: Pair<Float64Array>;
  #filled = 0;

  constructor(size: number, impulse: Pair<Float32Array>) {
    this.#size = size;
    this.#partitions = new Partitions(size, impulse);
    this.#collected = doubles(size);
    this.#ready = doubles(size);
  }

  /** Take a block in and add what earlier blocks make of this stretch. */
  process(input: Pair<Float32Array>, output: Pair<Float32Array>): void {
    const at = this.#filled;
    for (const side of [0, 1] as const) {
      const out = output[side];
      const ready = this.#ready[side];
      for (let index = 0; index < BLOCK_FRAMES; index++) {
        out[index] = (out[index] as number) + (ready[at + index] as number);
      }
      this.#collected[side].set(input[side], at);
    }
    this.#filled += BLOCK_FRAMES;
    if (this.#filled < this.#size) return;
    this.#filled = 0;
    // The result begins to sound one partition later: now.
    this.#partitions.process(this.#collected, this.#ready);
  }
}

/** Convolution of two channels with an impulse response each, block by block and without delay. */
export class Convolution {
  readonly #head: Partitions;
  readonly #levels: Level[] = [];
  readonly #early = doubles(BLOCK_FRAMES);

  constructor(impulse: Pair<Float32Array>) {
    const { length } = impulse[0];
    const stretch = (from: number, to: number): Pair<Float32Array> => [
      impulse[0].subarray(from, to),
      impulse[1].subarray(from, to),
    ];
    this.#head = new Partitions(BLOCK_FRAMES, stretch(0, SIZES[0] ?? length));
    for (const [order, size] of SIZES.entries()) {
      if (size < length) this.#levels.push(new Level(size, stretch(size, SIZES[order + 1] ?? length)));
    }
  }

  /** Takes 128 frames and adds 128 frames. */
  process(input: Pair<Float32Array>, output: Pair<Float32Array>): void {
    this.#head.process(input, this.#early);
    for (const side of [0, 1] as const) {
      const out = output[side];
      const early = this.#early[side];
      for (let index = 0; index < BLOCK_FRAMES; index++) {
        out[index] = (out[index] as number) + (early[index] as number);
      }
    }
    for (const level of this.#levels) level.process(input, output);
  }
}
