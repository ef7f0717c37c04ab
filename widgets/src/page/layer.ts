// One layer as the page knows it: what it plays, how it is mixed, what is wrong with it.

import type { Problem } from "../engine/problem.js";
import type { FromStage, InlineWidget, MixSettings } from "../stage/messages.js";
import { Signal } from "./signal.js";
import { HapTimeline } from "./timeline.js";

/** What a layer is doing: `starting` until the gate has answered for the first time. */
export type LayerState = "silent" | "starting" | "playing";

type Evaluated = Extract<FromStage, { kind: "evaluated" }>;

/** News that a version of the code starts to sound. */
export interface Started {
  code: string;
  from_cycle: number;
  /** The tempo that the code itself sets; null when it sets none. */
  code_cps: number | null;
  widgets: InlineWidget[];
}

/** One layer of a page. The engine changes it; views read it and listen to `changed`. */
export class Layer {
  state: LayerState = "silent";
  /** The text that sounds; null when silent. */
  playing_code: string | null = null;
  /** True while new code is being gated. */
  checking = false;
  /** The text that `problems` and `warnings` are about. */
  judged_code: string | null = null;
  problems: Problem[] = [];
  warnings: Problem[] = [];
  notice: string | null = null;
  mix: MixSettings = { gain: 1, mute: false, solo: false };
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
  /** Somebody asked for this text to be gated: positions in it are what coming haps refer to. */
  readonly submitted = new Signal<string>();

  constructor(
    /** Unique in the page: scope and name. */
    readonly key: string,
    public name: string,
  ) {}

  rename(name: string): void {
    this.name = name;
    this.changed.emit();
  }

  /** The code cannot be played, or nobody could tell. What played before goes on. */
  refused(code: string, problems: Problem[]): void {
    this.checking = false;
    this.judged_code = code;
    this.problems = problems;
    this.warnings = [];
    if (this.playing_code === null) this.state = "silent";
    this.changed.emit();
  }

  /** Takes the gate's answer. When it refuses, what played before goes on. */
  answered(code: string, answer: Evaluated): void {
    this.checking = false;
    this.judged_code = code;
    this.problems = answer.problems;
    this.warnings = answer.warnings;
    if (answer.playing) {
      this.state = "playing";
      this.playing_code = code;
      const { from_cycle, code_cps, widgets } = answer.playing;
      this.started.emit({ code, from_cycle, code_cps, widgets });
    } else if (this.playing_code === null) {
      this.state = "silent";
    }
    this.changed.emit();
  }

  /** What plays failed; `plays` is what sounds from a cycle on, as long as it is not silenced. */
  failed(problem: Problem, plays: string | null, from_cycle: number): void {
    const failed = this.playing_code;
    this.judged_code = failed;
    this.problems = [problem];
    if (plays !== null && plays !== failed) {
      this.playing_code = plays;
      this.started.emit({ code: plays, from_cycle, code_cps: null, widgets: [] });
    }
    this.changed.emit();
  }

  silence(): void {
    this.state = "silent";
    this.playing_code = null;
    this.checking = false;
    this.level = 0;
    this.timeline.clear();
    this.changed.emit();
  }
}
