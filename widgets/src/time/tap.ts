// A tempo that is tapped, one tap a beat.

import { BEATS_PER_CYCLE } from "./beats.js";

/** Whoever pauses for longer begins anew. */
const FORGETS_AFTER_MS = 2_000;
/** So many of the latest intervals count: their median forgives a slip, and follows who changes their mind. */
const INTERVALS_KEPT = 8;
/** From so many taps on the tempo is meant. */
const TAPS_MEANT = 4;
/** Taps have ended when the next one is late by half. */
const LATE = 1.5;

/** Takes taps at times in ms of any steady clock. */
export class TapTempo {
  #taps_ms: number[] = [];

  /** One tap. */
  tap(at_ms: number): void {
    const last_ms = this.#taps_ms.at(-1);
    if (last_ms !== undefined && at_ms - last_ms > FORGETS_AFTER_MS) this.forget();
    this.#taps_ms = [...this.#taps_ms, at_ms].slice(-INTERVALS_KEPT - 1);
  }

  forget(): void {
    this.#taps_ms = [];
  }

  /** How many taps count so far. */
  get count(): number {
    return this.#taps_ms.length;
  }

  /** Cycles per second; null before the second tap. */
  get cps(): number | null {
    const interval_ms = this.#interval_ms;
    return interval_ms === null ? null : 1000 / interval_ms / BEATS_PER_CYCLE;
  }

  /** Whether so many came that the tempo is meant. */
  get isMeant(): boolean {
    return this.count >= TAPS_MEANT;
  }

  /** When the tapping has ended if nothing comes any more, in ms after the last tap. */
  get settles_ms(): number {
    const interval_ms = this.#interval_ms;
    return interval_ms === null || !this.isMeant ? FORGETS_AFTER_MS : interval_ms * LATE;
  }

  get #interval_ms(): number | null {
    const taps = this.#taps_ms;
    const intervals = taps.slice(1).map((tap, at) => tap - (taps[at] as number));
    intervals.sort((one, other) => one - other);
    const [below, above] = [(intervals.length - 1) >> 1, intervals.length >> 1];
    const [low, high] = [intervals[below], intervals[above]];
    return low === undefined || high === undefined ? null : Math.max((low + high) / 2, 1);
  }
}
