// From whatever was thrown to a Problem: what was wrong, where in the user's text, what to do.
import { CODE_NAME, FIRST_LINE } from "./code_name.js";
import { methodNames, topLevelNames } from "./names.js";
import { type Problem, type ProblemKind, problemAt } from "./problem.js";
import { didYouMean } from "./suggest.js";
import { originalOffset } from "./transpile.js";

interface Thrown {
  name: string;
  message: string;
  stack: string;
}

function asThrown(error: unknown): Thrown {
  if (typeof error === "object" && error !== null) {
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
function nameAt(code: string, offset: number): string | null {
  return /^[\s.(]*([A-Za-z_$][\w$]*)/.exec(code.slice(offset))?.[1] ?? null;
}

/** Names people try that are kept out on purpose. */
const OUTSIDE = new Set(
  "process require fetch XMLHttpRequest WebSocket document localStorage navigator Deno Bun importScripts".split(
    " ",
  ),
);

interface Reading {
  kind: ProblemKind;
  message: string;
  hint: string | null;
}

/** Turns an engine's message into a sentence for people; `fallback` is the kind of an ordinary error. */
function read(thrown: Thrown, fallback: ProblemKind, named: string | null): Reading {
  const { name, message } = thrown;
  const unknown = /^'?([\w$]+)'? is not defined/.exec(message)?.[1];
  if (name === "ReferenceError" && unknown !== undefined) {
    const outside = OUTSIDE.has(unknown) ? "pattern code cannot reach files, the page or the network" : null;
    const hint = outside ?? didYouMean(unknown, topLevelNames()) ?? "is it spelled right? Text needs quotes";
    return { kind: "reference", message: `unknown name ${unknown}`, hint };
  }
  const called =
    /([\w$]+) is not a function/.exec(message)?.[1] ?? (message === "not a function" ? named : undefined);
  if (name === "TypeError" && called) return unknownFunction(called);
  if (/call stack|stack overflow/i.test(message)) {
    return {
      kind: "runtime",
      message: "a function calls itself without end",
      hint: "give the recursion an end",
    };
  }
  if (
    /out of memory|Array buffer allocation failed|Invalid array length|Invalid typed array length|array buffer length/i.test(
      message,
    )
  ) {
    return { kind: "memory", message: "the code asks for too much memory", hint: "make it smaller" };
  }
  return { kind: fallback, message: message.replace(/^\[\w+\] /, ""), hint: null };
}

function unknownFunction(name: string): Reading {
  const isMethod = topLevelNames().includes(name) === false;
  const known = isMethod ? [...new Set([...methodNames(), ...topLevelNames()])] : methodNames();
  return { kind: "reference", message: `${name} is not a function`, hint: didYouMean(name, known) };
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
