// Layers that wait for their bar: says at each cycle meanwhile that they are a cycle nearer.

import type { Playing } from "../protocol.js";
import type { SessionTempo } from "./session_tempo.js";

/** After a cycle began, so that it is not told a moment too early. */
const AFTER_MS = 20;

/** Counts the cycles until what is played begins. */
export class Coming {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly tempo: SessionTempo,
    readonly onCycle: () => void,
  ) {}

  /** How many cycles until it begins, the last one begun not counted: 0 when it has, or it is not known. */
  cyclesUntil({ from_cycle }: Playing): number {
    const { cycle } = this.tempo;
    return cycle === null ? 0 : Math.max(0, Math.ceil(from_cycle - cycle));
  }

  /** Counts for these from now on. */
  watch(playing: Iterable<Playing>): void {
    clearTimeout(this.#timer);
    const waits = [...playing].some((each) => this.cyclesUntil(each) > 0);
    const { cycle, cps } = this.tempo;
    if (!waits || cycle === null || cps === null) return;
    const next_ms = ((Math.floor(cycle) + 1 - cycle) / cps) * 1000;
    this.#timer = setTimeout(this.onCycle, next_ms + AFTER_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
