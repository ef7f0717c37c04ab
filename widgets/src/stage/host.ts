// The page's side of the stage: makes the sandboxed frame, speaks with it over one port, and makes it anew when it dies.
import type { Problem } from "../engine/problem.js";
import { Bridge, SAMPLE_HOSTS } from "./bridge.js";
import { FloodWatch, RateCap, readFromStage } from "./incoming.js";
import type { FromStage, Hearing, MixSettings, MusicalDiff, SharedTime, ToStage } from "./messages.js";
import { type Checked, type Evaluated, Pending } from "./pending.js";
import { type EvaluateOptions, PlayedCode } from "./played_code.js";
import { bundleFrom, Supply } from "./supply.js";

export type { Checked, Evaluated, EvaluateOptions };

export interface StageOptions {
  /** Address of the stage page; the server sends its policy. */
  stageUrl?: string;
  /** The page itself, where there is no server; it carries its policy. */
  stageHtml?: string;
  /** Where the tuning bundle is to be had, or its text. */
  xenUrl?: string;
  xenText?: string;
  /** Address, ending with `/`, of the local samples that our server serves. */
  localSamplesUrl?: string;
  sampleHosts?: readonly string[];
  /** Disposes of the stage. */
  signal?: AbortSignal;
}

type Kind = FromStage["kind"];
type News<K extends Kind> = Extract<FromStage, { kind: K }>;

const MOST_MESSAGES_PER_S = 200;
/** An honest stage stays far below, also while it is captured. */
const FLOOD_MESSAGES_PER_S = 2000;
/** Kinds that come in numbers and may be dropped; an answer may not. */
const DROPPABLE: readonly Kind[] = ["clock", "levels", "scoped", "haps", "notice"];
const LOOK_EVERY_MS = 1000;
const SILENT_TOO_LONG_MS = 5000;
const BOOT_LIMIT_MS = 15_000;
/** A stage that did not start is tried again so often. */
const BOOT_RETRIES = 1;
/** A frame that dies this soon after another died is not given the same code again. */
const DIES_AGAIN_MS = 30_000;

function problemOf(kind: Problem["kind"], message: string, hint: string | null): Problem {
  return { kind, message, line: null, column: null, hint, layer: null };
}

/** One stage for the whole page. */
export class Stage {
  #options: StageOptions;
  #bridge: Bridge;
  #frame: HTMLIFrameElement | null = null;
  #port: MessagePort | null = null;
  #isReady = false;
  #queue: ToStage[] = [];
  #listeners = new Map<Kind, Set<(news: never) => void>>();
  #lastRequest = 0;
  #pending = new Pending();
  #supply: Supply | null = null;
  #loadBundle: () => Promise<string | null>;
  /** Why there is no stage and will be none. */
  #refusal: Problem | null = null;
  #playing = new PlayedCode();
  #kept = new Map<string, ToStage>();
  #rate = new RateCap(MOST_MESSAGES_PER_S);
  #flood = new FloodWatch(FLOOD_MESSAGES_PER_S);
  #builtAt_ms = 0;
  #failedBoots = 0;
  #heardAt_ms = 0;
  #lookedAt_ms = 0;
  #diedAt_ms = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setInterval>;

  constructor(options: StageOptions) {
    this.#options = options;
    const { localSamplesUrl = null, sampleHosts = SAMPLE_HOSTS } = options;
    this.#bridge = new Bridge({ hosts: sampleHosts, localSamplesUrl });
    this.#loadBundle = bundleFrom(options.xenText, options.xenUrl);
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    options.signal?.addEventListener("abort", () => this.dispose(), { once: true });
    this.#build();
  }

  /** Gates the code; when playable it sounds from its cycle on. Never rejects for what code does. */
  evaluate(layer: string, code: string, options: EvaluateOptions = {}): Promise<Evaluated> {
    const request_id = ++this.#lastRequest;
    const { cps = null, from_cycle = null } = options;
    return new Promise((settle) => {
      this.#pending.addEvaluation(request_id, { layer, code, cps, from_cycle, settle });
      this.#ask({ kind: "evaluate", request_id, layer, code, cps, from_cycle });
    });
  }

  /** Gates the code; nothing sounds. */
  check(code: string): Promise<Checked> {
    const request_id = ++this.#lastRequest;
    return new Promise((settle) => {
      this.#pending.addCheck(request_id, settle);
      this.#ask({ kind: "check", request_id, code });
    });
  }

  /** How the music of two texts differs; null when the new one cannot be played. Nothing sounds. */
  compare(before: string, after: string): Promise<MusicalDiff | null> {
    const request_id = ++this.#lastRequest;
    return new Promise((settle) => {
      this.#pending.addComparison(request_id, settle);
      this.#ask({ kind: "compare", request_id, before, after });
    });
  }

  stop(layer: string): void {
    this.#playing.remove(layer);
    this.#pending.stop(layer);
    this.#send({ kind: "stop", layer });
  }

  hush(): void {
    this.#playing.clear();
    this.#pending.stop(null);
    this.#send({ kind: "hush" });
  }

  mix(layer: string, settings: MixSettings): void {
    this.#keep(`mix ${layer}`, { kind: "mix", layer, settings });
  }

  /** What this page hears of a layer, whatever the mix. */
  hear(layer: string, hearing: Hearing): void {
    this.#keep(`hearing ${layer}`, { kind: "hearing", layer, hearing });
  }

  /** Changes the tempo of everything, in cycles per second. */
  setTempo(cps: number): void {
    this.#keep("tempo", { kind: "tempo", cps });
  }

  /** Where a session's time is now (null: none is followed). Not kept: a new stage, once ready, must be told again. */
  follow(time: SharedTime | null): void {
    if (this.#isReady) this.#send({ kind: "follow", time });
  }

  /** To be called from a user's gesture: browsers let nothing sound before one. */
  resume(): void {
    this.#keep("resume", { kind: "resume" });
  }

  /** Moves the slider with this index in a playing layer's code. */
  slide(layer: string, index: number, value: number): void {
    this.#send({ kind: "slider", layer, index, value });
  }

  /** Asks for waveform frames of one layer; null for none. */
  scope(layer: string | null): void {
    this.#keep("scope", { kind: "scope", layer });
  }

  send(message: Extract<ToStage, { kind: "capture" | "controls" | "master" | "lag" }>): void {
    this.#keep(message.kind, message);
  }

  /** Calls `listener` with all news of one kind; returns the way to stop that. */
  on<K extends Kind>(kind: K, listener: (news: News<K>) => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(listener as (news: never) => void));
    return () => listeners.delete(listener as (news: never) => void);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#refusal = problemOf("runtime", "the player was closed", "reload the page");
    this.#remove();
    this.#settleAll(this.#refusal);
    this.#listeners.clear();
  }

  #emit(news: FromStage): void {
    for (const listener of this.#listeners.get(news.kind) ?? [])
      (listener as (news: FromStage) => void)(news);
  }

  #send(message: ToStage, transfer: Transferable[] = []): void {
    if (this.#isReady) this.#port?.postMessage(message, transfer);
    else if (this.#refusal === null) this.#queue.push(message);
  }

  #ask(message: ToStage): void {
    if (this.#refusal === null) this.#send(message);
    else this.#settleAll(this.#refusal);
  }

  /** Answers everybody who waits; what the stage has not been told, it is not told any more. */
  #settleAll(problem: Problem): void {
    this.#queue.length = 0;
    this.#pending.settleAll(problem);
  }

  /** Sends a setting that a new frame must be told again. */
  #keep(key: string, message: ToStage): void {
    this.#kept.set(key, message);
    if (this.#isReady) this.#send(message);
  }

  #build(): void {
    const frame = document.createElement("iframe");
    // Never allow-same-origin: with it, pattern code would be this page.
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("allow", "autoplay");
    frame.setAttribute("title", "algorave stage");
    frame.setAttribute("aria-hidden", "true");
    frame.tabIndex = -1;
    frame.style.cssText =
      "position:fixed;width:1px;height:1px;border:0;opacity:0;pointer-events:none;left:0;bottom:0";
    if (this.#options.stageUrl !== undefined) frame.src = this.#options.stageUrl;
    else frame.srcdoc = this.#options.stageHtml ?? "";
    let loads = 0;
    frame.addEventListener("load", () => {
      if (this.#frame !== frame) return;
      loads++;
      if (loads === 1) this.#connect(frame);
      else this.#expel("the code tried to leave the stage", "remove what navigates");
    });
    this.#frame = frame;
    this.#builtAt_ms = performance.now();
    this.#heardAt_ms = this.#builtAt_ms;
    this.#flood = new FloodWatch(FLOOD_MESSAGES_PER_S);
    document.body.append(frame);
  }

  #connect(frame: HTMLIFrameElement): void {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#supply = new Supply(port1, this.#bridge, this.#loadBundle);
    port1.onmessage = (event: MessageEvent<unknown>) => {
      if (this.#port === port1) this.#receive(event.data);
    };
    // An opaque origin has no name to put here; the frame is ours and has loaded once.
    frame.contentWindow?.postMessage("algorave", "*", [port2]);
  }

  #remove(): void {
    this.#frame?.remove();
    this.#frame = null;
    this.#port?.close();
    this.#port = null;
    this.#supply = null;
    this.#isReady = false;
  }

  #receive(data: unknown): void {
    const now = performance.now();
    this.#heardAt_ms = now;
    if (this.#flood.counts(now)) {
      this.#expel("the code flooded the page with messages", "remove what was played last");
      return;
    }
    const kind = (data as { kind?: unknown } | null)?.kind as Kind;
    if (!this.#rate.admits(now) && DROPPABLE.includes(kind)) return;
    const news = readFromStage(data);
    if (news === null) return;
    this.#hear(news);
  }

  #hear(news: FromStage): void {
    if (news.kind === "ready") this.#becomeReady();
    if (news.kind === "stopped") this.#playing.remove(news.layer);
    if (news.kind === "stuck") this.#unstick(news.layer);
    else if (news.kind === "fetch" || news.kind === "need") this.#supply?.answer(news);
    else if (news.kind === "failed") this.#fail(news);
    else if (news.kind === "evaluated") this.#settleEvaluation(news);
    else if (news.kind === "checked") this.#settleCheck(news);
    else if (news.kind === "compared") this.#pending.settleComparison(news.request_id, news.diff);
    else this.#emit(news);
  }

  #becomeReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#failedBoots = 0;
    for (const message of this.#kept.values()) this.#send(message);
    for (const message of this.#queue.splice(0)) this.#send(message);
  }

  /** What plays on is for us to say: the stage is not asked for code. */
  #fail(news: News<"failed">): void {
    const { layer, request_id, silent } = news;
    if (silent) this.#playing.remove(layer);
    this.#emit({ ...news, plays: silent ? null : this.#playing.takeBack(layer, request_id) });
  }

  #settleEvaluation(said: Evaluated): void {
    const taken = this.#pending.takeEvaluation(said);
    if (taken === null) return;
    const { evaluation, news } = taken;
    const { layer, code, cps, from_cycle, settle } = evaluation;
    const { request_id } = news;
    if (news.playing !== null) this.#playing.add(layer, { request_id, code, cps, from_cycle });
    this.#emit(news);
    settle(news);
  }

  #settleCheck(news: Checked): void {
    const settle = this.#pending.takeCheck(news);
    if (settle === null) return;
    this.#emit(news);
    settle(news);
  }

  /** Looks whether the stage still speaks. */
  #look(): void {
    const now = performance.now();
    const slept = now - this.#lookedAt_ms > 2 * LOOK_EVERY_MS;
    this.#lookedAt_ms = now;
    if (slept) {
      this.#heardAt_ms = Math.max(this.#heardAt_ms, now - LOOK_EVERY_MS);
      this.#builtAt_ms = Math.max(this.#builtAt_ms, now - LOOK_EVERY_MS);
    }
    if (this.#isReady && now - this.#heardAt_ms > SILENT_TOO_LONG_MS) this.#rebuild();
    else if (!this.#isReady && this.#refusal === null && now - this.#builtAt_ms > BOOT_LIMIT_MS) {
      this.#bootFailed();
    }
  }

  /** The frame is dead: out of memory, or spinning where nothing can stop it. */
  #rebuild(): void {
    const now = performance.now();
    if (now - this.#diedAt_ms < DIES_AGAIN_MS) this.#giveUpNewest();
    this.#diedAt_ms = now;
    const hint = "the code needs too much memory or never ends";
    this.#replace(problemOf("memory", "the player died while it tried this code", hint));
  }

  /** The frame never got ready: its page is not to be had, or there is no audio. */
  #bootFailed(): void {
    const problem = problemOf("runtime", "the player could not start", "reload the page");
    if (++this.#failedBoots <= BOOT_RETRIES) {
      this.#replace(problem);
      return;
    }
    this.#refusal = problem;
    this.#remove();
    this.#settleAll(problem);
    this.#silenceAll(problem);
  }

  /** A new frame; whoever waited for the old one is told the problem, and what played plays again. */
  #replace(problem: Problem): void {
    this.#remove();
    this.#settleAll(problem);
    const again = this.#playing.newest;
    this.#playing.clear();
    this.#build();
    for (const [layer, { code, ...options }] of again) void this.evaluate(layer, code, options);
  }

  #silence(layer: string, problem: Problem): void {
    this.#emit({
      kind: "failed",
      layer,
      request_id: 0,
      problem,
      silent: true,
      at_cycle: 0,
      from_cycle: 0,
      plays: null,
    });
  }

  #silenceAll(problem: Problem): void {
    const { layers } = this.#playing;
    this.#playing.clear();
    for (const layer of layers) this.#silence(layer, problem);
  }

  /** Code that runs in the audio thread cannot be stopped: only a new stage helps, without that layer. */
  #unstick(layer: string | null): void {
    if (layer !== null && this.#playing.remove(layer)) {
      const hint = "does an expression in bbexpr() or K() end?";
      this.#silence(layer, problemOf("time", "the code stopped the sound", hint));
    }
    this.#rebuild();
  }

  #giveUpNewest(): void {
    const newest = this.#playing.layers.at(-1);
    if (newest === undefined) return;
    this.#playing.remove(newest);
    this.#silence(newest, problemOf("memory", "the player died twice while this layer played", null));
  }

  /** Something in the frame is no player of ours any more: nothing that played there is trusted again. */
  #expel(message: string, hint: string): void {
    this.#remove();
    const problem = problemOf("runtime", message, hint);
    this.#settleAll(problem);
    this.#silenceAll(problem);
    this.#build();
  }
}
