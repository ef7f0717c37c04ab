// A scheduler with everything around it made up: time moves when told, code is `sound*count`.

import type { Problem } from "../../src/engine/problem.js";
import type { Thinned } from "../../src/stage/density.js";
import { type Outside, Scheduler, type Version } from "../../src/stage/scheduler.js";
import type { PlayedHap, Rows } from "../../src/stage/worker_messages.js";

export interface Played {
  sound: string;
  cycle: number;
  at_s: number;
  duration_s: number;
}

/** What failing code is failing with. */
export const PROBLEM: Problem = { kind: "query", message: "no", line: 1, column: 1, hint: null, layer: null };

function hap(sound: string, begin: number, end: number): PlayedHap {
  return { begin, end, value: { s: sound }, spans: [], label: null, color: null, note: null };
}

/** An outside with a clock that moves when told. Code is `sound*count`, `!cycle` for a failure from there on. */
export class Bench implements Outside {
  time_s = 100;
  played: Played[] = [];
  failures: { code: string; silent: boolean }[] = [];
  asked: { code: string; begin: number; cps: number }[] = [];
  failedAt: number[] = [];
  loaded = new Set<number>();
  thinnings: { layer: string; haps_per_s: Thinned | null }[] = [];
  stretches: { layer: string; begin: number; end: number; sounds: string[] }[] = [];
  scheduler = new Scheduler(this);
  #lastId = 0;

  now(): number {
    return this.time_s;
  }

  async fetchHaps(version: Version, begin: number, end: number, cps: number): Promise<Rows> {
    this.asked.push({ code: version.code, begin, cps });
    const [, sound = "", count = "1", failsAt] = /^(\w+)\*(\d+)(?:!(\d+))?$/.exec(version.code) ?? [];
    if (!this.loaded.has(version.id)) throw new Error(`${version.code} is not loaded`);
    if (failsAt !== undefined && end > Number(failsAt))
      return { op: "rows", problem: PROBLEM, haps: [], is_spoilt: false };
    const step = 1 / Number(count);
    const haps: PlayedHap[] = [];
    for (let index = Math.max(0, Math.ceil(begin / step - 1e-9)); index * step < end - 1e-9; index++) {
      haps.push(hap(sound, index * step, (index + 1) * step));
    }
    return { op: "rows", problem: null, haps, is_spoilt: false };
  }

  play(_version: Version, { value, begin }: PlayedHap, at_s: number, duration_s: number): void {
    this.played.push({ sound: value.s as string, cycle: begin, at_s, duration_s });
  }

  known({ layer }: Version, begin: number, end: number, haps: readonly PlayedHap[]): void {
    this.stretches.push({ layer, begin, end, sounds: haps.map(({ value }) => value.s as string) });
  }

  forget(version: Version): void {
    this.loaded.delete(version.id);
  }

  async recall(version: Version): Promise<Version | null> {
    return this.version(version.code, version.layer);
  }

  failed(version: Version, _problem: Problem, at_cycle: number, from_cycle: number | null): void {
    this.failures.push({ code: version.code, silent: from_cycle === null });
    this.failedAt.push(at_cycle);
  }

  thinned(layer: string, haps_per_s: Thinned | null): void {
    this.thinnings.push({ layer, haps_per_s });
  }

  version(code: string, layer = "a", cps: number | null = null): Version {
    const id = ++this.#lastId;
    this.loaded.add(id);
    return { id, request_id: id, layer, code, cps };
  }

  start(
    code: string,
    layer = "a",
    cps: number | null = null,
    at_cycle: number | null = null,
  ): ReturnType<Scheduler["start"]> {
    return this.scheduler.start(
      this.version(code, layer, cps),
      async () => undefined,
      () => true,
      at_cycle,
    );
  }

  /** Lets time pass in ticks of 25 ms, each as late as `late_s` says. */
  async pass(seconds: number, late_s: (tick: number) => number = () => 0): Promise<void> {
    const start_s = this.time_s;
    for (let tick = 1; tick * 0.025 <= seconds + 1e-9; tick++) {
      this.time_s = Math.max(this.time_s, start_s + tick * 0.025 + late_s(tick));
      this.scheduler.tick();
      for (let turn = 0; turn < 30; turn++) await Promise.resolve();
    }
  }

  cycles(sound: string): number[] {
    return this.played.filter((each) => each.sound === sound).map(({ cycle }) => cycle);
  }
}

export function everyStep(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) }, (_, index) => from + index * step);
}
