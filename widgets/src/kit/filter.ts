// Second-order filters on whole buffers, in place.

export type FilterKind = "lowpass" | "highpass" | "bandpass";

interface Coefficients {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

function design(kind: FilterKind, hz: number, q: number, sampleRate: number): Coefficients {
  // Above 0.49 of the sample rate the bilinear transform folds; the sound there is inaudible anyway.
  const omega = (2 * Math.PI * Math.min(hz, sampleRate * 0.49)) / sampleRate;
  const alpha = Math.sin(omega) / (2 * q);
  const cos = Math.cos(omega);
  const a0 = 1 + alpha;
  const shared = { a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
  if (kind === "bandpass") return { b0: alpha / a0, b1: 0, b2: -alpha / a0, ...shared };
  const sign = kind === "lowpass" ? 1 : -1;
  const edge = (1 - sign * cos) / 2 / a0;
  return { b0: edge, b1: sign * 2 * edge, b2: edge, ...shared };
}

/** Filter a buffer in place (12 dB per octave; bandpass has unity gain at its centre). */
export function filter(
  samples: Float32Array,
  kind: FilterKind,
  hz: number,
  q: number,
  sampleRate: number,
): Float32Array {
  const { b0, b1, b2, a1, a2 } = design(kind, hz, q, sampleRate);
  let s1 = 0;
  let s2 = 0;
  for (let index = 0; index < samples.length; index++) {
    const x = samples[index] as number;
    const y = b0 * x + s1;
    s1 = b1 * x - a1 * y + s2;
    s2 = b2 * x - a2 * y;
    samples[index] = y;
  }
  return samples;
}
