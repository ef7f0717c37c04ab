// Haps of layers that have not left yet, in the order in which they begin.

import type { SeenHap } from "../stage/messages.js";

/** A ceiling for one layer, so that a dense pattern cannot fill the page's memory. */
const MOST_HAPS = 4096;

/** A hap and the layer it is of. */
export interface Waiting {
  layer: string;
  hap: SeenHap;
}

/** The haps to come, by layer. */
export class HapQueue {
  #haps = new Map<string, SeenHap[]>();

  /** Takes what is known of a layer from `begin` on; what was foretold from there is replaced. */
  add(layer: string, begin: number, haps: readonly SeenHap[]): void {
    const kept = (this.#haps.get(layer) ?? []).filter((hap) => hap.begin < begin);
    this.#haps.set(layer, [...kept, ...haps].slice(0, MOST_HAPS));
  }

  /** Takes out all haps that begin before `cycle`, the first first. */
  take(cycle: number): Waiting[] {
    const taken: Waiting[] = [];
    for (const [layer, haps] of this.#haps) {
      const due = haps.filter((hap) => hap.begin < cycle);
      if (due.length === 0) continue;
      this.#haps.set(layer, haps.slice(due.length));
      for (const hap of due) taken.push({ layer, hap });
    }
    return taken.sort((a, b) => a.hap.begin - b.hap.begin);
  }

  /** Forgets a layer. */
  drop(layer: string): void {
    this.#haps.delete(layer);
  }

  /** Forgets all layers. */
  clear(): void {
    this.#haps.clear();
  }
}
