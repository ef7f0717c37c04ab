// How long pattern code may take, and what is said when it takes longer.
import type { Problem } from "../engine/problem.js";

/** New code, evaluated and queried by the gate. */
export const CHECK_BUDGET_MS = 1500;
/** Code that passed the gate, evaluated again where it will sound. */
export const LOAD_BUDGET_MS = 1000;
/** One short span of one layer. Prefetched haps cover this and the rebuild of the live Worker. */
export const QUERY_BUDGET_MS = 400;

const LOOP = /\b(?:while|for|do)\b/;

/** The line and column (from 1) of the first loop in the code, the likely reason for endless work. */
export function firstLoop(code: string): { line: number; column: number } | null {
  const lines = code.split("\n");
  for (const [index, text] of lines.entries()) {
    const at = text.split("//", 1)[0]?.search(LOOP) ?? -1;
    if (at >= 0) return { line: index + 1, column: [...text.slice(0, at)].length + 1 };
  }
  return null;
}

/** The problem of code that did not finish. */
export function tookTooLong(code: string, budget_ms: number, doing: "evaluate" | "query"): Problem {
  const loop = firstLoop(code);
  const what = doing === "evaluate" ? "the code did not finish" : "asking for its haps did not finish";
  return {
    kind: "time",
    message: `${what} within ${budget_ms / 1000} s`,
    line: loop?.line ?? null,
    column: loop?.column ?? null,
    hint: loop === null ? "make the pattern simpler" : "does this loop end?",
    layer: null,
  };
}
