// Hand percussion, effects, and stand-ins for well-known packs: one small recipe per variant.
import { kick, rim, type Strike, snare, tom } from "./drums.js";
import { filter } from "./filter.js";
import { closedHat, crash, openHat, ride } from "./metals.js";
import type { StandInName } from "./names.js";
import { addBurst, addMode, addSquares, addSweep, decay, mix, silence } from "./tone.js";

type Recipe = (strike: Strike) => Float32Array;

interface Struck {
  modes: readonly (readonly [ratio: number, decay_s: number, gain: number])[];
  hz: number;
  knock: number;
}

/** Something small that is hit: a few modes and a knock. */
function struck({ modes, hz, knock }: Struck): Recipe {
  return ({ noise, sampleRate }) => {
    const longest = Math.max(...modes.map(([, decay_s]) => decay_s));
    const out = silence(longest + 0.03, sampleRate);
    for (const [ratio, decay_s, gain] of modes) addMode(out, { hz: hz * ratio, decay_s, gain }, sampleRate);
    const stick = silence(0.03, sampleRate);
    addBurst(stick, { at_s: 0, decay_s: 0.014, gain: knock }, noise, sampleRate);
    filter(stick, "bandpass", Math.min(9000, hz * 3), 0.7, sampleRate);
    mix(out, stick, 1);
    return out;
  };
}

function skin(hz: number, decay_s: number, slap: number): Recipe {
  return ({ noise, sampleRate }) => {
    const out = silence(decay_s + 0.03, sampleRate);
    addSweep(out, { from_hz: hz * 1.18, to_hz: hz, sweep_s: 0.02, decay_s, gain: 0.8 }, sampleRate);
    addMode(out, { hz: hz * 1.6, decay_s: decay_s * 0.45, gain: 0.3 }, sampleRate);
    addMode(out, { hz: hz * 2.9, decay_s: decay_s * 0.2, gain: 0.2 }, sampleRate);
    const hand = silence(0.05, sampleRate);
    addBurst(hand, { at_s: 0, decay_s: 0.03, gain: slap }, noise, sampleRate);
    filter(hand, "bandpass", hz * 5, 0.6, sampleRate);
    mix(out, hand, 1);
    return out;
  };
}

/** A sine that glides, for zaps, risers and drops. */
function zap(from_hz: number, to_hz: number, sweep_s: number, decay_s: number): Recipe {
  return ({ sampleRate }) => {
    const out = silence(decay_s, sampleRate);
    addSweep(out, { from_hz, to_hz, sweep_s, decay_s, gain: 0.9, hold: 0.2 }, sampleRate);
    return out;
  };
}

/** Noise through a band that wanders with the time; a swell when `rise` is true. */
function gust(low_hz: number, high_hz: number, duration_s: number, rise: boolean): Recipe {
  return ({ noise, sampleRate }) => {
    const out = silence(duration_s, sampleRate);
    let low = 0;
    let band = 0;
    for (let index = 0; index < out.length; index++) {
      const place = index / out.length;
      const sway = rise ? place * place : 0.5 - 0.5 * Math.cos(place * 4 * Math.PI);
      const edge = 2 * Math.sin((Math.PI * (low_hz + (high_hz - low_hz) * sway)) / sampleRate);
      const high = noise.next() - low - 0.35 * band;
      band += edge * high;
      low += edge * band;
      const level = rise ? place ** 1.5 * Math.min(1, (1 - place) * 30) : Math.sin(Math.PI * place);
      out[index] = band * level;
    }
    return out;
  };
}

function buzz(hz: number, bands_hz: readonly number[], decay_s: number): Recipe {
  return ({ sampleRate }) => {
    const out = silence(decay_s, sampleRate);
    const source = silence(decay_s, sampleRate);
    addSquares(source, [hz, hz * 1.005], 0.4, sampleRate);
    for (const band of bands_hz) mix(out, filter(source.slice(), "bandpass", band, 4, sampleRate), 1);
    return decay(out, decay_s * 1.6, 0.008, sampleRate);
  };
}

function chirps(hz: number, count: number, gap_s: number): Recipe {
  return ({ sampleRate }) => {
    const out = silence(count * gap_s + 0.06, sampleRate);
    const chirp = silence(0.05, sampleRate);
    addSweep(chirp, { from_hz: hz * 1.3, to_hz: hz, sweep_s: 0.02, decay_s: 0.05, gain: 0.7 }, sampleRate);
    for (let index = 0; index < count; index++) mix(out, chirp, 1, index * gap_s, sampleRate);
    return out;
  };
}

const WOOD: Struck["modes"] = [
  [1, 0.07, 0.8],
  [2.43, 0.04, 0.35],
  [3.87, 0.02, 0.2],
];
const GONG: Struck["modes"] = [
  [1, 2.2, 0.5],
  [1.47, 1.6, 0.4],
  [2.09, 1.3, 0.35],
  [2.56, 1.0, 0.25],
  [3.92, 0.6, 0.2],
  [5.23, 0.35, 0.15],
];
const BELL: Struck["modes"] = [
  [1, 0.9, 0.6],
  [2.76, 0.5, 0.4],
  [5.4, 0.25, 0.25],
  [8.93, 0.12, 0.12],
];

/** Eight different instruments each, in the order of the number after the colon. */
const PERC: readonly Recipe[] = [
  skin(310, 0.22, 0.5),
  skin(210, 0.32, 0.4),
  struck({ modes: WOOD, hz: 2480, knock: 0.3 }),
  struck({ modes: WOOD, hz: 880, knock: 0.5 }),
  skin(440, 0.16, 0.9),
  struck({ modes: BELL, hz: 920, knock: 0.4 }),
  skin(150, 0.4, 0.3),
  struck({ modes: BELL, hz: 690, knock: 0.4 }),
];
const MISC: readonly Recipe[] = [
  struck({ modes: BELL, hz: 2450, knock: 0.1 }),
  struck({ modes: WOOD, hz: 640, knock: 0.6 }),
  chirps(2300, 5, 0.03),
  zap(900, 180, 0.05, 0.25),
  struck({ modes: GONG, hz: 240, knock: 0.3 }),
  gust(600, 5200, 0.35, false),
  buzz(140, [700, 2300], 0.2),
  struck({ modes: WOOD, hz: 1560, knock: 0.9 }),
];
const FX: readonly Recipe[] = [
  zap(4200, 60, 0.09, 0.6),
  gust(300, 9000, 1.6, true),
  zap(180, 2400, 0.35, 0.7),
  gust(400, 2600, 1.4, false),
  zap(1400, 40, 0.3, 1.4),
  chirps(1500, 9, 0.055),
  buzz(70, [300, 1200, 3100], 0.8),
  zap(9000, 300, 0.03, 0.2),
];

const INSECT = [chirps(4300, 6, 0.05), chirps(5200, 10, 0.031), chirps(3600, 4, 0.08)];
const STAND_IN: Record<StandInName, readonly Recipe[]> = {
  jazz: [kick, openHat, closedHat, (strike) => tom(strike, 0), (strike) => tom(strike, 2), rim, snare, ride],
  metal: [180, 262, 330, 415, 523, 640, 780, 990, 1240, 1510].map((hz) =>
    struck({ modes: GONG, hz, knock: 0.5 }),
  ),
  casio: [buzz(262, [520, 1560], 0.5), zap(1046, 1046, 1, 0.3), buzz(131, [260, 900, 2600], 0.5)],
  east: [
    skin(98, 0.5, 0.3),
    skin(392, 0.2, 0.8),
    skin(330, 0.4, 0.5),
    skin(523, 0.1, 1),
    skin(131, 0.6, 0.2),
  ],
  insect: INSECT,
  wind: [gust(300, 1400, 3, false), gust(200, 900, 3.4, false), gust(500, 2600, 2.6, false)],
  space: [
    zap(2200, 90, 0.4, 1.5),
    zap(120, 1800, 0.6, 1.3),
    gust(300, 7000, 2, true),
    chirps(1900, 14, 0.06),
  ],
  crow: [
    buzz(310, [1150, 1900, 3100], 0.32),
    buzz(265, [1000, 1750, 2800], 0.4),
    buzz(350, [1300, 2200], 0.22),
  ],
  numbers: [1, 2, 3, 4, 5].map((count) => chirps(880, count, 0.11)),
};

function pick(recipes: readonly Recipe[], variant: number): Recipe {
  return recipes[variant % recipes.length] as Recipe;
}

/** A recipe for `perc`, `misc`, `fx`, by the number after the colon. */
export function oddment(name: "perc" | "misc" | "fx", variant: number): Recipe {
  return pick({ perc: PERC, misc: MISC, fx: FX }[name], variant);
}

/** A recipe for a stand-in, by the number after the colon. */
export function standIn(name: StandInName, variant: number): Recipe {
  return pick(STAND_IN[name], variant);
}

// One bar of sixteenths a line: a drum, and its steps with their accents from 1 to 9.
const BREAK: readonly (readonly [Recipe, string])[] = [
  [kick, "9 . 8 . . . . . . . 7 8 . . . . 9 . 8 . . . . . . . 7 . . . 6 ."],
  [snare, ". . . . 9 . . 4 . 4 . . 9 . . 5 . . . . 9 . . 4 . 5 . . . . 9 ."],
  [closedHat, "7 . 6 . 7 . 6 . 7 . 6 . 7 . 6 . 7 . 6 . 7 . 6 . 7 . 6 . . . 6 ."],
  [crash, ". . . . . . . . . . . . . . . . . . . . . . . . . . . . 3 . . ."],
];

/** Two bars of a drum break, four seconds long: two cycles at the usual 0.5 cycles per second. */
export function breakLoop(strike: Strike): Float32Array {
  const step_s = 0.125;
  const out = silence(32 * step_s, strike.sampleRate);
  for (const [recipe, steps] of BREAK) {
    const hit = recipe(strike);
    for (const [index, accent] of steps.split(" ").entries()) {
      if (accent === ".") continue;
      const swing_s = index % 2 === 1 ? step_s * 0.08 : 0;
      mix(out, hit, Number(accent) / 9, index * step_s + swing_s, strike.sampleRate);
    }
  }
  return out;
}
