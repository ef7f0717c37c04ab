// The output of a notebook cell as data: read with care, and played only when it is fresh.

import type { Problem } from "./engine/problem.js";

/** Which session an output belongs to. Ids only: who may enter it is asked of the server. */
export interface SessionRef {
  id: string;
  /** The layer that the cell shows; null for the session as a whole. */
  layer: string | null;
  /** What the session was called when the cell was run. */
  title: string;
}

const ACTIONS = ["hush", "remove"] as const;
type Action = (typeof ACTIONS)[number];

/** The data of `application/vnd.algorave.session+json`, version 1. */
export interface Payload {
  layer: string;
  code: string;
  cps: number | null;
  play: boolean;
  run_id: string;
  issued_at_ms: number;
  problems: Problem[];
  /** What else the kernel has to say about this run. */
  words: string;
  /** Instead of showing a layer: all fall silent, or this one is no more. */
  action: Action | null;
  session: SessionRef | null;
  /** The cell's text, when it and the live text could not be merged. */
  conflict: { cell: string } | null;
}

/** A run older than this is history: a saved notebook does not start to play by being opened. */
export const FRESH_MS = 30_000;
const SEEN_KEY = "algorave.runs";
const SEEN_COUNT = 200;
const SESSION_ID = /^[0-9a-f]{32}$/;
const LAYER_ID = /^[a-z0-9]{1,32}$/;
const TITLE_LENGTH = 120;
const WORDS_LENGTH = 1000;

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

/** Ids go into addresses: one that is not exactly an id is none. */
function sessionRef(value: unknown): SessionRef | null {
  if (typeof value !== "object" || value === null) return null;
  const read = value as Record<string, unknown>;
  const id = text(read["id"]);
  const layer = text(read["layer"]);
  if (!SESSION_ID.test(id)) return null;
  return {
    id,
    layer: LAYER_ID.test(layer) ? layer : null,
    title: text(read["title"]).slice(0, TITLE_LENGTH),
  };
}

function conflict(value: unknown): { cell: string } | null {
  if (typeof value !== "object" || value === null) return null;
  const { cell } = value as Record<string, unknown>;
  return typeof cell === "string" ? { cell } : null;
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
    words: text(read["words"]).slice(0, WORDS_LENGTH),
    action: ACTIONS.find((each) => each === read["action"]) ?? null,
    session: sessionRef(read["session"]),
    conflict: conflict(read["conflict"]),
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
