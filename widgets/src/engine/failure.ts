// From whatever was thrown to a Problem: what was wrong, where in the user's text, what to do.
import { CODE_NAME, FIRST_LINE } from "./code_name.js";
import { type Problem, type ProblemKind, problemAt } from "./problem.js";
import { type NameThere, read, type Thrown } from "./reading.js";
import { originalOffset } from "./transpile.js";

// QuickJS throws null where it has not even the memory for an error.
const NO_MEMORY = { name: "InternalError", message: "out of memory", stack: "" };

function asThrown(error: unknown): Thrown & { stack: string } {
  if (error === null) return NO_MEMORY;
  if (typeof error === "object") {
    const { name, message, stack } = error as Record<string, unknown>;
    return { name: String(name ?? "Error"), message: String(message ?? error), stack: String(stack ?? "") };
  }
  return { name: "Error", message: String(error), stack: "" };
}

// QuickJS calls everything <input>; only pattern code is that far down.
const FRAME = new RegExp(`(?:${CODE_NAME}|<input>):(\\d{4,}):(\\d+)`);

/** The UTF-16 offset in the user's text of the innermost frame of pattern code, or null. */
function offsetOf(code: string, stack: string): number | null {
  const found = FRAME.exec(stack);
  if (found === null) return null;
  return originalOffset(code, Number(found[1]) - FIRST_LINE + 1, Number(found[2]) - 1);
}

/** The identifier at, or just after, an offset. */
function nameAt(code: string, offset: number): NameThere | null {
  const found = /^[\s.(]*([A-Za-z_$][\w$]*)(\s*\()?/.exec(code.slice(offset));
  return found?.[1] === undefined ? null : { name: found[1], isCalled: found[2] !== undefined };
}

/** The problem that an error thrown by pattern code is. */
export function problemOf(
  code: string,
  error: unknown,
  fallback: ProblemKind,
  layer: string | null = null,
  knownOffset: number | null = null,
): Problem {
  const thrown = asThrown(error);
  const offset = offsetOf(code, thrown.stack) ?? knownOffset;
  const { kind, message, hint } = read(thrown, fallback, offset === null ? null : nameAt(code, offset));
  return problemAt(code, offset, kind, message, hint, layer);
}
