// What a session says is playing, made to sound on this page.

import type { Playing, Layer as SharedLayer, Sounding } from "../protocol.js";
import type { SessionState } from "../session/state.js";
import { sessionCycle } from "./cycle_now.js";
import type { PageEngine, SharedTempo } from "./engine.js";
import { isOwnTrouble } from "./fault_reports.js";
import type { Broke, Layer, Started } from "./layer.js";

/** Why this page is not heard though the session plays. */
export type Deaf = "not_yet" | "hushed" | "elsewhere" | "other_session" | "over";

/** Code that its author's page found playable and this one did not is asked for again after so long, and then no more. */
const AGAIN_AFTER_MS = [2_000, 5_000, 15_000];

/** What the conductor asks of the session. */
export interface Around {
  /** One stopped to listen. */
  onDeaf: () => void;
  /** Whether somebody at this page moves the layer's fader right now. */
  isMoving: (layerId: string) => boolean;
  /** A version of a layer starts to sound here. */
  onStarted: (layerId: string, news: Started) => void;
  /** What the session plays on a layer has failed here. */
  onBroke: (playing: Playing, news: Broke) => void;
  /** The session's time. */
  tempo: SharedTempo;
}

/** One session is heard on a page at a time: two could not share the one clock. */
const heard = new WeakMap<PageEngine, Conductor>();

/** Follows one session's state with the page's engine, as long as one listens. */
export class Conductor {
  readonly engine: PageEngine;
  readonly #scope: string;
  readonly #around: Around;
  /** Layers of this session that the engine has been told of, by layer id. */
  #layers = new Map<string, Layer>();
  #detach = new Map<string, () => void>();
  /** What the engine was told to play, by layer id. */
  #sounding = new Map<string, Playing>();
  #again = new Map<string, ReturnType<typeof setTimeout>>();
  #deaf: Deaf | null = "not_yet";
  #isConducting = false;
  #isGone = false;
  #end: () => void;

  /** `scope` keeps this session's layers apart from others of the page. */
  constructor(engine: PageEngine, scope: string, around: Around) {
    this.engine = engine;
    this.#scope = scope;
    this.#around = around;
    this.#end = engine.hushed.on((why) => {
      if (!this.#isConducting) this.deafen(why === "tab" ? "elsewhere" : "hushed");
    });
  }

  /** Why nothing is heard here; null while one listens. */
  get deaf(): Deaf | null {
    return this.#deaf;
  }

  /** The page's layer of a session's layer. */
  layer(layerId: string, name = layerId): Layer {
    const known = this.#layers.get(layerId);
    if (known) return known;
    const layer = this.engine.layer(`${this.#scope}/${layerId}`, name);
    this.#layers.set(layerId, layer);
    // The session is what wants it to sound, whichever layers are on the screen.
    const detach = this.engine.attach(layer);
    const ends = [
      detach,
      layer.started.on((news) => this.#around.onStarted(layerId, news)),
      layer.broke.on((news) => this.#broke(layerId, news)),
    ];
    this.#detach.set(layerId, () => {
      for (const end of ends) end();
    });
    return layer;
  }

  /** From now on the session is heard here. Call it in a user's gesture. */
  listen(state: SessionState): void {
    const other = heard.get(this.engine);
    if (other !== undefined && other !== this) other.deafen("other_session");
    heard.set(this.engine, this);
    this.engine.follow(this.#around.tempo);
    this.engine.takeTab();
    this.engine.resume();
    this.#deaf = null;
    this.conduct(state);
  }

  /** Nothing of the session is heard here any more. */
  deafen(why: Deaf): void {
    if (this.#deaf !== null) return;
    this.#deaf = why;
    if (heard.get(this.engine) === this) heard.delete(this.engine);
    this.#isConducting = true;
    for (const layerId of [...this.#sounding.keys()]) this.#stop(layerId);
    if (this.engine.followed === this.#around.tempo) this.engine.follow(null);
    this.#isConducting = false;
    this.#around.onDeaf();
  }

  /** Makes the engine play what the session plays. */
  conduct(state: SessionState): void {
    if (this.#isGone) return;
    this.#isConducting = true;
    for (const shared of state.layers) this.#mix(shared);
    const there = new Set(state.layers.map((layer) => layer.id));
    for (const layerId of [...this.#layers.keys()]) if (!there.has(layerId)) this.#forget(layerId);
    if (this.#deaf === null) this.#play(state.playing);
    this.#isConducting = false;
  }

  dispose(): void {
    this.#isGone = true;
    this.#end();
    this.deafen("hushed");
    for (const layerId of [...this.#layers.keys()]) this.#forget(layerId);
  }

  #mix(shared: SharedLayer): void {
    const layer = this.layer(shared.id, shared.name);
    if (layer.name !== shared.name) layer.rename(shared.name);
    if (this.#around.isMoving(shared.id)) return;
    const { gain, mute, solo } = shared;
    const is = layer.mix;
    if (is.gain === gain && is.mute === mute && is.solo === solo) return;
    this.engine.mix(layer, { gain, mute, solo });
  }

  #play(playing: ReadonlyMap<string, Playing>): void {
    for (const layerId of [...this.#sounding.keys()]) if (!playing.has(layerId)) this.#stop(layerId);
    for (const [layerId, each] of playing) {
      const now = this.#sounding.get(layerId);
      if (now && now.code === each.code && now.from_cycle === each.from_cycle) continue;
      this.#sounding.set(layerId, each);
      if (now === undefined && each.before !== null) void this.#catchUp(layerId, each, each.before);
      else void this.#start(layerId, each, 0);
    }
  }

  #broke(layerId: string, news: Broke): void {
    const playing = this.#sounding.get(layerId);
    if (playing === undefined || playing.code !== news.code) return;
    this.#around.onBroke(playing, news);
    // Others may hear it well: this machine was too busy.
    if (isOwnTrouble(news.problem)) this.#startAgain(layerId, playing, 1);
  }

  /** Who comes before a layer's new text begins hears what the others hear until then. */
  async #catchUp(layerId: string, wanted: Playing, before: Sounding): Promise<void> {
    const cycle = sessionCycle(this.#around.tempo);
    if (cycle === null || cycle < wanted.from_cycle) {
      const { code, from_cycle } = before;
      await this.engine.play(this.layer(layerId), code, { from_cycle, takes_tab: false });
    }
    if (this.#sounding.get(layerId) === wanted) await this.#start(layerId, wanted, 0);
  }

  async #start(layerId: string, wanted: Playing, attempt: number): Promise<void> {
    clearTimeout(this.#again.get(layerId));
    const { code, from_cycle } = wanted;
    const layer = this.layer(layerId);
    await this.engine.play(layer, code, { from_cycle, takes_tab: false });
    const isRefused = layer.judged_code === code && layer.found.length > 0 && layer.playing_code !== code;
    // Its author's page found it playable: this machine was busy, or could not fetch what the code needs.
    if (isRefused) this.#startAgain(layerId, wanted, attempt);
  }

  #startAgain(layerId: string, wanted: Playing, attempt: number): void {
    const wait_ms = AGAIN_AFTER_MS[attempt];
    if (wait_ms === undefined || this.#sounding.get(layerId) !== wanted) return;
    const again = () => {
      if (this.#sounding.get(layerId) === wanted) void this.#start(layerId, wanted, attempt + 1);
    };
    clearTimeout(this.#again.get(layerId));
    this.#again.set(layerId, setTimeout(again, wait_ms));
  }

  #stop(layerId: string): void {
    this.#sounding.delete(layerId);
    clearTimeout(this.#again.get(layerId));
    this.#again.delete(layerId);
    const layer = this.#layers.get(layerId);
    if (layer) this.engine.stop(layer);
  }

  #forget(layerId: string): void {
    this.#stop(layerId);
    this.#layers.delete(layerId);
    this.#detach.get(layerId)?.();
    this.#detach.delete(layerId);
  }
}
