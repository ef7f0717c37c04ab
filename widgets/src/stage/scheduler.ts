// Decides which hap sounds when. Knows no audio: it is given a clock, a way to ask for haps, and a way to play one.
import type { Problem } from "../engine/problem.js";
import { chunkEnd, exactly } from "./cycle_grid.js";
import { hungriest, Lane, type Line, newLine, type Version } from "./lane.js";
import type { Outside } from "./outside.js";
import { type MusicalTime, usableCps } from "./tempo.js";
import { type Guide, Timekeeper } from "./timekeeper.js";
import type { PlayedHap, Rows } from "./worker_messages.js";

export type { Outside, Version };

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
/** So much later at each attempt, code that missed its cycle is aimed. */
const ATTEMPT_STEP_S = 0.03;
/** Code that fails within its first cycles gives way to what played before; older code just falls silent. */
const PROBATION_CYCLES = 16;
/** Functions whose haps are others at another tempo. */
const BY_TEMPO = /\b(?:loopAt|fit|splice)/i;

/** The one scheduler of a page. */
export class Scheduler {
  readonly #time = new Timekeeper();
  #outside: Outside;
  #lanes = new Map<string, Lane>();
  #running = false;
  /** Everything before this cycle has been handed to `play`. */
  #played_to = 0;
  #lookAhead_s = LOOK_AHEAD_S;
  #calm = 0;
  #fetching = false;
  /** The edition of the tempo that known haps were asked for with. */
  #tunedTo = 0;
  /** Whether `#played_to` is a place in the time that is followed. */
  #isSeated = true;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get tempo(): MusicalTime {
    return this.#time.tempo;
  }

  get #isFollowing(): boolean {
    return this.#time.guide !== null;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Whether it is known which cycle sounds. */
  get isInTime(): boolean {
    return this.#running && this.#isSeated;
  }

  /** Seconds by which what is played next is later than the session's time; null when none is followed or known. */
  get phaseError_s(): number | null {
    return this.isInTime ? this.#time.error_s : null;
  }

  /** Layers that sound now or from the next boundary on. */
  get layers(): string[] {
    return [...this.#lanes.keys()];
  }

  /** The version of a layer that sounds or is about to. */
  versionOf(layer: string): Version | null {
    return this.#lanes.get(layer)?.newest ?? null;
  }

  /**
   * Goes by a session's time from now on, with its cycles, or (null) by the page's own again, which goes on where
   * the session's is.
   */
  follow(guide: Guide | null): void {
    if (guide === this.#time.guide) return;
    const wasInTime = this.isInTime;
    this.#time.follow(guide);
    this.#isSeated = guide === null;
    const { tempo } = this;
    const next = this.#played_to;
    if (guide !== null) this.#renumber();
    else if (wasInTime) tempo.restart(tempo.timeOf(next), next, tempo.cpsAt(next));
    else this.#begin(null);
  }

  /** The cycle from which new code may sound, `margin_s` from now at the soonest. */
  #entry(at_cycle: number | null, margin_s: number): number {
    const now = this.#outside.now();
    if (!this.#isFollowing && !this.#running) return 0;
    if (!this.#isSeated && !this.#time.lookUp()) return at_cycle ?? 0;
    const isDecided = this.#running && this.#isSeated;
    const soonest = this.tempo.cycleAt(now + margin_s + (isDecided ? 0 : START_DELAY_S));
    const earliest = isDecided ? Math.max(this.#played_to, soonest) : soonest;
    if (at_cycle === null) return Math.ceil(earliest - 1e-9);
    return Math.max(at_cycle, exactly(earliest));
  }

  /**
   * Lets a version sound from `at_cycle` on, at once and in phase when that has passed; without it from the next
   * cycle boundary, or at once when nothing plays. `prepare` is given the first haps and awaited once, before
   * anything is decided; when the version is not wanted any more, nothing starts. Returns the cycle, what is wrong
   * with the first haps, or null when nothing was to start.
   */
  async start(
    version: Version,
    prepare: (haps: readonly PlayedHap[]) => Promise<unknown>,
    isWanted: () => boolean,
    at_cycle: number | null = null,
  ): Promise<{ from_cycle: number } | { problem: Problem } | null> {
    for (let attempt = 1; ; attempt++) {
      const wasRunning = this.#running;
      const from_cycle = this.#entry(at_cycle, attempt * ATTEMPT_STEP_S);
      const end = chunkEnd(from_cycle, this.tempo.cpsAt(from_cycle));
      const { problem, haps } = await this.#fetchHaps(version, from_cycle, end);
      if (problem !== null) return { problem };
      // Preparing may outlast many cycles: whoever waited again each time would never meet a boundary.
      if (attempt === 1) await prepare(haps);
      if (!isWanted()) return null;
      if (wasRunning !== this.#running) continue;
      if (!wasRunning && !this.#isFollowing) this.#begin(version.cps);
      else if (!this.#isOpen(from_cycle)) continue;
      this.#running = true;
      this.#enter(version, from_cycle, end, haps);
      if (!wasRunning) this.tick();
      return { from_cycle };
    }
  }

  /** Whether code may still begin at this cycle. */
  #isOpen(cycle: number): boolean {
    if (this.#running && this.#isSeated) return cycle >= this.#played_to - 1e-9;
    return !this.#time.lookUp() || cycle >= this.tempo.cycleAt(this.#outside.now() + START_DELAY_S);
  }

  /** The page's own time starts at cycle 0. */
  #begin(cps: number | null): void {
    this.#played_to = 0;
    const last = this.tempo.cpsAt(Number.POSITIVE_INFINITY);
    this.tempo.restart(this.#outside.now() + START_DELAY_S, 0, cps ?? last);
    this.#renumber();
  }

  /** Another time begins: what plays or is about to sounds from wherever that is. */
  #renumber(): void {
    for (const lane of this.#lanes.values()) this.#drop(lane.renumber());
  }

  #enter(version: Version, from_cycle: number, fetched_to: number, haps: PlayedHap[]): void {
    const lane = this.#lanes.get(version.layer) ?? new Lane();
    this.#lanes.set(version.layer, lane);
    const line = newLine(version, from_cycle, lane.current?.version ?? null);
    line.fetched_to = fetched_to;
    line.haps = [...haps];
    this.#drop(lane.add(line));
    this.#outside.known(version, from_cycle, fetched_to, haps);
    void this.#fetch();
  }

  #drop(lines: readonly Line[]): void {
    for (const line of lines) {
      line.edition++;
      this.#outside.forget(line.version);
    }
  }

  /** Ends one layer. */
  stop(layer: string): void {
    const lane = this.#lanes.get(layer);
    if (lane === undefined) return;
    this.#lanes.delete(layer);
    this.#drop(lane.lines);
    if (this.#lanes.size > 0) return;
    this.#running = false;
    this.#isSeated = !this.#isFollowing;
  }

  /**
   * Changes the page's own tempo from what has not been decided yet, in cycles per second; one that is unusable is
   * ignored, and so is any while a session's is followed.
   */
  setCps(asked: number): void {
    const cps = usableCps(asked);
    if (cps === null || this.#isFollowing) return;
    if (this.#running) this.tempo.change(this.#played_to, cps);
    else this.tempo.restart(0, 0, cps);
  }

  /** Asks again for what has not sounded yet: a slider moved. */
  refresh(layer: string): void {
    this.#lanes.get(layer)?.forgetFrom(this.#played_to);
    void this.#fetch();
  }

  /** To be called some forty times a second: plays what is due and asks for what will be. */
  tick(): void {
    const now = this.#outside.now();
    if (!this.#running || !this.#keepTime(now)) return;
    this.#adapt(now);
    for (;;) {
      if (Number.isInteger(this.#played_to)) this.#time.jump();
      // Anew each time: a swap may have changed the tempo.
      const due = this.tempo.cycleAt(now + this.#lookAhead_s);
      if (this.#played_to >= due) break;
      const edge = Math.min(due, this.#nextEdge());
      this.#swap(this.#played_to);
      this.#playUntil(edge);
      this.#played_to = edge;
    }
    this.#endFailed();
    this.#sayThinned(now);
    this.#retune();
    void this.#fetch();
  }

  /** Asks again for what depends on the tempo, when that has changed. */
  #retune(): void {
    if (this.tempo.edition === this.#tunedTo) return;
    this.#tunedTo = this.tempo.edition;
    for (const lane of this.#lanes.values()) {
      if (lane.lines.some(({ version }) => BY_TEMPO.test(version.code))) lane.forgetFrom(this.#played_to);
    }
  }

  /** The cycle up to which nothing changes but time. */
  #nextEdge(): number {
    const lines = [...this.#lanes.values()].flatMap((lane) => lane.coming);
    const swaps = lines.map((line) => line.from_cycle).filter((cycle) => cycle > this.#played_to);
    const boundary = this.#isFollowing ? Math.floor(this.#played_to) + 1 : Number.POSITIVE_INFINITY;
    return Math.min(boundary, ...swaps);
  }

  /** Keeps to the session's time, if one is followed; false while that is not known. */
  #keepTime(now: number): boolean {
    const found = this.#time.steer(now, this.#played_to);
    if (found === "unknown") return false;
    if (found === "lost" || !this.#isSeated) this.#seat(now);
    return this.#isSeated;
  }

  /** Takes its place in the session's time, wherever that is. */
  #seat(now: number): void {
    if (!this.#time.lookUp()) return;
    this.#played_to = exactly(this.tempo.cycleAt(now + START_DELAY_S));
    for (const lane of this.#lanes.values()) lane.reseat(this.#played_to);
    this.#isSeated = true;
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
      const over = lane.swap(cycle);
      if (over === null || lane.current === null) continue;
      this.#drop(over);
      const { from_cycle, version } = lane.current;
      // A session's tempo is changed in the session, not by code.
      if (version.cps !== null && !this.#isFollowing) this.tempo.change(from_cycle, version.cps);
    }
  }

  #playUntil(edge: number): void {
    for (const lane of this.#lanes.values()) {
      const { current } = lane;
      if (current !== null) for (const hap of lane.take(edge)) this.#play(lane, current.version, hap);
    }
  }

  #play({ density }: Lane, version: Version, hap: PlayedHap): void {
    const at_s = this.tempo.timeOf(hap.begin);
    const cps = this.tempo.cpsAt(hap.begin);
    if (!density.admits(at_s, hap.begin, cps)) return;
    this.#outside.play(version, hap, at_s, this.tempo.timeOf(hap.end) - at_s, cps);
  }

  #sayThinned(now: number): void {
    for (const [layer, { density }] of this.#lanes) {
      const news = density.news(now);
      if (news !== undefined) this.#outside.thinned(layer, news);
    }
  }

  /** The line that will run out of haps first, if any will within the prefetch. */
  #hungriest(): Line | null {
    if (!this.#isSeated) return null;
    return hungriest(this.#lanes.values(), this.tempo.cycleAt(this.#outside.now() + PREFETCH_S));
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

  #fetchHaps(version: Version, begin: number, end: number): Promise<Rows> {
    // What has not begun may bring a tempo with it.
    const isPending = this.#lanes.get(version.layer)?.current?.version !== version;
    const own = isPending && !this.#isFollowing ? version.cps : null;
    return this.#outside.fetchHaps(version, begin, end, own ?? this.tempo.cpsAt(begin));
  }

  async #feed(line: Line): Promise<void> {
    const { edition, fetched_to: begin } = line;
    const end = chunkEnd(begin, this.tempo.cpsAt(begin));
    const { problem, haps } = await this.#fetchHaps(line.version, begin, end);
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
    const lane = this.#lanes.get(layer);
    if (lane === undefined) return;
    if (lane.current !== null && lane.current !== line) return this.#takeBack(lane, line, problem, at_cycle);
    if (line.before === null || at_cycle - line.from_cycle >= PROBATION_CYCLES) return;
    const recalled = await this.#outside.recall(line.before);
    if (recalled === null) return;
    // Something newer is on its way already: it need not be held up.
    const isTooLate = this.#lanes.get(layer) !== lane || lane.current !== line || lane.coming.length > 0;
    if (isTooLate) return this.#outside.forget(recalled);
    line.failure = null;
    const from_cycle = Math.max(at_cycle, this.#played_to);
    this.#drop(lane.add(newLine(recalled, from_cycle, null)));
    this.#outside.failed(line.version, problem, at_cycle, from_cycle);
    void this.#fetch();
  }

  /** What failed had not begun to sound: what sounds before it simply goes on. */
  #takeBack(lane: Lane, line: Line, problem: Problem, at_cycle: number): void {
    const goesOn = lane.remove(line);
    this.#drop([line]);
    if (goesOn !== null) {
      const kept = goesOn.haps.filter((hap) => hap.begin >= line.from_cycle);
      const known_to = Math.max(goesOn.fetched_to, line.from_cycle);
      this.#outside.known(goesOn.version, line.from_cycle, known_to, kept);
    }
    this.#outside.failed(line.version, problem, at_cycle, line.from_cycle);
  }

  /** Silences layers that have played all there is of a version that failed. */
  #endFailed(): void {
    for (const [layer, { current, coming }] of this.#lanes) {
      if (current === null || current.failure === null || coming.length > 0) continue;
      if (current.failure.at_cycle > this.#played_to) continue;
      const { at_cycle, problem } = current.failure;
      this.stop(layer);
      this.#outside.failed(current.version, problem, at_cycle, null);
    }
  }
}
