// The kit: every sound by name, made of nothing but arithmetic. No audio API, no network, no files.
import { CHARACTERS, VARIANTS, type Variant } from "./character.js";
import { clap, cowbell, kick, rim, type Strike, snare, tom } from "./drums.js";
import { finish, type Grit } from "./finish.js";
import { closedHat, crash, openHat, ride, shaker, tambourine } from "./metals.js";
import { type DrumName, findKitSound, KIT_PITCHED, type StandInName } from "./names.js";
import { Noise, seedOf } from "./noise.js";
import { breakLoop, oddment, standIn } from "./oddments.js";
import { pitched } from "./strings.js";

/** Peak of each drum: as loud against one another as a drummer plays them, with room for several at once. */
const PEAK: Record<DrumName, number> = {
  bd: 0.85,
  sd: 0.7,
  hh: 0.5,
  oh: 0.45,
  cp: 0.65,
  rim: 0.55,
  lt: 0.7,
  mt: 0.7,
  ht: 0.7,
  cr: 0.55,
  rd: 0.5,
  cb: 0.5,
  sh: 0.45,
  tb: 0.45,
  perc: 0.6,
  misc: 0.55,
  fx: 0.5,
  brk: 0.8,
};

function strikeDrum(drum: DrumName, strike: Strike, variant: number): Float32Array {
  switch (drum) {
    case "bd":
      return kick(strike);
    case "sd":
      return snare(strike);
    case "hh":
      return closedHat(strike);
    case "oh":
      return openHat(strike);
    case "cp":
      return clap(strike);
    case "rim":
      return rim(strike);
    case "lt":
      return tom(strike, 0);
    case "mt":
      return tom(strike, 1);
    case "ht":
      return tom(strike, 2);
    case "cr":
      return crash(strike);
    case "rd":
      return ride(strike);
    case "cb":
      return cowbell(strike);
    case "sh":
      return shaker(strike);
    case "tb":
      return tambourine(strike);
    case "brk":
      return breakLoop(strike);
    default:
      return oddment(drum, variant)(strike);
  }
}

const NO_GRIT: Grit = { drive: 0, bits: 0, rate_hz: 0 };

function isStandIn(sound: DrumName | StandInName): sound is StandInName {
  return !(sound in PEAK);
}

/**
 * Render one sound: mono samples in -1…1 at `sampleRate` Hz, the same every time.
 *
 * `name` is a kit name, a drum-machine name (`RolandTR808_bd`, `tr909_hh`) or a pitched sound; `variant` is the
 * number after the colon and wraps around (for a pitched sound: the index of its note in `KIT_PITCHED`).
 * Throws RangeError when the kit has no such sound; ask `findKitSound` first.
 */
export function renderKit(name: string, variant: number, sampleRate: number): Float32Array {
  const found = findKitSound(name);
  if (!found) throw new RangeError(`the kit has no sound '${name}'`);
  const index = ((Math.trunc(variant) % found.variants) + found.variants) % found.variants;
  if (typeof found.sound === "object") {
    const note = KIT_PITCHED[found.sound.pitched]?.[index] as string;
    return finish(pitched(found.sound.pitched, note, sampleRate), NO_GRIT, 0.75, sampleRate);
  }
  const character = CHARACTERS[found.character];
  const shape = VARIANTS[index] as Variant;
  const noise = new Noise(seedOf(`${found.character} ${found.sound} ${index}`));
  const strike: Strike = { character, variant: shape, noise, sampleRate };
  if (isStandIn(found.sound)) {
    return finish(standIn(found.sound, index)(strike), character.grit, 0.7, sampleRate);
  }
  const grit = { ...character.grit, drive: Math.min(1, character.grit.drive + shape.drive * 0.6) };
  return finish(strikeDrum(found.sound, strike, index), grit, PEAK[found.sound], sampleRate);
}
