// What one run of pattern code gathers while it runs: labelled patterns, tempo, samples, sliders, warnings.
import type { Pattern } from "@strudel/core";

/** A `samples(...)` call in the code, to be carried out by whoever sounds. */
export interface SamplesCall {
  /** A map of names to files, or an address such as `github:user/repo`. */
  source: unknown;
  base: string | null;
}

export type Transform = (pattern: Pattern) => Pattern;

/** Strudel's own starting tempo, in cycles per second. */
export const DEFAULT_CPS = 0.5;

/** Collects what code says; one per evaluation. */
export class Gathering {
  readonly patterns = new Map<string, Pattern>();
  /** Every label met, sounding or muted, in order. */
  readonly labels: string[] = [];
  readonly samples: SamplesCall[] = [];
  /** Sounds the code makes known by name: `registerSound`, aliases, keys of a samples map. */
  readonly sounds = new Set<string>();
  /** The code loads packs whose names cannot be known here. */
  hasOpenSounds = false;
  readonly aliases = new Map<string, string>();
  readonly sliders = new Map<string, number>();
  /** Names of functions that have no effect where nothing is drawn or sent. */
  readonly silentCalls = new Set<string>();
  readonly allTransforms: Transform[] = [];
  eachTransform: Transform | null = null;
  /** The tempo that the code sets; null while it sets none. */
  ownCps: number | null = null;
  rng = "legacy";
  voicings = "ireal";
  private anonymous = 0;

  /** Names a pattern, as a label in the code does; a muted label is remembered but does not sound. */
  label(id: unknown, pattern: Pattern): Pattern | null {
    const name = String(id);
    const isMuted = typeof id === "string" && (name.startsWith("_") || name.endsWith("_"));
    const key = name.includes("$") && !isMuted ? `${name}${this.anonymous++}` : name;
    this.labels.push(key);
    if (isMuted) return null;
    this.patterns.set(key, pattern);
    return pattern;
  }

  hush(): void {
    this.patterns.clear();
    this.labels.length = 0;
    this.allTransforms.length = 0;
    this.eachTransform = null;
    this.anonymous = 0;
  }
}

let running: Gathering | null = null;

/** The evaluation that is running now, if any. */
export function current(): Gathering | null {
  return running;
}

/** Runs `work` while what the code says goes to `gathering`. */
export function gatheringInto<T>(gathering: Gathering, work: () => T): T {
  const before = running;
  running = gathering;
  try {
    return work();
  } finally {
    running = before;
  }
}
