// Metal and rattles: hats, crash, ride, shaker, tambourine.
import type { Strike } from "./drums.js";
import { filter } from "./filter.js";
import type { Noise } from "./noise.js";
import { addBurst, addMode, addSquares, decay, mix, silence } from "./tone.js";

// Ratios of six free-running oscillators: far from any harmonic series.
const CLUSTER = [1, 1.4828, 1.8003, 2.546, 2.6303, 3.8967];

function hat(strike: Strike, decay_s: number): Float32Array {
  const { character, variant, noise, sampleRate } = strike;
  const { base_hz, band_hz, hiss } = character.hat;
  const length_s = decay_s * variant.length;
  const out = silence(length_s * 1.05 + 0.02, sampleRate);
  addSquares(
    out,
    CLUSTER.map((ratio) => ratio * base_hz * variant.tune),
    0.16,
    sampleRate,
  );
  filter(out, "bandpass", band_hz * variant.tune, 0.8, sampleRate);
  if (hiss > 0) {
    const air = silence(length_s * 1.05 + 0.02, sampleRate);
    addBurst(air, { at_s: 0, decay_s: 1e3, gain: hiss * 0.5 }, noise, sampleRate);
    mix(out, air, variant.bright);
  }
  filter(out, "highpass", Math.min(9000, 6400 * variant.bright), 0.8, sampleRate);
  filter(out, "highpass", 3500, 0.7, sampleRate);
  const tick = decay(out.slice(), 0.018, 0.0002, sampleRate);
  decay(out, length_s, 0.0004, sampleRate);
  mix(out, tick, 0.6);
  return out;
}

/** The closed hi-hat. */
export function closedHat(strike: Strike): Float32Array {
  return hat(strike, strike.character.hat.closed_s);
}

/** The open hi-hat. */
export function openHat(strike: Strike): Float32Array {
  return hat(strike, strike.character.hat.open_s);
}

interface Plate {
  low_hz: number;
  high_hz: number;
  partials: number;
  /** Decay of the lowest partials; the highest ones last a fifth as long. */
  decay_s: number;
  /** Tilt of the level with frequency: 0 flat, 1 falling with the frequency. */
  tilt: number;
}

/** Many partials at random over a plate's range: denser towards the top, as in a real plate. */
function addPlate(into: Float32Array, plate: Plate, noise: Noise, sampleRate: number): void {
  const range = Math.log(plate.high_hz / plate.low_hz);
  for (let order = 0; order < plate.partials; order++) {
    const place = Math.sqrt((order + noise.unit()) / plate.partials);
    const hz = plate.low_hz * Math.exp(range * place);
    const decay_s = plate.decay_s * (1 - 0.8 * place) * noise.between(0.7, 1.3);
    const gain = ((plate.low_hz / hz) ** plate.tilt * noise.between(0.4, 1)) / Math.sqrt(plate.partials);
    addMode(into, { hz, decay_s, gain, phase: noise.between(0, 2 * Math.PI) }, sampleRate);
  }
}

/** The crash: a plate, the clash of the stick, and a wash of noise that swells for a moment. */
export function crash({ character, variant, noise, sampleRate }: Strike): Float32Array {
  const { decay_s, band_hz, hiss } = character.cymbal;
  const length_s = decay_s * variant.length;
  const out = silence(Math.min(4, length_s), sampleRate);
  const tune = variant.tune;
  addPlate(
    out,
    { low_hz: 420 * tune, high_hz: 13500, partials: 90, decay_s: length_s, tilt: 0.25 },
    noise,
    sampleRate,
  );
  const wash = silence(Math.min(4, length_s), sampleRate);
  addSquares(
    wash,
    CLUSTER.map((ratio) => ratio * character.hat.base_hz * 1.37 * tune),
    0.1,
    sampleRate,
  );
  addBurst(wash, { at_s: 0, decay_s: 1e3, gain: 0.55 * hiss }, noise, sampleRate);
  filter(wash, "highpass", band_hz * variant.bright, 0.6, sampleRate);
  decay(wash, length_s * 0.75, 0.012, sampleRate);
  mix(out, wash, 1.1);
  const stick = silence(0.2, sampleRate);
  addBurst(stick, { at_s: 0, decay_s: 0.16, gain: 0.6 }, noise, sampleRate);
  filter(stick, "highpass", 2600, 0.7, sampleRate);
  mix(out, stick, variant.bright);
  filter(out, "highpass", 360, 0.7, sampleRate);
  return out;
}

/** The ride: a clear ping with a few strong bell tones over a quiet wash. */
export function ride({ character, variant, noise, sampleRate }: Strike): Float32Array {
  const length_s = character.cymbal.decay_s * 0.85 * variant.length;
  const out = silence(Math.min(3.5, length_s), sampleRate);
  const bell = 640 * variant.tune;
  for (const [order, ratio] of [1, 1.78, 2.61, 3.94, 5.31, 7.07].entries()) {
    addMode(
      out,
      {
        hz: bell * ratio,
        decay_s: length_s * (0.8 - order * 0.09),
        gain: 0.17 * 0.84 ** order,
        phase: order,
      },
      sampleRate,
    );
  }
  addPlate(
    out,
    { low_hz: 2600, high_hz: 14500, partials: 60, decay_s: length_s, tilt: 0.15 },
    noise,
    sampleRate,
  );
  const ping = silence(0.09, sampleRate);
  addBurst(ping, { at_s: 0, decay_s: 0.05, gain: 0.9 }, noise, sampleRate);
  filter(ping, "bandpass", 6200 * variant.bright, 0.7, sampleRate);
  mix(out, ping, 1);
  filter(out, "highpass", 500, 0.7, sampleRate);
  return out;
}

/** Grains in a box: noise with a soft start. */
export function shaker({ variant, noise, sampleRate }: Strike): Float32Array {
  const length_s = 0.13 * variant.length;
  const out = silence(length_s * 1.3, sampleRate);
  addBurst(out, { at_s: 0, decay_s: length_s, gain: 0.8, attack_s: 0.016 }, noise, sampleRate);
  addBurst(out, { at_s: 0.045, decay_s: length_s * 0.6, gain: 0.5, attack_s: 0.008 }, noise, sampleRate);
  filter(out, "bandpass", 6800 * variant.tune, 0.9, sampleRate);
  filter(out, "highpass", 3600 * variant.bright, 0.7, sampleRate);
  return out;
}

/** Small jingles that settle one after another. */
export function tambourine({ variant, noise, sampleRate }: Strike): Float32Array {
  const length_s = 0.34 * variant.length;
  const out = silence(length_s + 0.06, sampleRate);
  for (let jingle = 0; jingle < 22; jingle++) {
    const hz = noise.between(5200, 12800) * variant.tune;
    const at_s = jingle < 9 ? 0 : noise.between(0, 0.05);
    const decay_s = length_s * noise.between(0.4, 1);
    addMode(out, { hz, decay_s, gain: noise.between(0.04, 0.12), at_s }, sampleRate);
  }
  addBurst(out, { at_s: 0, decay_s: 0.07, gain: 0.5 * variant.bright }, noise, sampleRate);
  addBurst(out, { at_s: 0.028, decay_s: 0.09, gain: 0.28 }, noise, sampleRate);
  filter(out, "highpass", 4200, 0.8, sampleRate);
  return out;
}
