// Tells the session how well this page keeps its time: when there is something to tell, and not often.

import type { Timing } from "../protocol.js";
import type { SessionClient } from "../session/client.js";
import type { PageEngine } from "./engine.js";

/** As often as this at most. */
const PACE_MS = 5_000;
/** Less than this is not worth a word. */
const SAME_PHASE_MS = 5;
const SAME_LATENCY_MS = 10;
const FURTHEST_PHASE_MS = 10_000;
const LONGEST_LATENCY_MS = 5_000;

/** What a page knows of its own time. */
export interface OwnTime {
  readonly phaseError_ms: number | null;
  readonly outputLatency_ms: number;
  readonly keepsTime: boolean;
}

/** The word for what a page knows; null when it does not know. */
export function timingOf({ phaseError_ms, outputLatency_ms, keepsTime }: OwnTime): Timing | null {
  if (phaseError_ms === null) return null;
  const phase = Math.round(Math.min(Math.max(phaseError_ms, -FURTHEST_PHASE_MS), FURTHEST_PHASE_MS));
  return {
    // Never -0, which is another number in JSON.
    phase_error_ms: phase || 0,
    output_latency_ms: Math.round(Math.min(Math.max(outputLatency_ms, 0), LONGEST_LATENCY_MS)),
    keeps_time: keepsTime,
  };
}

/** Whether somebody who knows `one` need not hear `other`. */
export function isMuchTheSame(one: Timing | null, other: Timing | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.keeps_time === other.keeps_time &&
    Math.abs(one.phase_error_ms - other.phase_error_ms) < SAME_PHASE_MS &&
    Math.abs(one.output_latency_ms - other.output_latency_ms) < SAME_LATENCY_MS
  );
}

/** The words of one page. */
export class TimingReports {
  #tell: (timing: Timing | null) => void;
  #told: Timing | null = null;
  #toldAt_ms = Number.NEGATIVE_INFINITY;

  constructor(tell: (timing: Timing | null) => void) {
    this.#tell = tell;
  }

  /** Nobody knows anything of this page: it has just come. */
  forget(): void {
    this.#told = null;
    this.#toldAt_ms = Number.NEGATIVE_INFINITY;
  }

  /** Tells `timing` (null: nothing is heard here) when it is news and the last word was long enough ago. */
  look(timing: Timing | null, now_ms: number): void {
    if (isMuchTheSame(this.#told, timing) || now_ms - this.#toldAt_ms < PACE_MS) return;
    this.#told = timing;
    this.#toldAt_ms = now_ms;
    this.#tell(timing);
  }
}

/** Tells the session of this page's time until what is returned is called. Who is only counted there says nothing. */
export function tellTiming(
  client: SessionClient,
  engine: PageEngine,
  isListening: () => boolean,
): () => void {
  const reports = new TimingReports((timing) => client.tell({ kind: "timing", timing }));
  const look = () => {
    const { participants, you } = client.state;
    if (!participants.some(({ id }) => id === you)) return;
    const isHeard = isListening() && engine.audio === "running";
    reports.look(isHeard ? timingOf(engine.punctuality) : null, performance.now());
  };
  const ends = [
    client.heard.on(({ kind }) => {
      if (kind === "welcome") reports.forget();
    }),
    engine.stage.on("clock", look),
  ];
  return () => {
    for (const end of ends) end();
  };
}
