// What is wrong with a piece of pattern code, and where. Said once for the stage, the gate and the kernel.
import { positionAt } from "./positions.js";

export type ProblemKind =
  | "syntax" // JavaScript does not parse
  | "mini" // mini-notation does not parse
  | "reference" // an unknown name or method
  | "runtime" // evaluation threw
  | "query" // a hap threw when it was asked for
  | "value" // a hap has a value that cannot sound (bad note, NaN, not an object)
  | "sound" // no such sound
  | "silence" // nothing at all in the cycles that were looked at
  | "density" // too many haps per cycle
  | "time" // evaluation or query ran too long
  | "memory" // the isolate ran out of memory
  | "not_pattern" // the code's value is not a pattern
  | "size"; // the code is too long

/** One thing wrong. Lines and columns count from 1; columns count code points; null when unknown. */
export interface Problem {
  kind: ProblemKind;
  message: string;
  line: number | null;
  column: number | null;
  /** What to do about it, in a few words. */
  hint: string | null;
  /** The label (`bass:`) in which it happened, when known. */
  layer: string | null;
}

/** The gate's answer. `problems` is empty exactly when `playable` is true. */
export interface Verdict {
  playable: boolean;
  problems: Problem[];
  /** Things that have no effect here or sound different offline; never a reason to refuse. */
  warnings: Problem[];
  cps: number;
  /** Labels in the code, in order; anonymous `$:` layers are `$0`, `$1`, … */
  layers: string[];
}

/** A problem at a UTF-16 offset of the user's code, or at no known place. */
export function problemAt(
  code: string,
  offset: number | null,
  kind: ProblemKind,
  message: string,
  hint: string | null = null,
  layer: string | null = null,
): Problem {
  const { line, column } = offset === null ? { line: null, column: null } : positionAt(code, offset);
  return { kind, message, line, column, hint, layer };
}

/** Code that cannot be played, with everything found wrong; never empty. */
export class StrudelError extends Error {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    super(problems[0]?.message ?? "unplayable");
    this.name = "StrudelError";
    this.problems = problems;
  }

  /** The first thing wrong. */
  get problem(): Problem {
    return this.problems[0] as Problem;
  }
}
