// Sample packs that strudel.cc offers without being asked: which may hold a sound that we do not have ourselves.
import { characterOf } from "../kit/names.js";

/** A pack that is loaded when somebody plays a sound that may be in it. */
export interface Pack {
  name: string;
  map: string;
  base: string;
}

const HOME = "https://strudel.b-cdn.net";

const MACHINES: Pack = {
  name: "drum machines",
  map: `${HOME}/tidal-drum-machines.json`,
  base: `${HOME}/tidal-drum-machines/machines/`,
};
const WAVETABLES: Pack = {
  name: "wavetables",
  map: `${HOME}/uzu-wavetables.json`,
  base: `${HOME}/uzu-wavetables/`,
};
const OTHERS: readonly Pack[] = [
  { name: "VCSL", map: `${HOME}/vcsl.json`, base: `${HOME}/VCSL/` },
  { name: "mridangam", map: `${HOME}/mridangam.json`, base: `${HOME}/mrid/` },
  { name: "Dirt-Samples", map: "github:tidalcycles/dirt-samples", base: "" },
];

/** The packs to look into for a sound, by its full name (`RolandTR909_bd`). */
export function packsFor(sound: string): readonly Pack[] {
  const name = sound.toLowerCase();
  if (name.startsWith("gm_")) return [];
  if (name.startsWith("wt_")) return [WAVETABLES];
  const cut = name.lastIndexOf("_");
  if (cut > 0 && characterOf(name.slice(0, cut)) !== null) return [MACHINES];
  return OTHERS;
}

/** What stands in for a sound of the General MIDI soundfonts, which need a player of their own. */
export function standInFor(sound: string): string | null {
  const name = sound.toLowerCase();
  if (!name.startsWith("gm_")) return null;
  if (/bass/.test(name)) return "bass";
  if (/guitar|sitar|banjo|koto|shamisen|harp/.test(name)) return "gtr";
  if (/piano|music_box|celesta|glockenspiel|vibraphone|marimba|xylophone|bells/.test(name)) return "piano";
  return "triangle";
}
