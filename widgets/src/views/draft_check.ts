// While one types: what is wrong with the text as it stands, without playing it.

import type { Problem } from "../engine/problem.js";

/** So long after the last key: in the middle of a word everything is wrong. */
const QUIET_MS = 600;
/** What such code names is fetched by the check: not while its address is being written. */
const FETCHES = /\bsamples\s*\(/;

/** What is to be marked in the text. */
export interface Marks {
  problems: readonly Problem[];
  warnings: readonly Problem[];
}

/** Checks the text once typing rests; the last one who typed is answered. */
export class DraftCheck {
  /** What was found in the text since it was last asked to play; null when nobody has looked. */
  marks: Marks | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #text: () => string;
  #check: (code: string) => Promise<Marks>;
  #onMarks: () => void;

  /** `check` is the gate's, which plays nothing; `onMarks` is called when there are new marks. */
  constructor(text: () => string, check: (code: string) => Promise<Marks>, onMarks: () => void) {
    this.#text = text;
    this.#check = check;
    this.#onMarks = onMarks;
  }

  /** A key came. */
  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), QUIET_MS);
  }

  /** The text is asked to play: the gate's own answer counts from now on. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.marks = null;
  }

  async #look(): Promise<void> {
    const timer = this.#timer;
    const code = this.#text();
    // An empty text is no mistake, and a stage that is gone finds none.
    const nothing: Marks = { problems: [], warnings: [] };
    const isUnasked = code.trim() === "" || FETCHES.test(code);
    const found = isUnasked ? nothing : await this.#check(code).catch(() => nothing);
    if (timer !== this.#timer || code !== this.#text()) return;
    this.marks = found;
    this.#onMarks();
  }
}
