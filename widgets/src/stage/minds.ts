// The two Workers that know patterns: the trial one meets new code first and may die of it; the live one holds what
// sounds. Both are disposable: their only state is code text, which is kept here.
import type { Problem } from "../engine/problem.js";
import { CHECK_BUDGET_MS, LOAD_BUDGET_MS, QUERY_BUDGET_MS, tookTooLong } from "./patience.js";
import type { Checked, FromWorker, Loaded, Rows, Sketched, ToWorker } from "./worker_messages.js";
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
  return { op: "checked", problems: [problem], warnings: [], cps: null, is_spoilt: false };
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
    const asked = await this.#ask({ op: "check", code, sounds });
    return "problem" in asked ? refusal(asked.problem) : (asked.reply as Checked);
  }

  /** The haps of code from cycle 0 on, and whether the gate lets it through; null when no answer came in time. */
  async sketch(code: string, sounds: string[], cycles: number, cps: number): Promise<Sketched | null> {
    const asked = await this.#ask({ op: "sketch", code, sounds, cycles, cps });
    return "problem" in asked ? null : (asked.reply as Sketched);
  }

  async #ask(
    request: Extract<ToWorker, { op: "check" | "sketch" }>,
  ): Promise<{ reply: Checked | Sketched } | { problem: Problem }> {
    const hand = this.#hand;
    try {
      const asked = await askFilled(this.#hands, hand, this.#fetchBundle, request, CHECK_BUDGET_MS);
      const reply = asked as Checked | Sketched;
      if (reply.is_spoilt) this.#replace(hand);
      return { reply };
    } catch (error) {
      if (!(error instanceof Spun)) return { problem: withoutBundle(error) };
      // Killed because of what was asked before: its successor is asked.
      if (this.#hand !== hand) return this.#ask(request);
      this.#replace(hand);
      return { problem: tookTooLong(request.code, CHECK_BUDGET_MS, "evaluate") };
    }
  }

  #replace(hand: Hand): void {
    hand.kill();
    if (this.#hand === hand) this.#hand = this.#hands.take();
  }
}

/** So much longer may take who is alone in a Worker: prefetched haps cover both attempts. */
const PATIENCE_APART = 2;

type Spoils = Loaded | Rows;

/**
 * Holds the code that sounds, by number, and answers with haps. All honest code is in one Worker; code that replaced
 * what other code relies on is left alone in the Worker where it did that, and code that took too long gets one.
 */
export class Live {
  #hands: Hands;
  #hand: Hand;
  /** Workers of those who are left alone. */
  #apart = new Map<number, Hand>();
  #fetchBundle: FetchBundle;
  #codes = new Map<number, string>();
  #sliders = new Map<number, Map<number, number>>();

  constructor(hands: Hands, fetchBundle: FetchBundle) {
    this.#hands = hands;
    this.#hand = hands.take();
    this.#fetchBundle = fetchBundle;
  }

  #handOf(id: number): Hand {
    return this.#apart.get(id) ?? this.#hand;
  }

  async #ask(id: number, request: ToWorker, budget_ms: number): Promise<FromWorker | null> {
    for (;;) {
      const hand = this.#handOf(id);
      if (!this.#codes.has(id)) return null;
      try {
        const patience_ms = this.#apart.has(id) ? budget_ms * PATIENCE_APART : budget_ms;
        const reply = await askFilled(this.#hands, hand, this.#fetchBundle, request, patience_ms);
        // Moved while it was asked: what a spoilt Worker says of others means nothing.
        if (this.#codes.has(id) && this.#handOf(id) !== hand) continue;
        if ((reply as Spoils).is_spoilt === true && hand === this.#hand) this.#leaveAlone(id);
        return reply;
      } catch (error) {
        // The gate has had the bundle: here it is always there.
        if (!(error instanceof Spun)) throw error;
        // Killed while another's request ran: ask its successor.
        if (this.#handOf(id) !== hand) continue;
        if (this.#apart.has(id)) {
          this.#forget(id);
          return null;
        }
        this.#askApart(id);
      }
    }
  }

  /** This one stays in the Worker that it spoilt; all others move. */
  #leaveAlone(id: number): void {
    if (!this.#codes.has(id)) return;
    this.#apart.set(id, this.#hand);
    this.#moveOn();
  }

  /** It took too long, or the machine was busy: once more, in a Worker of its own where it holds up nobody. */
  #askApart(id: number): void {
    this.#apart.set(id, this.#hands.take());
    this.#reload(id, this.#codes.get(id) as string);
    this.#moveOn();
  }

  /** All who are not apart move to the spare in one go. */
  #moveOn(): void {
    this.#hand = this.#hands.take();
    for (const [id, code] of this.#codes) {
      if (!this.#apart.has(id)) this.#reload(id, code);
    }
  }

  #reload(id: number, code: string): void {
    void this.#ask(id, { op: "load", id, code }, LOAD_BUDGET_MS);
    for (const [index, value] of this.#sliders.get(id) ?? []) {
      void this.#ask(id, { op: "slider", id, index, value }, LOAD_BUDGET_MS);
    }
  }

  #forget(id: number): void {
    this.#codes.delete(id);
    this.#sliders.delete(id);
    this.#apart.get(id)?.kill();
    this.#apart.delete(id);
  }

  /** Evaluates code under a number. `isApart`: in a Worker of its own, because it is known to spoil one. */
  async load(id: number, code: string, isApart = false): Promise<Loaded> {
    this.#codes.set(id, code);
    if (isApart) this.#apart.set(id, this.#hands.take());
    const reply = (await this.#ask(id, { op: "load", id, code }, LOAD_BUDGET_MS)) as Loaded | null;
    const problem = reply === null ? tookTooLong(code, LOAD_BUDGET_MS, "evaluate") : reply.problem;
    if (problem !== null) this.unload(id);
    const none = { cps: null, labels: [], widgets: [], samples: [], is_spoilt: false };
    return reply ?? { op: "loaded", problem, ...none };
  }

  /** Haps with their onset in [begin, end) cycles at a tempo; who spins is forgotten and reported as a problem. */
  async query(id: number, begin: number, end: number, cps: number): Promise<Rows> {
    const code = this.#codes.get(id) ?? "";
    const request: ToWorker = { op: "query", id, begin, end, cps };
    const reply = (await this.#ask(id, request, QUERY_BUDGET_MS)) as Rows | null;
    if (reply !== null) return reply;
    return { op: "rows", problem: tookTooLong(code, QUERY_BUDGET_MS, "query"), haps: [], is_spoilt: false };
  }

  unload(id: number): void {
    if (!this.#codes.has(id)) return;
    const isApart = this.#apart.has(id);
    this.#forget(id);
    if (!isApart) void this.#hand.ask({ op: "unload", id }, LOAD_BUDGET_MS).catch(() => undefined);
  }

  slide(id: number, index: number, value: number): void {
    if (!this.#codes.has(id)) return;
    const values = this.#sliders.get(id) ?? new Map<number, number>();
    this.#sliders.set(id, values.set(index, value));
    void this.#ask(id, { op: "slider", id, index, value }, LOAD_BUDGET_MS);
  }
}
