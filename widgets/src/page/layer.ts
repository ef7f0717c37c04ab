// One layer as the page knows it: what it plays, how it is mixed, what is wrong with it.

import type { Problem } from "../engine/problem.js";
import type { FromStage, Hearing, InlineWidget, MixSettings } from "../stage/messages.js";
import { Signal } from "./signal.js";
import { HapTimeline } from "./timeline.js";

/** What a layer is doing: `starting` until the gate has answered for the first time. */
export type LayerState = "silent" | "starting" | "playing";

type Evaluated = Extract<FromStage, { kind: "evaluated" }>;
type Failed = Extract<FromStage, { kind: "failed" }>;

/** News that a version of the code starts to sound. */
export interface Started {
  code: string;
  from_cycle: number;
  widgets: InlineWidget[];
}

/** News that a version failed while it sounded. */
export interface Broke {
  code: string | null;
  problem: Problem;
  /** The cycle from which there is nothing of it. */
  at_cycle: number;
}

/** One layer of a page. The engine changes it; views read it and listen to `changed`. */
export class Layer {
  state: LayerState = "silent";
  /** The text that sounds; null when silent. */
  playing_code: string | null = null;
  /** True while new code is being gated. */
  checking = false;
  /** The text that `found` and `warnings` are about. */
  judged_code: string | null = null;
  /** What is wrong with that text. */
  found: Problem[] = [];
  warnings: Problem[] = [];
  notice: string | null = null;
  mix: MixSettings = { gain: 1, mute: false, solo: false };
  /** Whether this page hears it, whatever the mix. */
  hearing: Hearing = "mixed";
  /** How many haps a second are asked for and sound, while those are not all. */
  thinned: { asked: number; played: number } | null = null;
  /** Peak level 0..1, as last reported. */
  level = 0;
  /** Which of our requests is the newest: answers to older ones are ignored. */
  request = 0;
  /** The same for checks without playing. */
  check = 0;
  /** How many views show this layer. */
  views = 0;

  readonly timeline = new HapTimeline();
  readonly changed = new Signal<void>();
  readonly started = new Signal<Started>();
  /** What sounded has failed. */
  readonly broke = new Signal<Broke>();
  /** Somebody asked for this text to be gated: positions in it are what coming haps refer to. */
  readonly submitted = new Signal<string>();

  /** What others say is wrong with what the layer played; null when nothing is. */
  #mark: Problem | null = null;

  constructor(
    /** Unique in the page: scope and name. */
    readonly key: string,
    public name: string,
  ) {}

  /** What is wrong: with the text that was looked at since, or else with what the layer played. */
  get problems(): readonly Problem[] {
    return this.found.length > 0 || this.#mark === null ? this.found : [this.#mark];
  }

  rename(name: string): void {
    this.name = name;
    this.changed.emit();
  }

  /** The code cannot be played, or nobody could tell. What played before goes on. */
  refused(code: string, problems: Problem[]): void {
    this.checking = false;
    this.judged_code = code;
    this.found = problems;
    this.warnings = [];
    if (this.playing_code === null) this.state = "silent";
    this.changed.emit();
  }

  /** Takes the gate's answer. When it refuses, what played before goes on. */
  answered(code: string, answer: Evaluated): void {
    this.checking = false;
    this.judged_code = code;
    this.found = answer.problems;
    this.warnings = answer.warnings;
    if (answer.playing) {
      this.state = "playing";
      this.playing_code = code;
      const { from_cycle, widgets } = answer.playing;
      this.started.emit({ code, from_cycle, widgets });
    } else if (this.playing_code === null) {
      this.state = "silent";
    }
    this.changed.emit();
  }

  /** What plays failed; `plays` is what sounds from a cycle on, as long as it is not silenced. */
  failed({ problem, at_cycle, from_cycle, ...news }: Failed): void {
    const failed = this.playing_code;
    const plays = news.plays ?? failed;
    this.judged_code = failed;
    this.found = [problem];
    if (plays !== null && plays !== failed) {
      this.playing_code = plays;
      this.started.emit({ code: plays, from_cycle, widgets: [] });
    }
    this.changed.emit();
    this.broke.emit({ code: failed, problem, at_cycle });
  }

  /** What others say is wrong with what the layer played; null when that is over. */
  mark(problem: Problem | null): void {
    if (problem === this.#mark) return;
    this.#mark = problem;
    if (problem !== null) {
      this.judged_code = null;
      this.found = [];
      this.warnings = [];
    }
    this.changed.emit();
  }

  /** So many haps a second are asked for and sound; null: all that are asked for sound. */
  thin(haps_per_s: { asked: number; played: number } | null): void {
    this.thinned = haps_per_s;
    this.changed.emit();
  }

  silence(): void {
    this.state = "silent";
    this.playing_code = null;
    this.checking = false;
    this.level = 0;
    this.thinned = null;
    this.timeline.clear();
    this.changed.emit();
  }
}
