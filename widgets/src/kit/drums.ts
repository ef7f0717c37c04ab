// Skins: kick, snare, clap, rimshot, toms.
import type { Character, Variant } from "./character.js";
import { filter } from "./filter.js";
import { saturate } from "./finish.js";
import type { Noise } from "./noise.js";
import { addBurst, addMode, addSquares, addSweep, decay, mix, silence } from "./tone.js";

/** Everything a voice needs to be played once. */
export interface Strike {
  character: Character;
  variant: Variant;
  noise: Noise;
  sampleRate: number;
}

/** A sine that drops in pitch, a knock from the beater, and a little saturation for the overtones. */
export function kick({ character, variant, noise, sampleRate }: Strike): Float32Array {
  const { from_hz, to_hz, sweep_s, decay_s, hold, click, drive } = character.kick;
  const length_s = decay_s * variant.length;
  const out = silence(length_s * (1 + hold) + 0.02, sampleRate);
  const tune = variant.tune;
  addSweep(
    out,
    { from_hz: from_hz * tune, to_hz: to_hz * tune, sweep_s, decay_s: length_s, gain: 0.9, hold },
    sampleRate,
  );
  // The beater: a very fast second drop, and a grain of noise.
  const beater = silence(0.03, sampleRate);
  addSweep(
    beater,
    { from_hz: 3200 * variant.bright, to_hz: 240, sweep_s: 0.0025, decay_s: 0.022, gain: 0.5 },
    sampleRate,
  );
  addBurst(beater, { at_s: 0, decay_s: 0.012, gain: 0.5 }, noise, sampleRate);
  filter(beater, "lowpass", 5200 * variant.bright, 0.7, sampleRate);
  mix(out, beater, click * variant.bright);
  saturate(out, drive);
  return out;
}

/** Two modes of the head, the crack of the stick and the rattle of the wires. */
export function snare({ character, variant, noise, sampleRate }: Strike): Float32Array {
  const { low_hz, high_hz, body, body_s, wires_s, wires_hz } = character.snare;
  const wires_length_s = wires_s * variant.length;
  const out = silence(Math.max(wires_length_s, body_s * variant.length) * 1.1 + 0.02, sampleRate);
  const length_s = body_s * variant.length;
  const tune = variant.tune;
  addSweep(
    out,
    {
      from_hz: low_hz * tune * 1.7,
      to_hz: low_hz * tune,
      sweep_s: 0.008,
      decay_s: length_s,
      gain: body * 0.62,
    },
    sampleRate,
  );
  addMode(out, { hz: high_hz * tune, decay_s: length_s * 0.75, gain: body * 0.4 }, sampleRate);
  addMode(out, { hz: high_hz * tune * 1.59, decay_s: length_s * 0.4, gain: body * 0.16 }, sampleRate);
  const wires = silence(wires_length_s * 1.1, sampleRate);
  addBurst(wires, { at_s: 0.001, decay_s: wires_length_s, gain: 0.62, attack_s: 0.0012 }, noise, sampleRate);
  addBurst(wires, { at_s: 0, decay_s: 0.035, gain: 0.6 }, noise, sampleRate);
  filter(wires, "highpass", wires_hz * variant.bright, 0.6, sampleRate);
  filter(wires, "lowpass", Math.min(15000, 10500 * variant.bright), 0.6, sampleRate);
  mix(out, wires, 0.85 * Math.sqrt(variant.bright));
  saturate(out, 0.25);
  return out;
}

/** Several hands that do not quite agree, then the room. */
export function clap({ character, variant, noise, sampleRate }: Strike): Float32Array {
  const { band_hz, tail_s, spread_s } = character.clap;
  const out = silence(spread_s * 3 + tail_s * variant.length * 1.15 + 0.01, sampleRate);
  for (let hand = 0; hand < 3; hand++) {
    const at_s = hand * spread_s * noise.between(0.9, 1.1);
    addBurst(out, { at_s, decay_s: spread_s * 1.5, gain: 0.75 + hand * 0.1 }, noise, sampleRate);
  }
  addBurst(out, { at_s: spread_s * 3, decay_s: tail_s * variant.length, gain: 0.95 }, noise, sampleRate);
  const air = filter(out.slice(), "highpass", 3600 * variant.bright, 0.6, sampleRate);
  filter(out, "bandpass", band_hz * variant.tune, 1.5, sampleRate);
  mix(out, air, 0.13 * variant.bright);
  return out;
}

/** The stick across the rim: short hard modes through a narrow band. */
export function rim({ character, variant, noise, sampleRate }: Strike): Float32Array {
  const hz = character.rim_hz * variant.tune;
  const out = silence(0.09 * variant.length + 0.03, sampleRate);
  addMode(out, { hz, decay_s: 0.05 * variant.length, gain: 0.7 }, sampleRate);
  addMode(out, { hz: hz * 0.2727, decay_s: 0.07 * variant.length, gain: 0.6 }, sampleRate);
  addMode(out, { hz: hz * 1.51, decay_s: 0.03 * variant.length, gain: 0.35 }, sampleRate);
  addBurst(out, { at_s: 0, decay_s: 0.006, gain: 0.7 * variant.bright }, noise, sampleRate);
  filter(out, "highpass", 240, 0.7, sampleRate);
  saturate(out, 0.35);
  return out;
}

/** A tom; `step` is 0 for the low, 1 for the middle, 2 for the high one. */
export function tom(strike: Strike, step: number): Float32Array {
  const { character, variant, noise, sampleRate } = strike;
  const { low_hz, bend, decay_s, skin } = character.tom;
  const hz = low_hz * 1.42 ** step * variant.tune;
  const length_s = decay_s * variant.length * (1 - step * 0.12);
  const out = silence(length_s * 1.05 + 0.02, sampleRate);
  addSweep(out, { from_hz: hz * bend, to_hz: hz, sweep_s: 0.05, decay_s: length_s, gain: 0.8 }, sampleRate);
  addSweep(
    out,
    { from_hz: hz * bend * 1.59, to_hz: hz * 1.59, sweep_s: 0.05, decay_s: length_s * 0.5, gain: 0.22 },
    sampleRate,
  );
  addMode(out, { hz: hz * 2.14, decay_s: length_s * 0.3, gain: 0.12 }, sampleRate);
  const stick = silence(0.16, sampleRate);
  addBurst(stick, { at_s: 0, decay_s: 0.12, gain: skin * variant.bright }, noise, sampleRate);
  addBurst(stick, { at_s: 0, decay_s: 0.012, gain: 0.5 * variant.bright }, noise, sampleRate);
  filter(stick, "bandpass", 900 + hz * 4, 0.5, sampleRate);
  mix(out, stick, 1);
  return out;
}

/** Two clashing square waves through a band: the cowbell. */
export function cowbell({ character, variant, sampleRate }: Strike): Float32Array {
  const hz = character.bell_hz * variant.tune;
  const length_s = 0.42 * variant.length;
  const out = silence(length_s, sampleRate);
  addSquares(out, [hz, hz * 1.4815], 0.4, sampleRate);
  filter(out, "bandpass", hz * 4.2, 0.9, sampleRate);
  const ring = decay(out.slice(), length_s, 0.0006, sampleRate);
  decay(out, 0.05, 0.0006, sampleRate);
  mix(out, ring, 0.55);
  filter(out, "highpass", hz * 0.8, 0.7, sampleRate);
  return out;
}
