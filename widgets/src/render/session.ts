// One render from beginning to end: haps in time order, scheduled just ahead of the blocks that sound them.
import type { Fraction, Hap } from "@strudel/core";
import * as dough from "superdough";
import type { Evaluation } from "../engine/evaluate.js";
import { rawHaps } from "../engine/query.js";
import { RenderContext } from "./context.js";
import { seedRandom } from "./globals.js";
import { BLOCK_FRAMES } from "./inside.js";
import { Limiter } from "./master.js";
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

/** A hap as players see it: its duration takes `clip` and `duration` into account. */
interface PlayableHap extends Hap {
  readonly duration: Fraction | number;
  ensureObjectValue(): void;
}

interface Scheduled {
  at_s: number;
  duration_s: number;
  cycle: number;
  controls: Record<string, unknown>;
}

/** Some sounds start earlier than their onset (time stretching, negative nudges); nothing starts before zero. */
const LEAD_S = 0.25;
/** Blocks are rendered in steps of about this; scheduling everything at once would mix thousands of idle nodes. */
const STEP_S = 0.25;
/** The most voices that sound at once, as the stage has it. */
const MAX_POLYPHONY = 128;
const MIN_DURATION_S = 0.001;

function blocksFor(seconds: number, sampleRate: number): number {
  return Math.ceil((seconds * sampleRate) / BLOCK_FRAMES);
}

/** A render that is driven by its caller: `begin`, then `schedule` and `advance` until `advance` gives nothing. */
export class Session {
  readonly frames: number;
  readonly warnings: string[];
  readonly #context: RenderContext;
  readonly #limiter: Limiter;
  readonly #shelf: Shelf;
  readonly #haps: Scheduled[];
  readonly #cps: number;
  readonly #lead_frames: number;
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
    this.#lead_frames = blocksFor(LEAD_S, plan.sampleRate) * BLOCK_FRAMES;
    this.#skip = this.#lead_frames + this.#limiter.delay_frames;
    this.frames = Math.round((plan.cycles / plan.cps + plan.tail_s) * plan.sampleRate);
    this.#haps = this.#schedule(evaluation, plan);
    Object.defineProperty(globalThis, "fetch", {
      value: (address: string) => this.#shelf.fetch(address),
      configurable: true,
    });
  }

  /** Addresses of files that must be given before `begin`. */
  get wanted(): string[] {
    const addresses = this.#haps.map(({ controls }) => this.#shelf.wanted(controls));
    return [...new Set(addresses.filter((address) => address !== null))];
  }

  give(address: string, bytes: ArrayBuffer): void {
    this.#shelf.give(address, bytes);
  }

  #schedule(evaluation: Evaluation, { cycles, cps, sampleRate }: RenderPlan): Scheduled[] {
    const scheduled: Scheduled[] = [];
    const lead_s = this.#lead_frames / sampleRate;
    for (const layer of evaluation.layers) {
      for (const hap of rawHaps(evaluation, layer, 0, cycles, cps) as readonly PlayableHap[]) {
        if (hap.whole === undefined || !hap.hasOnset()) continue;
        hap.ensureObjectValue();
        const controls = this.#shelf.place(hap.value as Record<string, unknown>);
        if (controls === null) continue;
        const cycle = hap.whole.begin.valueOf();
        const duration_s = Math.max(MIN_DURATION_S, Number(hap.duration) / cps);
        scheduled.push({ at_s: lead_s + cycle / cps, duration_s, cycle, controls });
      }
    }
    return scheduled.sort((a, b) => a.at_s - b.at_s);
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

  /** Give superdough the haps of the next step. To be awaited: samples are decoded meanwhile. */
  async schedule(): Promise<void> {
    const { sampleRate } = this.#context;
    const until_s = this.#rendered / sampleRate + STEP_S + LEAD_S;
    const due: Promise<void>[] = [];
    for (; this.#next < this.#haps.length; this.#next++) {
      const hap = this.#haps[this.#next] as Scheduled;
      if (hap.at_s >= until_s) break;
      due.push(
        dough.superdough(hap.controls, hap.at_s, hap.duration_s, this.#cps, hap.cycle).catch((error: unknown) => {
          this.#shelf.warn(error instanceof Error ? error.message : String(error));
        }),
      );
      // One after another: `cut` and the order of random numbers depend on it.
      await due.at(-1);
    }
  }

  /** Render the next step: both channels interleaved, or null when all frames have been given. */
  advance(): Float32Array | null {
    if (this.#given >= this.frames) return null;
    const blocks = blocksFor(STEP_S, this.#context.sampleRate);
    const left = new Float32Array(blocks * BLOCK_FRAMES);
    const right = new Float32Array(left.length);
    this.#context.advance(left, right, 0, blocks);
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
