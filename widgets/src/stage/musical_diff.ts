// What a change of a layer's code does to its music: haps that came, went, moved or sound different. Pure.
import type { ControlChange, MusicalDiff } from "./messages.js";
import type { PlayedHap } from "./worker_messages.js";

type Counts = Pick<MusicalDiff, "added" | "removed" | "moved" | "changed" | "kept" | "controls">;
type Key = (hap: PlayedHap) => string;

/** More different controls than this are not told. */
const MOST_CONTROLS = 6;
/** With haps more or less, other sounds and notes are no news. */
const WHO_PLAYS = new Set(["s", "note", "n", "bank"]);

/** A hap's value as text, alike for two that sound alike. */
function sounding({ value }: PlayedHap): string {
  return JSON.stringify(value, Object.keys(value).sort());
}

const exactly: Key = (hap) => `${hap.begin} ${hap.end} ${sounding(hap)}`;
/** From the most alike to the least: the same moment with the same sound and note, with one of both. */
const STILL_THERE: readonly Key[] = [
  ({ begin, value, note }) => `${begin} ${value.s} ${note}`,
  ({ begin, value }) => `${begin} ${value.s}`,
  // A drum has no note: another drum at its time is another hap.
  ({ begin, value, note }) => `${begin} ${note ?? `no note, ${value.s}`}`,
];

/** Takes out of both lists what is alike by `key`; gives how many pairs that were. */
function pair(gone: PlayedHap[], come: PlayedHap[], key: Key): number {
  const waiting = new Map<string, PlayedHap[]>();
  for (const hap of gone) {
    const alike = waiting.get(key(hap));
    if (alike === undefined) waiting.set(key(hap), [hap]);
    else alike.push(hap);
  }
  const left = come.filter((hap) => waiting.get(key(hap))?.pop() === undefined);
  const pairs = come.length - left.length;
  come.splice(0, come.length, ...left);
  gone.splice(0, gone.length, ...[...waiting.values()].flat());
  return pairs;
}

/** How the haps of one layer differ. Times are compared as they are: both must be of the same cycles. */
export function diffHaps(before: readonly PlayedHap[], after: readonly PlayedHap[]): Counts {
  const [gone, come] = [[...before], [...after]];
  const kept = pair(gone, come, exactly);
  const changed = STILL_THERE.reduce((sum, key) => sum + pair(gone, come, key), 0);
  const moved = pair(gone, come, sounding);
  return {
    added: come.length,
    removed: gone.length,
    moved,
    changed,
    kept,
    controls: controlChanges(before, after),
  };
}

function controlChanges(before: readonly PlayedHap[], after: readonly PlayedHap[]): ControlChange[] {
  if (before.length === 0 || after.length === 0) return [];
  const silent = before.length === after.length ? new Set<string>() : WHO_PLAYS;
  const names = new Set([...before, ...after].flatMap(({ value }) => Object.keys(value)));
  return [...names]
    .filter((name) => !silent.has(name))
    .map((name) => ({ name, before: valuesOf(before, name), after: valuesOf(after, name) }))
    .filter((change) => change.before !== change.after)
    .slice(0, MOST_CONTROLS);
}

/** The values that a control takes, least first, in words; "" when it takes none. */
function valuesOf(haps: readonly PlayedHap[], name: string): string {
  const values = [...new Set(haps.map(({ value }) => value[name]).filter((each) => each !== undefined))];
  const numbers = values.filter((each) => typeof each === "number");
  const words =
    numbers.length === values.length
      ? numbers.sort((a, b) => a - b).map((each) => String(Number(each.toPrecision(4))))
      : values.map((each) => (typeof each === "object" ? "…" : String(each))).sort();
  return words.length > 3 ? `${words[0]}…${words.at(-1)}` : words.join("/");
}
