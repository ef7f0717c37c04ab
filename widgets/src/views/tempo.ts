// Tempo as people say it: cycles per second inside, cycles per minute and beats per minute on the screen.

import { BEATS_PER_CYCLE } from "../time/beats.js";

/** The slowest and fastest tempo the controls set, in cycles per minute. */
export const CPM_RANGE = { min: 3, max: 300 } as const;
/** One press of a nudge: 20 ms at 120 beats a minute, the least that one hears. */
export const NUDGE_CYCLES = 0.01;

/** Cycles per minute, rounded to what is worth reading. */
export function cpmOf(cps: number): number {
  return Math.round(cps * 60 * 100) / 100;
}

/** Beats per minute, rounded to what is worth reading. */
export function bpmOf(cps: number): number {
  return Math.round(cps * 60 * BEATS_PER_CYCLE * 10) / 10;
}

/** Cycles per second for a number of cycles per minute, kept in range; null for what is not a number. */
export function cpsOf(cpm: number): number | null {
  if (!Number.isFinite(cpm)) return null;
  return Math.min(CPM_RANGE.max, Math.max(CPM_RANGE.min, cpm)) / 60;
}

/** The whole truth about a tempo in one line. */
export function tempoSentence(cps: number): string {
  return `${Math.round(cps * 1000) / 1000} cycles per second = ${cpmOf(cps)} cycles per minute, ${bpmOf(cps)} beats per minute at ${BEATS_PER_CYCLE} beats a cycle`;
}

/** Which of the cycle's four beats it is, from 0. */
export function beatOf(cycle: number): number {
  return Math.floor((((cycle % 1) + 1) % 1) * BEATS_PER_CYCLE);
}
