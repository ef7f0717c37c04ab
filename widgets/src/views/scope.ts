// The scope: the waveform of a layer, standing still by starting at a rising edge.

import type { SharpCanvas } from "./canvas.js";

/** Where the waveform first rises through zero; 0 when it never does. */
export function risingEdge(samples: Float32Array, within: number): number {
  for (let i = 1; i < Math.min(within, samples.length); i++) {
    if ((samples[i - 1] ?? 0) < 0 && (samples[i] ?? 0) >= 0) return i;
  }
  return 0;
}

/** Draws a waveform; null draws the silent line. */
export function drawScope(canvas: SharpCanvas, samples: Float32Array | null): void {
  const context = canvas.begin();
  if (!context) return;
  const middle = canvas.height / 2;
  context.strokeStyle = canvas.ink.accent;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.beginPath();
  if (!samples || samples.length < 2) {
    context.moveTo(0, middle);
    context.lineTo(canvas.width, middle);
  } else {
    const start = risingEdge(samples, samples.length / 2);
    const shown = samples.length - Math.floor(samples.length / 2);
    for (let x = 0; x <= canvas.width; x++) {
      const sample = samples[start + Math.floor((x / canvas.width) * (shown - 1))] ?? 0;
      context.lineTo(x, middle - Math.max(-1, Math.min(1, sample)) * (middle - 2));
    }
  }
  context.stroke();
}

/** Magnitudes of `bands` frequency bands, spaced by octaves, in decibels below full scale (0 down to -90). */
export function spectrumBands(samples: Float32Array, bands: number): number[] {
  const size = 2 ** Math.floor(Math.log2(Math.min(samples.length, 1024)));
  if (size < 8) return [];
  const magnitudes = magnitudesOf(samples.subarray(0, size));
  return Array.from({ length: bands }, (_, band) => {
    const from = Math.max(1, Math.floor((size / 2) ** (band / bands)));
    const to = Math.max(from + 1, Math.floor((size / 2) ** ((band + 1) / bands)));
    let peak = 0;
    for (let bin = from; bin < Math.min(to, magnitudes.length); bin++)
      peak = Math.max(peak, magnitudes[bin] ?? 0);
    return Math.max(-90, 20 * Math.log10(peak + 1e-9));
  });
}

/** A windowed radix-2 Fourier transform; the length must be a power of two. */
function magnitudesOf(samples: Float32Array): Float64Array {
  const n = samples.length;
  const bits = Math.log2(n);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let reversed = 0;
    for (let b = 0; b < bits; b++) reversed |= ((i >> b) & 1) << (bits - 1 - b);
    re[reversed] = (samples[i] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));
  }
  for (let size = 2; size <= n; size *= 2) butterflies(re, im, size);
  return Float64Array.from({ length: n / 2 }, (_, i) => (4 * Math.hypot(re[i] ?? 0, im[i] ?? 0)) / n);
}

function butterflies(re: Float64Array, im: Float64Array, size: number): void {
  const half = size / 2;
  for (let start = 0; start < re.length; start += size) {
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const [a, b] = [start + k, start + k + half];
      const [br, bi] = [re[b] ?? 0, im[b] ?? 0];
      const tr = br * Math.cos(angle) - bi * Math.sin(angle);
      const ti = br * Math.sin(angle) + bi * Math.cos(angle);
      re[b] = (re[a] ?? 0) - tr;
      im[b] = (im[a] ?? 0) - ti;
      re[a] = (re[a] ?? 0) + tr;
      im[a] = (im[a] ?? 0) + ti;
    }
  }
}

/** Draws the spectrum as bars, low to high. */
export function drawSpectrum(canvas: SharpCanvas, samples: Float32Array | null): void {
  const context = canvas.begin();
  if (!context) return;
  const bands = samples ? spectrumBands(samples, 40) : [];
  context.fillStyle = canvas.ink.accent;
  bands.forEach((level, i) => {
    const height = ((level + 90) / 90) * canvas.height;
    context.fillRect(
      (i / bands.length) * canvas.width,
      canvas.height - height,
      canvas.width / bands.length - 1,
      height,
    );
  });
}
