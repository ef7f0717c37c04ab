// The fast Fourier transform, in place, for lengths that are powers of two.

/** A transform of one length, with its tables. */
export class Fft {
  readonly size: number;
  /** The turns of all stages from the third on, one after another in the order in which they are needed. */
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #swaps: Uint32Array;

  constructor(size: number) {
    if (size < 4 || (size & (size - 1)) !== 0)
      throw new RangeError(`${size} is not a power of two above two`);
    this.size = size;
    this.#cos = new Float64Array(size);
    this.#sin = new Float64Array(size);
    for (let half = 4; half < size; half *= 2) {
      for (let k = 0; k < half; k++) {
        this.#cos[half + k] = Math.cos((Math.PI * k) / half);
        this.#sin[half + k] = Math.sin((Math.PI * k) / half);
      }
    }
    const bits = Math.log2(size);
    this.#swaps = new Uint32Array(size);
    for (let index = 1; index < size; index++) {
      this.#swaps[index] = ((this.#swaps[index >> 1] as number) >> 1) | ((index & 1) << (bits - 1));
    }
  }

  /** Time to frequency, without scaling. */
  forward(re: Float64Array, im: Float64Array): void {
    this.#transform(re, im);
  }

  /** Frequency to time; `inverse(forward(x)) = size · x`. */
  inverse(re: Float64Array, im: Float64Array): void {
    // With the parts exchanged the forward transform is the inverse one.
    this.#transform(im, re);
  }

  #transform(re: Float64Array, im: Float64Array): void {
    const { size } = this;
    const cos = this.#cos;
    const sin = this.#sin;
    this.#permute(re, im);
    this.#quarters(re, im);
    for (let half = 4; half < size; half *= 2) {
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = cos[half + k] as number;
          const s = sin[half + k] as number;
          const low = start + k;
          const high = low + half;
          const hr = re[high] as number;
          const hi = im[high] as number;
          const tr = hr * c + hi * s;
          const ti = hi * c - hr * s;
          const lr = re[low] as number;
          const li = im[low] as number;
          re[high] = lr - tr;
          im[high] = li - ti;
          re[low] = lr + tr;
          im[low] = li + ti;
        }
      }
    }
  }

  /** The first two stages at once: their turns are by quarters, so nothing is multiplied. */
  #quarters(re: Float64Array, im: Float64Array): void {
    for (let at = 0; at < this.size; at += 4) {
      const r0 = (re[at] as number) + (re[at + 1] as number);
      const r1 = (re[at] as number) - (re[at + 1] as number);
      const r2 = (re[at + 2] as number) + (re[at + 3] as number);
      const r3 = (re[at + 2] as number) - (re[at + 3] as number);
      const i0 = (im[at] as number) + (im[at + 1] as number);
      const i1 = (im[at] as number) - (im[at + 1] as number);
      const i2 = (im[at + 2] as number) + (im[at + 3] as number);
      const i3 = (im[at + 2] as number) - (im[at + 3] as number);
      re[at] = r0 + r2;
      im[at] = i0 + i2;
      re[at + 1] = r1 + i3;
      im[at + 1] = i1 - r3;
      re[at + 2] = r0 - r2;
      im[at + 2] = i0 - i2;
      re[at + 3] = r1 - i3;
      im[at + 3] = i1 + r3;
    }
  }

  #permute(re: Float64Array, im: Float64Array): void {
    for (let index = 0; index < this.size; index++) {
      const other = this.#swaps[index] as number;
      if (other <= index) continue;
      const r = re[index] as number;
      const i = im[index] as number;
      re[index] = re[other] as number;
      im[index] = im[other] as number;
      re[other] = r;
      im[other] = i;
    }
  }
}
