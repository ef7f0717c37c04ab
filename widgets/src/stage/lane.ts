// What one layer sounds now and next: versions of its code, each from its cycle on.
import type { Problem } from "../engine/problem.js";
import { Density } from "./density.js";
import type { PlayedHap } from "./worker_messages.js";

/** Cycle numbers closer than this are the same moment. */
const SAME_CYCLES = 1e-9;

/** One evaluation of one layer. */
export interface Version {
  readonly id: number;
  /** Which of the page's requests it is. */
  readonly request_id: number;
  readonly layer: string;
  readonly code: string;
  /** The tempo the code sets, if it sets one. */
  readonly cps: number | null;
}

/** A version with the haps that are known of it and have not sounded. */
export interface Line {
  readonly version: Version;
  from_cycle: number;
  fetched_to: number;
  haps: PlayedHap[];
  /** Raised when what is under way must not be taken: the haps changed meanwhile. */
  edition: number;
  /** What sounded before, to go back to while this one is young. */
  readonly before: Version | null;
  /** Its haps could not be had from this cycle on. */
  failure: { at_cycle: number; problem: Problem } | null;
}

/** A line of which nothing is known yet. */
export function newLine(version: Version, from_cycle: number, before: Version | null): Line {
  return { version, from_cycle, fetched_to: from_cycle, haps: [], edition: 0, before, failure: null };
}

/** One layer in the scheduler. */
export class Lane {
  readonly density = new Density();
  current: Line | null = null;
  /** In the order of their cycles, which all differ. */
  #coming: Line[] = [];

  get coming(): readonly Line[] {
    return this.#coming;
  }

  /** The version that sounds once everything under way has begun. */
  get newest(): Version | null {
    return (this.#coming.at(-1) ?? this.current)?.version ?? null;
  }

  /** All lines, the one that sounds first. */
  get lines(): readonly Line[] {
    return this.current === null ? this.#coming : [this.current, ...this.#coming];
  }

  /** Adds a line; returns those that begin no earlier and so will never sound. */
  add(line: Line): Line[] {
    const outdone = this.#coming.filter((each) => each.from_cycle >= line.from_cycle - SAME_CYCLES);
    this.#coming = [...this.#coming.filter((each) => !outdone.includes(each)), line];
    return outdone;
  }

  /** Takes a line out that has not begun; returns the one whose haps sound in its place. */
  remove(line: Line): Line | null {
    const place = this.#coming.indexOf(line);
    this.#coming.splice(place, 1);
    return place > 0 ? (this.#coming[place - 1] as Line) : this.current;
  }

  /** Lets what is due at `cycle` begin; returns the lines that are over, or null when nothing is due. */
  swap(cycle: number): Line[] | null {
    const due = this.#coming.filter((each) => each.from_cycle <= cycle + SAME_CYCLES);
    if (due.length === 0) return null;
    const over = this.lines.slice(0, this.lines.length - this.#coming.length + due.length - 1);
    this.current = due.at(-1) as Line;
    this.#coming = this.#coming.slice(due.length);
    return [...over];
  }

  /** Takes the haps of what sounds that begin before `edge`. */
  take(edge: number): PlayedHap[] {
    if (this.current === null) return [];
    const { haps } = this.current;
    const end = haps.findIndex((hap) => hap.begin >= edge);
    return haps.splice(0, end === -1 ? haps.length : end);
  }

  /** The lines that run out of haps before `horizon`, or before the next one begins. */
  hungry(horizon: number): Line[] {
    const { lines } = this;
    return lines.filter((line, index) => {
      const until = lines[index + 1]?.from_cycle ?? Number.POSITIVE_INFINITY;
      return line.fetched_to < Math.min(horizon, until);
    });
  }

  /** Forgets what is known of cycles from `cycle` on, and asks anew from there. */
  forgetFrom(cycle: number): void {
    for (const line of this.lines) {
      if (line.failure !== null) continue;
      const from = Math.max(cycle, line.from_cycle);
      line.haps = line.haps.filter((hap) => hap.begin < from);
      line.fetched_to = Math.min(line.fetched_to, from);
      line.edition++;
    }
  }

  /** Time went elsewhere: nothing that is known holds, and `cycle` is the next to sound. */
  reseat(cycle: number): void {
    if (this.current !== null) this.current.from_cycle = Math.min(this.current.from_cycle, cycle);
    for (const line of this.lines) {
      if (line.failure !== null) continue;
      line.haps = [];
      line.fetched_to = Math.max(cycle, line.from_cycle);
      line.edition++;
    }
  }

  /** Cycles are counted anew: what is newest sounds whichever is next. Returns the lines that are over. */
  renumber(): Line[] {
    const newest = this.lines.at(-1) ?? null;
    const over = this.lines.filter((line) => line !== newest);
    this.#coming = [];
    this.current = newest;
    if (newest?.failure) newest.failure.at_cycle = 0;
    if (newest !== null) newest.from_cycle = 0;
    this.reseat(0);
    return over;
  }
}

/** Of all lanes' lines the one that runs out of haps first, when one does before `horizon`. */
export function hungriest(lanes: Iterable<Lane>, horizon: number): Line | null {
  let found: Line | null = null;
  for (const lane of lanes) {
    for (const line of lane.hungry(horizon)) {
      if (found === null || line.fetched_to < found.fetched_to) found = line;
    }
  }
  return found;
}
