// Where musical time is on the audio clock: the page's own tempo, or a session's.

import type { Anchor } from "../protocol.js";
import { TempoMap } from "../time/tempo_map.js";

export const SLOWEST_CPS = 0.001;
export const FASTEST_CPS = 64;
const ANCHORS_KEPT = 8;

/** A usable tempo, or null when the number is none (`setcps(0)`, NaN). */
export function usableCps(cps: unknown): number | null {
  if (typeof cps !== "number" || !(cps > 0) || !Number.isFinite(cps)) return null;
  return Math.min(Math.max(cps, SLOWEST_CPS), FASTEST_CPS);
}

/** A tempo map and where its clock is on the audio clock: `audio_s = server_ms / 1000 + shift_s`. */
export class MusicalTime {
  #map: TempoMap;
  /** How far the audio clock is ahead of the clock that the map is written in; 0 for the page's own tempo. */
  shift_s = 0;
  /** Another number after each change of tempo. */
  edition = 0;

  /** The page's own tempo: `cycle` sounds at `at_s`. */
  constructor(at_s: number, cycle: number, cps: number) {
    this.#map = new TempoMap([{ server_ms: at_s * 1000, cycle, cps, slope: 0 }]);
  }

  /** Starts anew with the page's own tempo: `cycle` sounds at `at_s`. */
  restart(at_s: number, cycle: number, cps: number): void {
    this.#map = new TempoMap([{ server_ms: at_s * 1000, cycle, cps, slope: 0 }]);
    this.shift_s = 0;
    this.edition++;
  }

  /** Goes by a session's map from now on; the shift stays as it is. */
  follow(anchors: readonly Anchor[]): void {
    const [was, is] = [this.#map.anchors.at(-1), anchors.at(-1)];
    if (was?.cps !== is?.cps || was?.server_ms !== is?.server_ms) this.edition++;
    this.#map = new TempoMap(anchors);
  }

  /** The cycle that sounds at an audio time. */
  cycleAt(at_s: number): number {
    return this.#map.cycleAt((at_s - this.shift_s) * 1000);
  }

  /** Audio time in seconds at which `cycle` sounds. */
  timeOf(cycle: number): number {
    return this.#map.serverMsAt(cycle) / 1000 + this.shift_s;
  }

  /** Cycles per second at a cycle. */
  cpsAt(cycle: number): number {
    return this.#map.cpsAt(cycle);
  }

  /** From `cycle` on the tempo is `cps`; later anchors are forgotten, and so are those long past. */
  change(cycle: number, cps: number): void {
    if (this.cpsAt(cycle) === cps) return;
    const server_ms = this.#map.serverMsAt(cycle);
    this.edition++;
    const kept = this.#map.anchors.filter((anchor) => anchor.cycle < cycle).slice(1 - ANCHORS_KEPT);
    this.#map = new TempoMap([...kept, { server_ms, cycle, cps, slope: 0 }]);
  }
}
