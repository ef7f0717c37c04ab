// What an evaluation changes on shared objects (`register`, prototypes, globals) belongs to that evaluation:
// it is taken away afterwards and put back only while that evaluation is queried, so that several live in one
// isolate without breaking each other.
import { Fraction, Hap, Pattern, State, strudelScope, TimeSpan } from "@strudel/core";
import { voicingRegistry } from "@strudel/tonal";

type Key = string | symbol;

interface Kept {
  object: object;
  keys: Key[];
  /** The value, where it is a plain one that can be compared without running anything. */
  values: unknown[];
  descriptors: PropertyDescriptor[];
  positions: Map<Key, number>;
}

interface Change {
  object: object;
  key: Key;
  before: PropertyDescriptor | undefined;
  after: PropertyDescriptor | undefined;
}

/** Everything one evaluation changed, in no order; empty for most code. */
export type Changes = readonly Change[];

export const NO_CHANGES: Changes = [];

// Taken now, before anybody's code can replace them.
const { defineProperty, getOwnPropertyDescriptor, ownKeys, deleteProperty } = Reflect;
const isSame = Object.is;
const NOT_PLAIN = Symbol("not plain");

let baseline: Kept[] = [];

function trackedObjects(): object[] {
  const builtins = [
    Object,
    Array,
    Function,
    String,
    Number,
    Boolean,
    RegExp,
    Map,
    Set,
    Promise,
    Error,
    Symbol,
  ];
  return [
    Pattern.prototype,
    Hap.prototype,
    State.prototype,
    TimeSpan.prototype,
    Fraction._original.prototype,
    Fraction,
    strudelScope,
    voicingRegistry,
    globalThis,
    Math,
    JSON,
    Reflect,
    ...builtins,
    ...builtins.map((made) => made.prototype as object),
  ];
}

function keep(object: object): Kept {
  const keys: Key[] = [];
  const values: unknown[] = [];
  const descriptors: PropertyDescriptor[] = [];
  for (const key of ownKeys(object)) {
    const descriptor = getOwnPropertyDescriptor(object, key);
    if (descriptor === undefined || descriptor.configurable === false) continue;
    keys.push(key);
    values.push("value" in descriptor ? descriptor.value : NOT_PLAIN);
    descriptors.push(descriptor);
  }
  return { object, keys, values, descriptors, positions: new Map(keys.map((key, index) => [key, index])) };
}

/** Takes what is there now for the ground that every evaluation starts from. */
export function takeBaseline(): void {
  baseline = trackedObjects().map(keep);
}

function isUntouched(object: object, key: Key, value: unknown): boolean {
  if (value === NOT_PLAIN) return false;
  try {
    // Some ten times cheaper than a descriptor, and this runs at every evaluation.
    return isSame((object as Record<Key, unknown>)[key], value);
  } catch {
    return false;
  }
}

function hasSameValue(kept: Kept, index: number): boolean {
  const now = getOwnPropertyDescriptor(kept.object, kept.keys[index] as Key);
  if (now === undefined) return false;
  const before = kept.descriptors[index] as PropertyDescriptor;
  return isSame(now.value, before.value) && now.get === before.get && now.set === before.set;
}

function changesOf(kept: Kept, found: Change[]): void {
  const { object, keys, values, descriptors, positions } = kept;
  const count = keys.length;
  for (let index = 0; index < count; index++) {
    const key = keys[index] as Key;
    if (isUntouched(object, key, values[index]) || hasSameValue(kept, index)) continue;
    found.push({ object, key, before: descriptors[index], after: getOwnPropertyDescriptor(object, key) });
  }
  const present = ownKeys(object);
  if (present.length === count) return;
  for (const key of present) {
    if (positions.has(key)) continue;
    const after = getOwnPropertyDescriptor(object, key);
    if (after?.configurable === true) found.push({ object, key, before: undefined, after });
  }
}

function put(object: object, key: Key, descriptor: PropertyDescriptor | undefined): void {
  if (descriptor === undefined) deleteProperty(object, key);
  else defineProperty(object, key, descriptor);
}

/** Returns what differs from the ground and takes it away. */
export function takeChanges(): Changes {
  const found: Change[] = [];
  for (const kept of baseline) changesOf(kept, found);
  for (const { object, key, before } of found) put(object, key, before);
  return found;
}

/** Runs `work`, which asks patterns for haps, and takes away what they changed meanwhile. */
export function unspoiled<T>(work: () => T): T {
  try {
    return work();
  } finally {
    takeChanges();
  }
}

/** Runs `work` with `changes` in force and takes them away afterwards, whatever happens. */
export function within<T>(changes: Changes, work: () => T): T {
  if (changes.length === 0) return work();
  for (const { object, key, after } of changes) put(object, key, after);
  try {
    return work();
  } finally {
    for (const { object, key, before } of changes) put(object, key, before);
  }
}
