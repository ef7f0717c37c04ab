// The page's side of the stage: makes the sandboxed frame, speaks with it over one port, and makes it anew when it dies.
import type { Problem } from "../engine/problem.js";
import { Bridge, SAMPLE_HOSTS, Unreachable } from "./bridge.js";
import { RateCap, readFromStage } from "./incoming.js";
import type { FromStage, MixSettings, ToStage } from "./messages.js";

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
export type Evaluated = News<"evaluated">;
export type Checked = News<"checked">;

const MOST_MESSAGES_PER_S = 200;
/** Kinds that come in numbers and may be dropped; an answer may not. */
const DROPPABLE: readonly Kind[] = ["clock", "levels", "scoped", "haps", "notice"];
const LOOK_EVERY_MS = 1000;
const SILENT_TOO_LONG_MS = 5000;
/** A frame that dies this soon after another died is not given the same code again. */
const DIES_AGAIN_MS = 30_000;

interface Playing {
  code: string;
  cps: number | null;
}

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
  #evaluations = new Map<
    number,
    { layer: string; code: string; cps: number | null; settle: (news: Evaluated) => void }
  >();
  #checks = new Map<number, (news: Checked) => void>();
  /** What sounds, in the order it was last evaluated; enough to bring it back. */
  #playing = new Map<string, Playing>();
  #kept = new Map<string, ToStage>();
  #rate = new RateCap(MOST_MESSAGES_PER_S);
  #heardAt_ms = 0;
  #lookedAt_ms = 0;
  #diedAt_ms = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setInterval>;

  constructor(options: StageOptions) {
    this.#options = options;
    const { localSamplesUrl = null, sampleHosts = SAMPLE_HOSTS } = options;
    this.#bridge = new Bridge({ hosts: sampleHosts, localSamplesUrl });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    options.signal?.addEventListener("abort", () => this.dispose(), { once: true });
    this.#build();
  }

  /** Gates the code; when playable it sounds from the next cycle boundary on. Never rejects for what code does. */
  evaluate(layer: string, code: string, { cps }: { cps?: number } = {}): Promise<Evaluated> {
    const request_id = ++this.#lastRequest;
    return new Promise((settle) => {
      this.#evaluations.set(request_id, { layer, code, cps: cps ?? null, settle });
      this.#send({ kind: "evaluate", request_id, layer, code, cps: cps ?? null });
    });
  }

  /** Gates the code; nothing sounds. */
  check(code: string): Promise<Checked> {
    const request_id = ++this.#lastRequest;
    return new Promise((settle) => {
      this.#checks.set(request_id, settle);
      this.#send({ kind: "check", request_id, code });
    });
  }

  stop(layer: string): void {
    this.#playing.delete(layer);
    this.#send({ kind: "stop", layer });
  }

  hush(): void {
    this.#playing.clear();
    this.#send({ kind: "hush" });
  }

  mix(layer: string, settings: MixSettings): void {
    this.#keep(`mix ${layer}`, { kind: "mix", layer, settings });
  }

  /** Changes the tempo of everything, in cycles per second. */
  setTempo(cps: number): void {
    this.#keep("tempo", { kind: "tempo", cps });
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

  send(message: Extract<ToStage, { kind: "capture" | "master" }>): void {
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
    this.#remove();
    this.#listeners.clear();
  }

  #emit(news: FromStage): void {
    for (const listener of this.#listeners.get(news.kind) ?? [])
      (listener as (news: FromStage) => void)(news);
  }

  #send(message: ToStage, transfer: Transferable[] = []): void {
    if (this.#isReady) this.#port?.postMessage(message, transfer);
    else this.#queue.push(message);
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
      else this.#navigatedAway();
    });
    this.#frame = frame;
    this.#heardAt_ms = performance.now();
    document.body.append(frame);
  }

  #connect(frame: HTMLIFrameElement): void {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
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
    this.#isReady = false;
  }

  #receive(data: unknown): void {
    const now = performance.now();
    this.#heardAt_ms = now;
    const kind = (data as { kind?: unknown } | null)?.kind as Kind;
    if (!this.#rate.admits(now) && DROPPABLE.includes(kind)) return;
    const news = readFromStage(data);
    if (news === null) return;
    if (news.kind === "ready") this.#becomeReady();
    if (news.kind === "failed" && news.silent) this.#playing.delete(news.layer);
    if (news.kind === "stuck") this.#unstick(news.layer);
    else if (news.kind === "fetch") void this.#answerFetch(news.request_id, news.url);
    else if (news.kind === "need") void this.#answerNeed();
    else this.#emit(news);
    if (news.kind === "evaluated") this.#settleEvaluation(news);
    if (news.kind === "checked") {
      this.#checks.get(news.request_id)?.(news);
      this.#checks.delete(news.request_id);
    }
  }

  #becomeReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    for (const message of this.#kept.values()) this.#send(message);
    for (const message of this.#queue.splice(0)) this.#send(message);
  }

  #settleEvaluation(news: Evaluated): void {
    const evaluation = this.#evaluations.get(news.request_id);
    if (evaluation === undefined) return;
    this.#evaluations.delete(news.request_id);
    if (news.playing !== null) {
      // Last in the map is the newest.
      this.#playing.delete(evaluation.layer);
      this.#playing.set(evaluation.layer, { code: evaluation.code, cps: evaluation.cps });
    }
    evaluation.settle({ ...news, layer: evaluation.layer });
  }

  async #answerFetch(request_id: number, url: string): Promise<void> {
    const port = this.#port;
    try {
      const body = await this.#bridge.fetch(url);
      port?.postMessage({ kind: "fetched", request_id, body, error: null } satisfies ToStage, [body]);
    } catch (error) {
      const reason = error instanceof Unreachable ? error.message : "it cannot be loaded";
      port?.postMessage({ kind: "fetched", request_id, body: null, error: reason } satisfies ToStage);
    }
  }

  async #answerNeed(): Promise<void> {
    const port = this.#port;
    let text = this.#options.xenText ?? null;
    if (text === null && this.#options.xenUrl !== undefined) {
      const response = await fetch(this.#options.xenUrl).catch(() => null);
      text = response?.ok === true ? await response.text() : null;
    }
    port?.postMessage({ kind: "bundle", name: "xen", text } satisfies ToStage);
  }

  /** Looks whether the stage still speaks. */
  #look(): void {
    const now = performance.now();
    const slept = now - this.#lookedAt_ms > 2 * LOOK_EVERY_MS;
    this.#lookedAt_ms = now;
    if (slept) this.#heardAt_ms = Math.max(this.#heardAt_ms, now - LOOK_EVERY_MS);
    if (this.#isReady && now - this.#heardAt_ms > SILENT_TOO_LONG_MS) this.#rebuild();
  }

  /** The frame is dead: out of memory, or spinning where nothing can stop it. */
  #rebuild(): void {
    this.#remove();
    const hint = "the code needs too much memory or never ends";
    for (const [request_id, { layer, settle }] of this.#evaluations) {
      const problems = [problemOf("memory", "the player died while it tried this code", hint)];
      settle({ kind: "evaluated", request_id, layer, problems, warnings: [], playing: null });
    }
    this.#evaluations.clear();
    for (const [request_id, settle] of this.#checks) {
      const problems = [problemOf("memory", "the player died while it tried this code", hint)];
      settle({ kind: "checked", request_id, problems, warnings: [] });
    }
    this.#checks.clear();
    const now = performance.now();
    if (now - this.#diedAt_ms < DIES_AGAIN_MS) this.#giveUpNewest();
    this.#diedAt_ms = now;
    const again = [...this.#playing];
    this.#build();
    for (const [layer, { code, cps }] of again) void this.evaluate(layer, code, cps === null ? {} : { cps });
  }

  /** Code that runs in the audio thread cannot be stopped: only a new stage helps, without that layer. */
  #unstick(layer: string | null): void {
    if (layer !== null && this.#playing.delete(layer)) {
      const hint = "does an expression in bbexpr() or K() end?";
      this.#emit({
        kind: "failed",
        layer,
        problem: problemOf("time", "the code stopped the sound", hint),
        silent: true,
      });
    }
    this.#rebuild();
  }

  #giveUpNewest(): void {
    const newest = [...this.#playing.keys()].at(-1);
    if (newest === undefined) return;
    this.#playing.delete(newest);
    const problem = problemOf("memory", "the player died twice while this layer played", null);
    this.#emit({ kind: "failed", layer: newest, problem, silent: true });
  }

  /** Something in the frame left our page for another: nothing that played there is trusted again. */
  #navigatedAway(): void {
    this.#remove();
    const problem = problemOf("runtime", "the code tried to leave the stage", "remove what navigates");
    for (const layer of this.#playing.keys()) this.#emit({ kind: "failed", layer, problem, silent: true });
    this.#playing.clear();
    this.#build();
  }
}
