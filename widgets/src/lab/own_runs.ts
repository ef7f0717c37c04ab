// Which cells this page ran: what somebody runs in another page of a shared notebook makes no sound here by that.

import { FRESH_MS } from "../payload.js";
import type { SharedCell } from "./cell.js";

const runs = new WeakMap<SharedCell, number>();

/** This page runs the cell now. */
export function noteRun(cell: SharedCell, now_ms: number): void {
  runs.set(cell, now_ms);
}

/** Whether this page ran the cell a moment ago. */
export function ranHere(cell: SharedCell, now_ms: number): boolean {
  const ran_ms = runs.get(cell);
  return ran_ms !== undefined && now_ms - ran_ms <= FRESH_MS;
}
