// Every name that pattern code sees: Strudel's own in function scope, so that nothing lands on globalThis.
import * as core from "@strudel/core";
import * as mini from "@strudel/mini";
import * as tonal from "@strudel/tonal";
import { takeBaseline } from "./scope.js";
import { hydraNames, installSilent } from "./silent.js";
import { installVocabulary } from "./vocabulary.js";

type Names = Record<string, unknown>;
type Run = (code: string) => unknown;
type MakeRun = (...values: unknown[]) => Run;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
/** Reserved in strict code, or the machinery of a running REPL, which is not here. */
const EXCLUDED = new Set(
  "default evaluate evalScope repl Cyclist NeoCyclist SyntaxError StartRules".split(" "),
);

let names: Names = {};
let makeRun: MakeRun | null = null;
let values: unknown[] = [];

// Kept from before anybody's code runs.
const MakeFunction = Function;

function compile(known: Names): MakeRun {
  // A direct eval inside a function that has all names as parameters: pattern code may declare the same names,
  // and assign to them, without any other evaluation noticing.
  return MakeFunction(
    ...Object.keys(known),
    `"use strict"; return function () { return eval(arguments[0]); };`,
  ) as MakeRun;
}

function add(more: Names): void {
  for (const [name, value] of Object.entries(more)) {
    if (IDENTIFIER.test(name) && !EXCLUDED.has(name)) names[name] = value;
  }
  makeRun = null;
}

/** Adds the names of a bundle that came later (xen), whose methods then belong to the ground. */
export function addNames(more: Names): void {
  add(more);
  takeBaseline(sharedPatterns());
}

let isGrounded = false;

/** At the first evaluation, when everything around is loaded. */
function ground(): void {
  if (isGrounded) return;
  isGrounded = true;
  takeBaseline(sharedPatterns());
}

/** Patterns that everybody's code sees: signals, `silence`. */
function sharedPatterns(): object[] {
  return Object.values(names).filter((value) => core.isPattern(value));
}

function installNames(): void {
  core.setStringParser(undefined);
  // Upstream's keyboard functions look for one to listen to.
  (globalThis as unknown as { window?: unknown }).window ??= { addEventListener() {} };
  const silent = installSilent();
  names = {};
  for (const part of [silent, core, mini, tonal, installVocabulary()] as Names[]) add(part);
}

/** All top-level names, for suggestions. */
export function topLevelNames(): string[] {
  return Object.keys(names);
}

/** All method names a pattern answers to, for suggestions. */
export function methodNames(): string[] {
  return Object.getOwnPropertyNames(core.Pattern.prototype).filter((name) => !name.startsWith("_"));
}

/** Runs transpiled code, which may see `extra` names too. What it throws comes through as it is. */
export function runCode(code: string, extra: Names = {}): unknown {
  ground();
  const hydra = /\binitHydra\b/.test(code) ? hydraNames() : {};
  if (Object.keys(hydra).length + Object.keys(extra).length > 0) {
    const known = { ...names, ...hydra, ...extra };
    return compile(known)(...Object.values(known))(code);
  }
  if (makeRun === null) {
    makeRun = compile(names);
    values = Object.values(names);
  }
  return makeRun(...values)(code);
}

// Once, when this module is loaded: before anybody's code.
installNames();
