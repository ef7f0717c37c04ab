// What an evaluation changes on shared objects (`register`, prototypes, globals) belongs to that evaluation:
// it is taken away afterwards and put back only while that evaluation is queried, so that several live in one
// isolate without breaking each other.
import { Fraction, Hap, Pattern, State, strudelScope, TimeSpan } from "@strudel/core";
import { voicingRegistry } from "@strudel/tonal";

type Key = string | symbol;

interface Kept {
  object: object;
  prototype: object | null;
  isExtensible: boolean;
  /** Code may add to it: methods, names, voicings. Adding to anything else is tampering. */
  isOpen: boolean;
  keys: Key[];
  /** The value, where it is a plain one that can be compared without running anything. */
  values: unknown[];
  descriptors: PropertyDescriptor[];
  /** Key → anything; without a prototype. */
  known: Record<Key, unknown>;
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

// Taken now, before anybody's code can replace them. From here on nothing that code can change is used: no
// methods, no iterators, no lists or descriptors with a prototype.
const { defineProperty, getOwnPropertyDescriptor, ownKeys, deleteProperty } = Reflect;
const { getPrototypeOf, setPrototypeOf, isExtensible } = Reflect;
const isSame = Object.is;
const NOT_PLAIN = Symbol("not plain");

const OPEN = new Set<object>([Pattern.prototype, strudelScope, voicingRegistry, globalThis]);

let baseline: Kept[] = [];
let isDirty = false;

/**
 * Whether code has changed more in this realm than methods and globals of its own: what it replaced is put back,
 * but nobody can know what ran meanwhile. Once true it stays true, and the realm is best thrown away.
 */
export function realmIsDirty(): boolean {
  return isDirty;
}

/** Says that this realm is not to be trusted any more. */
export function distrustRealm(): void {
  isDirty = true;
}

/** Objects that no program names: what iterators and generators inherit from, and what those inherit from. */
function hiddenPrototypes(): object[] {
  const made: object[] = [[][Symbol.iterator](), new Map().keys(), new Set().keys(), ""[Symbol.iterator]()];
  made.push("".matchAll(/a/g), (function* () {})(), Int8Array.prototype, Int8Array);
  const found = new Set<object>();
  for (const one of made) {
    for (let up = getPrototypeOf(one); up !== null; up = getPrototypeOf(up)) found.add(up);
  }
  return [...found];
}

function trackedObjects(shared: readonly object[]): object[] {
  const builtins = [
    Object,
    Array,
    Function,
    String,
    Number,
    Boolean,
    BigInt,
    RegExp,
    Map,
    Set,
    WeakMap,
    WeakSet,
    Promise,
    Date,
    Error,
    TypeError,
    RangeError,
    Symbol,
  ];
  const objects = [
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
    ...hiddenPrototypes(),
    ...shared,
  ];
  return [...new Set<object>(objects)];
}

/** A list or object that inherits nothing, so that nothing inherited can change what it does. */
function bare<T extends object>(made: T): T {
  setPrototypeOf(made, null);
  return made;
}

function descriptorOf(object: object, key: Key): PropertyDescriptor | undefined {
  const found = getOwnPropertyDescriptor(object, key);
  return found === undefined ? undefined : bare(found);
}

function keep(object: object): Kept {
  const keys: Key[] = bare([]);
  const values: unknown[] = bare([]);
  const descriptors: PropertyDescriptor[] = bare([]);
  const known: Record<Key, unknown> = bare({});
  for (const key of ownKeys(object)) {
    const descriptor = descriptorOf(object, key);
    if (descriptor === undefined) continue;
    const index = keys.length;
    keys[index] = key;
    values[index] = "value" in descriptor ? descriptor.value : NOT_PLAIN;
    descriptors[index] = descriptor;
    known[key] = true;
  }
  const prototype = getPrototypeOf(object);
  const isOpen = OPEN.has(object);
  return { object, prototype, isExtensible: isExtensible(object), isOpen, keys, values, descriptors, known };
}

/** Takes what is there now, and on the `shared` objects, for the ground that every evaluation starts from. */
export function takeBaseline(shared: readonly object[]): void {
  baseline = bare(trackedObjects(shared).map(keep));
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

function isUnchanged(before: PropertyDescriptor, now: PropertyDescriptor | undefined): boolean {
  return (
    now !== undefined &&
    isSame(now.value, before.value) &&
    now.get === before.get &&
    now.set === before.set &&
    now.writable === before.writable &&
    now.configurable === before.configurable
  );
}

function changesOf(kept: Kept, found: Change[]): void {
  const { object, keys, values, descriptors, known } = kept;
  if (isExtensible(object) !== kept.isExtensible || getPrototypeOf(object) !== kept.prototype) {
    isDirty = true;
    setPrototypeOf(object, kept.prototype);
  }
  const count = keys.length;
  const before = found.length;
  for (let index = 0; index < count; index++) {
    const key = keys[index] as Key;
    if (isUntouched(object, key, values[index])) continue;
    const now = descriptorOf(object, key);
    if (isUnchanged(descriptors[index] as PropertyDescriptor, now)) continue;
    isDirty = true;
    found[found.length] = { object, key, before: descriptors[index], after: now };
  }
  const present = ownKeys(object);
  const presentCount = present.length;
  if (presentCount === count && found.length === before) return;
  for (let index = 0; index < presentCount; index++) {
    const key = present[index] as Key;
    if (key in known) continue;
    if (!kept.isOpen) isDirty = true;
    found[found.length] = { object, key, before: undefined, after: descriptorOf(object, key) };
  }
}

function put({ object, key }: Change, descriptor: PropertyDescriptor | undefined): void {
  const isDone =
    descriptor === undefined ? deleteProperty(object, key) : defineProperty(object, key, descriptor);
  if (!isDone) isDirty = true;
}

function takeAway(changes: Changes): void {
  const count = changes.length;
  for (let index = 0; index < count; index++) {
    const change = changes[index] as Change;
    put(change, change.before);
  }
}

/** Returns what differs from the ground and takes it away. */
export function takeChanges(): Changes {
  const found: Change[] = bare([]);
  const count = baseline.length;
  for (let index = 0; index < count; index++) changesOf(baseline[index] as Kept, found);
  takeAway(found);
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
  const count = changes.length;
  if (count === 0) return work();
  for (let index = 0; index < count; index++) {
    const change = changes[index] as Change;
    put(change, change.after);
  }
  try {
    return work();
  } finally {
    takeAway(changes);
  }
}
