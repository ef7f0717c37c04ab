import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ToWorker } from "../../src/stage/worker_messages.js";
import { Hands } from "../../src/stage/workers.js";

/** A Worker that answers everything and remembers which bundles it was given. */
class Scripted {
  static all: Scripted[] = [];
  bundles: string[] = [];
  onerror: unknown = null;
  #port: MessagePort | null = null;

  constructor() {
    Scripted.all.push(this);
  }

  postMessage(_nothing: null, [port]: MessagePort[]): void {
    this.#port = port as MessagePort;
    this.#port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      if (data.op === "bundle") this.bundles.push(data.text);
      this.#port?.postMessage({ op: "done" });
    };
    this.#port.postMessage({ op: "done" });
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
