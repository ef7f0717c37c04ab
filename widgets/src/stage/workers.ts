// The disposable Workers: started from text, asked one thing at a time, killed when an answer takes too long.
import type { FromWorker, ToWorker } from "./worker_messages.js";

/** Raised when a Worker was killed because it did not answer in time, or because it died. */
export class Spun extends Error {}

const BOOT_BUDGET_MS = 15_000;
// The answer may already wait behind the timer in our own queue: look again before killing.
const GRACE_MS = 60;

/** One Worker. Requests are answered in order, one at a time; after `Spun` it is of no use any more. */
export class Hand {
  readonly ready: Promise<void>;
  #worker: Worker;
  #port: MessagePort;
  #settle: ((reply: FromWorker | null) => void) | null = null;
  #last: Promise<unknown>;
  #dead = false;

  constructor(url: string) {
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#port.onmessage = (event: MessageEvent<FromWorker>) => this.#receive(event.data);
    this.#worker = new Worker(url);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.kill();
    };
    const booted = this.#wait(BOOT_BUDGET_MS);
    this.#worker.postMessage(null, [channel.port2]);
    this.ready = booted.then(() => undefined);
    this.#last = this.ready.catch(() => undefined);
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
      let timer = setTimeout(() => {
        timer = setTimeout(() => this.kill(), GRACE_MS);
      }, budget_ms);
      this.#settle = (reply) => {
        clearTimeout(timer);
        if (reply === null) reject(new Spun(`no answer within ${budget_ms} ms`));
        else resolve(reply);
      };
    });
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

  constructor(text: string) {
    this.#url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    this.#spare = this.#start();
  }

  #start(): Hand {
    const hand = new Hand(this.#url);
    for (const text of this.#bundles)
      void hand.ask({ op: "bundle", text }, BOOT_BUDGET_MS).catch(() => undefined);
    return hand;
  }

  /** A Worker that is as ready as can be. */
  take(): Hand {
    const taken = this.#spare.dead ? this.#start() : this.#spare;
    this.#spare = this.#start();
    return taken;
  }

  /** Every Worker started from now on, and the spare, has this bundle. */
  addBundle(text: string): void {
    this.#bundles.push(text);
    void this.#spare.ask({ op: "bundle", text }, BOOT_BUDGET_MS).catch(() => undefined);
  }
}
