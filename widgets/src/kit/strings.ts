// Sounds with a pitch: a struck string with its partials, and plucked strings as a loop of delay.
import { filter } from "./filter.js";
import { Noise, seedOf } from "./noise.js";
import { addBurst, addMode, addSweep, decay, mix, silence } from "./tone.js";

const SEMITONES: Readonly<Record<string, number>> = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };

/** The frequency in Hz of a plain note name such as `a4` (440). */
export function frequencyOf(note: string): number {
  const step = SEMITONES[note.charAt(0)] ?? 0;
  const midi = 12 * (Number(note.slice(1)) + 1) + step;
  return 440 * 2 ** ((midi - 69) / 12);
}

/**
 * A piano note: stretched partials, shaped by where and how hard the hammer strikes, each on two strings
 * that beat against one another and die at different speeds, and the thud of the key.
 */
export function piano(note: string, sampleRate: number): Float32Array {
  const hz = frequencyOf(note);
  const noise = new Noise(seedOf(`piano ${note}`));
  const octaves = Math.log2(hz / 261.63);
  const ring_s = Math.min(9, 5.2 * 2 ** (-octaves * 0.75));
  const out = silence(Math.min(5.5, ring_s * 0.8), sampleRate);
  const stiffness = 0.00028 * 2 ** (octaves * 0.9);
  const partials = Math.min(42, Math.floor((sampleRate * 0.42) / hz));
  for (let order = 1; order <= partials; order++) {
    const partial_hz = hz * order * Math.sqrt(1 + stiffness * order * order);
    const struck = Math.abs(Math.sin((Math.PI * order) / 7.6)) + 0.05;
    const soft = Math.exp((-order * hz) / (2100 + hz * 1.4));
    const gain = (struck * soft) / order ** 0.35;
    const decay_s = ring_s / (1 + 0.16 * (order - 1) + (partial_hz / 9000) ** 2 * 3);
    const beat = 1 + noise.between(0.0001, 0.00045);
    const phase = noise.between(0, 0.3);
    addMode(out, { hz: partial_hz, decay_s: decay_s * 0.42, gain: gain * 0.62, phase }, sampleRate);
    addMode(out, { hz: partial_hz * beat, decay_s, gain: gain * 0.42, phase }, sampleRate);
  }
  const thud = silence(0.12, sampleRate);
  addBurst(thud, { at_s: 0, decay_s: 0.07, gain: 1 }, noise, sampleRate);
  filter(thud, "bandpass", Math.min(2400, 180 + hz * 1.6), 0.8, sampleRate);
  mix(out, thud, 0.3);
  return out;
}

interface Pluck {
  hz: number;
  ring_s: number;
  /** 0 dull, 1 bright: both the pick and the loss of treble at each turn. */
  bright: number;
  /** Where the string is plucked, as a share of its length. */
  place: number;
}

/** A plucked string: noise goes round a delay line that loses a little treble at each turn. */
function pluck(shape: Pluck, noise: Noise, sampleRate: number): Float32Array {
  const period = sampleRate / shape.hz;
  const damping = 0.5 - 0.42 * shape.bright;
  // The loop filter delays by `damping` samples and an all-pass by the rest, so that the string is in tune.
  const whole = Math.floor(period - damping - 0.3);
  const rest = period - damping - whole;
  const allpass = (1 - rest) / (1 + rest);
  const loss = Math.exp(-Math.log(1000) / (shape.ring_s * shape.hz));
  const line = new Float32Array(whole);
  for (let index = 0; index < whole; index++) line[index] = noise.next();
  filter(line, "lowpass", 900 + 9000 * shape.bright ** 2, 0.6, sampleRate);
  const comb = Math.max(1, Math.round(whole * shape.place));
  const picked = line.map((value, index) => value - (line[(index + whole - comb) % whole] as number));
  const mean = picked.reduce((sum, value) => sum + value, 0) / whole;
  line.set(picked.map((value) => value - mean));
  const out = silence(Math.min(4, shape.ring_s * 0.9), sampleRate);
  let previous = 0;
  let passedIn = 0;
  let passedOut = 0;
  for (let index = 0; index < out.length; index++) {
    const slot = index % whole;
    const current = line[slot] as number;
    const damped = ((1 - damping) * current + damping * previous) * loss;
    previous = current;
    passedOut = allpass * damped + passedIn - allpass * passedOut;
    passedIn = damped;
    line[slot] = passedOut;
    out[index] = current;
  }
  return out;
}

function bassNote(note: string, growl: number, sampleRate: number): Float32Array {
  const hz = frequencyOf(note);
  const noise = new Noise(seedOf(`bass ${note} ${growl}`));
  const out = pluck({ hz, ring_s: 2.4, bright: 0.35 + growl * 0.5, place: 0.21 }, noise, sampleRate);
  addSweep(out, { from_hz: hz * 1.02, to_hz: hz, sweep_s: 0.02, decay_s: 1.8, gain: 0.5 }, sampleRate);
  filter(out, "lowpass", 700 + 2600 * growl, 0.9, sampleRate);
  return decay(out, 2.6, 0.002, sampleRate);
}

/** One note of a pitched kit sound. */
export function pitched(sound: string, note: string, sampleRate: number): Float32Array {
  const hz = frequencyOf(note);
  const noise = new Noise(seedOf(`${sound} ${note}`));
  switch (sound) {
    case "gtr":
      return pluck({ hz, ring_s: 3.2, bright: 0.72, place: 0.14 }, noise, sampleRate);
    case "pluck":
      return pluck({ hz, ring_s: 1.5, bright: 0.9, place: 0.3 }, noise, sampleRate);
    case "bass":
      return bassNote(note, 0.15, sampleRate);
    case "jvbass":
      return bassNote(note, 0.85, sampleRate);
    default:
      return piano(note, sampleRate);
  }
}
