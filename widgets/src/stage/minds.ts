// The two Workers that know patterns: the trial one meets new code first and may die of it; the live one holds what
// sounds. Both are disposable: their only state is code text, which is kept here.
import type { Problem } from "../engine/problem.js";
import { CHECK_BUDGET_MS, LOAD_BUDGET_MS, QUERY_BUDGET_MS, tookTooLong } from "./patience.js";
import type { Checked, FromWorker, Loaded, Rows, ToWorker } from "./worker_messages.js";
import { type Hand, type Hands, Spun } from "./workers.js";

export type FetchBundle = (name: "xen") => Promise<string>;

async function askFilled(
  hands: Hands,
  hand: Hand,
  fetchBundle: FetchBundle,
  request: ToWorker,
  budget_ms: number,
): Promise<FromWorker> {
  const reply = await hand.ask(request, budget_ms);
  if (reply.op !== "need") return reply;
  // Requests are answered in order: every Worker has the bundle before it is asked again.
  hands.addBundle(await fetchBundle(reply.name));
  const again = await hand.ask(request, budget_ms);
  if (again.op === "need") throw new Error(`the bundle '${again.name}' does not load`);
  return again;
}

/** The problem of code whose bundle cannot be had. */
function withoutBundle(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: "reference",
    message,
    line: null,
    column: null,
    hint: "is the server reachable?",
    layer: null,
  };
}

function refusal(problem: Problem): Checked {
  return { op: "checked", problems: [problem], warnings: [], is_spoilt: false };
}

/** Gates code in a Worker of its own. */
export class Trial {
  #hands: Hands;
  #hand: Hand;
  #fetchBundle: FetchBundle;

  constructor(hands: Hands, fetchBundle: FetchBundle) {
    this.#hands = hands;
    this.#hand = hands.take();
    this.#fetchBundle = fetchBundle;
  }

  /** What is wrong with the code; code that spins is a problem like any other. */
  async check(code: string, sounds: string[]): Promise<Checked> {
    const hand = this.#hand;
    try {
      const request: ToWorker = { op: "check", code, sounds };
      const asked = await askFilled(this.#hands, hand, this.#fetchBundle, request, CHECK_BUDGET_MS);
      const checked = asked as Checked;
      if (checked.is_spoilt) this.#replace(hand);
      return checked;
    } catch (error) {
      if (!(error instanceof Spun)) return refusal(withoutBundle(error));
      // Killed because of what was asked before: its successor is asked.
      if (this.#hand !== hand) return this.check(code, sounds);
      this.#replace(hand);
      return refusal(tookTooLong(code, CHECK_BUDGET_MS, "evaluate"));
    }
  }

  #replace(hand: Hand): void {
    hand.kill();
    if (this.#hand === hand) this.#hand = this.#hands.take();
  }
}

/** Holds the code that sounds, by number, and answers with haps. */
export class Live {
  #hands: Hands;
  #hand: Hand;
  #fetchBundle: FetchBundle;
  #codes = new Map<number, string>();
  #sliders = new Map<number, Map<number, number>>();

  constructor(hands: Hands, fetchBundle: FetchBundle) {
    this.#hands = hands;
    this.#hand = hands.take();
    this.#fetchBundle = fetchBundle;
  }

  async #ask(id: number, request: ToWorker, budget_ms: number): Promise<FromWorker | null> {
    for (;;) {
      const hand = this.#hand;
      if (!this.#codes.has(id)) return null;
      try {
        return await askFilled(this.#hands, hand, this.#fetchBundle, request, budget_ms);
      } catch (error) {
        // The gate has had the bundle: here it is always there.
        if (!(error instanceof Spun)) throw error;
        // Killed while another's request ran: ask its successor.
        if (this.#hand !== hand) continue;
        this.#rebuildWithout(id);
        return null;
      }
    }
  }

  /** The guilty one is forgotten; all others move to the spare in one go. */
  #rebuildWithout(guilty: number): void {
    this.#codes.delete(guilty);
    this.#sliders.delete(guilty);
    this.#hand = this.#hands.take();
    for (const [id, code] of this.#codes) {
      void this.#ask(id, { op: "load", id, code }, LOAD_BUDGET_MS);
      for (const [index, value] of this.#sliders.get(id) ?? []) {
        void this.#ask(id, { op: "slider", id, index, value }, LOAD_BUDGET_MS);
      }
    }
  }

  async load(id: number, code: string): Promise<Loaded> {
    this.#codes.set(id, code);
    const reply = (await this.#ask(id, { op: "load", id, code }, LOAD_BUDGET_MS)) as Loaded | null;
    const problem = reply === null ? tookTooLong(code, LOAD_BUDGET_MS, "evaluate") : reply.problem;
    if (problem !== null) this.unload(id);
    return reply ?? { op: "loaded", problem, cps: null, labels: [], widgets: [], samples: [] };
  }

  /** Haps with their onset in [begin, end) cycles; a spinning version is forgotten and reported as a problem. */
  async query(id: number, begin: number, end: number): Promise<Rows> {
    const code = this.#codes.get(id) ?? "";
    const reply = (await this.#ask(id, { op: "query", id, begin, end }, QUERY_BUDGET_MS)) as Rows | null;
    return reply ?? { op: "rows", problem: tookTooLong(code, QUERY_BUDGET_MS, "query"), haps: [] };
  }

  unload(id: number): void {
    this.#sliders.delete(id);
    if (!this.#codes.delete(id)) return;
    void this.#hand.ask({ op: "unload", id }, LOAD_BUDGET_MS).catch(() => undefined);
  }

  slide(id: number, index: number, value: number): void {
    if (!this.#codes.has(id)) return;
    const values = this.#sliders.get(id) ?? new Map<number, number>();
    this.#sliders.set(id, values.set(index, value));
    void this.#ask(id, { op: "slider", id, index, value }, LOAD_BUDGET_MS);
  }
}
