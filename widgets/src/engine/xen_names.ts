// The tuning functions live in a bundle of their own, eight times as large as the rest: it is loaded when code
// first uses one of them.
import { type Problem, problemAt } from "./problem.js";

const USE = /\b(xen|tuning|tune|edo)\s*\(/;

let loaded = false;

/** Says that the bundle has come. */
export function xenHasCome(): void {
  loaded = true;
}

/** Whether this code needs the tuning bundle and it is not here yet. */
export function needsXen(code: string): boolean {
  return !loaded && USE.test(code);
}

/** The problem with code that needs the bundle before it has come. */
export function xenNamesIn(code: string): Problem | null {
  if (!needsXen(code)) return null;
  const name = USE.exec(code)?.[1] ?? "xen";
  return problemAt(
    code,
    code.search(USE),
    "reference",
    `${name}() needs the tuning bundle, which is not loaded`,
  );
}
