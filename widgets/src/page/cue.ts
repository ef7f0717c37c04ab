// A draft in one's headphones: the layer's text as it stands here, in time with the session, before it is played.

import type { Problem } from "../engine/problem.js";
import { epochNow_ms } from "./clock.js";
import type { PageEngine } from "./engine.js";
import type { Layer } from "./layer.js";

/** A changed text is heard once typing rests so long: in the middle of a word everything is wrong. */
const QUIET_MS = 600;
/** The one gives way to the other so long before a cycle, so that nothing of its first sound is cut. */
const BEFORE_MS = 20;

/** One draft that is listened to. What the gate refuses is not heard: the last good draft plays on. */
export class Cue {
  /** The text that is heard, or was last asked for. */
  text: string;
  /** Whether it sounds; until then what the others hear does. */
  isHeard = false;
  #engine: PageEngine;
  #layer: Layer;
  #changed: () => void;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;
  #wanted: string;
  #ends: (() => void)[];

  /** `layer` is one of its own on the page; `changed` is called when it begins to sound, or cannot. */
  constructor(engine: PageEngine, layer: Layer, text: string, changed: () => void) {
    this.#engine = engine;
    this.#layer = layer;
    this.text = this.#wanted = text;
    this.#changed = changed;
    engine.hear(layer, "always");
    this.#ends = [
      engine.attach(layer),
      layer.started.on(({ from_cycle }) => this.#at(from_cycle, () => this.#sounds())),
      layer.changed.on(() => {
        if (this.isHeard && layer.state === "silent") this.#fellSilent();
      }),
    ];
    void this.#play(0);
  }

  /** What is wrong with the draft; empty when nothing is. */
  get problems(): readonly Problem[] {
    return this.#layer.problems;
  }

  /** Text and level may have changed. */
  follow(text: string, gain: number): void {
    if (gain !== this.#layer.mix.gain) this.#engine.mix(this.#layer, { gain });
    if (text === this.#wanted) return;
    this.#wanted = text;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.text = text;
      // As it will be when it is played: from a cycle's beginning.
      void this.#play(this.isHeard ? null : 0);
    }, QUIET_MS);
  }

  /** The others hear the same from `cycle` on: `end` is called just before. */
  endAt(cycle: number, end: () => void): void {
    clearTimeout(this.#quiet);
    this.#at(cycle, end);
  }

  dispose(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#next);
    for (const end of this.#ends) end();
    this.#engine.stop(this.#layer);
    this.#engine.hear(this.#layer, "mixed");
    this.isHeard = false;
  }

  async #play(from_cycle: number | null): Promise<void> {
    await this.#engine.play(this.#layer, this.text, { from_cycle, takes_tab: false });
    this.#changed();
  }

  #sounds(): void {
    this.isHeard = true;
    this.#changed();
  }

  #fellSilent(): void {
    this.isHeard = false;
    this.#changed();
  }

  /** Calls `what` just before a cycle is heard; at once when that has passed. */
  #at(cycle: number, what: () => void): void {
    clearTimeout(this.#next);
    const { clock } = this.#engine;
    const now = clock.cycleAt(epochNow_ms());
    const wait_ms = now === null ? 0 : ((cycle - now) / clock.cps) * 1000 - BEFORE_MS;
    this.#next = setTimeout(what, Math.max(wait_ms, 0));
  }
}
