// Positions of haps through edits: a hap points into the text as it was when it was evaluated.

import { type ChangeDesc, ChangeSet } from "@codemirror/state";
import type { SeenHap, Span } from "../stage/messages.js";
import { changeBetween } from "./text_change.js";

interface Version {
  /** Haps that begin here or later belong to this version. */
  from_cycle: number;
  /** From the text as evaluated to the text as it stands; null when that text is not on this screen. */
  changes: ChangeDesc | null;
}

const EPSILON_CYCLES = 1e-6;

/** The texts whose haps may still be sounding, and what was edited since. */
export class CodeVersions {
  #versions: Version[] = [];
  #submitted: { code: string; changes: ChangeDesc } | null = null;

  /** The text `code`, which is the text as it stands, is on its way to the gate. */
  submit(code: string): void {
    this.#submitted = { code, changes: ChangeSet.empty(code.length) };
  }

  /**
   * This text sounds from this cycle on. One that was never submitted here may be the text as it stands; else
   * another view of the layer plays, and its haps light nothing here. With `isShared` there is one text only, which
   * somebody edited on its way here: then what both begin and end with is the same.
   */
  start(code: string, from_cycle: number, current: string, isShared = false): void {
    const known = this.#submitted?.code === code ? this.#submitted.changes : null;
    const changes = known ?? (current === code || isShared ? between(code, current) : null);
    const earlier = this.#versions.filter((version) => version.from_cycle < from_cycle).slice(-1);
    this.#versions = [...earlier, { from_cycle, changes }];
  }

  edited(changes: ChangeDesc): void {
    for (const version of this.#versions) version.changes = version.changes?.composeDesc(changes) ?? null;
    if (this.#submitted) this.#submitted.changes = this.#submitted.changes.composeDesc(changes);
  }

  /** Where a hap's text is now; stretches that were deleted or edited away are left out. */
  spans(hap: SeenHap): Span[] {
    const version = this.#versions.findLast((each) => each.from_cycle <= hap.begin + EPSILON_CYCLES);
    const changes = version?.changes;
    if (!changes) return [];
    return hap.spans.flatMap(({ start, end }) => {
      if (start < 0 || end > changes.length || start >= end) return [];
      const from = changes.mapPos(start, 1);
      const to = changes.mapPos(end, -1);
      return from < to ? [{ start: from, end: to }] : [];
    });
  }
}

function between(before: string, after: string): ChangeDesc {
  const change = changeBetween(before, after);
  const spec = change === null ? [] : { from: change.start, to: change.end, insert: change.text };
  return ChangeSet.of(spec, before.length);
}
