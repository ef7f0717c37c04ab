// An engine's error message, turned into a sentence for people: V8 and QuickJS word the same thing differently.
import { isNote } from "@strudel/core";
import { methodNames, topLevelNames } from "./names.js";
import type { ProblemKind } from "./problem.js";
import { soundClass } from "./sounds.js";
import { didYouMean } from "./suggest.js";

/** What was thrown, as far as it says. */
export interface Thrown {
  name: string;
  message: string;
}

/** What is to be told about it. */
export interface Reading {
  kind: ProblemKind;
  message: string;
  hint: string | null;
}

/** Names people try that are kept out on purpose. */
const OUTSIDE = new Set(
  "process require fetch XMLHttpRequest WebSocket document localStorage navigator Deno Bun importScripts".split(
    " ",
  ),
);

const TOO_LARGE =
  /out of memory|allocation failed|invalid (typed )?array length|array buffer length|invalid string length|repeat count/i;

/** The name in the user's text at the place of an error. */
export interface NameThere {
  name: string;
  isCalled: boolean;
}

/** Reads an error; `fallback` is the kind of an ordinary one. */
export function read(thrown: Thrown, fallback: ProblemKind, there: NameThere | null): Reading {
  const { name, message } = thrown;
  const unknown = /^'?([\w$]+)'? is not defined/.exec(message)?.[1];
  if (name === "ReferenceError" && unknown !== undefined)
    return unknownName(unknown, there?.isCalled ?? false);
  const called = /([\w$]+) is not a function/.exec(message)?.[1];
  if (name === "TypeError" && called !== undefined) return unknownFunction(called);
  if (name === "TypeError" && message === "not a function") return unnamedFunction(there?.name ?? null);
  if (/call stack|stack overflow/i.test(message)) {
    const what = "a function calls itself without end, or a number is far too large";
    return { kind: "runtime", message: what, hint: "give the recursion an end" };
  }
  if (TOO_LARGE.test(message)) {
    return { kind: "memory", message: "the code asks for too much memory", hint: "make it smaller" };
  }
  // What core's fractions say.
  if (message === "Invalid argument") {
    return { kind: fallback, message: "a number is wanted here", hint: "use a number, not a word" };
  }
  return { kind: fallback, message: sentence(message), hint: null };
}

function unknownName(name: string, isCalled: boolean): Reading {
  const message = `unknown name ${name}`;
  if (OUTSIDE.has(name)) {
    return { kind: "reference", message, hint: "pattern code cannot reach files, the page or the network" };
  }
  const isText = !isCalled && (soundClass(name) !== "unknown" || isNote(name));
  const hint = isText ? `sounds and notes need quotes: "${name}"` : didYouMean(name, topLevelNames());
  return { kind: "reference", message, hint: hint ?? "is it spelled right? Text needs quotes" };
}

function unknownFunction(name: string): Reading {
  const known = [...methodNames(), ...topLevelNames()].filter((candidate) => candidate !== name);
  return { kind: "reference", message: `${name} is not a function`, hint: didYouMean(name, known) };
}

/** QuickJS does not say what is not a function; the place in the text does, unless that is a name that exists. */
function unnamedFunction(named: string | null): Reading {
  const exists = named !== null && [...methodNames(), ...topLevelNames()].includes(named);
  if (named !== null && !exists) return unknownFunction(named);
  return { kind: "reference", message: "something that is called here is not a function", hint: null };
}

function sentence(message: string): string {
  // Text in double quotes is a pattern, in error messages too.
  if (message === "[object Object]") return "the code throws an error";
  const text = message.replace(/^\[\w+\]:? /, "").replace(/\.$/, "");
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
