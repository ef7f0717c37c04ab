// One engine per page: one stage, one clock, every layer by name. All views of the page share it.

import type { Problem } from "../engine/problem.js";
import type { EvaluateOptions } from "../stage/host.js";
import type { FromStage, Hearing, MixSettings, MusicalDiff, SharedTime, ToStage } from "../stage/messages.js";
import { AudibleTab } from "./audible_tab.js";
import { PlayClock } from "./clock.js";
import { Following, type SharedTempo } from "./following.js";
import { rememberedLag_ms, usableLag_ms } from "./lag.js";
import { Layer } from "./layer.js";
import { Punctuality } from "./punctuality.js";
import { Signal } from "./signal.js";

export type { SharedTempo };

type Kind = FromStage["kind"];
type News<K extends Kind> = Extract<FromStage, { kind: K }>;

/** What the engine needs of the stage: `Stage` in stage/host.ts is one. */
export interface StagePort {
  evaluate(layer: string, code: string, options: EvaluateOptions): Promise<News<"evaluated">>;
  check(code: string): Promise<News<"checked">>;
  compare(before: string, after: string): Promise<MusicalDiff | null>;
  stop(layer: string): void;
  hush(): void;
  mix(layer: string, settings: MixSettings): void;
  hear(layer: string, hearing: Hearing): void;
  setTempo(cps: number): void;
  follow(time: SharedTime | null): void;
  slide(layer: string, index: number, value: number): void;
  resume(): void;
  scope(layer: string | null): void;
  send(message: Extract<ToStage, { kind: "capture" | "controls" | "lag" | "master" }>): void;
  on<K extends Kind>(kind: K, listener: (news: News<K>) => void): () => void;
  dispose(): void;
}

/** How code is to be played. */
export interface PlayOptions extends EvaluateOptions {
  /** Whether the other tabs of this browser hush: yes, unless somebody else asked for it. */
  takes_tab?: boolean;
}

/** A re-run replaces the view: the layer plays on this long without one. */
const GRACE_MS = 3000;

/** Whatever throws on the way to the stage, as a problem people can read. */
function brokenStage(error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    kind: "runtime",
    message: `the player did not answer: ${reason}`,
    line: null,
    column: null,
    hint: "press play again; reload the page when it stays silent",
    layer: null,
  };
}

/** Any click or key in the page may start the sound that waits for one. */
function onGesture(listener: () => void): void {
  for (const kind of ["pointerup", "keydown"] as const) {
    globalThis.document?.addEventListener(kind, listener, { capture: true });
  }
}

/** The page's one engine. */
export class PageEngine {
  readonly clock = new PlayClock();
  /** Anything a header shows has changed. */
  readonly changed = new Signal<void>();
  /** A frame of waveform of the layer that is being looked at. */
  readonly scoped = new Signal<Float32Array>();
  /** Everything was silenced: by somebody at this page, or because another tab of the browser plays now. */
  readonly hushed = new Signal<"here" | "tab">();
  /** How well this page keeps its time. */
  readonly punctuality = new Punctuality();
  audio: "running" | "suspended" = "suspended";
  #layers = new Map<string, Layer>();
  #scopes: Layer[] = [];
  #graces = new Map<string, ReturnType<typeof setTimeout>>();
  #following: Following | null = null;
  #lag_ms = 0;
  #tab = new AudibleTab(() => this.#takenByAnotherTab());

  constructor(readonly stage: StagePort) {
    onGesture(() => {
      if (this.audio === "suspended" && this.playing) this.resume();
    });
    stage.on("ready", (news) => {
      this.#following?.start();
      this.#setAudio(news.audio);
    });
    stage.on("clock", (news) => {
      this.punctuality.take(news, performance.now());
      if (this.playing) this.clock.anchor(news);
      this.#setAudio(news.audio);
    });
    stage.on("haps", (news) => this.#layers.get(news.layer)?.timeline.add(news.begin, news.haps));
    stage.on("levels", (news) => this.#setLevels(news.layers));
    stage.on("scoped", (news) => this.scoped.emit(news.samples));
    stage.on("failed", (news) => this.#failed(news));
    stage.on("stopped", (news) => this.#silence(news.layer));
    stage.on("notice", (news) => this.#setNotice(news.text, news.layer));
    stage.on("thinned", (news) => this.#layers.get(news.layer)?.thin(news.haps_per_s));
    this.lag_ms = rememberedLag_ms();
  }

  get playing(): boolean {
    return [...this.#layers.values()].some((layer) => layer.state === "playing");
  }

  /** The keys of all layers there are. */
  get keys(): string[] {
    return [...this.#layers.keys()];
  }

  /** The layer of this key, made when it is new. */
  layer(key: string, name: string): Layer {
    const known = this.#layers.get(key);
    if (known) return known;
    const layer = new Layer(key, name);
    this.#layers.set(key, layer);
    return layer;
  }

  /**
   * Goes by a session's time from now on: its cycles, its tempo, in phase with everybody in it. Null: by the page's
   * own again. What plays goes on. At most one session is followed; the last one asked for is.
   */
  follow(tempo: SharedTempo | null): void {
    if (tempo === this.followed) return;
    this.#following?.stop();
    this.#following = tempo === null ? null : new Following(tempo, (time) => this.stage.follow(time));
    // The time of one session is no news of another's.
    this.stage.follow(null);
    this.#following?.start();
    this.changed.emit();
  }

  /** The session's time that is followed, if any is. */
  get followed(): SharedTempo | null {
    return this.#following?.tempo ?? null;
  }

  /**
   * Gates the code and, when it passes, plays it from `from_cycle` on (at once and in phase when that has passed), or
   * from the next cycle. Call it in a user gesture when there is one.
   */
  async play(layer: Layer, code: string, options: PlayOptions = {}): Promise<void> {
    const { takes_tab = true, ...how } = options;
    if (takes_tab) this.takeTab();
    this.stage.resume();
    const request = ++layer.request;
    layer.checking = true;
    layer.notice = null;
    if (layer.state === "silent") layer.state = "starting";
    layer.submitted.emit(code);
    layer.changed.emit();
    try {
      const answer = await this.stage.evaluate(layer.key, code, how);
      if (request !== layer.request) return;
      layer.answered(code, answer);
    } catch (error) {
      if (request !== layer.request) return;
      layer.refused(code, [brokenStage(error)]);
    }
    this.changed.emit();
  }

  /**
   * Gates the code for a layer whatever it plays; problems are the layer's. Gives the tempo that the code sets (null
   * inside: none), or null when the code cannot be played.
   */
  async check(layer: Layer, code: string): Promise<{ cps: number | null } | null> {
    const check = ++layer.check;
    layer.checking = true;
    layer.notice = null;
    layer.submitted.emit(code);
    layer.changed.emit();
    const { problems, cps } = await this.stage.check(code).catch((error: unknown) => {
      return { problems: [brokenStage(error)], cps: null };
    });
    if (check !== layer.check) return null;
    if (problems.length > 0) layer.refused(code, problems);
    return problems.length === 0 ? { cps } : null;
  }

  stop(layer: Layer): void {
    layer.request++;
    this.stage.stop(layer.key);
    this.#silence(layer.key);
  }

  /** Ends the layer of this key, if there is one. */
  end(key: string): void {
    const layer = this.#layers.get(key);
    if (layer) this.stop(layer);
  }

  /** Silence now, all layers. */
  hush(): void {
    this.#silenceAll();
    this.hushed.emit("here");
  }

  #silenceAll(): void {
    this.stage.hush();
    for (const layer of this.#layers.values()) {
      layer.request++;
      layer.silence();
    }
    this.#settle();
  }

  /** Ends the layers whose key starts so: their notebook or kernel is gone. */
  stopScope(prefix: string): void {
    for (const layer of this.#layers.values()) if (layer.key.startsWith(prefix)) this.stop(layer);
  }

  /** Ends the layers that no view shows, without waiting for one to come back. */
  endUnseen(): void {
    for (const layer of this.#layers.values()) if (layer.views === 0) this.#forget(layer);
  }

  mix(layer: Layer, settings: Partial<MixSettings>): void {
    layer.mix = { ...layer.mix, ...settings };
    this.stage.mix(layer.key, layer.mix);
    layer.changed.emit();
  }

  /** What this page hears of a layer, whatever the mix. */
  hear(layer: Layer, hearing: Hearing): void {
    layer.hearing = hearing;
    this.stage.hear(layer.key, hearing);
    layer.changed.emit();
  }

  /** How much later than the browser knows this device is heard, in ms. */
  get lag_ms(): number {
    return this.#lag_ms;
  }

  set lag_ms(lag_ms: number) {
    this.#lag_ms = usableLag_ms(lag_ms);
    this.stage.send({ kind: "lag", lag_ms: this.#lag_ms });
  }

  /** Changes the page's own tempo; while a session is followed its tempo is changed in the session. */
  setTempo(cps: number): void {
    this.stage.setTempo(cps);
  }

  /** This tab is the one that is heard from now on. Call it in a user gesture. */
  takeTab(): void {
    this.#tab.take();
  }

  /** A user gesture happened: sound may start. */
  resume(): void {
    this.stage.resume();
  }

  /** A view shows this layer; the function that is returned says that it went away. */
  attach(layer: Layer): () => void {
    clearTimeout(this.#graces.get(layer.key));
    layer.views++;
    return () => {
      layer.views--;
      if (layer.views > 0) return;
      this.#graces.set(
        layer.key,
        setTimeout(() => this.#forget(layer), GRACE_MS),
      );
    };
  }

  /** Asks for waveforms of this layer; the last who asked is served. Call what is returned when done. */
  watchScope(layer: Layer): () => void {
    this.#scopes.push(layer);
    this.stage.scope(layer.key);
    return () => {
      this.#scopes.splice(this.#scopes.indexOf(layer), 1);
      this.stage.scope(this.#scopes.at(-1)?.key ?? null);
    };
  }

  dispose(): void {
    this.#following?.stop();
    for (const grace of this.#graces.values()) clearTimeout(grace);
    this.#tab.close();
    this.stage.dispose();
  }

  #forget(layer: Layer): void {
    clearTimeout(this.#graces.get(layer.key));
    this.#graces.delete(layer.key);
    if (layer.views > 0) return;
    if (layer.state !== "silent") this.stop(layer);
    this.#layers.delete(layer.key);
  }

  #silence(key: string): void {
    this.#layers.get(key)?.silence();
    this.#settle();
  }

  #settle(): void {
    if (!this.playing) this.clock.stop();
    this.changed.emit();
  }

  #failed(news: News<"failed">): void {
    const layer = this.#layers.get(news.layer);
    if (!layer) return;
    layer.failed(news);
    if (news.silent) this.#silence(news.layer);
  }

  #setAudio(audio: "running" | "suspended"): void {
    if (audio === this.audio) return;
    this.audio = audio;
    this.changed.emit();
  }

  #setLevels(levels: Record<string, number>): void {
    for (const layer of this.#layers.values()) layer.level = levels[layer.key] ?? 0;
  }

  /** A notice for one layer, or (null) for all that play. */
  #setNotice(text: string, key: string | null): void {
    for (const layer of this.#layers.values()) {
      if (key === null ? layer.state === "silent" : layer.key !== key) continue;
      layer.notice = text;
      layer.changed.emit();
    }
  }

  #takenByAnotherTab(): void {
    const hushed = [...this.#layers.values()].filter((layer) => layer.state !== "silent");
    if (hushed.length > 0) this.#silenceAll();
    this.hushed.emit("tab");
    for (const layer of hushed) {
      layer.notice = "Another tab of this browser plays now, so this one hushed.";
      layer.changed.emit();
    }
  }
}

const KEY = Symbol.for("algorave.page");

/** The page's engine, made on first use with the stage that `make` gives. */
export function pageEngine(make: () => StagePort): PageEngine {
  const page = globalThis as { [KEY]?: PageEngine };
  page[KEY] ??= new PageEngine(make());
  return page[KEY];
}

/** The page's engine when there is one already. */
export function pageEngineNow(): PageEngine | null {
  return (globalThis as { [KEY]?: PageEngine })[KEY] ?? null;
}
