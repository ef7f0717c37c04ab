// Whether this page plays in time, judged by what its stage reports. Pure: who asks says what time it is.

import { Signal } from "./signal.js";

/** What the stage reports of its time; `null` for what is not known. */
export interface Report {
  phase_error_ms?: number | null;
  output_latency_ms?: number;
  late_haps?: number;
}

/** Further off than this is heard as out of time. */
const OFF_MS = 30;
/** It has to go on for so long; one hiccup is none. */
const PATIENCE_MS = 5_000;
/** After so long without trouble the next one is a new one. */
const CALM_MS = 2_000;
/** In time again after so long without trouble. */
const RECOVERED_MS = 10_000;

/** Keeps count of a stage's reports. */
export class Punctuality {
  /** By how many ms what is played next is late by the session's clock; null while none is followed or known. */
  phaseError_ms: number | null = null;
  /** How long sound takes to the ear, as far as the browser knows, in ms. */
  outputLatency_ms = 0;
  /** False while it goes on playing too late, or leaving out what it could not play in time. */
  keepsTime = true;
  /** It keeps time again, or no more. */
  readonly changed = new Signal<boolean>();
  #late = 0;
  #since_ms = 0;
  #lastTrouble_ms = Number.NEGATIVE_INFINITY;

  /** Takes one report. */
  take({ phase_error_ms = null, output_latency_ms = 0, late_haps = 0 }: Report, now_ms: number): void {
    this.phaseError_ms = phase_error_ms;
    this.outputLatency_ms = output_latency_ms;
    // A new stage counts from zero.
    const hasLeftOut = late_haps > this.#late;
    this.#late = late_haps;
    if (hasLeftOut || Math.abs(phase_error_ms ?? 0) > OFF_MS) this.#trouble(now_ms);
    else if (now_ms - this.#lastTrouble_ms > RECOVERED_MS) this.#judge(true);
  }

  #trouble(now_ms: number): void {
    if (now_ms - this.#lastTrouble_ms > CALM_MS) this.#since_ms = now_ms;
    this.#lastTrouble_ms = now_ms;
    if (now_ms - this.#since_ms > PATIENCE_MS) this.#judge(false);
  }

  #judge(keepsTime: boolean): void {
    if (keepsTime === this.keepsTime) return;
    this.keepsTime = keepsTime;
    this.changed.emit(keepsTime);
  }
}
