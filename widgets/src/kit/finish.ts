// What every sound goes through last: grit, no direct current, no click at either end, one level.
import { filter } from "./filter.js";

export interface Grit {
  /** Saturation: 0 none, 1 strong. */
  drive: number;
  /** Word length of the machine's samples; 0 for an analogue machine. */
  bits: number;
  /** Sample rate of the machine in Hz; 0 for an analogue machine. */
  rate_hz: number;
}

/** Soft clipping with the level kept. */
export function saturate(samples: Float32Array, drive: number): void {
  if (drive <= 0) return;
  const gain = 1 + drive * 5;
  const back = 1 / Math.tanh(gain);
  for (let index = 0; index < samples.length; index++) {
    samples[index] = Math.tanh((samples[index] as number) * gain) * back;
  }
}

/** Hold and quantise as an early sampling drum machine does. */
function degrade(samples: Float32Array, grit: Grit, sampleRate: number): void {
  const step = grit.rate_hz > 0 ? Math.min(1, grit.rate_hz / sampleRate) : 1;
  const levels = grit.bits > 0 ? 2 ** (grit.bits - 1) : 0;
  let held = 0;
  let phase = 1;
  for (let index = 0; index < samples.length; index++) {
    phase += step;
    if (phase >= 1) {
      phase -= 1;
      const value = samples[index] as number;
      held = levels > 0 ? Math.round(value * levels) / levels : value;
    }
    samples[index] = held;
  }
}

function peakOf(samples: Float32Array): number {
  let high = 0;
  let low = 0;
  for (let index = 0; index < samples.length; index++) {
    const value = samples[index] as number;
    if (value > high) high = value;
    else if (value < low) low = value;
  }
  return Math.max(high, -low);
}

function scale(samples: Float32Array, gain: number): void {
  for (let index = 0; index < samples.length; index++) samples[index] = (samples[index] as number) * gain;
}

function fadeEnds(samples: Float32Array, sampleRate: number): void {
  const fadeIn = Math.min(Math.round(sampleRate * 0.0003), samples.length >> 2);
  const fadeOut = Math.min(Math.round(sampleRate * 0.012), samples.length >> 1);
  for (let index = 0; index < fadeIn; index++) {
    samples[index] = (samples[index] as number) * (index / fadeIn);
  }
  for (let index = 0; index < fadeOut; index++) {
    const at = samples.length - 1 - index;
    samples[at] = (samples[at] as number) * (index / fadeOut);
  }
}

function removeDirectCurrent(samples: Float32Array): void {
  // The offset is taken out under a window that is zero at both ends, so that the ends stay silent.
  const { length } = samples;
  let sum = 0;
  for (let index = 0; index < length; index++) sum += samples[index] as number;
  // The window is a parabola; its mean is two thirds.
  const offset = (1.5 * sum) / length;
  for (let index = 0; index < length; index++) {
    const place = (2 * index + 1) / length - 1;
    samples[index] = (samples[index] as number) - offset * (1 - place * place);
  }
}

/** Finish a raw sound in place: its highest sample becomes `peak`. */
export function finish(samples: Float32Array, grit: Grit, peak: number, sampleRate: number): Float32Array {
  filter(samples, "highpass", 22, 0.7, sampleRate);
  scale(samples, 1 / (peakOf(samples) || 1));
  saturate(samples, grit.drive);
  if (grit.bits > 0 || grit.rate_hz > 0) {
    degrade(samples, grit, sampleRate);
    filter(samples, "lowpass", Math.min(grit.rate_hz * 0.5 || 16000, 16000), 0.8, sampleRate);
  }
  removeDirectCurrent(samples);
  fadeEnds(samples, sampleRate);
  scale(samples, peak / (peakOf(samples) || 1));
  return samples;
}
