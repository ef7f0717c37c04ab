// One render from beginning to end: haps in time order, scheduled just ahead of the blocks that sound them.
import * as dough from "superdough";
import type { Evaluation } from "../engine/evaluate.js";
import { RenderContext } from "./context.js";
import { seedRandom } from "./globals.js";
import { Limiter } from "./master.js";
import { type Onset, onsetsOf, stepFrames } from "./score.js";
import { type FileMap, Shelf } from "./shelf.js";

export interface RenderPlan {
  cycles: number;
  cps: number;
  sampleRate: number;
  seed: number;
  /** How long effects and releases may ring on after the last cycle. */
  tail_s: number;
  files: FileMap;
}

/** The most voices that sound at once, as the stage has it. */
const MAX_POLYPHONY = 128;

/** A render that is driven by its caller: `begin`, then `step` until it gives nothing. */
export class Session {
  readonly frames: number;
  readonly warnings: string[];
  readonly #context: RenderContext;
  readonly #limiter: Limiter;
  readonly #shelf: Shelf;
  readonly #onsets: Onset[];
  readonly #cps: number;
  /** Length of a step, and of the silence that the render begins with and that is not given. */
  readonly #step_frames: number;
  #next = 0;
  #rendered = 0;
  #skip: number;
  #given = 0;

  constructor(evaluation: Evaluation, plan: RenderPlan) {
    seedRandom(plan.seed);
    this.#cps = plan.cps;
    this.#context = new RenderContext(plan.sampleRate);
    this.#limiter = new Limiter(plan.sampleRate);
    this.#shelf = new Shelf(evaluation, plan.files, plan.sampleRate);
    this.warnings = this.#shelf.warnings;
    this.#step_frames = stepFrames(plan.sampleRate);
    this.#skip = this.#step_frames + this.#limiter.delay_frames;
    this.frames = Math.round((plan.cycles / plan.cps + plan.tail_s) * plan.sampleRate);
    this.#onsets = onsetsOf(evaluation, this.#shelf, plan, this.#step_frames / plan.sampleRate);
    Object.defineProperty(globalThis, "fetch", {
      value: (address: string) => this.#shelf.fetch(address),
      configurable: true,
    });
  }

  /** Addresses of files that must be given before `begin`. */
  get wanted(): string[] {
    const addresses = this.#onsets.map(({ controls }) => this.#shelf.wanted(controls));
    return [...new Set(addresses.filter((address) => address !== null))];
  }

  give(address: string, bytes: ArrayBuffer): void {
    this.#shelf.give(address, bytes);
  }

  /** Load the worklets. To be awaited. */
  async begin(): Promise<void> {
    dough.setLogger((message) => this.#hear(String(message)));
    dough.setAudioContext(this.#context as unknown as AudioContext);
    // Not earlier: packages that find a window when they are loaded take it for a page.
    Object.defineProperty(globalThis, "window", { value: globalThis, configurable: true });
    await dough.initAudio({ maxPolyphony: MAX_POLYPHONY });
  }

  /** Superdough's log: what it could not play is worth a word, what it loads is not. */
  #hear(message: string): void {
    if (/error|could not|skip/i.test(message)) this.#shelf.warn(message.replace(/^\[\w+\]:? (error: )?/, ""));
  }

  /** Render the next stretch: both channels interleaved, or null when all frames have been given. */
  async step(): Promise<Float32Array | null> {
    if (this.#given >= this.frames) return null;
    await this.#schedule();
    return this.#advance();
  }

  /** Give superdough the haps of the next step; samples are decoded meanwhile. */
  async #schedule(): Promise<void> {
    const until_s = (this.#rendered + 2 * this.#step_frames) / this.#context.sampleRate;
    for (; this.#next < this.#onsets.length; this.#next++) {
      const onset = this.#onsets[this.#next] as Onset;
      if (onset.at_s >= until_s) break;
      // One after another: `cut` and the order of random numbers depend on it.
      await this.#sound(onset);
    }
  }

  async #sound({ controls, at_s, duration_s, cycle }: Onset): Promise<void> {
    try {
      await dough.superdough(controls, at_s, duration_s, this.#cps, cycle);
    } catch (error) {
      this.#shelf.warn(error instanceof Error ? error.message : String(error));
    }
  }

  #advance(): Float32Array {
    const left = new Float32Array(this.#step_frames);
    const right = new Float32Array(this.#step_frames);
    this.#context.advance(left, right);
    this.#rendered += left.length;
    this.#limiter.process(left, right);
    const from = Math.min(this.#skip, left.length);
    this.#skip -= from;
    const count = Math.min(left.length - from, this.frames - this.#given);
    const out = new Float32Array(2 * count);
    for (let index = 0; index < count; index++) {
      out[2 * index] = left[from + index] as number;
      out[2 * index + 1] = right[from + index] as number;
    }
    this.#given += count;
    return out;
  }
}
