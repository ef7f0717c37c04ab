import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Problem } from "../../src/engine/problem.js";
import { Live, Trial } from "../../src/stage/minds.js";
import type { Checked, FromWorker, PlayedHap, ToWorker } from "../../src/stage/worker_messages.js";
import { Hands } from "../../src/stage/workers.js";

const BROKEN: Problem = {
  kind: "runtime",
  message: "it is broken",
  line: 1,
  column: 1,
  hint: null,
  layer: null,
};

/** A Worker that answers everything and remembers which bundles it was given. */
class Scripted {
  static all: Scripted[] = [];
  bundles: string[] = [];
  onerror: unknown = null;
  #port: MessagePort | null = null;
  #isSpoilt = false;
  asked: number[] = [];
  held = new Map<number, string>();
  isTerminated = false;

  constructor() {
    Scripted.all.push(this);
  }

  postMessage(_nothing: null, [port]: MessagePort[]): void {
    this.#port = port as MessagePort;
    this.#port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      if (data.op === "query") this.asked.push(data.id);
      if (data.op === "query" && this.#isSlow(data.id)) return;
      this.#port?.postMessage(this.#answer(data));
    };
    this.#port.postMessage({ op: "done" });
  }

  /** "slow" does not answer in time, "slow together" only where other code is, too. */
  #isSlow(id: number): boolean {
    const code = this.held.get(id);
    return code === "slow" || (code === "slow together" && this.held.size > 1);
  }

  #answer(request: ToWorker): FromWorker {
    if (request.op === "bundle") this.bundles.push(request.text);
    if (request.op === "check") return this.#verdict(request.code);
    if (request.op === "unload") this.held.delete(request.id);
    if (request.op === "load") return this.#loaded(request.id, request.code);
    if (request.op === "query") return this.#rows(request.id);
    return { op: "done" };
  }

  #loaded(id: number, code: string): FromWorker {
    this.held.set(id, code);
    this.#isSpoilt ||= code === "spoil";
    const nothing = { cps: null, labels: [], widgets: [], samples: [] };
    return { op: "loaded", problem: null, ...nothing, is_spoilt: this.#isSpoilt };
  }

  /** One hap that says what this Worker holds; "spoil later" does so when it is asked. */
  #rows(id: number): FromWorker {
    this.#isSpoilt ||= this.held.get(id) === "spoil later";
    const value = { s: this.#isSpoilt ? "spoilt" : (this.held.get(id) ?? "nothing") };
    const hap: PlayedHap = { begin: 0, end: 1, value, spans: [], label: null, color: null, note: null };
    return { op: "rows", problem: null, haps: [hap], is_spoilt: this.#isSpoilt };
  }

  /** "spoil" replaces what other code relies on; afterwards this Worker finds everything playable. */
  #verdict(code: string): Checked {
    const problems: Problem[] = code === "broken" && !this.#isSpoilt ? [BROKEN] : [];
    this.#isSpoilt ||= code === "spoil";
    return { op: "checked", problems, warnings: [], cps: null, is_spoilt: this.#isSpoilt };
  }

  terminate(): void {
    this.isTerminated = true;
    this.#port?.close();
  }
}

beforeEach(() => vi.stubGlobal("Worker", Scripted));

afterEach(() => {
  for (const worker of Scripted.all.splice(0)) worker.terminate();
  vi.unstubAllGlobals();
});

test("STAGE-14: a bundle reaches every Worker that lives and every later one, once", async () => {
  const hands = new Hands("");
  const [trial, live] = [hands.take(), hands.take()];
  hands.addBundle("tunings");
  hands.addBundle("tunings");
  // Answers come in order: with this one the bundle has been taken too.
  await Promise.all([trial, live].map((hand) => hand.ask({ op: "unload", id: 1 }, 1000)));
  const [later] = [hands.take(), hands.take()].slice(1);
  await later?.ask({ op: "unload", id: 1 }, 1000);
  expect(Scripted.all.slice(0, 4).map(({ bundles }) => bundles)).toEqual(Array(4).fill(["tunings"]));
});

test("STAGE-44: a Worker whose built-ins were tampered with judges no further code", async () => {
  const trial = new Trial(new Hands(""), () => Promise.reject(new Error("no bundle here")));
  const [spoilt, next, queued] = await Promise.all(
    ["spoil", "broken", "broken"].map((code) => trial.check(code, [])),
  );
  expect(spoilt?.problems).toEqual([]);
  expect([next?.problems, queued?.problems]).toEqual([[BROKEN], [BROKEN]]);
  expect((await trial.check("broken", [])).problems).toEqual([BROKEN]);
});

async function sounds(live: Live, id: number): Promise<unknown[]> {
  return (await live.query(id, 0, 1, 1)).haps.map(({ value }) => value.s);
}

test("STAGE-45: code that tampers where code sounds is left alone there; all other code answers from elsewhere", async () => {
  const live = new Live(new Hands(""), () => Promise.reject(new Error("no bundle here")));
  await live.load(1, "honest");
  const [, , queued] = await Promise.all([live.load(2, "spoil"), live.load(3, "later"), sounds(live, 1)]);
  expect(queued).toEqual(["honest"]);
  expect([await sounds(live, 1), await sounds(live, 3)]).toEqual([["honest"], ["later"]]);
  expect(await sounds(live, 2)).toEqual(["spoilt"]);
});

test("STAGE-45: that holds for code that tampers only when it is asked, and its Worker ends with it", async () => {
  const live = new Live(new Hands(""), () => Promise.reject(new Error("no bundle here")));
  await Promise.all([live.load(1, "honest"), live.load(2, "spoil later")]);
  const answers = await Promise.all([sounds(live, 2), sounds(live, 1)]);
  expect(answers).toEqual([["spoilt"], ["honest"]]);
  const ended = () => Scripted.all.filter(({ isTerminated }) => isTerminated).length;
  expect(ended()).toBe(0);
  live.unload(2);
  expect(ended()).toBe(1);
  expect(await sounds(live, 1)).toEqual(["honest"]);
});

test("STAGE-45: code that is known to tamper is in a Worker of its own from the beginning", async () => {
  const live = new Live(new Hands(""), () => Promise.reject(new Error("no bundle here")));
  await live.load(1, "honest");
  await live.load(2, "spoil", true);
  const together = Scripted.all.filter(({ held }) => held.has(1) && held.has(2));
  expect(together).toEqual([]);
  expect(await sounds(live, 1)).toEqual(["honest"]);
});

/** Waits until a Worker is asked for haps, and lets so much time pass for it. */
async function tooLong(hands: Hands, id: number, times: number): Promise<void> {
  const asked = () => Scripted.all.flatMap((worker) => worker.asked).filter((each) => each === id).length;
  await vi.waitFor(() => expect(asked()).toBe(times));
  hands.passed(3000);
}

test("STAGE-35: code that takes too long is asked once more, alone, and the others move", async () => {
  const hands = new Hands("");
  const live = new Live(hands, () => Promise.reject(new Error("no bundle here")));
  await Promise.all([live.load(1, "honest"), live.load(2, "slow together")]);
  const answer = sounds(live, 2);
  await tooLong(hands, 2, 1);
  expect(await answer).toEqual(["slow together"]);
  expect(await sounds(live, 1)).toEqual(["honest"]);
});

test("STAGE-35: code that does not answer then either has failed, and holds up nobody", async () => {
  const hands = new Hands("");
  const live = new Live(hands, () => Promise.reject(new Error("no bundle here")));
  await Promise.all([live.load(1, "honest"), live.load(2, "slow")]);
  const answer = live.query(2, 0, 1, 1);
  await tooLong(hands, 2, 1);
  expect(await sounds(live, 1)).toEqual(["honest"]);
  await tooLong(hands, 2, 2);
  expect((await answer).problem).toMatchObject({ kind: "time" });
  expect(await sounds(live, 1)).toEqual(["honest"]);
});
