// A stage that follows a script: for looking at views and testing them without sound.

import type { Problem } from "../../src/engine/problem.js";
import type { StagePort } from "../../src/page/engine.js";
import type { EvaluateOptions } from "../../src/stage/host.js";
import type {
  FromStage,
  Hearing,
  InlineWidget,
  MusicalDiff,
  SeenHap,
  SharedTime,
} from "../../src/stage/messages.js";

type Listener = (news: never) => void;

/** Plays a fixed bar of haps, whatever the code; code with "broken" in it is refused, `setcps(2)` sets a tempo. */
export class ScriptedStage implements StagePort {
  readonly calls: string[] = [];
  /** What was to be played, with the cycle it was to begin at. */
  readonly played: { layer: string; code: string; from_cycle: number | null | undefined }[] = [];
  /** Which code the gate turns down. */
  refuses = (code: string): boolean => code.includes("broken");
  /** What a comparison of two texts says. */
  diff: MusicalDiff | null = null;
  #listeners = new Map<string, Set<Listener>>();
  #started_ms = 0;
  #layers = new Set<string>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #sent = 0;

  constructor(
    readonly bar: (code: string) => SeenHap[],
    readonly problems: Problem[] = [],
    readonly widgets: InlineWidget[] = [],
  ) {}

  emit(news: FromStage): void {
    for (const listener of this.#listeners.get(news.kind) ?? []) listener(news as never);
  }

  on(kind: FromStage["kind"], listener: Listener): () => void {
    const all = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, all.add(listener));
    return () => all.delete(listener);
  }

  async evaluate(
    layer: string,
    code: string,
    options: EvaluateOptions = {},
  ): Promise<Extract<FromStage, { kind: "evaluated" }>> {
    this.calls.push(`evaluate ${layer}`);
    this.played.push({ layer, code, from_cycle: options.from_cycle });
    const refused = this.refuses(code);
    const answer = {
      kind: "evaluated" as const,
      request_id: 1,
      layer,
      problems: refused ? this.problems : [],
      warnings: [],
      playing: refused ? null : { from_cycle: 0, cps: 0.5, labels: [], widgets: this.widgets },
    };
    if (!refused) setTimeout(() => this.#start(layer, code), 0);
    return answer;
  }

  async check(code: string): Promise<Extract<FromStage, { kind: "checked" }>> {
    const problems = this.refuses(code) ? this.problems : [];
    const set = /setcps\((.+?)\)/.exec(code)?.[1];
    const cps = set === undefined ? null : Number(set);
    return { kind: "checked" as const, request_id: 1, problems, warnings: [], cps };
  }

  async compare(before: string, after: string): Promise<MusicalDiff | null> {
    this.calls.push(`compare ${before} ${after}`);
    return this.diff;
  }

  #start(layer: string, code: string): void {
    this.#layers.add(layer);
    this.#started_ms ||= performance.timeOrigin + performance.now();
    const tick = () => {
      const now = performance.timeOrigin + performance.now();
      const cycle = ((now - this.#started_ms) / 1000) * 0.5;
      this.emit({ kind: "clock", epoch_ms: now, cycle, cps: 0.5, audio: "running" });
      this.emit({
        kind: "levels",
        master: 0.5,
        layers: Object.fromEntries([...this.#layers].map((l) => [l, 0.3])),
      });
      while (this.#sent < cycle + 4) {
        const at = this.#sent++;
        const haps = this.bar(code).map((hap) => ({ ...hap, begin: hap.begin + at, end: hap.end + at }));
        this.emit({ kind: "haps", layer, begin: at, end: at + 1, haps });
      }
    };
    tick();
    this.#timer ??= setInterval(tick, 50);
  }

  stop(layer: string): void {
    this.calls.push(`stop ${layer}`);
    this.#layers.delete(layer);
  }

  hush(): void {
    this.calls.push("hush");
    this.#layers.clear();
  }

  mix(layer: string): void {
    this.calls.push(`mix ${layer}`);
  }

  hear(layer: string, hearing: Hearing): void {
    this.calls.push(`hear ${layer} ${hearing}`);
  }

  setTempo(cps: number): void {
    this.calls.push(`tempo ${cps}`);
  }

  follow(time: SharedTime | null): void {
    this.calls.push(`follow ${time === null ? "nothing" : time.server_ms}`);
  }

  slide(layer: string, index: number, value: number): void {
    this.calls.push(`slide ${layer} ${index} ${value}`);
  }

  resume(): void {
    this.calls.push("resume");
  }

  scope(layer: string | null): void {
    this.calls.push(`scope ${layer}`);
  }

  send(message: Parameters<StagePort["send"]>[0]): void {
    if (message.kind === "controls") this.calls.push(`controls ${message.on}`);
  }

  dispose(): void {
    if (this.#timer) clearInterval(this.#timer);
  }
}
