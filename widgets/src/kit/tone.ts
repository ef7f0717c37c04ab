// The building stones: decaying sines, swept sines, square clusters, noise bursts. All add into a buffer.
import type { Noise } from "./noise.js";

/** `ln(1000)`: an exponential with this over its decay time falls by 60 dB in that time. */
export const SIXTY_DB = Math.log(1000);

/** A buffer of silence, `duration_s` long. */
export function silence(duration_s: number, sampleRate: number): Float32Array {
  return new Float32Array(Math.max(1, Math.ceil(duration_s * sampleRate)));
}

export interface Mode {
  hz: number;
  /** Time to fall by 60 dB. */
  decay_s: number;
  gain: number;
  phase?: number;
  at_s?: number;
}

/** Add one decaying sine. A rotating phasor does it: two multiplications a sample instead of a sine. */
export function addMode(into: Float32Array, mode: Mode, sampleRate: number): void {
  if (mode.hz >= sampleRate / 2) return;
  const omega = (2 * Math.PI * mode.hz) / sampleRate;
  const decay = Math.exp(-SIXTY_DB / (mode.decay_s * sampleRate));
  const turnRe = Math.cos(omega) * decay;
  const turnIm = Math.sin(omega) * decay;
  let re = Math.cos(mode.phase ?? 0) * mode.gain;
  let im = Math.sin(mode.phase ?? 0) * mode.gain;
  const start = Math.round((mode.at_s ?? 0) * sampleRate);
  // 90 dB below its start nobody hears a mode.
  const end = Math.min(into.length, start + Math.ceil(mode.decay_s * sampleRate * 1.5));
  for (let index = start; index < end; index++) {
    into[index] = (into[index] as number) + im;
    const next = re * turnRe - im * turnIm;
    im = re * turnIm + im * turnRe;
    re = next;
  }
}

export interface Sweep {
  from_hz: number;
  to_hz: number;
  /** Time constant of the fall in pitch. */
  sweep_s: number;
  decay_s: number;
  gain: number;
  /** Share of the decay time for which the level holds before it falls. */
  hold?: number;
}

/** Add a sine whose pitch falls: the body of kicks, toms and zaps. */
export function addSweep(into: Float32Array, sweep: Sweep, sampleRate: number): void {
  const attack = 0.0008 * sampleRate;
  const hold = (sweep.hold ?? 0) * sweep.decay_s * sampleRate;
  const fall = SIXTY_DB / (sweep.decay_s * sampleRate);
  const bend = 1 / (sweep.sweep_s * sampleRate);
  let phase = 0;
  for (let index = 0; index < into.length; index++) {
    const hz = sweep.to_hz + (sweep.from_hz - sweep.to_hz) * Math.exp(-index * bend);
    const level = Math.min(1, index / attack) * Math.exp(-Math.max(0, index - hold) * fall);
    into[index] = (into[index] as number) + Math.sin(phase) * level * sweep.gain;
    phase += (2 * Math.PI * hz) / sampleRate;
  }
}

/** Add square waves at several unrelated frequencies: the raw metal of hats and cymbals. */
export function addSquares(
  into: Float32Array,
  frequencies_hz: number[],
  gain: number,
  sampleRate: number,
): void {
  for (const [order, hz] of frequencies_hz.entries()) {
    const step = hz / sampleRate;
    let phase = (order * 0.37) % 1;
    for (let index = 0; index < into.length; index++) {
      into[index] = (into[index] as number) + (phase < 0.5 ? gain : -gain);
      phase += step;
      if (phase >= 1) phase -= 1;
    }
  }
}

export interface Burst {
  at_s: number;
  decay_s: number;
  gain: number;
  attack_s?: number;
}

/** Add a burst of white noise that dies away. */
export function addBurst(into: Float32Array, burst: Burst, noise: Noise, sampleRate: number): void {
  const start = Math.round(burst.at_s * sampleRate);
  const attack = Math.max(1, (burst.attack_s ?? 0.0005) * sampleRate);
  const decay = Math.exp(-SIXTY_DB / (burst.decay_s * sampleRate));
  let level = burst.gain;
  const end = Math.min(into.length, start + Math.ceil(burst.decay_s * sampleRate * 1.5));
  for (let index = start; index < end; index++) {
    into[index] = (into[index] as number) + noise.next() * level * Math.min(1, (index - start) / attack);
    level *= decay;
  }
}

/** Multiply by an exponential that falls 60 dB in `decay_s`, after an attack. */
export function decay(
  samples: Float32Array,
  decay_s: number,
  attack_s: number,
  sampleRate: number,
): Float32Array {
  const factor = Math.exp(-SIXTY_DB / (decay_s * sampleRate));
  const attack = Math.max(1, attack_s * sampleRate);
  let level = 1;
  for (let index = 0; index < samples.length; index++) {
    samples[index] = (samples[index] as number) * level * Math.min(1, index / attack);
    level *= factor;
  }
  return samples;
}

/** Add `gain` times one buffer into another. */
export function mix(into: Float32Array, other: Float32Array, gain: number, at_s = 0, sampleRate = 1): void {
  const offset = Math.round(at_s * sampleRate);
  const count = Math.min(other.length, into.length - offset);
  for (let index = 0; index < count; index++) {
    into[index + offset] = (into[index + offset] as number) + (other[index] as number) * gain;
  }
}
