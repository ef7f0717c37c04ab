// Waveforms without aliasing: one table for each third of an octave, each with only the partials that fit.
// This is how browsers make oscillators; web-audio-api has a single table, which folds at high notes and is
// 18 % too loud for saws, because browsers scale a waveform by its highest peak (Gibbs overshoot included).
import { Fft } from "./fft.js";

const TABLES_PER_OCTAVE = 3;

/** Sine and cosine parts of a waveform, by partial; index 0 is the mean and ignored. */
export interface Spectrum {
  real: ArrayLike<number>;
  imag: ArrayLike<number>;
}

export type WaveName = "sine" | "square" | "sawtooth" | "triangle";

const spectrumPart: Record<WaveName, (order: number) => number> = {
  sine: (order) => (order === 1 ? 1 : 0),
  square: (order) => (order % 2 === 1 ? 4 / (Math.PI * order) : 0),
  sawtooth: (order) => ((order % 2 === 1 ? 1 : -1) * 2) / (Math.PI * order),
  triangle: (order) => (order % 2 === 1 ? (8 * Math.sin((Math.PI * order) / 2)) / (Math.PI * order) ** 2 : 0),
};

function tableFrames(sampleRate: number): number {
  if (sampleRate <= 24000) return 2048;
  return sampleRate <= 88200 ? 4096 : 16384;
}

/** All tables of one waveform at one sample rate. */
export class WaveTables {
  readonly frames: number;
  readonly #lowest_hz: number;
  readonly #tables: (Float32Array | null)[];
  readonly #spectrum: Spectrum;
  readonly #fft: Fft;
  #scale = 1;

  constructor(spectrum: Spectrum, sampleRate: number, normalise: boolean) {
    this.frames = tableFrames(sampleRate);
    this.#spectrum = spectrum;
    this.#fft = new Fft(this.frames);
    this.#lowest_hz = sampleRate / this.frames;
    this.#tables = Array.from({ length: Math.ceil(TABLES_PER_OCTAVE * Math.log2(this.frames)) }, () => null);
    if (normalise) {
      const peak = this.table(0).reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
      this.#scale = peak > 0 ? 1 / peak : 1;
      this.#tables[0] = null;
    }
  }

  /** Where a frequency lies among the tables: the whole part names one, the rest blends to the next. */
  place(hz: number): number {
    const ratio = hz > 0 ? hz / this.#lowest_hz : 0.5;
    const place = 1 + Math.log2(ratio) * TABLES_PER_OCTAVE;
    return Math.max(0, Math.min(place, this.#tables.length - 1));
  }

  /** The table with this number: the higher, the fewer partials. Made when it is first asked for. */
  table(number: number): Float32Array {
    const known = this.#tables[number];
    if (known) return known;
    const made = this.#make(number);
    this.#tables[number] = made;
    return made;
  }

  #make(number: number): Float32Array {
    const { frames } = this;
    const most = Math.floor((frames / 2) * 2 ** (-number / TABLES_PER_OCTAVE));
    const re = new Float64Array(frames);
    const im = new Float64Array(frames);
    const { real, imag } = this.#spectrum;
    for (let order = 1; order < Math.min(frames / 2, most + 1, real.length); order++) {
      // a·cos + b·sin is the real part of (a - ib)·e^(iωt).
      re[order] = real[order] as number;
      im[order] = -(imag[order] as number);
    }
    this.#fft.inverse(re, im);
    return Float32Array.from(re, (value) => value * this.#scale);
  }
}

const builtIn = new Map<string, WaveTables>();

/** The tables of a waveform that oscillators know by name. */
export function namedWave(name: WaveName, sampleRate: number): WaveTables {
  const key = `${name} ${sampleRate}`;
  const known = builtIn.get(key);
  if (known) return known;
  const partials = tableFrames(sampleRate) / 2;
  const real = new Float64Array(partials);
  const imag = Float64Array.from({ length: partials }, (_, order) =>
    order === 0 ? 0 : spectrumPart[name](order),
  );
  const made = new WaveTables({ real, imag }, sampleRate, true);
  builtIn.set(key, made);
  return made;
}
