// Decides which hap sounds when. Knows no audio: it is given a clock, a way to ask for haps, and a way to play one.
import type { Problem } from "../engine/problem.js";
import { TempoMap, usableCps } from "./tempo.js";
import type { PlayedHap, Rows } from "./worker_messages.js";

/** Haps are known this long before they sound, so that a killed Worker is never heard. */
export const PREFETCH_S = 2;
/** Stopping and mixing do not wait for what is scheduled, so looking well ahead costs nothing that is heard. */
const LOOK_AHEAD_S = 0.25;
const LOOK_AHEAD_AT_MOST_S = 0.6;
const LOOK_AHEAD_STEP_S = 0.175;
const LATE_S = 0.03;
/** Ticks in time until the look-ahead shrinks again by one step. */
const CALM_TICKS = 1500;
/** A fresh start sounds this long after it is decided. */
const START_DELAY_S = 0.06;
/** Code that fails within its first cycles gives way to what played before; older code just falls silent. */
const PROBATION_CYCLES = 16;
const START_CPS = 0.5;

/** One evaluation of one layer. */
export interface Version {
  readonly id: number;
  readonly layer: string;
  readonly code: string;
  /** The tempo the code sets, if it sets one. */
  readonly cps: number | null;
}

/** What the scheduler needs from the outside. */
export interface Outside {
  /** Audio time in seconds. */
  now(): number;
  fetchHaps(version: Version, begin: number, end: number): Promise<Rows>;
  play(version: Version, hap: PlayedHap, at_s: number, duration_s: number, cps: number): void;
  /** Haps became known for [begin, end): they replace whatever was known from `begin` on. */
  known(version: Version, begin: number, end: number, haps: readonly PlayedHap[]): void;
  /** The version is not needed any more. */
  forget(version: Version): void;
  /** Brings the code of a version back that was forgotten. Null when it does not evaluate any more. */
  recall(version: Version): Promise<Version | null>;
  failed(version: Version, problem: Problem, silent: boolean): void;
}

interface Line {
  version: Version;
  from_cycle: number;
  fetched_to: number;
  haps: PlayedHap[];
  /** Raised when what is under way must not be taken: the haps changed meanwhile. */
  edition: number;
  /** What sounded before, to go back to while this one is young. */
  before: Version | null;
  /** Its haps could not be had from this cycle on. */
  failure: { at_cycle: number; problem: Problem } | null;
}

interface Lane {
  current: Line | null;
  next: Line | null;
}

/** The one scheduler of a page. */
export class Scheduler {
  readonly tempo: TempoMap;
  #outside: Outside;
  #lanes = new Map<string, Lane>();
  #running = false;
  /** Everything before this cycle has been handed to `play`. */
  #played_to = 0;
  #lookAhead_s = LOOK_AHEAD_S;
  #calm = 0;
  #fetching = false;

  constructor(outside: Outside) {
    this.#outside = outside;
    this.tempo = new TempoMap(0, 0, START_CPS);
  }

  get running(): boolean {
    return this.#running;
  }

  /** Layers that sound now or from the next boundary on. */
  get layers(): string[] {
    return [...this.#lanes.keys()];
  }

  /** The version of a layer that sounds or is about to. */
  versionOf(layer: string): Version | null {
    const lane = this.#lanes.get(layer);
    return (lane?.next ?? lane?.current)?.version ?? null;
  }

  /** The first whole cycle that nothing has been decided about, `margin_s` from now. */
  #boundary(margin_s: number): number {
    const earliest = Math.max(this.#played_to, this.tempo.cycleAt(this.#outside.now() + margin_s));
    return Math.ceil(earliest - 1e-9);
  }

  get #chunk_cycles(): number {
    const cps = this.tempo.cpsAt(this.#played_to);
    return 2 ** Math.min(Math.max(Math.round(Math.log2(cps * 0.75)), -4), 6);
  }

  /**
   * Lets a version sound from the next cycle boundary on, or at once when nothing plays. `prepare` is given the
   * first haps and awaited once, before anything is decided; when the version is not wanted any more, nothing
   * starts. Returns the cycle, what is wrong with the first haps, or null when nothing was to start.
   */
  async start(
    version: Version,
    prepare: (haps: readonly PlayedHap[]) => Promise<unknown>,
    isWanted: () => boolean,
  ): Promise<{ from_cycle: number } | { problem: Problem } | null> {
    for (let attempt = 1; ; attempt++) {
      const isFresh = !this.#running;
      const from_cycle = isFresh ? 0 : this.#boundary(attempt * 0.03);
      const end = from_cycle + this.#chunk_cycles;
      const { problem, haps } = await this.#outside.fetchHaps(version, from_cycle, end);
      if (problem !== null) return { problem };
      // Preparing may outlast many cycles: whoever waited again each time would never meet a boundary.
      if (attempt === 1) await prepare(haps);
      if (!isWanted()) return null;
      if (isFresh !== !this.#running) continue;
      if (!isFresh && from_cycle < this.#played_to - 1e-9) continue;
      if (isFresh) this.#begin(version.cps);
      this.#enter(version, from_cycle, end, haps);
      if (isFresh) this.tick();
      return { from_cycle };
    }
  }

  #begin(cps: number | null): void {
    this.#running = true;
    this.#played_to = 0;
    const last = this.tempo.cpsAt(Number.POSITIVE_INFINITY);
    this.tempo.restart(this.#outside.now() + START_DELAY_S, 0, cps ?? last);
  }

  #enter(version: Version, from_cycle: number, fetched_to: number, haps: PlayedHap[]): void {
    const lane = this.#lanes.get(version.layer) ?? { current: null, next: null };
    this.#lanes.set(version.layer, lane);
    if (lane.next !== null) this.#drop(lane.next);
    const before = lane.current?.version ?? null;
    lane.next = { version, from_cycle, fetched_to, haps: [...haps], edition: 0, before, failure: null };
    this.#outside.known(version, from_cycle, fetched_to, haps);
    void this.#fetch();
  }

  #drop(line: Line): void {
    line.edition++;
    this.#outside.forget(line.version);
  }

  /** Ends one layer. */
  stop(layer: string): void {
    const lane = this.#lanes.get(layer);
    if (lane === undefined) return;
    this.#lanes.delete(layer);
    if (lane.current !== null) this.#drop(lane.current);
    if (lane.next !== null) this.#drop(lane.next);
    if (this.#lanes.size === 0) this.#running = false;
  }

  /** Changes the tempo from what has not been decided yet, in cycles per second; one that is unusable is ignored. */
  setCps(asked: number): void {
    const cps = usableCps(asked);
    if (cps === null) return;
    if (this.#running) this.tempo.change(this.#played_to, cps);
    else this.tempo.restart(0, 0, cps);
  }

  /** Asks again for what has not sounded yet: a slider moved. */
  refresh(layer: string): void {
    const lane = this.#lanes.get(layer);
    for (const line of [lane?.current, lane?.next]) {
      if (line === null || line === undefined) continue;
      const from = Math.max(this.#played_to, line.from_cycle);
      line.haps = line.haps.filter((hap) => hap.begin < from);
      line.fetched_to = Math.min(line.fetched_to, from);
      line.edition++;
    }
    void this.#fetch();
  }

  /** To be called some forty times a second: plays what is due and asks for what will be. */
  tick(): void {
    if (!this.#running) return;
    const now = this.#outside.now();
    this.#adapt(now);
    for (;;) {
      // Anew each time: a swap may have changed the tempo.
      const due = this.tempo.cycleAt(now + this.#lookAhead_s);
      if (this.#played_to >= due) break;
      const swaps = [...this.#lanes.values()].flatMap(({ next }) => (next === null ? [] : [next.from_cycle]));
      const edge = Math.min(due, ...swaps.filter((cycle) => cycle > this.#played_to));
      this.#swap(this.#played_to);
      this.#playUntil(edge);
      this.#played_to = edge;
    }
    this.#endFailed();
    void this.#fetch();
  }

  /** Late ticks mean a busy thread: look further ahead, and less again after a calm half minute. */
  #adapt(now: number): void {
    const isLate = this.tempo.timeOf(this.#played_to) < now + LATE_S;
    this.#calm = isLate ? 0 : this.#calm + 1;
    if (isLate) this.#lookAhead_s = Math.min(this.#lookAhead_s + LOOK_AHEAD_STEP_S, LOOK_AHEAD_AT_MOST_S);
    else if (this.#calm > CALM_TICKS) {
      this.#lookAhead_s = Math.max(this.#lookAhead_s - LOOK_AHEAD_STEP_S, LOOK_AHEAD_S);
      this.#calm = 0;
    }
  }

  #swap(cycle: number): void {
    for (const lane of this.#lanes.values()) {
      if (lane.next === null || lane.next.from_cycle > cycle + 1e-9) continue;
      if (lane.current !== null) this.#drop(lane.current);
      lane.current = lane.next;
      lane.next = null;
      const { cps } = lane.current.version;
      if (cps !== null) this.tempo.change(lane.current.from_cycle, cps);
    }
  }

  #playUntil(edge: number): void {
    for (const { current } of this.#lanes.values()) {
      if (current === null) continue;
      const due = current.haps.findIndex((hap) => hap.begin >= edge);
      const now = due === -1 ? current.haps.splice(0) : current.haps.splice(0, due);
      for (const hap of now) this.#play(current.version, hap);
    }
  }

  #play(version: Version, hap: PlayedHap): void {
    const at_s = this.tempo.timeOf(hap.begin);
    const cps = this.tempo.cpsAt(hap.begin);
    this.#outside.play(version, hap, at_s, (hap.end - hap.begin) / cps, cps);
  }

  /** The line that will run out of haps first, if any will within the prefetch. */
  #hungriest(): Line | null {
    const horizon = this.tempo.cycleAt(this.#outside.now() + PREFETCH_S);
    let found: Line | null = null;
    for (const { current, next } of this.#lanes.values()) {
      for (const line of [current, next]) {
        if (line === null || line.fetched_to >= horizon) continue;
        if (line === current && next !== null && line.fetched_to >= next.from_cycle) continue;
        if (found === null || line.fetched_to < found.fetched_to) found = line;
      }
    }
    return found;
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    try {
      for (let line = this.#hungriest(); line !== null; line = this.#hungriest()) await this.#feed(line);
    } finally {
      this.#fetching = false;
    }
  }

  async #feed(line: Line): Promise<void> {
    const { edition, fetched_to: begin } = line;
    const end = begin + this.#chunk_cycles;
    const { problem, haps } = await this.#outside.fetchHaps(line.version, begin, end);
    if (line.edition !== edition) return;
    if (problem !== null) return this.#fail(line, problem, begin);
    line.fetched_to = end;
    line.haps.push(...haps);
    this.#outside.known(line.version, begin, end, haps);
  }

  /** A failing version plays what is known of it, then gives way to what was before, or to silence. */
  async #fail(line: Line, problem: Problem, at_cycle: number): Promise<void> {
    line.failure = { at_cycle, problem };
    // Nothing more is asked of it.
    line.fetched_to = Number.POSITIVE_INFINITY;
    const { layer } = line.version;
    if (this.#lanes.get(layer)?.next === line && this.#lanes.get(layer)?.current !== null)
      return this.#takeBack(layer);
    if (line.before === null || at_cycle - line.from_cycle >= PROBATION_CYCLES) return;
    const recalled = await this.#outside.recall(line.before);
    if (recalled === null) return;
    const lane = this.#lanes.get(layer);
    // Something newer is on its way already: it need not be held up.
    if (lane === undefined || lane.current !== line || lane.next !== null)
      return this.#outside.forget(recalled);
    const from_cycle = Math.max(at_cycle, this.#played_to);
    line.failure = null;
    const revived = { version: recalled, from_cycle, fetched_to: from_cycle, haps: [], edition: 0 };
    lane.next = { ...revived, before: null, failure: null };
    this.#outside.failed(line.version, problem, false);
    void this.#fetch();
  }

  /** What failed had not begun to sound: what sounds simply goes on. */
  #takeBack(layer: string): void {
    const lane = this.#lanes.get(layer);
    if (
      lane?.next?.failure === null ||
      lane?.next === undefined ||
      lane.next === null ||
      lane.current === null
    )
      return;
    const { version, from_cycle, failure } = lane.next;
    this.#drop(lane.next);
    lane.next = null;
    const { current } = lane;
    const kept = current.haps.filter((hap) => hap.begin >= from_cycle);
    this.#outside.known(current.version, from_cycle, Math.max(current.fetched_to, from_cycle), kept);
    this.#outside.failed(version, (failure as { problem: Problem }).problem, false);
  }

  /** Silences layers that have played all there is of a version that failed. */
  #endFailed(): void {
    for (const [layer, { current, next }] of this.#lanes) {
      if (current === null || current.failure === null || next !== null) continue;
      if (current.failure.at_cycle > this.#played_to) continue;
      const { problem } = current.failure;
      this.stop(layer);
      this.#outside.failed(current.version, problem, true);
    }
  }
}
