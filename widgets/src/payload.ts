// The output of a notebook cell as data: read with care, and played only when it is fresh.

import type { Problem } from "./engine/problem.js";

/** The data of `application/vnd.algorave.session+json`, version 1. */
export interface Payload {
  layer: string;
  code: string;
  cps: number | null;
  play: boolean;
  run_id: string;
  issued_at_ms: number;
  problems: Problem[];
  action: "hush" | null;
}

/** A run older than this is history: a saved notebook does not start to play by being opened. */
export const FRESH_MS = 30_000;
const SEEN_KEY = "algorave.runs";
const SEEN_COUNT = 200;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const numberOrNull = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

function problem(value: unknown): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  const read = value as Record<string, unknown>;
  return [
    {
      kind: text(read["kind"]) as Problem["kind"],
      message: text(read["message"]),
      line: numberOrNull(read["line"]),
      column: numberOrNull(read["column"]),
      hint: text(read["hint"]) || null,
      layer: text(read["layer"]) || null,
    },
  ];
}

/** Reads a payload out of untrusted notebook data; null when it is not one we know. */
export function readPayload(data: unknown): Payload | null {
  if (typeof data !== "object" || data === null) return null;
  const read = data as Record<string, unknown>;
  if (read["version"] !== 1) return null;
  const cps = numberOrNull(read["cps"]);
  return {
    layer: text(read["layer"]),
    code: text(read["code"]),
    cps: cps !== null && cps > 0 && cps <= 20 ? cps : null,
    play: read["play"] === true,
    run_id: text(read["run_id"]),
    issued_at_ms: numberOrNull(read["issued_at_ms"]) ?? 0,
    problems: Array.isArray(read["problems"]) ? read["problems"].flatMap(problem) : [],
    action: read["action"] === "hush" ? "hush" : null,
  };
}

/** What remembers runs: the tab's sessionStorage is one. */
export type Memory = Pick<Storage, "getItem" | "setItem">;

/** True once per run, and only soon after it was issued. Asking marks the run as seen. */
export function isFreshRun(payload: Payload, now_ms: number, memory: Memory): boolean {
  const seen = (memory.getItem(SEEN_KEY) ?? "").split(" ").filter(Boolean);
  if (payload.run_id === "" || seen.includes(payload.run_id)) return false;
  memory.setItem(SEEN_KEY, [...seen, payload.run_id].slice(-SEEN_COUNT).join(" "));
  return Math.abs(now_ms - payload.issued_at_ms) <= FRESH_MS;
}
