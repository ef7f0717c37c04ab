// Which sound a hap asks for, and whether there is one: at once, after a download, or not at all.

import { characterOf, DRUM_NAMES, findKitSound } from "../kit/names.js";
import type { Evaluation } from "./evaluate.js";
import { BANKS, DOWNLOADS, OFFLINE, OPEN_PREFIXES } from "./sound_names.js";
import { closest } from "./suggest.js";

export type SoundClass = "offline" | "download" | "unknown";

/** What is to be said about a sound; null where nothing is. */
export interface SoundFinding {
  isFatal: boolean;
  /** The text in the code that names it. */
  name: string;
  message: string;
  hint: string | null;
}

/** The class of a sound with the player's own and well-known names. Names are compared without case. */
export function soundClass(name: string, bank: string | null = null): SoundClass {
  const full = (bank === null || bank === "" ? name : `${bank}_${name}`).toLowerCase();
  if (OFFLINE.has(full) || findKitSound(full) !== null) return "offline";
  return DOWNLOADS.has(full) || OPEN_PREFIXES.some((prefix) => full.startsWith(prefix))
    ? "download"
    : "unknown";
}

/** All names there are without a bank, for completion and suggestions. */
export function soundNames(): string[] {
  return [...OFFLINE, ...DOWNLOADS];
}

/** Sounds as one evaluation sees them: the usual ones, the player's, and those its own code names. */
export class SoundBook {
  private readonly own: Set<string>;
  private readonly judged = new Map<string, SoundFinding | null>();

  constructor(
    private readonly evaluation: Evaluation,
    known: Iterable<string> | null,
  ) {
    this.own = new Set([...evaluation.sounds, ...(known ?? [])].map((name) => name.toLowerCase()));
    for (const alias of evaluation.aliases.keys()) this.own.add(alias.toLowerCase());
  }

  /** What there is to say about the sound of a hap with these controls. */
  judge(controls: Record<string, unknown>): SoundFinding | null {
    const { s, bank, source } = controls;
    if (s === undefined || s === null || typeof source === "function") return null;
    const name = String(s);
    const bankName = bank === undefined || bank === null ? "" : String(bank);
    const key = `${bankName}/${name}`;
    const before = this.judged.get(key);
    if (before !== undefined) return before;
    const finding = this.find(name, bankName);
    this.judged.set(key, finding);
    return finding;
  }

  private find(name: string, bank: string): SoundFinding | null {
    if (["-", "~", "_", ""].includes(name)) return null;
    const own = bank === "" ? name : `${bank}_${name}`;
    if (this.own.has(own.toLowerCase())) return null;
    const alias = this.evaluation.aliases.get(bank);
    const kind = soundClass(name, alias ?? bank);
    if (kind === "offline") return null;
    if (kind === "download") {
      return { isFatal: false, name, message: `${own} is downloaded when it is first played`, hint: null };
    }
    if (this.evaluation.hasOpenSounds) {
      return {
        isFatal: false,
        name,
        message: `${own} must come from the samples that the code loads`,
        hint: null,
      };
    }
    return this.unknown(name, bank);
  }

  private unknown(name: string, bank: string): SoundFinding {
    if (bank !== "" && characterOf(bank) === null && !this.isOwnBank(bank)) {
      const names = closest(bank, [...BANKS.keys(), ...BANKS.values()]);
      return { isFatal: true, name: bank, message: `unknown bank "${bank}"`, hint: meant(names) };
    }
    const candidates = bank === "" ? [...this.own, ...soundNames()] : DRUM_NAMES;
    const where = bank === "" ? "" : ` in bank ${bank}`;
    if (/[\s[\]<>*~,]/.test(name)) {
      const hint = `mini-notation needs double quotes: "${name}"`;
      return { isFatal: true, name, message: `unknown sound "${name}"${where}`, hint };
    }
    const hint = meant(closest(name, candidates)) ?? "%algorave sounds lists what there is";
    return { isFatal: true, name, message: `unknown sound "${name}"${where}`, hint };
  }

  private isOwnBank(bank: string): boolean {
    return [...this.own].some((name) => name.startsWith(`${bank.toLowerCase()}_`));
  }
}

function meant(names: string[]): string | null {
  if (names.length === 0) return null;
  return names.length === 1
    ? `did you mean ${names[0]}?`
    : `did you mean ${names.slice(0, -1).join(", ")} or ${names.at(-1)}?`;
}
