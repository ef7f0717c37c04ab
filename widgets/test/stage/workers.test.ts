import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Problem } from "../../src/engine/problem.js";
import { Trial } from "../../src/stage/minds.js";
import type { Checked, ToWorker } from "../../src/stage/worker_messages.js";
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

  constructor() {
    Scripted.all.push(this);
  }

  postMessage(_nothing: null, [port]: MessagePort[]): void {
    this.#port = port as MessagePort;
    this.#port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      if (data.op === "bundle") this.bundles.push(data.text);
      this.#port?.postMessage(data.op === "check" ? this.#verdict(data.code) : { op: "done" });
    };
    this.#port.postMessage({ op: "done" });
  }

  /** "spoil" replaces what other code relies on; afterwards this Worker finds everything playable. */
  #verdict(code: string): Checked {
    const problems: Problem[] = code === "broken" && !this.#isSpoilt ? [BROKEN] : [];
    this.#isSpoilt ||= code === "spoil";
    return { op: "checked", problems, warnings: [], is_spoilt: this.#isSpoilt };
  }

  terminate(): void {
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
