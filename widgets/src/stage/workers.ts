// The disposable Workers: started from text, asked one thing at a time, killed when an answer takes too long.
import type { FromWorker, ToWorker } from "./worker_messages.js";

/** Raised when a Worker was killed because it did not answer in time, or because it died. */
export class Spun extends Error {}

const BOOT_BUDGET_MS = 15_000;

/** One Worker. Requests are answered in order, one at a time; after `Spun` it is of no use any more. */
export class Hand {
  #worker: Worker;
  #port: MessagePort;
  #settle: ((reply: FromWorker | null) => void) | null = null;
  #last: Promise<unknown>;
  #dead = false;
  /** Patience left with what is being asked. */
  #left_ms = 0;

  constructor(url: string) {
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#port.onmessage = (event: MessageEvent<FromWorker>) => this.#receive(event.data);
    this.#worker = new Worker(url);
    let isBooted = false;
    this.#worker.onerror = (event) => {
      event.preventDefault();
      // Later, it is a stray error of pattern code, and nobody's answer.
      if (!isBooted) this.kill();
    };
    const booted = this.#wait(BOOT_BUDGET_MS);
    this.#worker.postMessage(null, [channel.port2]);
    this.#last = booted.then(
      () => {
        isBooted = true;
      },
      () => undefined,
    );
  }

  get dead(): boolean {
    return this.#dead;
  }

  #receive(reply: FromWorker): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(reply);
  }

  #wait(budget_ms: number): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return reject(new Spun("the Worker is gone"));
      this.#left_ms = budget_ms;
      this.#settle = (reply) => {
        if (reply === null) reject(new Spun(`no answer within ${budget_ms} ms`));
        else resolve(reply);
      };
    });
  }

  /**
   * So much time has passed. Counted in beats of a pulse and not by a clock: where the whole machine is busy the
   * pulse is late too, and honest code is given the time it did not get.
   */
  passed(beat_ms: number): void {
    if (this.#settle === null) return;
    this.#left_ms -= beat_ms;
    if (this.#left_ms <= 0) this.kill();
  }

  /** Asks and waits its turn; the budget counts from when the Worker begins with it. Rejects with `Spun`. */
  ask(request: ToWorker, budget_ms: number): Promise<FromWorker> {
    const reply = this.#last.then(() => {
      const answer = this.#wait(budget_ms);
      if (!this.#dead) this.#port.postMessage(request);
      return answer;
    });
    this.#last = reply.catch(() => undefined);
    return reply;
  }

  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#worker.terminate();
    this.#port.close();
    const settle = this.#settle;
    this.#settle = null;
    settle?.(null);
  }
}

/** Makes Workers and keeps a warm spare, so that replacing a killed one takes no time. */
export class Hands {
  #url: string;
  #spare: Hand;
  #bundles: string[] = [];
  #all = new Set<Hand>();

  constructor(text: string) {
    this.#url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    this.#spare = this.#start();
  }

  #start(): Hand {
    const hand = new Hand(this.#url);
    this.#all.add(hand);
    for (const text of this.#bundles)
      void hand.ask({ op: "bundle", text }, BOOT_BUDGET_MS).catch(() => undefined);
    return hand;
  }

  /** To be called at every beat of the pulse: those who take too long are killed. */
  passed(beat_ms: number): void {
    for (const hand of this.#all) {
      hand.passed(beat_ms);
      if (hand.dead) this.#all.delete(hand);
    }
  }

  /** A Worker that is as ready as can be. */
  take(): Hand {
    const taken = this.#spare.dead ? this.#start() : this.#spare;
    this.#spare = this.#start();
    return taken;
  }

  /** Every living Worker, and every one started from now on, has this bundle. */
  addBundle(text: string): void {
    if (this.#bundles.includes(text)) return;
    this.#bundles.push(text);
    for (const hand of this.#all)
      void hand.ask({ op: "bundle", text }, BOOT_BUDGET_MS).catch(() => undefined);
  }
}
