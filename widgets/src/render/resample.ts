// Sample rate conversion with a windowed sinc: files are brought to the render's rate once, when they are decoded.

const REACH = 24;

/** A channel at another sample rate, in the same time. */
export function resample(samples: Float32Array, from_hz: number, to_hz: number): Float32Array {
  if (from_hz === to_hz) return samples;
  const step = from_hz / to_hz;
  // Going down, the filter must also take away what no longer fits.
  const band = Math.min(1, to_hz / from_hz);
  const reach = REACH / band;
  const out = new Float32Array(Math.max(1, Math.round(samples.length / step)));
  for (let index = 0; index < out.length; index++) {
    const centre = index * step;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let at = first; at <= last; at++) {
      const x = at - centre;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x * band) / (Math.PI * x * band);
      const window = Math.cos((Math.PI * x) / (2 * reach)) ** 2;
      sum += (samples[at] as number) * sinc * window * band;
    }
    out[index] = sum;
  }
  return out;
}
