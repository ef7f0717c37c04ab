// What the scheduler knows of the world: a clock, a way to ask for haps, and a way to play one.
import type { Problem } from "../engine/problem.js";
import type { Thinned } from "./density.js";
import type { Version } from "./lane.js";
import type { PlayedHap, Rows } from "./worker_messages.js";

/** What the scheduler needs from the outside. */
export interface Outside {
  /** Audio time in seconds. */
  now(): number;
  /** The haps of a version in [begin, end) cycles, to be played at `cps`. */
  fetchHaps(version: Version, begin: number, end: number, cps: number): Promise<Rows>;
  play(version: Version, hap: PlayedHap, at_s: number, duration_s: number, cps: number): void;
  /** Haps became known for [begin, end): they replace whatever was known from `begin` on. */
  known(version: Version, begin: number, end: number, haps: readonly PlayedHap[]): void;
  /** The version is not needed any more. */
  forget(version: Version): void;
  /** Brings the code of a version back that was forgotten. Null when it does not evaluate any more. */
  recall(version: Version): Promise<Version | null>;
  /**
   * A version failed, its haps from `at_cycle` on are not to be had: its layer is silent, or (with a cycle) what was
   * before sounds from there on.
   */
  failed(version: Version, problem: Problem, at_cycle: number, from_cycle: number | null): void;
  /** A layer has more haps in a second than may sound, and how many do; null: not any more. */
  thinned(layer: string, haps_per_s: Thinned | null): void;
}
