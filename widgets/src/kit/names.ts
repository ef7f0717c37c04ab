// The names people write in patterns, and what our kit makes of them.
import { type CharacterName, VARIANTS } from "./character.js";

/** The drums every bank has. */
export const DRUM_NAMES = [
  "bd",
  "sd",
  "hh",
  "oh",
  "cp",
  "rim",
  "lt",
  "mt",
  "ht",
  "cr",
  "rd",
  "cb",
  "sh",
  "tb",
  "perc",
  "misc",
  "fx",
  "brk",
] as const;

export type DrumName = (typeof DRUM_NAMES)[number];

/** Sounds with a pitch: for each the notes that are rendered; notes between are played faster or slower. */
export const KIT_PITCHED: Readonly<Record<string, readonly string[]>> = {
  piano: ["a0", "a1", "e2", "a2", "e3", "a3", "e4", "a4", "e5", "a5", "a6", "a7"],
  gtr: ["e2", "a2", "e3", "a3", "e4", "a4"],
  pluck: ["c2", "c3", "c4", "c5", "c6"],
  bass: ["c1", "c2", "c3"],
  jvbass: ["c1", "c2", "c3"],
};

/** Stand-ins for names from well-known packs, with their variants, so that ordinary patterns sound with no network. */
export const STAND_INS = {
  jazz: 8,
  metal: 10,
  casio: 3,
  east: 5,
  insect: 3,
  wind: 3,
  space: 4,
  crow: 3,
  numbers: 5,
} as const;

export type StandInName = keyof typeof STAND_INS;

/** Every sound name the kit answers to without a bank. */
export const KIT_NAMES: readonly string[] = [
  ...DRUM_NAMES,
  ...Object.keys(KIT_PITCHED),
  ...Object.keys(STAND_INS),
];

/** Names other packs use for the same drum. */
export const DRUM_ALIASES: Readonly<Record<string, DrumName>> = {
  kick: "bd",
  sn: "sd",
  snare: "sd",
  hat: "hh",
  ch: "hh",
  hc: "hh",
  ho: "oh",
  clap: "cp",
  rs: "rim",
  cy: "cr",
  crash: "cr",
  ride: "rd",
  cowbell: "cb",
  ma: "sh",
  shaker: "sh",
  cl: "perc",
  tom: "mt",
};

/** Bank, its short name, and whose character it gets here. */
const BANKS: readonly (readonly [string, string, CharacterName])[] = [
  ["AJKPercusyn", "Percysyn", "space"],
  ["AkaiLinn", "Linn", "linn"],
  ["AkaiMPC60", "MPC60", "sampler"],
  ["AkaiXR10", "XR10", "sampler"],
  ["AlesisHR16", "HR16", "studio"],
  ["AlesisSR16", "SR16", "studio"],
  ["BossDR110", "DR110", "six"],
  ["BossDR220", "DR220", "seven"],
  ["BossDR55", "DR55", "six"],
  ["BossDR550", "DR550", "nine"],
  ["CasioRZ1", "RZ1", "seven"],
  ["CasioSK1", "SK1", "seven"],
  ["CasioVL1", "VL1", "organ"],
  ["DoepferMS404", "MS404", "space"],
  ["EmuDrumulator", "Drumulator", "linn"],
  ["EmuModular", "EmuModular", "space"],
  ["EmuSP12", "SP12", "sampler"],
  ["KorgDDM110", "DDM110", "seven"],
  ["KorgKPR77", "KPR77", "six"],
  ["KorgKR55", "KR55", "organ"],
  ["KorgKRZ", "KRZ", "sampler"],
  ["KorgM1", "M1", "studio"],
  ["KorgMinipops", "Minipops", "organ"],
  ["KorgPoly800", "Poly800", "organ"],
  ["KorgT3", "T3", "studio"],
  ["Linn9000", "9000", "linn"],
  ["LinnDrum", "LinnDrum", "linn"],
  ["LinnLM1", "LM1", "linn"],
  ["LinnLM2", "LM2", "linn"],
  ["MFB512", "MFB512", "seven"],
  ["MPC1000", "MPC1000", "sampler"],
  ["MoogConcertMateMG1", "ConcertMateMG1", "space"],
  ["OberheimDMX", "DMX", "linn"],
  ["RhodesPolaris", "Polaris", "space"],
  ["RhythmAce", "Ace", "organ"],
  ["RolandCompurhythm1000", "Compurhythm1000", "six"],
  ["RolandCompurhythm78", "Compurhythm78", "organ"],
  ["RolandCompurhythm8000", "Compurhythm8000", "eight"],
  ["RolandD110", "D110", "studio"],
  ["RolandD70", "D70", "studio"],
  ["RolandDDR30", "DDR30", "nine"],
  ["RolandJD990", "JD990", "studio"],
  ["RolandMC202", "MC202", "space"],
  ["RolandMC303", "MC303", "nine"],
  ["RolandMT32", "MT32", "seven"],
  ["RolandR8", "R8", "nine"],
  ["RolandS50", "S50", "sampler"],
  ["RolandSH09", "SH09", "space"],
  ["RolandSystem100", "System100", "space"],
  ["RolandTR505", "TR505", "seven"],
  ["RolandTR606", "TR606", "six"],
  ["RolandTR626", "TR626", "seven"],
  ["RolandTR707", "TR707", "seven"],
  ["RolandTR727", "TR727", "seven"],
  ["RolandTR808", "TR808", "eight"],
  ["RolandTR909", "TR909", "nine"],
  ["SakataDPM48", "DPM48", "linn"],
  ["SequentialCircuitsDrumtracks", "CircuitsDrumtracks", "linn"],
  ["SequentialCircuitsTom", "CircuitsTom", "linn"],
  ["SergeModular", "Serge", "space"],
  ["SimmonsSDS400", "SDS400", "space"],
  ["SimmonsSDS5", "SDS5", "space"],
  ["SoundmastersR88", "R88", "six"],
  ["UnivoxMicroRhythmer12", "MicroRhythmer12", "organ"],
  ["ViscoSpaceDrum", "SpaceDrum", "space"],
  ["XdrumLM8953", "LM8953", "sampler"],
  ["YamahaRM50", "RM50", "studio"],
  ["YamahaRX21", "RX21", "seven"],
  ["YamahaRX5", "RX5", "linn"],
  ["YamahaRY30", "RY30", "nine"],
  ["YamahaTG33", "TG33", "studio"],
];

/** The drum-machine banks the kit answers to. */
export const KIT_BANKS: readonly string[] = BANKS.map(([bank]) => bank);

/** Short names of banks, in lower case, to the bank: `tr909` → `RolandTR909`. */
export const BANK_ALIASES: Readonly<Record<string, string>> = Object.fromEntries(
  BANKS.map(([bank, short]) => [short.toLowerCase(), bank]),
);

const CHARACTER_OF = new Map(BANKS.map(([bank, , character]) => [bank.toLowerCase(), character]));

/** Whose character a bank gets, by its full or short name in any case; null for a bank we do not know. */
export function characterOf(bank: string): CharacterName | null {
  const key = bank.toLowerCase();
  const bankKey = Object.hasOwn(BANK_ALIASES, key) ? (BANK_ALIASES[key] as string).toLowerCase() : key;
  return CHARACTER_OF.get(bankKey) ?? null;
}

/** What a sound name (`bd`, `RolandTR909_bd`, `tr909_hh`, `piano`) means in the kit. */
export interface KitSound {
  sound: DrumName | StandInName | { pitched: string };
  character: CharacterName;
  /** How many variants there are; the number after the colon wraps around. */
  variants: number;
}

function isDrum(name: string): name is DrumName {
  return (DRUM_NAMES as readonly string[]).includes(name);
}

function isStandIn(name: string): name is StandInName {
  return Object.hasOwn(STAND_INS, name);
}

/** Find a sound by name, case ignored; null when the kit has nothing like it. */
export function findKitSound(name: string): KitSound | null {
  const key = name.toLowerCase();
  const pitches = Object.hasOwn(KIT_PITCHED, key) ? KIT_PITCHED[key] : undefined;
  if (pitches) return { sound: { pitched: key }, character: "studio", variants: pitches.length };
  const cut = key.lastIndexOf("_");
  const bank = cut < 0 ? null : characterOf(key.slice(0, cut));
  if (cut >= 0 && bank === null) return null;
  const wanted = key.slice(cut + 1);
  if (bank === null && isStandIn(wanted)) {
    return { sound: wanted, character: "studio", variants: STAND_INS[wanted] };
  }
  const drum = isDrum(wanted)
    ? wanted
    : Object.hasOwn(DRUM_ALIASES, wanted)
      ? DRUM_ALIASES[wanted]
      : undefined;
  if (!drum) return null;
  return { sound: drum, character: bank ?? "studio", variants: VARIANTS.length };
}
