// The fast Fourier transform, in place, for lengths that are powers of two.

/** A transform of one length, with its tables. */
export class Fft {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #swaps: Uint32Array;

  constructor(size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`${size} is not a power of two`);
    this.size = size;
    this.#cos = new Float64Array(size / 2);
    this.#sin = new Float64Array(size / 2);
    for (let index = 0; index < size / 2; index++) {
      this.#cos[index] = Math.cos((2 * Math.PI * index) / size);
      this.#sin[index] = Math.sin((2 * Math.PI * index) / size);
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
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = cos[k * stride] as number;
          const s = sin[k * stride] as number;
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
