// What makes one drum machine sound unlike another, as numbers.
import type { Grit } from "./finish.js";

/** The build of a drum machine. Frequencies in Hz, times to fall by 60 dB in seconds, shares from 0 to 1. */
export interface Character {
  kick: {
    from_hz: number;
    to_hz: number;
    sweep_s: number;
    decay_s: number;
    /** Share of the decay that stays at full level: round and long, or a thump. */
    hold: number;
    click: number;
    drive: number;
  };
  snare: { low_hz: number; high_hz: number; body: number; body_s: number; wires_s: number; wires_hz: number };
  hat: { base_hz: number; band_hz: number; closed_s: number; open_s: number; hiss: number };
  clap: { band_hz: number; tail_s: number; spread_s: number };
  tom: { low_hz: number; bend: number; decay_s: number; skin: number };
  cymbal: { decay_s: number; band_hz: number; hiss: number };
  rim_hz: number;
  bell_hz: number;
  grit: Grit;
}

const CLEAN: Grit = { drive: 0, bits: 0, rate_hz: 0 };

/** The kit without a bank: a modern, dry, all-round kit. */
const STUDIO: Character = {
  kick: { from_hz: 230, to_hz: 50, sweep_s: 0.022, decay_s: 0.42, hold: 0.12, click: 0.35, drive: 0.22 },
  snare: { low_hz: 186, high_hz: 332, body: 0.75, body_s: 0.16, wires_s: 0.26, wires_hz: 1700 },
  hat: { base_hz: 322, band_hz: 9200, closed_s: 0.085, open_s: 0.55, hiss: 0.45 },
  clap: { band_hz: 1250, tail_s: 0.26, spread_s: 0.011 },
  tom: { low_hz: 92, bend: 1.5, decay_s: 0.5, skin: 0.18 },
  cymbal: { decay_s: 2.2, band_hz: 5200, hiss: 0.5 },
  rim_hz: 1720,
  bell_hz: 555,
  grit: CLEAN,
};

const EIGHT: Character = {
  kick: { from_hz: 128, to_hz: 47, sweep_s: 0.012, decay_s: 1.15, hold: 0.05, click: 0.12, drive: 0.08 },
  snare: { low_hz: 178, high_hz: 331, body: 0.9, body_s: 0.2, wires_s: 0.2, wires_hz: 2400 },
  hat: { base_hz: 205.3, band_hz: 8600, closed_s: 0.07, open_s: 0.7, hiss: 0 },
  clap: { band_hz: 1020, tail_s: 0.34, spread_s: 0.0105 },
  tom: { low_hz: 82, bend: 1.22, decay_s: 0.62, skin: 0.06 },
  cymbal: { decay_s: 1.9, band_hz: 4600, hiss: 0.05 },
  rim_hz: 1667,
  bell_hz: 540,
  grit: CLEAN,
};

const NINE: Character = {
  kick: { from_hz: 310, to_hz: 52, sweep_s: 0.03, decay_s: 0.5, hold: 0.16, click: 0.6, drive: 0.35 },
  snare: { low_hz: 198, high_hz: 300, body: 0.65, body_s: 0.14, wires_s: 0.3, wires_hz: 1300 },
  hat: { base_hz: 400, band_hz: 10200, closed_s: 0.1, open_s: 0.62, hiss: 0.7 },
  clap: { band_hz: 1150, tail_s: 0.3, spread_s: 0.012 },
  tom: { low_hz: 86, bend: 1.75, decay_s: 0.6, skin: 0.14 },
  cymbal: { decay_s: 2.4, band_hz: 6200, hiss: 0.75 },
  rim_hz: 1500,
  bell_hz: 570,
  grit: { drive: 0.08, bits: 0, rate_hz: 0 },
};

const SIX: Character = {
  kick: { from_hz: 160, to_hz: 60, sweep_s: 0.01, decay_s: 0.26, hold: 0.06, click: 0.28, drive: 0.05 },
  snare: { low_hz: 210, high_hz: 400, body: 0.45, body_s: 0.09, wires_s: 0.16, wires_hz: 3000 },
  hat: { base_hz: 245, band_hz: 7600, closed_s: 0.06, open_s: 0.42, hiss: 0.05 },
  clap: { band_hz: 1400, tail_s: 0.18, spread_s: 0.01 },
  tom: { low_hz: 118, bend: 1.3, decay_s: 0.3, skin: 0.05 },
  cymbal: { decay_s: 1.2, band_hz: 7000, hiss: 0.1 },
  rim_hz: 2000,
  bell_hz: 620,
  grit: CLEAN,
};

const SEVEN: Character = {
  kick: { from_hz: 260, to_hz: 62, sweep_s: 0.016, decay_s: 0.3, hold: 0.1, click: 0.5, drive: 0.15 },
  snare: { low_hz: 205, high_hz: 345, body: 0.8, body_s: 0.15, wires_s: 0.24, wires_hz: 1500 },
  hat: { base_hz: 350, band_hz: 8400, closed_s: 0.09, open_s: 0.48, hiss: 0.65 },
  clap: { band_hz: 1350, tail_s: 0.2, spread_s: 0.013 },
  tom: { low_hz: 98, bend: 1.4, decay_s: 0.42, skin: 0.2 },
  cymbal: { decay_s: 1.6, band_hz: 5600, hiss: 0.6 },
  rim_hz: 1850,
  bell_hz: 590,
  grit: { drive: 0.05, bits: 8, rate_hz: 25000 },
};

const LINN: Character = {
  kick: { from_hz: 190, to_hz: 58, sweep_s: 0.018, decay_s: 0.34, hold: 0.18, click: 0.55, drive: 0.12 },
  snare: { low_hz: 172, high_hz: 286, body: 0.95, body_s: 0.2, wires_s: 0.34, wires_hz: 1100 },
  hat: { base_hz: 290, band_hz: 7800, closed_s: 0.11, open_s: 0.5, hiss: 0.6 },
  clap: { band_hz: 1080, tail_s: 0.24, spread_s: 0.014 },
  tom: { low_hz: 80, bend: 1.6, decay_s: 0.7, skin: 0.24 },
  cymbal: { decay_s: 2.0, band_hz: 4800, hiss: 0.55 },
  rim_hz: 1320,
  bell_hz: 575,
  grit: { drive: 0.12, bits: 8, rate_hz: 28000 },
};

const SAMPLER: Character = {
  kick: { from_hz: 240, to_hz: 54, sweep_s: 0.02, decay_s: 0.36, hold: 0.2, click: 0.4, drive: 0.55 },
  snare: { low_hz: 190, high_hz: 310, body: 0.8, body_s: 0.17, wires_s: 0.22, wires_hz: 1000 },
  hat: { base_hz: 310, band_hz: 7400, closed_s: 0.08, open_s: 0.4, hiss: 0.6 },
  clap: { band_hz: 980, tail_s: 0.2, spread_s: 0.012 },
  tom: { low_hz: 88, bend: 1.5, decay_s: 0.4, skin: 0.22 },
  cymbal: { decay_s: 1.5, band_hz: 4400, hiss: 0.5 },
  rim_hz: 1450,
  bell_hz: 560,
  grit: { drive: 0.3, bits: 12, rate_hz: 26040 },
};

const ORGAN: Character = {
  kick: { from_hz: 95, to_hz: 64, sweep_s: 0.03, decay_s: 0.24, hold: 0.02, click: 0.05, drive: 0 },
  snare: { low_hz: 250, high_hz: 420, body: 0.4, body_s: 0.07, wires_s: 0.14, wires_hz: 3600 },
  hat: { base_hz: 480, band_hz: 7000, closed_s: 0.05, open_s: 0.3, hiss: 0.8 },
  clap: { band_hz: 1600, tail_s: 0.14, spread_s: 0.009 },
  tom: { low_hz: 130, bend: 1.05, decay_s: 0.28, skin: 0 },
  cymbal: { decay_s: 0.8, band_hz: 6800, hiss: 0.9 },
  rim_hz: 2400,
  bell_hz: 660,
  grit: CLEAN,
};

const SPACE: Character = {
  kick: { from_hz: 420, to_hz: 56, sweep_s: 0.06, decay_s: 0.5, hold: 0.1, click: 0.7, drive: 0.3 },
  snare: { low_hz: 165, high_hz: 410, body: 0.9, body_s: 0.24, wires_s: 0.4, wires_hz: 900 },
  hat: { base_hz: 520, band_hz: 6400, closed_s: 0.09, open_s: 0.5, hiss: 0.5 },
  clap: { band_hz: 1200, tail_s: 0.3, spread_s: 0.012 },
  tom: { low_hz: 78, bend: 3.2, decay_s: 0.75, skin: 0.3 },
  cymbal: { decay_s: 1.4, band_hz: 3800, hiss: 0.6 },
  rim_hz: 1200,
  bell_hz: 505,
  grit: { drive: 0.1, bits: 0, rate_hz: 0 },
};

/** All characters by name. */
export const CHARACTERS = {
  studio: STUDIO,
  eight: EIGHT,
  nine: NINE,
  six: SIX,
  seven: SEVEN,
  linn: LINN,
  sampler: SAMPLER,
  organ: ORGAN,
  space: SPACE,
} as const;

export type CharacterName = keyof typeof CHARACTERS;

/** How a numbered variant (`bd:3`) departs from the first one. */
export interface Variant {
  /** Factor on pitches. */
  tune: number;
  /** Factor on decay times. */
  length: number;
  /** Factor on noise, clicks and high bands. */
  bright: number;
  /** Added saturation. */
  drive: number;
}

/** The variants every drum has, in order: `bd:0` is the plain one. */
export const VARIANTS: readonly Variant[] = [
  { tune: 1, length: 1, bright: 1, drive: 0 },
  { tune: 0.86, length: 1.45, bright: 0.85, drive: 0.05 },
  { tune: 1.16, length: 0.6, bright: 1.2, drive: 0 },
  { tune: 0.94, length: 0.8, bright: 1.6, drive: 0.3 },
  { tune: 1.34, length: 0.9, bright: 0.7, drive: 0 },
  { tune: 0.74, length: 1.8, bright: 1.1, drive: 0.5 },
  { tune: 1.05, length: 0.4, bright: 0.5, drive: 0.1 },
  { tune: 1.6, length: 1.2, bright: 1.3, drive: 0.15 },
];
